"""What contracts agree beyond a penalty a month: quarters, currencies, tiers, years, availability."""

import json
from datetime import date
from unittest.mock import patch

import frappe
from rq.timeouts import JobTimeoutException

from sla_guard import jobs
from sla_guard.helpdesk import ticket as tickets
from sla_guard.statements import drafts
from tests.site.committed import CommittedCase, at_once
from tests.site.records import (
	at,
	change,
	currency,
	customer,
	in_force,
	issue,
	maintenance,
	money,
	outage,
	rule,
	service,
	target,
	tiers,
)
from tests.site.routes import sweep
from tests.site.statement_case import FEBRUARY, JANUARY, MARCH, StatementCase, as_stored, per_hour


class TestQuarters(StatementCase):
	rules = (rule("Each", metric="Resolution", amount=300),)
	rest = (("reporting_period", "Quarter"), ("cap_amount", 500), ("cap_every", "Month"))

	def test_a_monthly_cap_limits_the_breaches_of_each_month(self):
		for day in (10, 11, 12):
			self.missed(f"2026-01-{day} 12:00", f"2026-01-{day} 13:00")
		self.missed("2026-03-10 12:00", "2026-03-10 13:00")
		quarter = self.draft(JANUARY, when="2026-04-03 12:00")
		assert (str(quarter.period_end), quarter.missed) == ("2026-03-31", 4)
		assert (quarter.gross, quarter.capped, quarter.fee) == (1200, 800, 9300)
		assert sorted(row.amount for row in quarter.lines) == [166.66, 166.67, 166.67, 300]

	def test_any_day_of_it_names_it(self):
		assert (
			self.draft(FEBRUARY, when="2026-04-03 12:00").name
			== self.draft(MARCH, when="2026-04-03 12:00").name
		)


class TestLongOnes(StatementCase):
	def test_a_ticket_open_over_three_months_is_charged_in_each(self):
		self.missed("2026-01-31 22:00", "2026-03-01 01:30")
		amounts = [self.draft(month).amount_due for month in (JANUARY, FEBRUARY, MARCH)]
		assert amounts == [20, 28 * 240, 20]
		# As if it had been charged at once: 28 days and 3.5 hours, begun.
		assert sum(amounts) == 10 * (28 * 24 + 4)

	def test_a_leap_february_has_the_fee_of_its_days(self):
		contract = in_force(target(None, 2), customer="Beta", effective_from="2028-02-10", **money(fee=2900))
		with at("2028-03-03 12:00"):
			assert drafts.draft(contract.chain, "Beta", date(2028, 2, 1)).fee == 2000


class TestCurrencies(StatementCase):
	rules = (rule("Share", "Percent of fee per breach", metric="Resolution", percent=0.125),)

	def due(self, name, number_format, fee):
		whose = customer(f"Customer {name}")
		contract = self.signed(customer=whose, currency=currency(name, number_format), fee=fee)
		sweep(issue("2026-01-10 12:00", customer=whose), when="2026-01-10 15:00")
		with at("2026-02-03 12:00"):
			return as_stored(drafts.draft(contract.chain, whose, JANUARY))

	def test_each_statement_is_rounded_half_up_to_the_decimals_of_its_own(self):
		assert self.due("JPY", "#,###", 123456).amount_due == 154
		dinars = self.due("TND", "#,###.###", 1234.5)
		assert dinars.amount_due == 1.543
		assert "1.543" in dinars.lines[0].arithmetic
		assert self.due("EUR", "#,###.##", 1234.5).amount_due == 1.54


class TestTiersByCompliance(StatementCase):
	rules = (rule("Kept", "Tiers by compliance", metric="Resolution"),)
	rest = (
		("penalty_tiers", tiers("Kept", (0, 50, 500), (50, 80, 200))),
		("minimum_sample", 4),
	)

	def january(self, met, missed):
		for count in range(met):
			self.ticket(f"2026-01-{10 + count} 12:00", f"2026-01-{10 + count} 13:00")
		for count in range(missed):
			self.missed(f"2026-01-{10 + count} 12:00", f"2026-01-{10 + count} 13:00")
		return self.draft(JANUARY)

	def test_just_on_a_bound_is_the_better_tier(self):
		assert self.january(4, 1).gross == 0

	def test_below_it_the_worse_one(self):
		statement = self.january(3, 1)
		assert (statement.gross, statement.lines[0].breach) == (200, None)
		penalty = frappe.get_doc("SLA Penalty", statement.lines[0].penalty)
		assert penalty.unique_key == f"{self.contract.chain}|Acme|Kept|2026-01-01"
		assert "75 % (3/4)" in penalty.arithmetic

	def test_too_few_decided_are_no_tier(self):
		assert self.january(0, 3).gross == 0


