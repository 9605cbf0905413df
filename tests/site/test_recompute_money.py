"""A statement that was submitted before hours were corrected stays as it is; the next one tells the difference."""

import frappe

from sla_guard import jobs
from sla_guard.recompute import lines, showing
from tests.site.recomputing import StatedCase, changed, looked_at
from tests.site.records import at, money, rule, target
from tests.site.statement_case import FEBRUARY, JANUARY, as_stored


def late():
	return rule("Late", "Per started unit late", metric="Resolution", time="Support time", amount=10)


class MoneyCase(StatedCase):
	"""Each started hour of support that a solution is late costs 10; solved in eight hours of it."""

	caps = ()

	def setUp(self):
		super().setUp()
		self.contract = self.in_force(
			target(None, 8),
			customer=f"{self.customer} Money",
			support_hours=self.hours,
			**money(late(), **dict(self.caps)),
		)
		# Opened on Thursday at noon, due on Friday at noon, solved on Monday at noon: eight hours late.
		self.ticket = self.issue("2026-01-08 12:00", customer=self.contract.customer)
		changed(self.ticket, "2026-01-12 12:00", status="Closed")
		looked_at(self.ticket, when="2026-01-13 12:00")


def all_of(statement):
	"""All that is stored of it, its rows too, byte by byte."""
	found = []
	for doctype, field in (
		("SLA Statement", "name"),
		("SLA Statement Line", "parent"),
		("SLA Statement Correction", "parent"),
		("SLA Penalty", "chain"),
	):
		table = frappe.qb.DocType(doctype)
		value = statement.chain if field == "chain" else statement.name
		query = frappe.qb.from_(table).select("*").where(table[field] == value).orderby(table.name)
		found.append(list(query.run()))
	return found


class TestCorrection(MoneyCase):
	def test_a_holiday_corrected_after_the_submission(self):
		january = self.submit(JANUARY, "2026-02-03 12:00")
		self.assertEqual(january.amount_due, 80)
		before = all_of(january)
		self.shut("2026-01-12")
		# An edit alone changes nothing.
		self.assertEqual(len(self.draft(FEBRUARY, "2026-03-01 12:00").corrections), 0)
		found = self.previewed("2026-03-01 13:00")
		self.assertEqual(showing.summary(found.name)["statements"], [january.name])
		self.assertEqual(all_of(january)[:3], before[:3])
		found = self.applied("2026-03-01 14:00")
		february = self.draft(FEBRUARY, "2026-03-02 12:00")
		(correction,) = february.corrections
		# Monday does not count any more: Friday's five hours are left.
		self.assertEqual(
			(correction.statement, correction.old_amount, correction.new_amount, correction.difference),
			(january.name, 80, 50, -30),
		)
		self.assertIn("€50.00 instead of €80.00", correction.why)
		self.assertEqual((february.carried_out, february.amount_due), (30, 0))
		self.assertEqual(all_of(january)[:3], before[:3])
		self.assertEqual([row for row in all_of(january)[3] if row in before[3]], before[3])

	def test_a_breach_that_there_was_not_is_taken_back_to_the_cent(self):
		january = self.submit(JANUARY, "2026-02-03 12:00")
		self.shut("2026-01-09", "2026-01-12")
		found = self.applied("2026-03-01 12:00")
		self.assertEqual(
			[row.statements for row in frappe.get_all(lines.LINE, {"recompute": found.name}, ["statements"])],
			[january.name],
		)
		(correction,) = self.draft(FEBRUARY, "2026-03-02 12:00").corrections
		self.assertEqual((correction.new_amount, correction.difference), (0, -80))

	def test_a_breach_that_appears_is_charged_by_a_correction(self):
		self.shut("2026-01-09", "2026-01-12")
		self.applied("2026-01-14 12:00")
		january = self.submit(JANUARY, "2026-02-03 12:00")
		self.assertEqual((january.met, january.amount_due), (1, 0))
		before = all_of(january)
		self.shut()
		self.assertEqual(
			showing.summary(self.previewed("2026-03-01 12:00").name)["statements"], [january.name]
		)
		self.applied("2026-03-01 12:00")
		february = self.submit(FEBRUARY, "2026-03-03 12:00")
		self.assertEqual((february.corrections[0].difference, february.amount_due), (80, 80))
		self.assertEqual(all_of(january)[:3], before[:3])

	def test_drafts_follow_at_once(self):
		january = self.draft(JANUARY, "2026-02-03 12:00")
		self.assertEqual(january.amount_due, 80)
		self.shut("2026-01-12")
		self.applied("2026-02-03 13:00")
		with at("2026-02-03 13:00"):
			jobs.redraft(self.contract.chain, self.contract.customer)
		self.assertEqual(as_stored(january).amount_due, 50)

	def test_a_submitted_statement_of_another_time_is_not_named(self):
		january = self.submit(JANUARY, "2026-02-03 12:00")
		later = self.issue("2026-02-05 12:00", customer=self.contract.customer)
		changed(later, "2026-02-09 12:00", status="Closed")
		self.shut("2026-02-09")
		found = self.previewed("2026-02-10 12:00")
		self.assertEqual((found.differing, showing.summary(found.name)["statements"]), (1, []))
		self.assertNotIn(january.name, str(showing.summary(found.name)["lines"]))


class TestCap(MoneyCase):
	caps = (("cap_amount", 60), ("cap_every", "Month"))

	def test_the_correction_is_that_of_the_capped_amounts(self):
		january = self.submit(JANUARY, "2026-02-03 12:00")
		self.assertEqual(january.amount_due, 60)
		self.shut("2026-01-12")
		self.applied("2026-03-01 12:00")
		(correction,) = self.draft(FEBRUARY, "2026-03-02 12:00").corrections
		self.assertEqual((correction.old_amount, correction.new_amount, correction.difference), (60, 50, -10))
