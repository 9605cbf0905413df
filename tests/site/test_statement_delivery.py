"""How a statement reaches the customer, and who hears of it when it does not."""

from datetime import timedelta
from email import message_from_string
from email.header import decode_header, make_header

import frappe
from frappe.utils import get_datetime
from frappe.utils.background_jobs import get_job, is_job_enqueued

from sla_guard.statements import alerts, annex, delivery
from tests.site.case import SiteTestCase, make_user
from tests.site.committed import CommittedCase, at_once
from tests.site.pdf import printed, text_of
from tests.site.records import at, customer, facts, issue
from tests.site.routes import as_user, contact, sending_mailbox
from tests.site.sample_statement import agreed, statement

NOTHING = {"compliance": [], "breaches": [], "exclusions": [], "availability": [], "in_progress": []}


def receives(*addresses, **rest):
	"""A row of a contract's contacts: somebody of Acme with these addresses."""
	return {"contact": contact(*addresses, **rest), "receives_statement": 1}


def queued(document):
	"""The mails that wait to be sent about a statement, the last first."""
	about = {"reference_doctype": "SLA Statement", "reference_name": document.name}
	return [
		frappe.get_doc("Email Queue", name)
		for name in frappe.get_all("Email Queue", about, pluck="name", order_by="creation desc")
	]


def addresses(mail):
	return sorted(row.recipient for row in mail.recipients)


def files(document):
	about = {"attached_to_doctype": "SLA Statement", "attached_to_name": document.name}
	return frappe.get_all("File", about, ["name", "file_name", "is_private"], order_by="file_name desc")


def told(document, user):
	"""What a user was told of a statement."""
	about = {"document_type": "SLA Statement", "document_name": document.name, "for_user": user}
	return frappe.get_all("Notification Log", about, ["subject", "email_content"], order_by="creation")


class TestSending(SiteTestCase):
	def setUp(self):
		super().setUp()
		sending_mailbox()
		customer()
		self.manager = make_user("teller", "SLA Manager")

	def deliver(self, *contacts, language="en", **values):
		frappe.db.set_value("Customer", "Acme", "language", language)
		contract = agreed(contacts=contacts or [receives("boss@acme.example")])
		self.statement = statement(contract, figures=NOTHING, **values)
		delivery.deliver(self.statement)
		self.statement.reload()
		return self.statement

	def test_the_mail_carries_the_pdf_and_the_annex_in_the_customers_language(self):
		document = self.deliver(language="fr")
		(mail,) = queued(document)
		self.assertEqual(addresses(mail), ["boss@acme.example"])
		pdf, csv = files(document)
		self.assertEqual((pdf.file_name, csv.file_name), (f"{document.name}.pdf", f"{document.name}.csv"))
		self.assertTrue(pdf.is_private and csv.is_private)
		self.assertEqual([each["fid"] for each in mail.attachments_list], [pdf.name, csv.name])
		parsed = message_from_string(mail.message)
		subject = str(make_header(decode_header(parsed["Subject"])))
		self.assertEqual(subject, f"Relevé SLA {document.name}: Gold, juin 2026")
		content = frappe.get_doc("File", pdf.name).get_content()
		self.assertIn("Nous vous créditons 880,00 €.", " ".join(text_of(content)))
		self.assertIn("Indicateur", frappe.get_doc("File", csv.name).get_content())

	def test_the_statement_says_when_and_to_whom(self):
		document = self.deliver(receives("boss@acme.example"), receives("it@acme.example"))
		self.assertEqual(document.status, "Sent")
		self.assertEqual(document.sent_to.split("\n"), ["boss@acme.example", "it@acme.example"])
		self.assertTrue(document.sent_on)
		self.assertFalse(document.not_sent_because)
		self.assertEqual(addresses(queued(document)[0]), ["boss@acme.example", "it@acme.example"])

	def test_the_address_is_the_contracts_else_the_contacts_first(self):
		own = receives("first@acme.example", "second@acme.example")
		other = receives("private@acme.example") | {"email": "office@acme.example"}
		document = self.deliver(own, other, receives("none@acme.example") | {"receives_statement": 0})
		self.assertEqual(addresses(queued(document)[0]), ["first@acme.example", "office@acme.example"])

	def test_a_contract_of_many_sends_none_the_statement_of_another(self):
		ours = receives("ours@acme.example")
		customer("Globex")
		theirs = receives("theirs@globex.example", customer="Globex")
		contract = agreed(applies_to="Everybody", contacts=[ours, theirs])
		document = statement(contract, figures=NOTHING)
		self.assertEqual(delivery.recipients_of(document).addresses, ["ours@acme.example"])

	def test_a_contact_without_an_address_is_named_while_the_others_hear(self):
		mute = {"contact": contact("x@acme.example"), "receives_statement": 1}
		frappe.db.set_value("Contact", mute["contact"], "email_id", None)
		document = self.deliver(receives("boss@acme.example"), mute)
		self.assertEqual(document.status, "Sent")
		self.assertIn(mute["contact"], document.not_sent_because)
		(alert,) = told(document, self.manager)
		self.assertIn("not sent to all", alert.subject)

	def test_it_answers_no_ticket(self):
		ticket = issue(raised_by="boss@acme.example")
		known = facts(ticket)
		with as_user(make_user("approver", "SLA Approver", "SLA Manager", "Support Team")):
			document = self.deliver()
		(mail,) = queued(document)
		self.assertFalse(mail.communication)
		self.assertFalse(frappe.get_all("Communication", {"subject": ("like", f"%{document.name}%")}))
		self.assertEqual(facts(ticket), known)

	def test_a_credited_statement_stays_credited(self):
		document = self.deliver(status="Credited")
		self.assertEqual(document.status, "Credited")
		self.assertTrue(document.sent_on)

	def test_files_are_made_once_and_kept(self):
		document = self.deliver()
		before = files(document)
		delivery.deliver(document)
		self.assertEqual(files(document), before)

	def test_a_file_that_somebody_attached_is_not_taken_for_ours(self):
		document = statement(agreed(contacts=[receives("boss@acme.example")]), figures=NOTHING)
		attached = {"attached_to_doctype": "SLA Statement", "attached_to_name": document.name}
		name = f"{document.name} signed.pdf"
		frappe.get_doc(
			{"doctype": "File", "file_name": name, "content": b"x", "is_private": 1, **attached}
		).insert()
		delivery.deliver(document)
		self.assertEqual(len(files(document)), 3)

	def test_only_an_approver_sends_again(self):
		document = self.deliver()
		with as_user(self.manager):
			self.assertRaises(frappe.PermissionError, delivery.send_again, document.name)


