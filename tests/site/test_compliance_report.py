"""SLA Compliance: what was met of what was decided, by hand on a few tickets and against a replay of many.

In 2037, in which nothing else happens on any site; its days are those of 2026.
"""

import random
from collections import Counter
from datetime import date
from itertools import product
from types import MappingProxyType

import frappe

from sla_guard.engine.periods import Period
from sla_guard.sla_guard.report.sla_compliance.sla_compliance import execute
from sla_guard.statements.commitments import customers_with_tickets, read
from tests.site.case import SiteTestCase
from tests.site.records import (
	at,
	change,
	in_force,
	issue,
	new_version,
	priority,
	round_the_clock,
	service,
	target,
)
from tests.site.routes import agent, as_user, request, sweep

COUNTS = ("met", "missed", "excluded", "waived")


def ran(from_date="2037-06-01", to_date="2037-06-30", **filters):
	"""By what a row is called, its numbers: met, missed, excluded, waived."""
	filters = {"from_date": from_date, "to_date": to_date, **filters}
	_columns, rows, *_rest = execute(frappe._dict(filters))
	return {row["name"]: tuple(row[count] for count in COUNTS) for row in rows}


def text_of(name="Total", **filters):
	_columns, rows, *_rest = execute(frappe._dict(filters))
	return next((row["compliance"], row["percent"]) for row in rows if row["name"] == name)


class ComplianceCase(SiteTestCase):
	def setUp(self):
		super().setUp()
		# Solved in eight hours, any hours; a response is not promised.
		self.contract = self.in_force(target(None, 8))

	def in_force(self, *targets, **rest):
		return in_force(*targets, support_hours=round_the_clock(), **rest)

	def closed(self, opened, closed, **values):
		ticket = issue(opened, **values)
		change(ticket, closed, status="Closed")
		return ticket

	def missed(self, opened="2037-06-10 09:00", **values):
		"""Closed a day later, sixteen hours late."""
		return self.closed(opened, f"{opened[:8]}{int(opened[8:10]) + 1:02}{opened[10:]}", **values)

	def decide(self, ticket, state):
		frappe.db.set_value("SLA Breach", {"ticket": ticket.name}, "state", state)


class TestByHand(ComplianceCase):
	def test_met_and_missed_are_counted_in_the_month_of_their_verdict(self):
		self.closed("2037-06-10 09:00", "2037-06-10 17:00")
		self.missed()
		# Opened in May and met in June; missed in June and closed in July.
		self.closed("2037-05-31 20:00", "2037-06-01 01:00")
		self.closed("2037-06-30 09:00", "2037-07-02 09:00")
		self.assertEqual(ran()["Total"], (2, 2, 0, 0))
		self.assertEqual(ran("2037-07-01", "2037-07-31")["Total"], (0, 0, 0, 0))

	def test_what_is_open_and_not_missed_is_in_no_number(self):
		issue("2037-06-30 20:00")
		self.assertEqual(ran()["Total"], (0, 0, 0, 0))

	def test_opened_in_june_missed_in_july_closed_in_august_is_missed_in_july_only(self):
		self.closed("2037-06-30 20:00", "2037-08-02 09:00")
		months = ran("2037-06-01", "2037-08-31")
		expected = {"Jun 2037": 0, "Jul 2037": 1, "Aug 2037": 0, "Total": 1}
		self.assertEqual({name: counts[1] for name, counts in months.items()}, expected)
		self.assertEqual(months["Aug 2037"][0], 0)

	def test_met_in_june_reopened_and_missed_in_july_counts_in_both(self):
		ticket = self.closed("2037-06-29 09:00", "2037-06-29 15:00")
		change(ticket, "2037-07-02 09:00", status="Open")
		sweep(ticket, when="2037-07-03 09:00")
		months = ran("2037-06-01", "2037-07-31")
		self.assertEqual((months["Jun 2037"], months["Jul 2037"]), ((1, 0, 0, 0), (0, 1, 0, 0)))
		# Of both months as one period it is missed, and nothing else.
		self.assertEqual(months["Total"], (0, 1, 0, 0))

	def test_met_in_june_and_again_in_july_is_met_in_each_and_once_in_both(self):
		ticket = self.closed("2037-06-29 09:00", "2037-06-29 10:00")
		change(ticket, "2037-07-02 09:00", status="Open")
		change(ticket, "2037-07-02 10:00", status="Closed")
		months = ran("2037-06-01", "2037-07-31")
		self.assertEqual([counts[0] for counts in months.values()], [1, 1, 1])

	def test_closed_and_reopened_within_the_month_was_not_met_then(self):
		ticket = self.closed("2037-06-29 09:00", "2037-06-29 10:00")
		change(ticket, "2037-06-30 20:00", status="Open")
		self.assertEqual(ran()["Total"], (0, 0, 0, 0))

	def test_excluded_and_waived_are_out_of_the_percentage_and_shown_apart(self):
		self.closed("2037-06-10 09:00", "2037-06-10 10:00")
		for state in ("Excluded", "Waived", "Withdrawn"):
			self.decide(self.missed(), state)
		self.assertEqual(ran()["Total"], (1, 0, 1, 1))
		self.assertEqual(text_of(from_date="2037-06-01", to_date="2037-06-30"), ("100.00 % (1/1)", 100.0))

	def test_what_was_no_ticket_counts_nowhere(self):
		for ticket in (self.missed(), self.closed("2037-06-10 09:00", "2037-06-10 10:00")):
			with at("2037-07-05 09:00"):
				request("sla_guard.helpdesk.actions.void", ticket=ticket.name, reason="Spam")
		self.assertEqual(ran()["Total"], (0, 0, 0, 0))

	def test_a_percentage_is_truncated_and_shown_with_its_fraction(self):
		for _ in range(2):
			self.closed("2037-06-10 09:00", "2037-06-10 10:00")
		self.missed()
		shown = text_of(from_date="2037-06-01", to_date="2037-06-30")
		self.assertEqual(shown, ("66.66 % (2/3)", 66.66))

	def test_nothing_decided_is_no_data(self):
		self.assertEqual(text_of(from_date="2037-06-01", to_date="2037-06-30"), ("no data", None))


