"""What a customer reads of a statement at /sla, and says to it: by the forms of the page, as a browser without scripts
sends them."""

import re
from html import unescape
from pathlib import Path
from unittest.mock import patch

import frappe

from sla_guard.statements import annex, delivery, paper
from tests.site.decisions import breach, claimed, statement
from tests.site.records import at
from tests.site.routes import as_user, page, request
from tests.site.test_disputes import KEY, DisputeCase

WHEN = "2026-02-05 09:00"
DOWNLOAD = "sla_guard.portal.statements.download"


class StatementPageCase(DisputeCase):
	"""Ann reads the statement of January, with its line of 100."""

	def setUp(self):
		super().setUp()
		for user in self.users.values():
			frappe.db.set_value("User", user, {"time_zone": "UTC", "language": "en"})

	def get(self, path=None, user="ann"):
		status, html, _location = page(path or self.path, self.users[user], when=WHEN)
		self.assertEqual(status, 200)
		return unescape(html)

	@property
	def path(self):
		return f"/sla/statement?name={self.own.name}"

	def post(self, path="/sla/statement", user="ann", **form):
		"""Sends a form; returns the status and where it leads to, or the page that answers it."""
		values = {"name": self.own.name, **form}
		status, html, location = page(path, self.users[user], when=WHEN, **values)
		return status, location or html

	def forms(self, html):
		"""The values of the hidden fields of each form, by its action."""
		found = {}
		for form in re.findall(r'<form method="post".*?</form>', html, re.DOTALL):
			fields = dict(re.findall(r'type="hidden" name="(\w+)" value="(.*?)"', form))
			found[fields["action"]] = fields
		return found


class TestReading(StatementPageCase):
	def test_it_shows_what_the_print_shows(self):
		html = self.get()
		for said in (
			"SLA Statement, June 2026",
			"94.97 % (189/199)",
			"Misses by Cause",
			"Spare part missing",
		):
			self.assertIn(said.replace(" %", "\u00a0%"), html)

	def test_it_stands_in_the_list_with_amount_and_files(self):
		html = self.get("/sla")
		self.assertIn(f"/sla/statement?name={self.own.name}", html)
		self.assertIn("€100.00", html)
		self.assertIn(f"download?statement={self.own.name}&kind=pdf", html)

	def test_a_line_links_to_its_ticket_where_the_reader_may_open_it(self):
		self.contract_of("Beta")
		own, other = breach(), breach(customer="Beta", raised_by="x@beta.example")
		for about, linked in ((own, True), (other, False)):
			name = statement(self.contract, ticket=about.ticket).name
			html = self.get(f"/sla/statement?name={name}")
			self.assertIn(about.ticket, html)
			self.assertEqual(f"/sla/ticket?name={about.ticket}" in html, linked)

	def test_what_was_excluded_may_be_disputed_and_what_was_waived_not(self):
		html = self.get()
		self.assertIn("Excluded: Force majeure", html)
		self.assertIn("Flood <in> the street", html)
		keys = re.findall(r'name="line_key" value="(.*?)"', html)
		self.assertEqual(keys, [KEY, "b3|"])


class TestFiles(StatementPageCase):
	def downloaded(self, kind):
		with as_user(self.users["ann"]):
			request(DOWNLOAD, statement=self.own.name, kind=kind)
			told = frappe.local.response
			return told.filename, told.filecontent, told.type

	def test_what_was_sent_is_what_is_downloaded(self):
		with (
			patch.object(paper, "pdf_of", lambda doc: b"%PDF-sent"),
			patch.object(annex, "file_of", lambda doc: "\ufeffTicket;é\r\n".encode()),
		):
			delivery.kept_files(self.own)
		self.assertEqual(self.downloaded("pdf"), (f"{self.own.name}.pdf", b"%PDF-sent", "download"))
		self.assertEqual(self.downloaded("csv")[1], "\ufeffTicket;é\r\n".encode())

	def test_what_was_not_sent_yet_is_made_and_not_kept(self):
		made = {"pdf": lambda doc: b"%PDF-made"}
		with patch.dict("sla_guard.portal.statements.KINDS", made):
			self.assertEqual(self.downloaded("pdf")[1], b"%PDF-made")
		self.assertFalse(frappe.db.exists("File", {"attached_to_name": self.own.name}))

	def test_an_annex_that_does_not_add_up_is_refused_in_words(self):
		with self.assertRaises(frappe.ValidationError) as refused:
			self.downloaded("csv")
		self.assertIn("does not add up", str(refused.exception))


