"""Whoever is told something is told once, in their language, if they may know it; and no ticket is answered by it."""

from email import message_from_string
from email.header import decode_header, make_header
from unittest.mock import patch

import frappe
from frappe import _

from sla_guard.notify.telling import tell, write_to
from tests.site.case import SiteTestCase, make_user
from tests.site.committed import CommittedCase
from tests.site.records import at, clock, facts, in_force, issue
from tests.site.routes import mail_in, sending_mailbox, waiting_mails

SUBJECT = "Statement {0} was not sent"


def said(_language):
	return _("Statement {0} was not sent").format("<b>7</b>")


def in_app(user):
	fields = ["subject", "email_content", "document_type", "document_name", "from_user"]
	return frappe.get_all("Notification Log", {"for_user": user}, fields)


def todos(user):
	fields = ["reference_type", "reference_name", "description", "status"]
	return frappe.get_all("ToDo", {"allocated_to": user}, fields)


def parts(mail):
	"""The header lines and the text of a queued mail."""
	message = message_from_string(mail.message)
	body = next(part for part in message.walk() if part.get_content_type() == "text/html")
	return message, body.get_payload(decode=True).decode()


def without_mailbox(test):
	"""The site cannot send."""
	frappe.db.set_value(
		"Email Account", {"enable_outgoing": 1}, {"enable_outgoing": 0, "default_outgoing": 0}
	)
	# A process remembers by which it sends.
	frappe.local.outgoing_email_account = {}
	unmuted = patch.dict(frappe.conf, {"mute_emails": 0, "mail_server": None})
	unmuted.start()
	test.addCleanup(unmuted.stop)


class TellingCase(SiteTestCase):
	def setUp(self):
		super().setUp()
		sending_mailbox()
		in_force()
		self.ticket = issue()
		self.reader = make_user("reader", "Support Team")

	def tell(self, user=None, **rest):
		about = {"reference_doctype": "Issue", "reference_name": self.ticket.name}
		with at("2026-01-05 09:20"):
			return tell(user or self.reader, said, **{**about, **rest})

	def mails(self):
		return waiting_mails("Issue", self.ticket.name)


class TestTelling(TellingCase):
	def test_in_the_desk_unless_something_else_is_said(self):
		self.assertEqual(self.tell(), {"in-app"})
		(told,) = in_app(self.reader)
		self.assertEqual((told.document_type, told.document_name), ("Issue", self.ticket.name))
		self.assertEqual((self.mails(), todos(self.reader)), ([], []))

	def test_what_people_have_entered_is_no_markup_in_the_desk(self):
		self.tell()
		self.assertEqual(in_app(self.reader)[0].subject, "Statement &lt;b&gt;7&lt;/b&gt; was not sent")

	def test_in_the_language_of_who_reads_it(self):
		frappe.db.set_value("User", self.reader, "language", "fr")
		before = frappe.local.lang
		self.tell(email=True)
		with_seven = _(SUBJECT, "fr").format("<b>7</b>")
		self.assertNotEqual(with_seven, _(SUBJECT, "en").format("<b>7</b>"))
		self.assertEqual(in_app(self.reader)[0].subject, frappe.utils.escape_html(with_seven))
		headers, body = parts(self.mails()[0])
		self.assertEqual(str(make_header(decode_header(headers["Subject"]))), with_seven)
		self.assertIn(_("Open {0}", "fr").format(self.ticket.name), body)
		self.assertEqual(frappe.local.lang, before)

	def test_who_may_not_read_it_or_is_disabled_or_gone_is_told_nothing(self):
		seller = make_user("seller", "Sales User")
		gone = make_user("gone", "Support Team")
		frappe.db.set_value("User", gone, "enabled", 0)
		for user in (seller, gone, "nobody@example.com"):
			with self.subTest(user):
				self.assertEqual(self.tell(user, email=True, todo=True), frozenset())
				self.assertEqual((in_app(user), self.mails(), todos(user)), ([], [], []))

	def test_a_todo_is_theirs_once(self):
		self.assertEqual(self.tell(in_app=False, todo=True), {"todo"})
		self.assertEqual(self.tell(in_app=False, todo=True), frozenset())
		(todo,) = todos(self.reader)
		self.assertEqual((todo.reference_name, todo.status), (self.ticket.name, "Open"))
		self.assertEqual(
			frappe.parse_json(frappe.db.get_value("Issue", self.ticket.name, "_assign")), [self.reader]
		)

	def test_who_wants_no_notifications_in_the_desk_gets_the_mail_alone(self):
		if not frappe.db.exists("Notification Settings", self.reader):
			frappe.new_doc("Notification Settings").update({"name": self.reader}).insert(
				ignore_permissions=True
			)
		frappe.db.set_value("Notification Settings", self.reader, "enabled", 0)
		self.assertEqual(self.tell(email=True), {"email"})

	def test_a_way_that_fails_is_logged_and_stands_in_no_others_way(self):
		without_mailbox(self)
		before = frappe.db.count("Error Log")
		shown = list(frappe.local.message_log)
		self.assertEqual(self.tell(email=True, todo=True), {"in-app", "todo"})
		self.assertGreater(frappe.db.count("Error Log"), before)
		self.assertEqual(frappe.local.message_log, shown)


class TestNoAnswer(TellingCase):
	def assertNotAnswered(self):
		self.assertEqual(clock(self.ticket, "Response").state, "running")
		self.assertEqual(facts(self.ticket), ["opened"])
		about = {"reference_doctype": "Issue", "reference_name": self.ticket.name}
		self.assertEqual(frappe.get_all("Communication", about), [])

	def test_a_mail_to_one_of_us_answers_nobody(self):
		self.assertEqual(self.tell(email=True), {"in-app", "email"})
		self.assertEqual([each.recipient for each in self.mails()[0].recipients], [self.reader])
		self.assertNotAnswered()

	def test_a_mail_to_the_customer_answers_nobody_either(self):
		about = {"reference_doctype": "Issue", "reference_name": self.ticket.name}
		with at("2026-01-05 09:20"):
			self.assertTrue(write_to(self.ticket.raised_by, "fr", said, **about))
		(mail,) = self.mails()
		self.assertEqual([each.recipient for each in mail.recipients], [self.ticket.raised_by])
		self.assertNotIn(frappe.utils.get_url_to_form("Issue", self.ticket.name), parts(mail)[1])
		self.assertNotAnswered()

	def test_one_that_comes_back_is_known_for_a_machines(self):
		self.tell(email=True)
		self.assertIn("notification", parts(self.mails()[0])[0]["isnotification"])

	def test_a_reply_of_the_customer_to_it_belongs_to_the_ticket(self):
		reply = mail_in(self.ticket.raised_by, ticket=self.ticket, when="2026-01-05 09:30")
		self.assertEqual(reply.reference_name, self.ticket.name)
		self.assertNotIn("responded", facts(self.ticket))


class TestSent(CommittedCase):
	def test_what_was_sent_answers_nobody(self):
		sending_mailbox()
		self.in_force()
		ticket = self.issue()
		about = {"reference_doctype": "Issue", "reference_name": ticket.name}
		with at("2026-01-05 09:20"):
			write_to(ticket.raised_by, "en", said, **about)
			(mail,) = waiting_mails("Issue", ticket.name)
			mail.send()
		self.assertEqual(mail.reload().status, "Sent")
		self.assertEqual(clock(ticket, "Response").state, "running")
		self.assertEqual(frappe.get_all("Communication", about), [])
