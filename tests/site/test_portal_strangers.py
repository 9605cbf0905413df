"""Whatever is asked of the pages at /sla by the name of something that is another's: there is no such page; and a form
that is sent to them changes nothing of another's."""

from itertools import product
from urllib.parse import quote

import frappe

from sla_guard.portal.statements import download
from tests.site.case import make_user
from tests.site.decisions import breach, claimed, statement
from tests.site.records import at, issue
from tests.site.routes import as_user, page, remembering_pages, request
from tests.site.test_portal import PortalCase

NOTHING = (None, "", "0", "%", "*", "' or 1=1 --", "../index", "None")
KEY = "|Late"


class StrangersCase(PortalCase):
	"""Ann sees money of Acme, Cid none; Bea is a contact of Beta, who sees money there; Eve raised a ticket under no
	customer, and Ona, of nobody, nothing."""

	def setUp(self):
		super().setUp()
		for name in ("bea", "eve", "ona"):
			self.users[name] = make_user(f"sla-{name}", "Customer")
		self.contacts["bea"] = self.contact("bea", "Beta")
		self.theirs = self.contract_of("Beta", bea=1)
		self.manager = make_user("sla-manager", "SLA Manager")
		self.of_acme = self.things(self.contract, "Acme", "someone@acme.example")
		self.of_beta = self.things(self.theirs, "Beta", "someone@beta.example")
		self.eves = issue("2026-01-05 09:00", customer=None, raised_by=self.users["eve"]).name

	def things(self, contract, of, by):
		"""Something of each kind that is a customer's own."""
		missed = breach(customer=of, raised_by=by)
		waiver = claimed(missed, self.manager, "Waiver", consent=None)
		told = statement(contract, of, ticket=missed.ticket)
		frappe.db.set_value("SLA Statement Line", {"parent": told.name}, "line_key", KEY)
		return frappe._dict(ticket=missed.ticket, waiver=waiver.name, statement=told.name)

	def status(self, user, path, **form):
		name = self.users.get(user, user)
		status, html, _location = page(path, name, when="2026-02-10 10:00", **form)
		return status, html


class TestPages(StrangersCase):
	def test_everybody_opens_what_is_theirs_and_nothing_else(self):
		pages = {
			"/sla/ticket?name={}": {
				self.of_acme.ticket: {"ann", "bob", "cid", "dan"},
				self.of_beta.ticket: {"bea"},
				self.eves: {"eve"},
			},
			"/sla/statement?name={}": {
				self.of_acme.statement: {"ann", "bob"},
				self.of_beta.statement: {"bea"},
			},
			"/sla?customer={}": {"Acme": {"ann", "bob", "cid", "dan"}, "Beta": {"bea"}, "100% Cotton": set()},
		}
		for path, things in pages.items():
			for (name, owners), user in product(things.items(), self.users):
				with self.subTest(f"{user} {path} {name}"):
					status, html = self.status(user, path.format(quote(name)))
					self.assertEqual(status, 200 if user in owners else 404)
					if user not in owners:
						self.assertNotIn("sla-portal", html)

	def test_no_trick_with_a_name_opens_anything(self):
		for path, name in product(("/sla/ticket", "/sla/statement"), NOTHING):
			with self.subTest(f"{path} {name}"):
				asked = path if name is None else f"{path}?name={quote(name)}"
				self.assertEqual(self.status("ann", asked)[0], 404)

	def test_drafts_and_cancelled_statements_are_no_page(self):
		for docstatus in (0, 2):
			name = statement(self.contract, docstatus=docstatus).name
			self.assertEqual(self.status("ann", f"/sla/statement?name={name}")[0], 404)

	def test_a_guest_reads_nothing(self):
		for path in (
			"/sla",
			f"/sla/ticket?name={self.of_acme.ticket}",
			f"/sla/statement?name={self.own.name}",
		):
			status, html = self.status("Guest", path)
			self.assertEqual((status, "sla-portal" in html), (302, False))

	def test_no_name_of_another_stands_on_the_own_pages(self):
		for user, secret in (
			("ann", self.of_beta),
			("bea", self.of_acme),
			("eve", self.of_acme),
			("ona", self.of_beta),
		):
			_status, html = self.status(user, "/sla")
			for kind, name in secret.items():
				with self.subTest(f"{user} {kind}"):
					self.assertNotIn(name, html)

	def test_money_is_told_to_those_whom_the_contract_names_alone(self):
		for user, seen in (("ann", True), ("bob", True), ("cid", False), ("dan", False)):
			_status, html = self.status(user, "/sla")
			with self.subTest(user):
				self.assertEqual(self.of_acme.statement in html, seen)
				self.assertEqual("Amount Due" in html, seen)
				self.assertEqual(self.of_acme.waiver in html, seen)

	def test_one_of_us_reads_there_what_a_customer_would(self):
		"""The desk is where the others are read."""
		paths = (f"/sla/ticket?name={self.of_acme.ticket}", f"/sla/statement?name={self.own.name}")
		for path, user in product(paths, (self.manager, "Administrator")):
			self.assertEqual(self.status(user, path)[0], 404)

	def test_a_ticket_that_moves_to_another_customer_moves_with_its_page(self):
		path = f"/sla/ticket?name={self.of_acme.ticket}"
		with at("2026-02-01"):
			moved = frappe.get_doc("Issue", self.of_acme.ticket)
			moved.customer = "Beta"
			moved.save()
		self.assertEqual([self.status(user, path)[0] for user in ("ann", "bea")], [404, 200])

	def test_no_title_of_a_contract_of_another_is_told_on_a_ticket(self):
		frappe.db.set_value("SLA Contract", self.theirs.name, "title", "Beta Secret Rates")
		with at("2026-02-01"):
			ticket = frappe.get_doc("Issue", self.of_acme.ticket)
			ticket.sla_contract = self.theirs.name
			ticket.save()
		_status, html = self.status("ann", f"/sla/ticket?name={ticket.name}")
		self.assertIn(ticket.name, html)
		self.assertNotIn("Secret Rates", html)

	def test_that_there_is_no_page_for_one_is_not_remembered_for_another(self):
		path = f"/sla/ticket?name={self.of_acme.ticket}"
		with remembering_pages():
			# As at the beginning of each request.
			frappe.local.no_cache = 0
			self.assertEqual(self.status("bea", path)[0], 404)
			frappe.local.no_cache = 0
			self.assertEqual(self.status("ann", path)[0], 200)


