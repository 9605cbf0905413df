"""A customer disputes a line of a statement: by whom, how often, until when; what we answer, and what becomes of it."""

from functools import partial

import frappe
from frappe import client

from sla_guard import disputes
from tests.site.case import make_user
from tests.site.decisions import statement
from tests.site.records import at
from tests.site.routes import as_user, request
from tests.site.test_portal import PortalCase

KEY = "|Late"


class DisputeCase(PortalCase):
	"""Ann is a contact of Acme who sees money; the statement of January has a line of 100."""

	def setUp(self):
		super().setUp()
		frappe.db.set_value("SLA Statement Line", {"parent": self.own.name}, "line_key", KEY)
		self.manager = make_user("sla-manager", "SLA Manager")
		self.agent = make_user("sla-agent", "Support Team")
		frappe.db.set_single_value("SLA Settings", "dispute_responsible", self.manager)

	def opened(self, user="ann", key=KEY, when="2026-02-05 09:00"):
		with as_user(self.users.get(user, user)), at(when):
			name = disputes.open_dispute(self.own.name, key, "It was ten hours, not five")
		return frappe.get_doc("SLA Dispute", name)

	def answered(self, dispute, outcome=None, amount=None, by=None):
		with as_user(by or self.manager), at("2026-02-06 09:00"):
			disputes.answer(dispute.name, "We looked into it", outcome, amount)
		return frappe.get_doc("SLA Dispute", dispute.name)

	def shown(self, user="ann"):
		with as_user(self.users.get(user, user)):
			return disputes.disputes_of(self.own.name)


class TestOpening(DisputeCase):
	def test_a_contact_who_sees_money_disputes_a_line(self):
		dispute = self.opened()
		self.assertEqual(
			(dispute.status, dispute.customer, dispute.opened_by), ("Open", "Acme", self.users["ann"])
		)
		self.assertEqual((dispute.amount, dispute.held, dispute.currency), (100, 100, "EUR"))
		self.assertEqual((dispute.line, dispute.responsible), ("Late", self.manager))

	def test_it_is_due_five_working_days_later(self):
		# A Thursday.
		self.assertEqual(str(self.opened().due_on), "2026-02-12")

	def test_the_contract_says_how_many_days(self):
		frappe.db.set_value("SLA Contract", self.contract.name, "dispute_days", 1)
		self.assertEqual(str(self.opened(when="2026-02-06 09:00").due_on), "2026-02-09")

	def test_of_the_customer_nobody_else_does(self):
		for user in ("cid", "dan", "eve", "Guest"):
			if user == "eve":
				self.users["eve"] = make_user("sla-eve", "Customer")
			with self.subTest(user):
				self.assertRefusedTo(self.users.get(user, user), partial(self.opened, user))
		self.opened("bob")

	def test_of_us_only_those_who_work_on_statements_do_it_for_a_customer(self):
		for user in (self.agent, make_user("sla-books", "Accounts User")):
			self.assertRefusedTo(user, partial(self.opened, user))
		self.assertEqual(self.opened(self.manager).opened_by, self.manager)

	def test_nobody_enters_one_as_a_document(self):
		values = {"doctype": "SLA Dispute", "statement": self.own.name, "reason": "No"}
		for user in (self.users["ann"], self.manager, "Administrator"):
			self.assertRefusedTo(user, partial(client.insert, values))

	def test_a_line_that_is_not_there_and_nothing_said_are_refused(self):
		self.assertRefusedTo(self.users["ann"], partial(self.opened, key="|Other"))
		for reason in ("", " ", "x" * 5001):
			verb = partial(disputes.open_dispute, self.own.name, KEY, reason)
			self.assertRefusedTo(self.users["ann"], verb)

	def test_a_draft_and_a_cancelled_statement_are_not_disputed(self):
		for docstatus in (0, 2):
			other = statement(self.contract, docstatus=docstatus)
			for user in (self.users["ann"], self.manager):
				self.assertRefusedTo(user, partial(disputes.open_dispute, other.name, "", "No"))

	def test_a_line_is_disputed_once_and_again_where_that_was_withdrawn(self):
		first = self.opened()
		self.assertRefusedTo(self.users["ann"], self.opened)
		with as_user(self.users["ann"]):
			disputes.withdraw(first.name)
		second = self.opened()
		self.answered(second, "Kept")
		self.assertRefusedTo(self.users["ann"], self.opened)

	def test_it_is_opened_by_a_request_that_writes(self):
		method = "sla_guard.disputes.open_dispute"
		with as_user(self.users["ann"]), at("2026-02-05 09:00"):
			name = request(method, statement=self.own.name, line_key=KEY, reason="No")
		self.assertTrue(frappe.db.exists("SLA Dispute", name))

	def test_what_the_provider_excused_is_disputed_too(self):
		figures = frappe.parse_json(self.own.figures)
		row = {"breach": "b1", "ticket": None, "metric": "Response", "decided_on": "2026-02-01"}
		figures["exclusions"] = [
			{**row, "kind": "Exclusion", "ground": "Force Majeure", "reason": "The flood"},
			{**row, "breach": "b2", "kind": "Waiver", "ground": "", "reason": "Renounced"},
		]
		frappe.db.set_value("SLA Statement", self.own.name, "figures", frappe.as_json(figures))
		dispute = self.opened(key="b1|")
		self.assertEqual((dispute.line, dispute.amount, dispute.held), ("Force Majeure", 0, 0))
		self.assertRefusedTo(self.users["ann"], partial(self.opened, key="b2|"))


