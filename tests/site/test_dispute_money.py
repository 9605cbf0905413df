"""A disputed line is held alone, and its outcome is a line of the next statement: to the cent, by hand.

Acme is promised two hours around the clock; each started hour late costs 10. In January one ticket was two and a half
hours late (30.00) and another four hours and ten minutes (50.00): 80.00 are due.
"""

from datetime import date

import frappe

from sla_guard import disputes
from sla_guard.statements import drafts
from tests.site.books import CreditCase, credit, fee_invoice, per_hour, vat
from tests.site.books import contract as agreed
from tests.site.case import make_user
from tests.site.decisions import approved
from tests.site.records import at, change, issue, round_the_clock, rule, target

JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))
SHORT, LONG = ("2026-01-10 08:00", "2026-01-10 12:30"), ("2026-01-11 08:00", "2026-01-11 14:10")
REDUCTION = "Price reduction"


def each_300(**rest):
	"""Each ticket that is late costs 300."""
	rules = {"penalty_rules": [rule("Each", metric="Resolution", amount=300)]}
	return agreed("Indemnity", target(None, 2), support_hours=round_the_clock(), **rules, **rest)


class MoneyCase(CreditCase):
	def sign(self, under):
		self.under = under

	def lived(self, *tickets):
		return [self.ticket(opened, closed) for opened, closed in tickets]

	def ticket(self, opened, closed):
		ticket = issue(opened)
		change(ticket, closed, status="Closed")
		return ticket

	def draft(self, first):
		with at(str(frappe.utils.add_to_date(first, months=1, days=2)) + " 06:00:00.5"):
			drafts.draft(self.under.chain, "Acme", first)
		about = {"chain": self.under.chain, "period_start": first, "docstatus": ("<", 2)}
		return frappe.get_doc("SLA Statement", about)

	def submit(self, first):
		statement = self.draft(first)
		with at(str(frappe.utils.add_to_date(first, months=1, days=2)) + " 07:00:00.5"):
			for row in statement.lines:
				penalty = frappe.get_doc("SLA Penalty", row.penalty)
				if not penalty.docstatus:
					penalty.submit()
			statement.submit()
		return statement

	def dispute(self, statement, ticket):
		key = next(row.line_key for row in statement.lines if row.ticket == ticket.name)
		return disputes.open_dispute(statement.name, key, "It was longer")

	def decide(self, dispute, outcome="Changed", amount=None):
		disputes.answer(dispute, "So it is", outcome, amount)

	def credited(self, statement, fee=None, when=None):
		"""What its credit note credits before tax, once it is submitted."""
		with at(when or frappe.utils.now()):
			note = credit(frappe.get_doc("SLA Statement", statement.name), fee)
			note.submit()
		return -note.net_total

	def corrections(self, statement):
		return [
			(row.old_amount, row.new_amount, row.difference)
			for row in frappe.get_doc("SLA Statement", statement.name).corrections
		]

	def penalty_status(self, statement, ticket):
		name = next(row.penalty for row in statement.lines if row.ticket == ticket.name)
		return frappe.db.get_value("SLA Penalty", name, "status")