class TestJob(CommittedCase):
	"""Sending commits what it did, or says what went wrong."""

	def setUp(self):
		super().setUp()
		sending_mailbox()
		customer(self.customer)
		self.manager = make_user("teller", "SLA Manager")
		frappe.db.commit()

	def tearDown(self):
		# With what lies on the disk.
		for name in frappe.get_all("File", {"attached_to_doctype": "SLA Statement"}, pluck="name"):
			frappe.delete_doc("File", name, force=True, delete_permanently=True)
		super().tearDown()

	def statement(self, *contacts, **values):
		contacts = contacts or [receives("boss@acme.example", customer=self.customer)]
		contract = agreed(customer=self.customer, contacts=contacts)
		document = statement(contract, self.customer, **{"figures": NOTHING, **values})
		frappe.db.commit()
		return document

	def sent(self, document, sent_on=""):
		delivery.send(document.name, sent_on)
		return document.reload()

	def test_run_twice_it_sends_once(self):
		document = self.sent(self.statement())
		self.sent(document)
		self.assertEqual(len(queued(document)), 1)
		self.assertEqual(len(files(document)), 2)

	def test_run_by_two_at_once_it_sends_once(self):
		document = self.statement()
		# The framework's router cannot be entered by two threads of a process that have not been there before.
		printed(document, "en")
		at_once(*[lambda: delivery.send(document.name)] * 2)
		delivery.catch_up()
		document.reload()
		self.assertEqual((document.status, len(queued(document))), ("Sent", 1))

	def test_asked_for_again_it_is_sent_once_more(self):
		document = self.sent(self.statement())
		first = str(document.sent_on)
		self.sent(document, first)
		# The second click on the button was about the same sending.
		self.sent(document, first)
		self.assertEqual(len(queued(document)), 2)

	def test_without_a_recipient_it_is_not_sent_and_somebody_is_told(self):
		document = self.sent(
			self.statement(
				{"contact": contact("a@acme.example", customer=self.customer), "receives_statement": 0}
			)
		)
		self.assertEqual(document.status, "Not Sent")
		self.assertEqual(
			document.not_sent_because, "The contract names no contact who receives the statement."
		)
		(alert,) = told(document, self.manager)
		self.assertEqual(alert.subject, f"Statement {document.name} was not sent")
		self.assertIn("names no contact", alert.email_content)
		self.assertTrue(frappe.db.exists("Error Log", {"reference_name": document.name}))
		self.assertFalse(queued(document))

	def test_each_is_told_in_their_own_language(self):
		frappe.db.set_value("User", self.manager, "language", "fr")
		document = self.sent(self.statement(figures={**NOTHING, "zone": "Mars/Olympus"}))
		(alert,) = told(document, self.manager)
		self.assertEqual(alert.subject, f"Le relevé {document.name} n’a pas été envoyé")

	def test_a_pdf_that_cannot_be_made_leaves_nothing_half_done(self):
		document = self.sent(self.statement(figures={**NOTHING, "zone": "Mars/Olympus"}))
		self.assertEqual(document.status, "Not Sent")
		self.assertIn("Mars/Olympus", document.not_sent_because)
		self.assertEqual((files(document), queued(document)), ([], []))

	def test_an_annex_that_does_not_add_up_is_not_sent(self):
		counted = [
			{
				"metric": "Response",
				"priority": "",
				"service": "",
				"met": 3,
				"missed": 0,
				"excluded": 0,
				"waived": 0,
				"in progress": 0,
			}
		]
		document = self.sent(self.statement(figures={**NOTHING, "compliance": counted}))
		self.assertEqual(document.status, "Not Sent")
		self.assertEqual(document.not_sent_because, str(annex.Differs(3)))

	def test_once_mended_it_is_sent_by_the_button(self):
		row = receives("boss@acme.example", customer=self.customer)
		frappe.db.set_value("Contact", row["contact"], "email_id", None)
		document = self.sent(self.statement(row))
		self.assertIn(row["contact"], document.not_sent_because)
		frappe.db.set_value("Contact", row["contact"], "email_id", "boss@acme.example")
		self.sent(document, str(document.sent_on or ""))
		self.assertEqual((document.status, document.not_sent_because), ("Sent", ""))

	def test_a_contact_may_be_named_when_the_contract_is_in_force(self):
		someone = receives("boss@acme.example", customer=self.customer)
		document = self.sent(self.statement(someone | {"receives_statement": 0}))
		contract = frappe.get_doc("SLA Contract", document.contract)
		contract.contacts[0].receives_statement = 1
		contract.append("contacts", receives("it@acme.example", customer=self.customer))
		contract.save()
		frappe.db.commit()
		self.sent(document)
		self.assertEqual(document.sent_to.split("\n"), ["boss@acme.example", "it@acme.example"])

	def test_what_no_job_has_sent_is_sent_within_the_hour(self):
		document = self.statement()
		delivery.catch_up()
		delivery.catch_up()
		self.assertEqual((document.reload().status, len(queued(document))), ("Sent", 1))

	def test_what_failed_waits_for_somebody(self):
		document = self.sent(self.statement(figures={**NOTHING, "zone": "Mars/Olympus"}))
		delivery.catch_up()
		self.assertEqual(len(told(document, self.manager)), 1)

	def test_a_mail_that_the_server_refused_is_an_alert_once(self):
		document = self.sent(self.statement())
		(mail,) = queued(document)
		frappe.db.set_value(
			"Email Queue",
			mail.name,
			{"status": "Error", "error": "Traceback\nSMTPRecipientsRefused: no such user"},
		)
		delivery.catch_up()
		delivery.catch_up()
		document.reload()
		self.assertEqual((document.status, document.sent_on), ("Not Sent", None))
		self.assertEqual(document.not_sent_because, "SMTPRecipientsRefused: no such user")
		self.assertEqual(len(told(document, self.manager)), 1)
		# Sent anew, the old mail says nothing of the new one.
		self.sent(document)
		delivery.catch_up()
		self.assertEqual(document.reload().status, "Sent")

	def test_a_draft_is_not_sent(self):
		document = self.sent(self.statement(docstatus=0, status="Draft"))
		self.assertEqual((document.status, queued(document)), ("Draft", []))

	def test_submitting_it_has_it_sent_by_a_job(self):
		document = self.statement()
		delivery.send_later(document)
		job = f"sla_statement_{document.name}"
		self.assertFalse(is_job_enqueued(job))
		frappe.db.commit()
		self.addCleanup(lambda: get_job(job).delete())
		self.assertTrue(is_job_enqueued(job))