class TestZones(ComplianceCase):
	def test_each_contract_has_its_own_month(self):
		for customer, zone in (("Paris", "Europe/Paris"), ("New York", "America/New_York")):
			self.in_force(target(None, 8), customer=customer, time_zone=zone)
			# Half past midnight on the first of July in Paris, half past six in the evening before in New York.
			self.closed("2037-06-30 22:00", "2037-06-30 22:30", customer=customer)
			self.closed("2037-06-29 09:00", "2037-07-01 03:30", customer=customer)
			self.closed("2037-06-30 14:30", "2037-07-02 09:00", customer=customer)
		self.assertEqual(
			ran(group_by="Customer"), {"New York": (1, 2, 0, 0), "Paris": (0, 1, 0, 0), "Total": (1, 3, 0, 0)}
		)
		july = ran("2037-07-01", "2037-07-31", group_by="Customer")
		self.assertEqual(july, {"Paris": (1, 1, 0, 0), "Total": (1, 1, 0, 0)})
		months = ran("2037-06-01", "2037-07-31")
		self.assertEqual((months["Jun 2037"], months["Jul 2037"]), ((1, 3, 0, 0), (1, 1, 0, 0)))

	def test_a_reopening_after_the_month_of_its_contract_is_after_it(self):
		for customer, zone in (("Paris", "Europe/Paris"), ("New York", "America/New_York")):
			self.in_force(target(None, 8), customer=customer, time_zone=zone)
			ticket = self.closed("2037-06-29 09:00", "2037-06-29 10:00", customer=customer)
			change(ticket, "2037-06-30 22:30", status="Open")
		self.assertEqual(ran(group_by="Customer"), {"Paris": (1, 0, 0, 0), "Total": (1, 0, 0, 0)})