class TestHeld(MoneyCase):
	def setUp(self):
		super().setUp()
		self.sign(per_hour())
		self.short, self.long = self.lived(SHORT, LONG)
		self.january = self.submit(JANUARY)
		self.assertEqual(self.january.amount_due, 80)

	def held(self):
		return frappe.db.get_value("SLA Statement", self.january.name, "held")

	def test_the_rest_is_credited(self):
		self.dispute(self.january, self.short)
		self.assertEqual(self.held(), 30)
		self.assertEqual(self.credited(self.january), 50)

	def test_what_all_is_disputed_is_not_credited(self):
		for ticket in (self.short, self.long):
			self.dispute(self.january, ticket)
		self.assertNoCredit(self.january, "disputed")

	def test_a_draft_of_the_time_before_is_not_submitted(self):
		note = credit(self.january)
		self.dispute(self.january, self.short)
		with self.assertRaises(frappe.ValidationError) as refused:
			note.submit()
		message = frappe.utils.strip_html(str(refused.exception))
		for word in ("50.00", "80.00", "30.00"):
			self.assertIn(word, message)
		note.reload()
		note.delete()
		self.assertEqual(self.credited(self.january), 50)

	def test_changed_afterwards_the_next_one_brings_the_new_amount(self):
		dispute = self.dispute(self.january, self.short)
		self.assertEqual(self.credited(self.january), 50)
		self.decide(dispute, amount=45)
		february = self.submit(FEBRUARY)
		self.assertEqual(self.corrections(february), [(0, 45, 45)])
		self.assertEqual((february.corrections[0].dispute, february.amount_due), (dispute, 45))
		# 50 + 45: January came to 95 by what was agreed.
		self.assertEqual(self.credited(february, when="2026-03-05 09:00:00.5"), 45)
		self.assertEqual(self.corrections(self.draft(MARCH)), [])

	def test_what_is_kept_or_withdrawn_before_the_credit_note_is_held_no_more(self):
		kept, withdrawn = (self.dispute(self.january, ticket) for ticket in (self.short, self.long))
		self.assertEqual(self.held(), 80)
		self.decide(kept, "Kept")
		self.assertEqual(self.held(), 50)
		disputes.withdraw(withdrawn)
		self.assertEqual(self.held(), 0)

	def test_kept_before_the_credit_note_it_is_credited_with_the_rest(self):
		self.decide(self.dispute(self.january, self.short), "Kept")
		self.assertEqual(self.credited(self.january), 80)
		self.assertEqual(self.corrections(self.draft(FEBRUARY)), [])

	def test_kept_after_the_credit_note_the_next_one_brings_it(self):
		dispute = self.dispute(self.january, self.short)
		self.credited(self.january)
		self.decide(dispute, "Kept")
		self.assertEqual(self.corrections(self.draft(FEBRUARY)), [(0, 30, 30)])

	def test_withdrawn_after_the_credit_note_the_next_one_brings_it(self):
		dispute = self.dispute(self.january, self.short)
		self.credited(self.january)
		disputes.withdraw(dispute)
		february = self.draft(FEBRUARY)
		self.assertEqual(self.corrections(february), [(0, 30, 30)])
		self.assertIn(dispute, february.corrections[0].why)

	def test_changed_before_the_credit_note_the_line_is_left_to_the_next_one(self):
		self.decide(self.dispute(self.january, self.short), amount="45.50")
		self.assertEqual(self.credited(self.january), 50)
		self.assertEqual(self.corrections(self.draft(FEBRUARY)), [(0, 45.5, 45.5)])

	def test_nothing_is_held_of_what_is_credited_already(self):
		self.assertEqual(self.credited(self.january), 80)
		dispute = self.dispute(self.january, self.short)
		self.assertEqual(self.held(), 0)
		self.decide(dispute, amount=45)
		self.assertEqual(self.corrections(self.draft(FEBRUARY)), [(30, 45, 15)])

	def test_a_lower_amount_is_a_difference_for_us_that_is_carried_forward(self):
		self.credited(self.january)
		self.decide(self.dispute(self.january, self.short), amount=20)
		february = self.draft(FEBRUARY)
		self.assertEqual(self.corrections(february), [(30, 20, -10)])
		self.assertEqual((february.amount_due, february.carried_out), (0, 10))

	def test_while_it_is_open_the_next_one_says_nothing_of_it(self):
		self.dispute(self.january, self.short)
		self.assertEqual(self.corrections(self.draft(FEBRUARY)), [])

	def test_its_penalty_is_credited_when_it_is(self):
		dispute = self.dispute(self.january, self.short)
		self.credited(self.january)
		self.assertEqual(self.penalty_status(self.january, self.short), "Approved")
		self.assertEqual(self.penalty_status(self.january, self.long), "Credited")
		self.decide(dispute, "Kept")
		self.credited(self.submit(FEBRUARY), when="2026-03-05 09:00:00.5")
		self.assertEqual(self.penalty_status(self.january, self.short), "Credited")

	def test_a_credit_note_made_again_credits_the_same(self):
		dispute = self.dispute(self.january, self.short)
		note = credit(frappe.get_doc("SLA Statement", self.january.name))
		note.submit()
		self.decide(dispute, amount=45)
		note.cancel()
		self.assertEqual(self.credited(self.january), 50)
		self.assertEqual(self.corrections(self.draft(FEBRUARY)), [(0, 45, 45)])

	def test_a_statement_that_is_disputed_is_not_cancelled(self):
		dispute = self.dispute(self.january, self.short)
		for outcome in (None, "Changed"):
			if outcome:
				self.decide(dispute, outcome, 45)
			january = frappe.get_doc("SLA Statement", self.january.name)
			january.cancel_reason = "A mistake"
			with self.assertRaisesRegex(frappe.ValidationError, dispute):
				january.cancel()

	def test_what_becomes_known_of_the_line_later_leaves_the_agreed_amount(self):
		"""The ticket turns out to have been none: January is worked out for 50, and 45 is still what was agreed."""
		dispute = self.dispute(self.january, self.short)
		self.credited(self.january)
		self.decide(dispute, amount=45)
		self.submit(FEBRUARY)
		frappe.db.set_value("SLA Breach", {"ticket": self.short.name}, "state", "Waived")
		march = self.draft(MARCH)
		self.assertEqual(self.corrections(march), [(80, 50, -30), (15, 45, 30)])
		self.assertEqual((march.corrected, march.amount_due), (0, 0))