class TestFiles(StrangersCase):
	def test_only_those_who_see_a_statement_get_its_files(self):
		for user, kind in product(self.others(), ("pdf", "csv")):
			name = self.users.get(user, user)
			with self.subTest(f"{user} {kind}"), as_user(name):
				ask = {"statement": self.of_acme.statement, "kind": kind}
				method = "sla_guard.portal.statements.download"
				with self.assertRaises((frappe.PageDoesNotExistError, frappe.PermissionError)):
					request(method, **ask)

	def others(self):
		return [*(set(self.users) - {"ann", "bob"}), "Guest", self.manager]

	def test_there_are_no_other_kinds(self):
		with as_user(self.users["ann"]):
			for kind in ("", "html", "../pdf", "PDF"):
				with self.assertRaises(frappe.PageDoesNotExistError):
					download(self.own.name, kind)


class TestForms(StrangersCase):
	def test_of_another_nothing_is_disputed_accepted_or_consented_to(self):
		told = self.of_acme.statement
		attempts = {
			"accept": {"name": told, "action": "accept"},
			"dispute": {"name": told, "action": "dispute", "line_key": KEY, "reason": "No"},
		}
		for (action, form), user in product(
			attempts.items(), ("bea", "cid", "dan", "eve", "ona", self.manager)
		):
			with self.subTest(f"{user} {action}"):
				self.assertEqual(self.status(user, "/sla/statement", **form)[0], 404)
		for user in ("bea", "cid", "dan", "eve", "ona", self.manager):
			for action in ("consent", "decline"):
				with self.subTest(f"{user} {action}"):
					form = {"action": action, "exclusion": self.of_acme.waiver, "reason": "No"}
					self.assertEqual(self.status(user, "/sla", **form)[0], 404)
		self.assertEqual(self.status("Guest", "/sla/statement", **attempts["accept"])[0], 302)
		self.assertFalse(frappe.db.exists("SLA Dispute", {"statement": told}))
		self.assertFalse(frappe.db.get_value("SLA Statement", told, "accepted_on"))
		answered = frappe.db.get_value("SLA Exclusion", self.of_acme.waiver, ["consented_by", "declined_by"])
		self.assertEqual(answered, (None, None))

	def test_a_dispute_of_another_statement_is_not_withdrawn_through_an_own_one(self):
		theirs = {"name": self.of_beta.statement, "action": "dispute", "line_key": KEY, "reason": "No"}
		self.assertEqual(self.status("bea", "/sla/statement", **theirs)[0], 303)
		dispute = frappe.db.get_value("SLA Dispute", {"statement": self.of_beta.statement})
		form = {"name": self.of_acme.statement, "action": "withdraw", "dispute": dispute}
		self.assertEqual(self.status("ann", "/sla/statement", **form)[0], 404)
		self.assertEqual(frappe.db.get_value("SLA Dispute", dispute, "status"), "Open")

	def test_what_is_no_action_does_nothing(self):
		for action in ("", "delete", "__class__"):
			form = {"name": self.own.name, "action": action}
			self.assertEqual(self.status("ann", "/sla/statement", **form)[0], 404)
