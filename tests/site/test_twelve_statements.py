"""The incidents of a real year under a sample contract: twelve statements whose numbers tie out.

SLA_GUARD_DATA names the folder of the log, SLA_GUARD_INCIDENTS how many of its incidents to take (600 at least).
"""

import json
import os
from collections import Counter
from datetime import date
from decimal import Decimal

import frappe
import pytest
from dateutil.relativedelta import relativedelta

from sla_guard.engine.history import events
from sla_guard.engine.replay import replay
from sla_guard.simulation import live
from sla_guard.simulation.in_process import of_tickets
from sla_guard.simulation.trials import on_trial
from sla_guard.site_time import now_us
from sla_guard.sla_guard.report.sla_breaches import sla_breaches
from sla_guard.sla_guard.report.sla_compliance import sla_compliance
from sla_guard.sla_guard.report.sla_penalties import sla_penalties
from sla_guard.statements import annex, drafts
from tests.site import books
from tests.site.case import SiteTestCase
from tests.site.incidents import LOG, contract_for_the_log, put_on_site
from tests.site.records import at, money, rule, tiers, us
from tests.site.statement_case import as_stored

COUNT = max(600, int(os.environ.get("SLA_GUARD_INCIDENTS", 0)))
# When the tickets and their contract are put on the site, and the statements made. Not at whole seconds: as the framework
# writes those, it takes a document that it has just saved for somebody else's.
KNOWN, STATED = "2017-04-01 00:00:00.5", "2017-04-02 00:00:00.5"
MONTHS = [date(2016, 3, 1) + relativedelta(months=count) for count in range(12)]


def sample_contract():
	"""Penalties of every kind that tickets can cause, with caps."""
	return contract_for_the_log(
		effective_from="2016-03-01",
		**money(
			rule("Late answer", metric="Response", amount=15),
			rule("Hours late", "Per started unit late", metric="Resolution", amount=5),
			rule(
				"Critical",
				"Percent of fee per breach",
				priority="1 - Critical",
				percent=2,
				multiplier_from=3,
				multiplier=1.5,
			),
			rule("Days late", "Tiers by lateness", metric="Resolution"),
			rule("Kept", "Tiers by compliance", metric="Resolution"),
			penalty_tiers=[
				*tiers("Days late", (40, 80, 10), (80, None, 40)),
				*tiers("Kept", (0, 80, 500), (80, 95, 200)),
			],
			fee=20000,
			cap_percent=15,
			year_cap_percent=10,
			cap_per_breach=400,
			minimum_payable=50,
			cumulation="Highest per ticket",
			company=books.company(),
			credit_as="Indemnity",
			credit_account=books.account("Penalties", root="Expense"),
		),
	)


def start_us(month):
	return us(f"{month} 00:00")