class TestAgreed(MoneyCase):
	def test_of_a_cap_each_line_has_its_cents(self):
		"""500.00 over three lines of 300 are 166.67, 166.67, 166.66; without the first one 333.33 are left."""
		self.sign(each_300(cap_amount=500))
		tickets = self.lived(*((f"2026-01-1{day} 08:00", f"2026-01-1{day} 11:00") for day in range(3)))
		january = self.submit(JANUARY)
		self.assertEqual([row.amount for row in january.lines], [166.67, 166.67, 166.66])
		dispute = self.dispute(january, tickets[0])
		self.assertEqual(self.credited(january), 333.33)
		self.decide(dispute, "Kept")
		self.assertEqual(self.corrections(self.draft(FEBRUARY)), [(0, 166.67, 166.67)])

	def test_no_more_is_held_than_what_is_due_after_what_was_carried(self):
		"""January 300 were credited and 300 waived: February owes 600 less 300. Of a line of 300 that is disputed all of
		what is due is held; agreed to be 350 it brings 350."""
		self.sign(each_300())
		(first,) = self.lived(("2026-01-10 08:00", "2026-01-10 11:00"))
		self.credited(self.submit(JANUARY))
		frappe.db.set_value("SLA Breach", {"ticket": first.name}, "state", "Waived")
		tickets = self.lived(*((f"2026-02-1{day} 08:00", f"2026-02-1{day} 11:00") for day in range(2)))
		february = self.submit(FEBRUARY)
		self.assertEqual((february.capped, february.corrected, february.amount_due), (600, -300, 300))
		dispute = self.dispute(february, tickets[0])
		self.assertNoCredit(february, "disputed")
		self.decide(dispute, amount=350)
		march = self.draft(MARCH)
		self.assertEqual(self.corrections(march), [(0, 350, 350)])

	def test_what_was_carried_has_taken_of_the_line_counts_as_credited(self):
		"""600 were credited and all waived: February owes 600 less 600; agreed to be 350, the line brings 50 more."""
		self.sign(each_300())
		before = self.lived(*((f"2026-01-1{day} 08:00", f"2026-01-1{day} 11:00") for day in range(2)))
		self.credited(self.submit(JANUARY))
		for ticket in before:
			frappe.db.set_value("SLA Breach", {"ticket": ticket.name}, "state", "Waived")
		tickets = self.lived(*((f"2026-02-1{day} 08:00", f"2026-02-1{day} 11:00") for day in range(2)))
		february = self.submit(FEBRUARY)
		dispute = self.dispute(february, tickets[0])
		self.assertEqual(frappe.db.get_value("SLA Dispute", dispute, "held"), 0)
		self.decide(dispute, amount=350)
		self.assertEqual(self.corrections(self.draft(MARCH)), [(300, 350, 50)])

	def test_below_the_minimum_a_line_came_to_nothing(self):
		self.sign(per_hour(minimum_payable=100))
		short, _long = self.lived(SHORT, LONG)
		january = self.submit(JANUARY)
		self.assertEqual((january.lapsed, january.amount_due), (80, 0))
		self.decide(self.dispute(january, short), amount=120)
		self.assertEqual(self.corrections(self.draft(FEBRUARY)), [(0, 120, 120)])

	def test_what_was_agreed_takes_of_the_cap_of_the_year(self):
		"""Of 100.00 a year January took 80.00, agreed to be 95.00 (30 changed to 45): 5.00 are left of 30.00."""
		self.sign(per_hour(year_cap_amount=100))
		short, _long = self.lived(SHORT, LONG)
		january = self.submit(JANUARY)
		self.decide(self.dispute(january, short), amount=45)
		self.lived(("2026-02-10 08:00", "2026-02-10 12:30"))
		february = self.draft(FEBRUARY)
		self.assertEqual((february.gross, february.capped), (30, 5))
		self.assertEqual((february.corrected, february.amount_due), (45, 50))

	def test_after_the_end_of_the_contract_the_outcome_is_told_too(self):
		self.sign(per_hour(effective_to="2026-01-31"))
		short, _long = self.lived(SHORT, LONG)
		january = self.submit(JANUARY)
		self.assertTrue(january.final)
		dispute = self.dispute(january, short)
		self.assertEqual(self.credited(january), 50)
		self.decide(dispute, "Kept")
		february = self.draft(FEBRUARY)
		self.assertEqual((february.corrected, february.amount_due), (30, 30))

	def test_a_price_reduction_has_the_taxes_of_each_part(self):
		self.sign(per_hour(REDUCTION))
		with at("2026-01-02 09:00:00.5"):
			fee = fee_invoice(taxes=[vat(20)])
		short, _long = self.lived(SHORT, LONG)
		january = self.submit(JANUARY)
		dispute = self.dispute(january, short)
		note = credit(frappe.get_doc("SLA Statement", january.name), fee)
		note.submit()
		self.assertEqual((note.net_total, note.grand_total), (-50, -60))
		self.decide(dispute, amount=45)
		february = self.submit(FEBRUARY)
		with at("2026-03-05 09:00:00.5"):
			note = credit(february, fee)
			note.submit()
		self.assertEqual((note.net_total, note.grand_total), (-45, -54))