class TestDisputing(StatementPageCase):
	def test_a_line_is_disputed_by_its_form(self):
		form = self.forms(self.get())["dispute"]
		# The last form of that action is the one of the exclusion.
		status, location = self.post(**{**form, "line_key": KEY}, reason="It was <b>ten</b> hours")
		self.assertEqual((status, location), (303, f"{self.path}&done=dispute"))
		html = self.get(location)
		for said in (
			"The line is disputed. You will hear from us; the answer will stand here.",
			"Dispute: Open",
			"It was <b>ten</b> hours",
			"Answer due on",
			"February 12, 2026",
			"Held, since disputed: €100.00",
			"sla-manager",
		):
			self.assertIn(said, html)
		self.assertNotIn("<b>ten", page(self.path, self.users["ann"], when=WHEN)[1])
		# Once.
		self.assertNotIn(f'name="line_key" value="{KEY}"', html)

	def test_an_answer_and_the_outcome_stand_there(self):
		self.answered(self.opened(), "Changed", "60")
		html = self.get()
		for said in (
			"Dispute: Changed",
			"We looked into it",
			"The line comes to €60.00 instead of €100.00; the next statement corrects it.",
		):
			self.assertIn(said, html)
		self.assertNotIn("withdraw", self.forms(html))

	def test_one_that_is_kept_says_so(self):
		self.answered(self.opened(), "Kept")
		self.assertIn("The line stays as it is.", self.get())

	def test_it_is_withdrawn_and_may_then_be_opened_again(self):
		self.opened()
		status, location = self.post(**self.forms(self.get())["withdraw"])
		self.assertEqual(status, 303)
		html = self.get(location)
		self.assertIn("You have withdrawn it.", html)
		self.assertIn(f'name="line_key" value="{KEY}"', html)

	def test_a_refusal_is_said_on_the_page_and_nothing_is_kept(self):
		for form, said in (
			({"action": "dispute", "line_key": KEY, "reason": " "}, "Say what is not right."),
			({"action": "dispute", "line_key": "|Other", "reason": "No"}, "has no such line"),
		):
			status, html = self.post(**form)
			self.assertEqual(status, 200)
			self.assertIn(said, html)
			self.assertIn('role="alert"', html)
		self.assertFalse(frappe.db.exists("SLA Dispute", {"statement": self.own.name}))
		self.assertFalse(frappe.local.message_log)


class TestAccepting(StatementPageCase):
	def test_it_is_accepted_by_its_form_and_disputed_no_more(self):
		status, location = self.post(**self.forms(self.get())["accept"])
		self.assertEqual(status, 303)
		html = self.get(location)
		self.assertIn("Thank you: the statement is accepted.", html)
		self.assertRegex(html, r"Accepted today, 9:00\sAM by sla-ann")
		self.assertFalse(self.forms(html))
		self.assertIn("Accepted", self.get("/sla"))

	def test_until_when_it_may_be_disputed_is_said(self):
		frappe.db.set_value("SLA Contract", self.contract.name, "acceptance_days", 3)
		frappe.db.set_value("SLA Statement", self.own.name, "sent_on", "2026-02-04 12:00:00")
		frappe.clear_document_cache("SLA Statement", self.own.name)
		self.assertIn("You may dispute lines until", self.get())


class TestConsenting(StatementPageCase):
	def setUp(self):
		super().setUp()
		with at("2026-01-06"):
			self.waiver = claimed(
				breach(), self.manager, "Waiver", consent=None, reason="You asked us to wait"
			)

	def test_a_waiver_is_consented_to_by_its_form(self):
		html = self.get("/sla")
		self.assertIn("You asked us to wait", html)
		status, location = self.post("/sla", **self.forms(html)["consent"])
		self.assertEqual((status, location), (303, "/sla?customer=Acme&done=consent"))
		html = self.get(location)
		self.assertIn("Thank you: your consent is recorded.", html)
		self.assertNotIn("You asked us to wait", html)
		self.assertEqual(
			frappe.db.get_value("SLA Exclusion", self.waiver.name, "consented_by"), self.users["ann"]
		)

	def test_or_declined_with_a_reason_by_its_own(self):
		form = self.forms(self.get("/sla"))["decline"]
		status, html = self.post("/sla", **form, reason=" ")
		self.assertEqual(status, 200)
		self.assertIn("Say why you do not consent.", html)
		status, location = self.post("/sla", **form, reason="You were late")
		self.assertEqual((status, location), (303, "/sla?customer=Acme&done=decline"))
		html = self.get(location)
		self.assertIn("Your answer is recorded: nothing is renounced.", html)
		self.assertNotIn("You asked us to wait", html)
		self.assertEqual(
			frappe.db.get_value("SLA Exclusion", self.waiver.name, ["declined_by", "decline_reason"]),
			(self.users["ann"], "You were late"),
		)

	def test_who_sees_no_money_is_not_asked(self):
		for user in ("cid", "dan"):
			self.assertNotIn("You asked us to wait", self.get("/sla", user))


class TestTokens(StatementPageCase):
	def test_every_form_carries_the_token_of_the_session(self):
		html = self.get()
		(token,) = re.findall(r'frappe.csrf_token = "(\w+)"', html)
		for fields in self.forms(html).values():
			self.assertEqual(fields["csrf_token"], token)

	def test_every_form_of_the_templates_has_one(self):
		app = Path(frappe.get_app_path("sla_guard"))
		forms = [
			form
			for path in (*app.glob("templates/portal/*.html"), *app.glob("www/sla/*.html"))
			for form in re.findall(r'<form method="post".*?</form>', path.read_text(), re.DOTALL)
		]
		self.assertEqual(len(forms), 5)
		for form in forms:
			self.assertRegex(form, r"\{\{ (m\.)?hidden\(sla, ")