class TestYears(StatementCase):
	rules = (rule("Each", metric="Resolution", amount=300),)
	rest = (("year_cap_amount", 500),)

	def test_what_the_months_before_used_is_not_left(self):
		for month in ("01", "02"):
			self.missed(f"2026-{month}-10 12:00", f"2026-{month}-10 13:00")
		self.submit(JANUARY)
		assert self.draft(FEBRUARY).capped == 200

	def test_what_was_corrected_is_left_again_also_when_nothing_more_became_known(self):
		entered = {"modified": "2026-01-01 12:00"}
		frappe.db.set_value("SLA Contract", self.contract.name, entered, update_modified=False)
		for day in (10, 11):
			ticket = self.missed(f"2026-01-{day} 12:00", f"2026-01-{day} 13:00")
		assert self.submit(JANUARY).capped == 500
		with at("2026-02-20 12:00"):
			frappe.db.set_value("SLA Breach", {"ticket": ticket.name}, "state", "Waived")
		assert self.submit(FEBRUARY).corrected == -200
		self.missed("2026-03-10 12:00", "2026-03-10 13:00")
		# January came to 300 after all.
		assert self.draft(MARCH).capped == 200

	def test_a_level_held_gives_back_what_was_credited(self):
		contract = self.signed(
			customer=customer("Beta"),
			earn_back_metric="Resolution",
			earn_back_level=50,
			earn_back_periods=1,
		)
		for day, month in ((10, 1), (10, 2)):
			ticket = issue(f"2026-0{month}-{day} 10:00", customer="Beta")
			change(ticket, f"2026-0{month}-{day} 13:00", status="Closed")
		change(issue("2026-02-11 10:00", customer="Beta"), "2026-02-11 11:00", status="Closed")
		with at("2026-02-03 12:00"):
			assert drafts.draft(contract.chain, "Beta", JANUARY).amount_due == 300
		with at("2026-03-03 12:00"):
			february = drafts.draft(contract.chain, "Beta", FEBRUARY)
		assert (february.capped, february.earn_back, february.amount_due) == (200, 200, 0)


class TestAvailability(StatementCase):
	def setUp(self):
		service("Mail")
		super().setUp()

	rules = (rule("Up", "Tiers by availability", service="Mail"),)
	rest = (
		("penalty_tiers", tiers("Up", (0, 99.8, 900), (99.8, 99.9, 400))),
		("availability_targets", [{"service": "Mail", "target_percent": 99.9}]),
	)

	def test_overlapping_outages_and_announced_maintenance(self):
		# In April: 30 days, 120 min of maintenance, outages 10:00-10:50 and 10:30-11:20.
		maintenance("2026-04-20 00:00", "2026-04-20 02:00")
		outage("2026-04-10 10:00", "2026-04-10 10:50")
		outage("2026-04-10 10:30", "2026-04-10 11:20")
		april = self.draft(date(2026, 4, 1))
		said = json.loads(april.figures)["availability"][0]
		minutes = 60 * 10**6
		assert (said["agreed_us"], said["down_us"]) == (43080 * minutes, 80 * minutes)
		assert april.gross == 400
		assert "99.81 %" in april.lines[0].arithmetic


class TestAtOnce(CommittedCase):
	def test_two_workers_make_one_statement_and_one_penalty(self):
		contract = self.in_force(target(None, 2), **money(per_hour()))
		ticket = self.issue("2026-01-07 09:00")
		with at("2026-01-08 09:00"):
			jobs.sweep()

		def draft():
			drafts.draft(contract.chain, self.customer, JANUARY)
			frappe.db.commit()

		said = at_once(draft, draft)
		assert all(each is None or isinstance(each, tickets.BEGIN_AGAIN) for each in said), said
		statements = frappe.get_all("SLA Statement", {"chain": contract.chain}, pluck="name")
		penalties = frappe.get_all("SLA Penalty", {"chain": contract.chain}, pluck="ticket")
		assert (len(statements), penalties) == (1, [ticket.name])

	def test_a_job_whose_time_is_over_ends_and_leaves_the_draft_to_the_next_one(self):
		contract = self.in_force(target(None, 2), **money(per_hour()))
		with at("2026-02-03 12:00"):
			drafts.draft(contract.chain, self.customer, JANUARY)
			frappe.db.commit()
			out_of_time = patch("sla_guard.statements.account.compute", side_effect=JobTimeoutException)
			with out_of_time, self.assertRaises(JobTimeoutException):
				jobs.redraft(contract.chain, self.customer)
		about = {"reference_doctype": "SLA Contract", "reference_name": contract.chain}
		assert not frappe.get_all("Error Log", about)