class TestExcused(MoneyCase):
	"""The breach of the short ticket was excluded; the customer disputes that."""

	def setUp(self):
		super().setUp()
		self.sign(per_hour(ground_customer=1))
		self.short, _long = self.lived(SHORT, LONG)
		self.breach = frappe.get_doc("SLA Breach", {"ticket": self.short.name})
		manager, approver = make_user("sla-m", "SLA Manager"), make_user("sla-a", "SLA Approver")
		self.exclusion = approved(self.breach, manager, approver)
		self.january = self.submit(JANUARY)
		self.assertEqual((self.january.amount_due, self.january.excluded), (50, 1))
		self.disputed = disputes.open_dispute(self.january.name, f"{self.breach.name}|", "It was your line")

	def test_nothing_is_held_and_what_is_agreed_comes_with_the_next_one(self):
		self.assertEqual(self.credited(self.january), 50)
		self.decide(self.disputed, amount=25)
		self.assertEqual(self.corrections(self.draft(FEBRUARY)), [(0, 25, 25)])

	def test_where_the_exclusion_is_taken_back_the_line_is_not_charged_twice(self):
		exclusion = frappe.get_doc("SLA Exclusion", self.exclusion.name)
		exclusion.cancel_reason = "The customer is right"
		exclusion.cancel()
		for outcome, amount, rows in (
			("Kept", None, [(50, 80, 30)]),
			("Changed", 25, [(50, 80, 30), (30, 25, -5)]),
		):
			frappe.db.savepoint("before_outcome")
			self.decide(self.disputed, outcome, amount)
			self.assertEqual(self.corrections(self.draft(FEBRUARY)), rows)
			frappe.db.rollback(save_point="before_outcome")
