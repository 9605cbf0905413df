"""A statement says what a month came to and what it costs; drafts follow what is known, submitted ones never change."""

import json

import frappe

from sla_guard.sla_guard.doctype.sla_statement.sla_statement import approve_penalties
from sla_guard.statements import drafts
from tests.site.case import make_user
from tests.site.decisions import approved
from tests.site.records import at, change, customer, in_force, issue, target
from tests.site.routes import as_user
from tests.site.statement_case import FEBRUARY, JANUARY, StatementCase


class TestNumbers(StatementCase):
	def test_each_period_charges_what_was_not_charged_before(self):
		self.missed("2026-01-31 18:00", "2026-02-02 06:30")
		assert self.draft(JANUARY).amount_due == 60
		february = self.draft(FEBRUARY)
		assert (february.amount_due, february.missed) == (310, 0)

	def test_commitments_are_counted_in_the_month_of_their_verdict(self):
		self.ticket("2026-01-31 23:30", "2026-02-01 01:00")
		self.missed("2026-01-10 12:00", "2026-01-10 12:30")
		self.ticket("2026-01-31 23:00")
		january, february = self.draft(JANUARY), self.draft(FEBRUARY)
		assert (january.met, january.missed, january.in_progress) == (0, 1, 2)
		assert january.compliance == "0.00 % (0/1)"
		assert (february.met, february.missed) == (1, 1)

	def test_without_tickets_it_says_so(self):
		january = self.draft(JANUARY)
		assert (january.met, january.missed, january.amount_due, january.compliance) == (0, 0, 0, "")
		assert january.fee == 3100

	def test_what_it_says_besides(self):
		ticket = self.missed("2026-01-10 12:00", "2026-01-10 13:30")
		said = json.loads(self.draft(JANUARY).figures)
		assert [(row["ticket"], row["late_us"]) for row in said["breaches"]] == [(ticket.name, 5400 * 10**6)]
		assert said["compliance"] == [
			{
				"metric": "Resolution",
				"priority": "",
				"service": "",
				**{"met": 0, "missed": 1, "excluded": 0, "waived": 0, "in progress": 0},
			}
		]
		assert said["figures"]["closed"] == 1
		assert said["trend"] == [
			{"first": "2026-01-01", "last": "2026-01-31", "met": 0, "missed": 1, "amount_due": "20.00"}
		]

	def test_a_void_ticket_counts_nowhere_and_is_counted_as_void(self):
		from sla_guard.helpdesk.actions import void

		ticket = self.ticket("2026-01-10 12:00")
		with at("2026-02-05 12:00"):
			void(ticket.name, "Spam")
		january = self.draft(JANUARY)
		assert (january.in_progress, january.missed, january.void) == (0, 0, 1)


class TestPenalties(StatementCase):
	def penalties(self):
		return frappe.get_all(
			"SLA Penalty",
			{"chain": self.contract.chain},
			["docstatus", "amount", "unique_key"],
			order_by="creation, name",
		)

	def test_running_again_changes_nothing(self):
		self.missed("2026-01-10 12:00", "2026-01-10 13:30")
		first = self.draft(JANUARY)
		penalties = self.penalties()
		again = self.draft(JANUARY)
		assert (first.name, first.modified) == (again.name, again.modified)
		assert self.penalties() == penalties

	def test_a_penalty_says_how_it_was_worked_out(self):
		ticket = self.missed("2026-01-10 12:00", "2026-01-10 13:30")
		penalty = frappe.get_doc("SLA Penalty", self.draft(JANUARY).lines[0].penalty)
		assert (penalty.ticket, penalty.amount, penalty.currency) == (ticket.name, 20, "EUR")
		assert "1 h 30 min" in penalty.arithmetic
		assert "2 ×" in penalty.arithmetic

	def test_a_draft_follows_what_is_known(self):
		ticket = self.missed("2026-01-31 18:00")
		assert self.draft(JANUARY).amount_due == 60
		change(ticket, "2026-01-31 20:00", status="Closed")
		assert self.draft(JANUARY).amount_due == 20
		assert [each.amount for each in self.penalties()] == [20]

	def test_one_approved_for_another_amount_is_cancelled_and_drafted_anew(self):
		ticket = self.missed("2026-01-31 18:00")
		approved = frappe.get_doc("SLA Penalty", self.draft(JANUARY).lines[0].penalty)
		approved.submit()
		change(ticket, "2026-01-31 20:00", status="Closed")
		self.draft(JANUARY)
		assert [(each.docstatus, each.amount) for each in self.penalties()] == [(2, 60), (0, 20)]
		approved.reload()
		assert "60" in approved.cancel_reason

	def test_one_for_nothing_any_more_goes(self):
		ticket = self.missed("2026-01-10 12:00", "2026-01-10 13:30")
		self.draft(JANUARY)

		frappe.db.set_value("SLA Breach", {"ticket": ticket.name}, "state", "Waived")
		january = self.draft(JANUARY)
		assert (january.waived, january.missed, january.amount_due) == (1, 0, 0)
		assert self.penalties() == []