class TestAnswering(DisputeCase):
	def test_an_answer_without_an_outcome_leaves_it_open_to_one(self):
		dispute = self.answered(self.opened(), by=self.agent)
		self.assertEqual((dispute.status, dispute.outcome or ""), ("Answered", ""))
		self.assertEqual((dispute.answer, dispute.answered_by), ("We looked into it", self.agent))
		self.assertEqual(self.answered(dispute, "Kept").status, "Closed")

	def test_an_agent_does_not_decide(self):
		dispute = self.opened()
		self.assertRefusedTo(self.agent, partial(self.answered, dispute, "Kept", by=self.agent))

	def test_a_customer_does_not_answer(self):
		dispute = self.opened()
		for user in ("ann", "cid"):
			self.assertRefusedTo(
				self.users[user], partial(disputes.answer, dispute.name, "Yes", "Changed", 500)
			)
			self.assertRefusedTo(self.users[user], partial(client.get, "SLA Dispute", dispute.name))

	def test_a_changed_line_has_an_amount_of_the_currency(self):
		dispute = self.opened()
		for amount in (None, "", "abc", -1, "NaN", "Infinity", "1.001"):
			with self.subTest(amount):
				self.assertRefusedTo(self.manager, partial(self.answered, dispute, "Changed", amount))
		closed = self.answered(dispute, "Changed", "120.50")
		self.assertEqual((closed.status, closed.outcome, closed.new_amount), ("Closed", "Changed", 120.5))

	def test_only_known_outcomes(self):
		dispute = self.opened()
		for outcome in ("Withdrawn", "Open", "<b>"):
			self.assertRefusedTo(self.manager, partial(self.answered, dispute, outcome))

	def test_a_closed_one_stays_as_it_is(self):
		dispute = self.answered(self.opened(), "Kept")
		self.assertRefusedTo(self.manager, partial(self.answered, dispute, "Changed", 5))
		self.assertRefusedTo(self.users["ann"], partial(disputes.withdraw, dispute.name))
		for field, value in {"due_on": "2026-03-01", "responsible": self.agent, "answer": "Another"}.items():
			verb = partial(client.set_value, "SLA Dispute", dispute.name, field, value)
			self.assertRefusedTo(self.manager, verb)

	def test_who_sees_to_it_and_until_when_is_changed_on_the_form_and_nothing_else(self):
		dispute = self.opened()
		with as_user(self.manager):
			client.set_value("SLA Dispute", dispute.name, {"due_on": "2026-03-01", "responsible": self.agent})
		for field, value in {"held": 0, "status": "Closed", "reason": "x", "new_amount": 5}.items():
			for user in (self.manager, "Administrator"):
				self.assertRefusedTo(
					user, partial(client.set_value, "SLA Dispute", dispute.name, field, value)
				)
		self.assertRefusedTo("Administrator", partial(frappe.delete_doc, "SLA Dispute", dispute.name))

	def test_the_customer_reads_the_answer_who_sees_to_it_and_until_when(self):
		self.answered(self.opened(), "Changed", 120)
		(shown,) = self.shown()
		self.assertEqual(
			(shown["answer"], shown["outcome"], shown["new_amount"]), ("We looked into it", "Changed", 120)
		)
		self.assertEqual((shown["responsible"], str(shown["due_on"])), ("sla-manager", "2026-02-12"))
		self.assertFalse(shown["may_withdraw"])
		for user in ("cid", "dan"):
			self.assertRefusedTo(self.users[user], partial(disputes.disputes_of, self.own.name))
			self.assertRefusedTo(self.users[user], partial(disputes.lines_of, self.own.name))

	def test_the_lines_say_whether_they_may_be_disputed(self):
		def line():
			with as_user(self.users["ann"]):
				found = next(each for each in disputes.lines_of(self.own.name) if each["key"] == KEY)
			return found["amount"], found["may_dispute"], found["dispute"] and found["dispute"]["status"]

		self.assertEqual(line(), (100, True, None))
		dispute = self.opened()
		self.assertEqual(line(), (100, False, "Open"))
		with as_user(self.users["ann"]):
			disputes.withdraw(dispute.name)
		self.assertEqual(line(), (100, True, "Closed"))


class TestAcceptance(DisputeCase):
	def accept(self, user="ann"):
		with as_user(self.users.get(user, user)), at("2026-02-06 09:00"):
			disputes.accept_statement(self.own.name)
		return frappe.get_doc("SLA Statement", self.own.name)

	def test_a_contact_who_sees_money_accepts_and_disputes_no_more(self):
		accepted = self.accept()
		self.assertEqual((accepted.status, accepted.accepted_how), ("Accepted", "By the Customer"))
		self.assertEqual(accepted.accepted_by, self.users["ann"])
		self.assertRefusedTo(self.users["ann"], self.opened)

	def test_what_is_disputed_is_not_accepted_with_the_rest(self):
		dispute = self.opened()
		self.accept()
		self.assertEqual(frappe.get_doc("SLA Dispute", dispute.name).status, "Open")
		self.assertEqual(self.answered(dispute, "Changed", 120).outcome, "Changed")

	def test_nobody_else_accepts(self):
		for user in ("cid", "dan", "Guest", self.manager, "Administrator"):
			self.assertRefusedTo(self.users.get(user, user), partial(self.accept, user))
		self.assertIsNone(frappe.get_doc("SLA Statement", self.own.name).accepted_on)