class TestGroups(ComplianceCase):
	def test_by_month_and_by_quarter_in_order_empty_ones_too(self):
		self.missed("2037-02-10 09:00")
		self.missed("2037-06-10 09:00")
		months = ran("2037-02-01", "2037-04-30")
		self.assertEqual([*months], ["Feb 2037", "Mar 2037", "Apr 2037", "Total"])
		quarters = ran("2037-01-01", "2037-06-30", group_by="Quarter")
		self.assertEqual(
			[*quarters.items()],
			[("Q1 2037", (0, 1, 0, 0)), ("Q2 2037", (0, 1, 0, 0)), ("Total", (0, 2, 0, 0))],
		)

	def test_days_within_a_month_are_counted_alone(self):
		self.missed("2037-06-10 09:00")
		self.missed("2037-06-20 09:00")
		self.assertEqual(
			ran("2037-06-15", "2037-07-15"),
			{"Jun 2037": (0, 1, 0, 0), "Jul 2037": (0, 0, 0, 0), "Total": (0, 1, 0, 0)},
		)

	def test_by_priority_and_service_as_they_were_at_the_verdict(self):
		ticket = self.closed(
			"2037-06-10 09:00", "2037-06-10 10:00", priority=priority("P1"), sla_service=service("Mail")
		)
		late = self.missed(priority="P1", sla_service="Mail")
		for each in (ticket, late):
			change(each, "2037-06-20 09:00", priority=priority("P2"), sla_service=service("Network"))
		self.closed("2037-06-10 09:00", "2037-06-10 10:00")
		self.assertEqual(
			ran(group_by="Priority"), {"P1": (1, 1, 0, 0), "": (1, 0, 0, 0), "Total": (2, 1, 0, 0)}
		)
		self.assertEqual(
			ran(group_by="Service"), {"Mail": (1, 1, 0, 0), "": (1, 0, 0, 0), "Total": (2, 1, 0, 0)}
		)

	def test_by_agent_who_stopped_it_or_was_named_responsible(self):
		first, second = agent("first-agent"), agent("second-agent")
		with as_user(first):
			self.closed("2037-06-10 09:00", "2037-06-10 10:00")
			self.missed()
			late = self.missed()
		breach = frappe.get_doc("SLA Breach", {"ticket": late.name})
		breach.update({"responsible": second}).save()
		self.assertEqual(
			ran(group_by="Agent"), {first: (1, 1, 0, 0), second: (0, 1, 0, 0), "Total": (1, 2, 0, 0)}
		)

	def test_the_worst_first(self):
		for name, met in (("Best", 2), ("Worst", 0), ("Middle", 1)):
			self.in_force(target(None, 8), customer=name)
			self.missed(customer=name)
			for _ in range(met):
				self.closed("2037-06-10 09:00", "2037-06-10 10:00", customer=name)
		self.assertEqual([*ran(group_by="Customer")], ["Worst", "Middle", "Best", "Total"])


class TestFilters(ComplianceCase):
	def test_by_the_chain_of_a_contract(self):
		new_version(self.contract, "2037-06-15").submit()
		self.in_force(target(None, 8), customer="Other")
		for day, customer in (("10", "Acme"), ("20", "Acme"), ("20", "Other")):
			self.missed(f"2037-06-{day} 09:00", customer=customer)
		self.assertEqual(ran(contract=self.contract.name)["Total"], (0, 2, 0, 0))
		self.assertEqual(ran()["Total"], (0, 3, 0, 0))

	def test_by_what_a_row_says(self):
		self.missed(priority=priority("P1"), sla_service=service("Mail"))
		self.closed("2037-06-10 09:00", "2037-06-10 10:00")
		for filters, expected in (
			({"priority": "P1"}, (0, 1)),
			({"service": "Mail"}, (0, 1)),
			({"customer": "Acme"}, (1, 1)),
			({"metric": "Resolution"}, (1, 1)),
			({"metric": "Response"}, (0, 0)),
			({"customer": "Nobody"}, (0, 0)),
		):
			with self.subTest(filters):
				self.assertEqual(ran(**filters)["Total"][:2], expected)

	def test_days_are_asked_for_and_in_order(self):
		for days in ({}, {"from_date": "2037-06-01"}, {"from_date": "2037-06-30", "to_date": "2037-06-01"}):
			with self.subTest(days), self.assertRaises(frappe.ValidationError):
				execute(days)


