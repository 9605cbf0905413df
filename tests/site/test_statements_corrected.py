"""What is known after a statement was submitted, and contracts and customers that change meanwhile."""

import json

import frappe

from sla_guard.sla_guard.doctype.sla_statement.sla_statement import approve_penalties, changes
from sla_guard.statements import drafts
from tests.site.records import at, change, customer, issue, new_version, rule, tiers
from tests.site.statement_case import FEBRUARY, JANUARY, MARCH, StatementCase, as_stored


class TestCorrections(StatementCase):
	rest = (("cap_amount", 1000),)
	rules = (rule("Each", "Fixed per breach", metric="Resolution", amount=300),)

	def waive(self, ticket):
		frappe.db.set_value("SLA Breach", {"ticket": ticket.name}, "state", "Waived")

	def january(self, count):
		tickets = [
			self.missed(f"2026-01-{10 + day} 12:00", f"2026-01-{10 + day} 13:00") for day in range(count)
		]
		return tickets, self.submit(JANUARY)

	def test_gross_1500_cap_1000_300_waived_is_no_difference(self):
		tickets, january = self.january(5)
		assert (january.gross, january.capped) == (1500, 1000)
		self.waive(tickets[0])
		assert self.draft(FEBRUARY).corrections == []

	def test_what_is_waived_after_submission_is_a_line_of_the_next_one(self):
		tickets, january = self.january(3)
		self.waive(tickets[0])
		self.missed("2026-02-10 12:00", "2026-02-10 13:00")
		self.missed("2026-02-11 12:00", "2026-02-11 13:00")
		february = self.draft(FEBRUARY)
		row = february.corrections[0]
		assert (row.statement, row.old_amount, row.new_amount, row.difference) == (
			january.name,
			900,
			600,
			-300,
		)
		assert tickets[0].name in row.why
		assert (february.capped, february.corrected, february.amount_due) == (600, -300, 300)

	def test_what_it_would_say_today_is_shown_and_changes_nothing(self):
		tickets, january = self.january(2)
		assert changes(january.name) == []
		self.waive(tickets[0])
		told = {each["label"]: (each["told"], each["now"]) for each in changes(january.name)}
		assert told["Missed"] == ("2", "1")
		assert told["Waived"] == ("0", "1")
		assert "300" in told["Penalties"][1]
		assert as_stored(january).missed == 2

	def test_after_the_end_of_the_contract_only_a_correction_is_told(self):
		self.contract = self.signed(customer=customer("Beta"), effective_to="2026-01-31")
		ticket = issue("2026-01-10 10:00", customer="Beta")
		change(ticket, "2026-01-10 13:00", status="Closed")
		with at("2026-02-03 12:00"):
			january = drafts.draft(self.contract.chain, "Beta", JANUARY)
			assert january.final
			assert approve_penalties(january.name) == 1
			as_stored(january).submit()
		with at("2026-03-03 12:00"):
			assert drafts.draft(self.contract.chain, "Beta", FEBRUARY) is None
			self.waive(ticket)
			february = drafts.draft(self.contract.chain, "Beta", FEBRUARY)
		assert (february.corrected, february.amount_due, february.carried_out) == (-300, 0, 300)
		with at("2026-04-03 12:00"):
			assert drafts.draft(self.contract.chain, "Beta", MARCH) is None

	def test_a_difference_for_us_is_carried_forward(self):
		tickets, _january = self.january(3)
		self.waive(tickets[0])
		february = self.submit(FEBRUARY)
		assert (february.amount_due, february.carried_out) == (0, 300)
		self.missed("2026-03-10 12:00", "2026-03-10 13:00")
		self.missed("2026-03-11 12:00", "2026-03-11 13:00")
		march = self.draft(MARCH)
		assert march.corrections == []
		assert (march.carried_in, march.amount_due, march.carried_out) == (300, 300, 0)

	def test_met_then_reopened_and_missed_counts_in_both_months(self):
		ticket = self.ticket("2026-01-31 12:00", "2026-01-31 13:00")
		january = self.submit(JANUARY)
		change(ticket, "2026-02-10 12:00", status="Open")
		change(ticket, "2026-02-10 15:00", status="Closed")
		february = self.draft(FEBRUARY)
		assert (january.met, january.missed) == (1, 0)
		assert (february.met, february.missed, february.amount_due) == (0, 1, 300)
		assert february.corrections == []


class TestVersions(StatementCase):
	rules = (rule("Share", "Percent of fee per breach", metric="Resolution", percent=10),)

	def test_a_fee_from_the_tenth_is_that_of_its_days(self):
		self.contract.reload()
		self.contract.cancel()
		self.contract = self.signed(effective_from="2026-01-10")
		self.missed("2026-01-12 12:00", "2026-01-12 13:00")
		january = self.draft(JANUARY)
		assert (january.fee, january.amount_due) == (2200, 220)

	def test_each_breach_is_under_the_version_of_its_clock(self):
		self.missed("2026-01-05 12:00", "2026-01-05 13:00")
		dearer = new_version(self.contract, "2026-01-11", fee=6200)
		dearer.submit()
		self.missed("2026-01-12 12:00", "2026-01-12 13:00")
		january = self.draft(JANUARY)
		# Ten days of 3,100 and twenty-one of 6,200, a tenth of each.
		assert january.fee == 1000 + 4200
		assert sorted(row.gross for row in january.lines) == [100, 420]
		assert january.contract == dearer.name
		assert [row["fee"] for row in json.loads(january.figures)["sections"]] == ["1000.00", "4200.00"]


class TestRenaming(StatementCase):
	rules = (
		rule("Each", metric="Resolution", amount=300),
		rule("Kept", "Tiers by compliance", metric="Resolution"),
	)
	rest = (("penalty_tiers", tiers("Kept", (0, 80, 500))), ("minimum_sample", 1))

	def test_a_customer_of_another_name_has_the_same_statement_and_penalties(self):
		self.missed("2026-01-10 12:00", "2026-01-10 13:30")
		before = self.draft(JANUARY)
		frappe.rename_doc("Customer", "Acme", "Acme Holding", show_alert=False)
		with at("2026-02-03 12:00"):
			after = as_stored(drafts.draft(self.contract.chain, "Acme Holding", JANUARY))
		assert (after.name, after.customer, after.gross) == (before.name, "Acme Holding", 800)
		assert [row.penalty for row in after.lines] == [row.penalty for row in before.lines]