class TestOverdue(CommittedCase):
	def setUp(self):
		super().setUp()
		self.manager = make_user("teller", "SLA Manager")
		contract = agreed(customer=self.customer, statement_sent_by=10)
		self.document = statement(contract, self.customer, figures=NOTHING, docstatus=0, status="Draft")
		frappe.db.commit()

	def subjects(self, day):
		with at(f"{day} 12:00"):
			alerts.overdue()
		return [each.subject for each in told(self.document, self.manager)]

	def test_it_is_to_be_sent_by_a_day_of_the_next_month(self):
		self.assertEqual(self.subjects("2026-07-10"), [])
		subject = f"Statement {self.document.name} is overdue: it was to be sent by Jul 10, 2026"
		self.assertEqual(self.subjects("2026-07-11"), [subject])
		self.assertEqual(self.subjects("2026-07-25"), [subject])

	def test_nobody_is_told_of_one_that_was_sent(self):
		self.document.db_set("sent_on", get_datetime("2026-07-04 10:00"))
		self.assertEqual(self.subjects("2026-07-11"), [])

	def test_who_may_not_read_it_is_not_told(self):
		seller = make_user("seller", "Sales User")
		self.subjects("2026-07-11")
		self.assertEqual(told(self.document, seller), [])

	def test_a_month_without_that_day_ends_before(self):
		end = get_datetime("2026-01-31").date()
		self.assertEqual(alerts.sent_by_day(end, 30), end + timedelta(days=28))