class TestAgainstReplay(ComplianceCase):
	"""The statement counts the same by a replay of each ticket up to the end of the month."""

	MONTHS = tuple(Period(date(2037, month, 1), date(2037, month + 1, 1)) for month in (3, 4, 5))
	ZONES = MappingProxyType({"Lively": "America/New_York", "Restless": "Europe/Paris"})

	def setUp(self):
		super().setUp()
		for name in ("P1", "P2"):
			priority(name)
		targets = (target(24, 300), target(5, 200, priority="P1"))
		self.contracts = {
			customer: self.in_force(*map(dict, targets), customer=customer, time_zone=zone)
			for customer, zone in self.ZONES.items()
		}

	def live(self, chance):
		"""A ticket that is closed and reopened now and then in two months, and changes its priority and its customer."""
		day = chance.randrange(1, 29)
		whose = {"customer": chance.choice([*self.ZONES]), "priority": chance.choice(["P1", "P2"])}
		ticket = issue(f"2037-03-{day:02} 09:00", **whose)
		for hour in sorted(chance.sample(range(day * 24 + 10, 70 * 24), chance.randrange(1, 7))):
			days, rest = divmod(hour, 24)
			when = f"{frappe.utils.add_days('2037-03-01', days)} {rest:02}:00"
			change(ticket, when, **chance.choice(STEPS))
		sweep(ticket, when="2037-06-01 09:00")
		if chance.random() < 0.2:
			self.decide(ticket, chance.choice(["Excluded", "Waived"]))

	def replayed(self, customer, month):
		"""By priority, the numbers of a row of the report, and the sum of all."""
		start, end = month.instants(self.ZONES[customer])
		counts = {}
		for each in read([self.contracts[customer].name], customer, start, end).commitments:
			if each.outcome in COUNTS:
				counts.setdefault(each.priority, Counter())[each.outcome] += 1
		counts["Total"] = sum(counts.values(), Counter())
		return {name: tuple(each[count] for count in COUNTS) for name, each in counts.items()}

	def assertSame(self):
		"""In all months and of all customers; returns the sum."""
		total = Counter()
		for customer, month in product(self.ZONES, self.MONTHS):
			days = {"from_date": month.first, "to_date": month.last}
			counted, expected = (
				ran(**days, customer=customer, group_by="Priority"),
				self.replayed(customer, month),
			)
			with self.subTest(f"{customer} {month.first}"):
				self.assertEqual(counted or {"Total": (0, 0, 0, 0)}, expected)
			total += dict(zip(COUNTS, expected["Total"], strict=True))
		return total

	def test_random_lives_come_to_the_same(self):
		chance = random.Random(5)
		for _ in range(30):
			self.live(chance)
		total = self.assertSame()
		for outcome in COUNTS:
			self.assertGreater(total[outcome], 1, outcome)

	def test_a_commitment_that_came_with_a_later_customer_is_met_when_it_came(self):
		# Answered in March; that Restless is promised an answer is known only in April.
		ticket = self.closed("2037-03-10 09:00", "2037-03-10 10:00")
		change(ticket, "2037-04-10 09:00", customer="Restless")
		change(ticket, "2037-04-10 09:00", status="Open")
		self.assertSame()
		april = ran("2037-04-01", "2037-04-30", customer="Restless", group_by="Priority")
		self.assertEqual(april["Total"], (1, 0, 0, 0))

	def test_met_for_one_customer_and_then_reopened_for_another(self):
		# Of a contract that promises no response, whose clock would have stayed with the first.
		ticket = self.closed("2037-03-10 09:00", "2037-03-10 10:00")
		change(ticket, "2037-04-10 09:00", status="Open", customer="Restless")
		counted = ran("2037-03-01", "2037-03-31", customer="Acme", group_by="Priority")
		self.assertEqual(counted["Total"], (1, 0, 0, 0))
		start, end = self.MONTHS[0].instants("UTC")
		outcomes = [each.outcome for each in read([self.contract.name], "Acme", start, end).commitments]
		self.assertEqual(outcomes, ["met"])
		self.assertIn("Acme", customers_with_tickets([self.contract.name], start, end))

	def test_missed_for_one_customer_and_then_given_to_another(self):
		ticket = issue("2037-03-10 09:00")
		change(ticket, "2037-03-20 09:00", customer="Restless")
		counted = ran("2037-03-01", "2037-03-31", customer="Acme", group_by="Priority")
		self.assertEqual(counted["Total"], (0, 1, 0, 0))
		start, end = self.MONTHS[0].instants("UTC")
		reading = read([self.contract.name], "Acme", start, end)
		self.assertEqual([each.outcome for each in reading.commitments], ["missed"])
		self.assertEqual(len(reading.missed), 1)


STEPS = (
	*({"status": "Closed"},) * 4,
	*({"status": "Open"},) * 2,
	{"status": "On Hold"},
	{"priority": "P1"},
	{"priority": "P2"},
	{"customer": "Lively"},
	{"customer": "Restless"},
)