@pytest.mark.skipif(not LOG.is_file(), reason="SLA_GUARD_DATA names no folder with incident_event_log.csv.gz")
class TestTwelveStatements(SiteTestCase):
	def setUp(self):
		super().setUp()
		self.addCleanup(frappe.clear_cache, doctype="Issue")
		with at(KNOWN):
			self.contract = sample_contract()
			self.tickets = put_on_site(self.contract, COUNT, us("2017-04-01 00:00"))
		with at(STATED):
			self.statements = [self.submitted(month) for month in MONTHS]

	def submitted(self, month):
		statement = as_stored(drafts.draft(self.contract.chain, "Acme", month))
		for row in statement.lines:
			frappe.get_doc("SLA Penalty", row.penalty).submit()
		statement.submit()
		return statement

	def test_they_tie_out(self):
		for statement, month in zip(self.statements, MONTHS, strict=True):
			with self.subTest(month):
				start, end = start_us(month), start_us(month + relativedelta(months=1))
				self.check_compliance(statement, start, end)
				self.check_figures(json.loads(statement.figures)["figures"], start, end)
				self.check_amounts(statement)
				self.check_annex(statement)
				self.check_reports(statement)
		self.check_the_year()
		self.check_the_simulation()
		self.check_credit_notes()

	# ---- counted another way, from the stored rows

	def check_compliance(self, statement, start, end):
		breached = self.rows("SLA Breach", "breached_us", "ticket", "metric", "cycle")
		missed = [row for row in breached if start <= row[0] < end]
		assert statement.missed == len(missed)
		missed_before = {row[1:] for row in breached if row[0] < end}
		stops = [
			(row[1:], row[0], None)
			for row in self.rows("SLA Clock", "stopped_us", "ticket", "metric", "cycle")
			if row[0]
		]
		stops += [
			(row[2:], row[0], row[1])
			for row in self.rows("SLA Reopening", "stopped_us", "reopened_us", "ticket", "metric", "cycle")
		]
		met = {
			commitment
			for commitment, stopped, reopened in stops
			if start <= stopped < end and (reopened is None or reopened >= end)
		}
		assert statement.met == len(met - missed_before)

	def check_figures(self, said, start, end):
		clocks = self.rows("SLA Clock", "ticket", "cycle", "started_us", "stopped_us", metric="Resolution")
		undone = self.rows(
			"SLA Reopening", "ticket", "cycle", "stopped_us", "reopened_us", metric="Resolution"
		)
		opened = {ticket: started for ticket, cycle, started, _stopped in clocks if cycle == 1}
		assert said["opened"] == sum(start <= first < end for first in opened.values())
		stopped = {(ticket, cycle): {stop} - {0} for ticket, cycle, _started, stop in clocks}
		for ticket, cycle, stop, again in undone:
			if again >= end:
				stopped[ticket, cycle].add(stop)
		last = {}
		for ticket, cycle, started, _stopped in sorted(clocks, key=lambda row: row[1]):
			if started < end:
				last[ticket] = [stop for stop in stopped[ticket, cycle] if stop < end]
		assert said["closed"] == sum(any(start <= stop for stop in stops) for stops in last.values())
		assert said["backlog"] == sum(not stops for stops in last.values())
		reopened = {ticket for ticket, _cycle, _at, again in undone if start <= again < end}
		assert said["reopened"] == len(reopened)

	def rows(self, doctype, *fields, **rest):
		filters = {"contract": self.contract.name, "customer": "Acme", **rest}
		return frappe.get_all(doctype, filters, list(fields), as_list=True, limit_page_length=0)

	# ---- money

	def check_amounts(self, statement):
		penalties = frappe.get_all(
			"SLA Penalty", {"period_start": statement.period_start, "docstatus": 1}, pluck="amount"
		)
		amounts = [Decimal(str(row.amount)) for row in statement.lines]
		assert (
			cents(sum(penalties))
			== cents(statement.gross)
			== cents(sum(row.gross for row in statement.lines))
		)
		assert sum(amounts, Decimal(0)) == cents(statement.capped)
		assert cents(statement.capped) <= Decimal(3000)
		due = cents(statement.capped) - cents(statement.lapsed) - cents(statement.earn_back)
		assert cents(statement.amount_due) == due
		assert statement.corrections == []

	def check_annex(self, statement):
		"""The customer recomputes each percentage from it."""
		verdicts = Counter((row[1], row[-1]) for row in annex.rows(statement) if row[-1] in ("met", "missed"))
		told = Counter()
		for row in json.loads(statement.figures)["compliance"]:
			told[row["metric"], "met"] += row["met"]
			told[row["metric"], "missed"] += row["missed"]
		assert verdicts == +told

	def check_reports(self, statement):
		month = {
			"from_date": str(statement.period_start),
			"to_date": str(statement.period_end),
			"contract": self.contract.name,
		}
		_columns, penalties, *_rest = sla_penalties.execute(month)
		(total,) = penalties[-1:] or [{"amount": 0, "due": 0}]
		assert cents(total["amount"]) == cents(statement.gross)
		assert cents(total["due"]) == cents(statement.capped)
		_columns, compliance, *_rest = sla_compliance.execute(month)
		assert (compliance[-1]["met"], compliance[-1]["missed"]) == (statement.met, statement.missed)
		_columns, breaches, *_rest = sla_breaches.execute(month)
		assert sum(bool(row.get("breached_at")) for row in breaches) == statement.missed

	def check_credit_notes(self):
		"""What is due is what is credited."""
		for statement in self.statements:
			if statement.amount_due:
				with at(books.FEBRUARY):
					assert cents(-books.credit(statement).grand_total) == cents(statement.amount_due)

	def check_the_simulation(self):
		"""The same contract, tried over the same tickets, comes to the same."""
		with at(STATED):
			tried = on_trial(self.contract.name, live=True)
			tickets = list(live.tickets(0, us("2017-04-01 00:00"), "Acme"))
			(found,) = of_tickets(tickets, [tried], now_us(), size=100)["contracts"]
		self.check_clocks(tickets, tried.trial)
		penalties = {row["first"]: row for row in found["penalties"]}
		for statement, month in zip(self.statements, MONTHS, strict=True):
			row = penalties.pop(str(month), None) or dict.fromkeys(("gross", "capped", "lapsed", "total"), 0)
			for field in ("gross", "capped", "lapsed"):
				assert Decimal(row[field]) == cents(statement.get(field)), (month, field)
			assert Decimal(row["total"]) == cents(statement.amount_due)
			told, tried = Counter(), Counter()
			for each in json.loads(statement.figures)["compliance"]:
				told.update(
					{(each["metric"], each["priority"], what): each[what] for what in ("met", "missed")}
				)
			for each in found["compliance"]:
				if each["month"] == str(month)[:7]:
					tried.update(
						{(each["metric"], each["priority"], what): each[what] for what in ("met", "missed")}
					)
			assert +told == +tried, month
		assert found["breaches"] == sum(statement.missed for statement in self.statements) + sum(
			row["breaches"] for row in penalties.values()
		)

	def check_clocks(self, tickets, trial):
		fields = ("ticket", "metric", "cycle", "state", "breached_us", "stopped_us", "decided_us", "target")
		stored = sorted(self.rows("SLA Clock", *fields))
		replayed = [
			(
				*(ticket, clock.metric, clock.cycle, clock.state, clock.breached_at or 0, clock.stopped or 0),
				*(clock.decided or 0, clock.target),
			)
			for ticket, told in tickets
			for clock in replay(
				events(told, trial.terms, trial.target_of), trial.terms, us("2017-04-01 00:00")
			)
		]
		assert [tuple(row) for row in stored] == sorted(replayed)

	def check_the_year(self):
		capped = sum(cents(each.capped) for each in self.statements if not each.lapsed)
		assert 0 < capped <= Decimal(24000)
		print(f"\n{len(self.tickets)} incidents, a statement a month:")
		for each in self.statements:
			print(
				f"  {each.period_start:%Y-%m}  {each.compliance:>22}  {len(each.lines):>5} lines"
				f"  gross {each.gross:>10}  capped {each.capped:>9}  due {each.amount_due:>9}"
			)


def cents(amount):
	return Decimal(str(amount)).quantize(Decimal("0.01"))