class TestSubmission(StatementCase):
	def test_waits_for_its_penalties(self):
		self.missed("2026-01-10 12:00", "2026-01-10 13:30")
		statement = self.draft(JANUARY)
		with at("2026-02-03 12:00"), self.assertRaisesRegex(frappe.ValidationError, "neither approved"):
			statement.submit()

	def test_its_penalties_are_approved_together_by_somebody_who_may(self):
		for day in (10, 11):
			self.missed(f"2026-01-{day} 12:00", f"2026-01-{day} 13:30")
		statement = self.draft(JANUARY)
		with as_user(make_user("manager", "SLA Manager")), self.assertRaises(frappe.PermissionError):
			approve_penalties(statement.name)
		with as_user(make_user("approver", "SLA Approver")), at("2026-02-03 12:00"):
			assert approve_penalties(statement.name) == 2
			assert approve_penalties(statement.name) == 0
			statement.submit()

	def test_waits_for_the_end_of_the_period(self):
		with self.assertRaisesRegex(frappe.ValidationError, "not over"):
			self.submit(JANUARY, when="2026-01-31 12:00")

	def test_waits_for_the_statement_before(self):
		self.draft(JANUARY)
		with self.assertRaisesRegex(frappe.ValidationError, "comes first"):
			self.submit(FEBRUARY)

	def test_waits_for_somebody_to_look_at_what_has_changed(self):
		statement = self.draft(JANUARY)
		self.ticket("2026-01-10 12:00")
		with at("2026-02-03 12:00"), self.assertRaisesRegex(frappe.ValidationError, "have changed"):
			frappe.get_doc("SLA Statement", statement.name).submit()

	def test_nothing_changes_a_submitted_one(self):
		statement = self.submit(JANUARY)
		self.ticket("2026-01-10 12:00")
		assert self.draft(JANUARY) is None
		assert frappe.get_doc("SLA Statement", statement.name).in_progress == 0

	def test_nobody_enters_or_edits_one(self):
		with self.assertRaises(frappe.PermissionError):
			frappe.new_doc("SLA Statement").update({"customer": "Acme"}).insert()
		statement = self.draft(JANUARY)
		statement.amount_due = 1
		statement.flags.from_app = False
		with self.assertRaises(frappe.PermissionError):
			statement.save()

	def test_the_last_one_may_be_cancelled_and_is_drafted_anew(self):
		january = self.submit(JANUARY)
		february = self.submit(FEBRUARY)
		january.reload()
		with self.assertRaisesRegex(frappe.ValidationError, february.name):
			january.cancel()
		february.reload()
		february.cancel_reason = "A mistake"
		february.cancel()
		assert self.draft(FEBRUARY).name != february.name


class TestWhen(StatementCase):
	def due(self, when):
		with at(when):
			return [
				(customer, first.isoformat())
				for chain, customer, first in drafts.due()
				if chain == self.contract.chain
			]

	def test_on_the_third_of_the_next_month(self):
		assert self.due("2026-02-02 23:59") == []
		assert self.due("2026-02-03 00:00") == [("Acme", "2026-01-01")]

	def test_those_that_were_left_out_come_first(self):
		assert self.due("2026-04-03 12:00") == [
			("Acme", "2026-01-01"),
			("Acme", "2026-02-01"),
			("Acme", "2026-03-01"),
		]

	def test_none_twice(self):
		self.draft(JANUARY)
		assert self.due("2026-02-03 12:00") == []

	def test_none_for_the_time_before_tickets_were_tracked(self):
		frappe.db.set_single_value("SLA Settings", "tracked_from", "2026-02-02 00:00:00")
		assert self.due("2026-03-03 12:00") == [("Acme", "2026-02-01")]

	def test_a_contract_for_everybody_has_one_for_each_customer_with_tickets(self):
		everybody = in_force(target(), applies_to="Everybody")
		customer("Beta")
		issue("2026-01-10 12:00", customer="Beta")
		with at("2026-02-03 12:00"):
			found = [each[1:] for each in drafts.due() if each[0] == everybody.chain]
			assert found == [("Beta", JANUARY)]
			assert drafts.draft(everybody.chain, "Beta", JANUARY).missed == 2


class TestDecisions(StatementCase):
	def test_drafts_follow_an_exclusion_that_is_approved(self):
		ticket = self.missed("2026-01-10 12:00", "2026-01-10 13:30")
		self.draft(JANUARY)
		breach = frappe.get_doc("SLA Breach", {"ticket": ticket.name})
		with at("2026-02-04 12:00"):
			approved(breach, make_user("claims", "SLA Manager"), make_user("approves", "SLA Approver"))
		january = self.draft(JANUARY)
		assert (january.excluded, january.missed, january.lines) == (1, 0, [])
		said = json.loads(january.figures)["exclusions"]
		assert [(row["ticket"], row["kind"]) for row in said] == [(ticket.name, "Exclusion")]
