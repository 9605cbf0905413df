"""Which contract applies to a ticket, from when to when, and how the others are explained."""

import frappe

from sla_guard.helpdesk.explain import explain
from sla_guard.helpdesk.ticket import read, refresh
from tests.site.case import SiteTestCase
from tests.site.records import (
	at,
	change,
	clock,
	contract,
	customer,
	facts,
	in_force,
	issue,
	named,
	new_version,
	priority,
	service,
	shown,
	target,
)


def chosen(ticket):
	"""The contract of a ticket, by its last fact."""
	name = getattr(ticket, "name", ticket)
	rows = frappe.get_all("SLA Event", {"ticket": name}, pluck="contract", order_by="sequence desc", limit=1)
	return rows[0] if rows else None


def weighed(ticket):
	"""Title, level and outcome of the contracts that were weighed, the winner first."""
	rows = explain(getattr(ticket, "name", ticket))["contracts"]
	return [(row["title"], row["level"], row["outcome"]) for row in rows]


def group(name, parent="All Customer Groups"):
	return named("Customer Group", name, parent_customer_group=parent, is_group=1)


def territory(name, parent="All Territories"):
	return named("Territory", name, parent_territory=parent, is_group=1)


class TestOrder(SiteTestCase):
	def setUp(self):
		super().setUp()
		group("Trade")
		territory("Europe")
		group("Shops", "Trade")
		territory("Alps", "Europe")
		customer("Acme", group="Shops", territory="Alps")

	def test_the_most_specific_wins_and_the_others_say_why_not(self):
		self.enter("Everybody", applies_to="Everybody")
		self.assertEqual(self.winner(), "Everybody")
		for title, party in (
			("Europe", {"applies_to": "Territory", "territory": "Europe"}),
			("Alps", {"applies_to": "Territory", "territory": "Alps"}),
			("Trade", {"applies_to": "Customer Group", "customer_group": "Trade"}),
			("Shops", {"applies_to": "Customer Group", "customer_group": "Shops"}),
			("Acme", {"customer": "Acme"}),
			("Acme mail", {"customer": "Acme", "services": ["Mail"]}),
		):
			with self.subTest(title):
				self.enter(title, **party)
				self.assertEqual(self.winner(), title)
		self.assertEqual(
			weighed(self.ticket(sla_service="Mail")),
			[
				("Acme mail", "service and customer", "applies"),
				("Acme", "customer", "less specific"),
				("Shops", "customer group", "less specific"),
				("Trade", "customer group", "less specific"),
				("Alps", "territory", "less specific"),
				("Europe", "territory", "less specific"),
				("Everybody", "everybody", "less specific"),
			],
		)

	def test_the_contracts_of_others_are_not_even_weighed(self):
		self.enter("Acme", customer="Acme")
		self.enter("Other", customer="Other")
		group("Elsewhere")
		self.enter("Elsewhere", applies_to="Customer Group", customer_group="Elsewhere")
		self.assertEqual(weighed(self.ticket()), [("Acme", "customer", "applies")])

	def test_a_ticket_without_customer_has_the_one_for_everybody(self):
		self.enter("Acme", customer="Acme")
		self.enter("Everybody", applies_to="Everybody")
		self.assertEqual(weighed(self.ticket(customer=None)), [("Everybody", "everybody", "applies")])

	def test_the_customer_of_no_contract_has_none(self):
		self.enter("Other", customer="Other")
		ticket = self.ticket()
		self.assertEqual((chosen(ticket), clock(ticket), shown(ticket)), (None, None, ("No Contract", None)))
		self.assertEqual(weighed(ticket), [])

	def test_of_a_group_the_one_that_names_the_service_goes_before_the_one_for_all(self):
		party = {"applies_to": "Customer Group", "customer_group": "Shops"}
		self.enter("Mail", services=["Mail"], **party)
		self.enter("All", effective_from="2026-01-02", **party)
		self.assertEqual(
			weighed(self.ticket(sla_service="Mail")),
			[("Mail", "customer group", "applies"), ("All", "customer group", "less specific")],
		)
		self.assertEqual(
			weighed(self.ticket(sla_service=service("Network"))),
			[("All", "customer group", "applies"), ("Mail", "customer group", "does not cover the service")],
		)

	def test_ties_end_on_the_later_start_then_on_the_name(self):
		first = self.enter("Mail", services=["Mail"])
		second = self.enter("Network", services=["Network"])
		ticket = self.ticket()
		self.assertEqual(chosen(ticket), min(first, second))
		self.assertEqual(weighed(ticket)[1][2], "its name comes later")
		self.enter("Telephony", services=["Telephony"], effective_from="2026-01-02")
		self.assertEqual(
			[(title, outcome) for title, _level, outcome in weighed(self.ticket())],
			[("Telephony", "applies"), ("Mail", "starts earlier"), ("Network", "starts earlier")],
		)

	def enter(self, title, **values):
		return in_force(title=title, **values).name

	def ticket(self, **values):
		service("Mail")
		return issue(**values)

	def winner(self):
		return frappe.db.get_value("SLA Contract", chosen(self.ticket(sla_service="Mail")), "title")


class TestInForce(SiteTestCase):
	def test_a_contract_begins_at_midnight_of_its_own_zone(self):
		customer("Acme")
		auckland = in_force(effective_from="2026-01-01", time_zone="Pacific/Auckland", customer="Acme")
		utc = in_force(effective_from="2026-01-01", time_zone="UTC", customer="Other")
		# Auckland is 13 hours ahead of UTC in January.
		for when, whose, applies in (
			("2025-12-31 10:59:59", "Acme", None),
			("2025-12-31 11:00:00", "Acme", auckland.name),
			("2025-12-31 23:59:59", "Other", None),
			("2026-01-01 00:00:00", "Other", utc.name),
		):
			with self.subTest(f"{whose} {when}"):
				self.assertEqual(chosen(issue(when, customer=whose)), applies)

	def test_the_last_day_is_included(self):
		saved = in_force(effective_to="2026-01-05", time_zone="America/New_York")
		self.assertEqual(chosen(issue("2026-01-06 04:59:59")), saved.name)
		late = issue("2026-01-06 05:00:00")
		self.assertIsNone(chosen(late))
		self.assertEqual(weighed(late), [("Gold", "customer", "had ended when the ticket was opened")])

	def test_a_renewal_prepared_in_advance_touches_no_ticket_of_today(self):
		first = in_force(target(1, 8))
		second = new_version(first, "2026-01-12", targets=[target(2, 4)]).submit()
		today, later = issue("2026-01-09 09:00"), issue("2026-01-12 00:00")
		self.assertEqual((chosen(today), chosen(later)), (first.name, second.name))
		change(today, "2026-01-12 09:00", priority=priority("P1"))
		self.assertEqual((chosen(today), clock(today).target_us), (first.name, 8 * 3600 * 10**6))
		self.assertEqual(weighed(today)[1][2], "not yet in force when the ticket was opened")

	def test_a_phone_call_of_yesterday_falls_under_the_contract_of_yesterday(self):
		first = in_force()
		new_version(first, "2026-01-12").submit()
		early = issue("2026-01-12 09:00", sla_reported_at=site_time("2026-01-11 20:00"))
		self.assertEqual(chosen(early), first.name)

	def test_a_draft_and_a_cancelled_one_do_not_apply(self):
		in_force().cancel()
		contract().insert()
		self.assertIsNone(chosen(issue()))


class TestTargets(SiteTestCase):
	def test_a_priority_that_is_not_listed_has_the_default_target(self):
		saved = in_force(target(1, 8), target(2, 4, priority=priority("P1")))
		ticket = issue(priority=priority("P5"))
		self.assertEqual(clock(ticket).target, saved.targets[0].name)
		change(ticket, "2026-01-05 09:10", priority="P1")
		self.assertEqual(clock(ticket).target, saved.targets[1].name)

	def test_the_most_specific_row_holds(self):
		kind = named("Issue Type", "Outage")
		rows = [
			target(),
			target(issue_type=kind),
			target(service=service("Mail")),
			target(priority=priority("P1")),
		]
		saved = in_force(*rows, target(priority="P1", service="Mail"))
		for row, values in (
			(0, {"priority": priority("P2")}),
			(1, {"issue_type": kind}),
			(2, {"issue_type": kind, "sla_service": "Mail"}),
			(3, {"issue_type": kind, "priority": "P1"}),
			(4, {"issue_type": kind, "priority": "P1", "sla_service": "Mail"}),
		):
			with self.subTest(values):
				self.assertEqual(clock(issue(**values)).target, saved.targets[row].name)


class TestServices(SiteTestCase):
	def test_a_service_that_is_not_listed_is_not_covered(self):
		in_force(services=["Mail"])
		ticket = issue(sla_service=service("Network"))
		self.assertEqual((clock(ticket), shown(ticket)), (None, ("Not Covered", None)))

	def test_none_named_is_to_be_qualified_on_the_default_target(self):
		saved = in_force(target(1, 8), target(1, 2, priority=priority("P1")), services=["Mail"])
		ticket = issue(priority="P1")
		self.assertEqual(clock(ticket).target, saved.targets[0].name)
		self.assertEqual(shown(ticket)[0], "To Be Qualified")
		change(ticket, "2026-01-05 09:30", sla_service="Mail")
		self.assertEqual((clock(ticket).due, shown(ticket)[0]), ("2026-01-05 11:00", "Running"))

	def test_it_stays_to_be_qualified_when_it_is_late_and_until_it_is_done(self):
		in_force(services=["Mail"])

		def told(ticket):
			return frappe.db.get_value("Issue", ticket.name, ["sla_state", "sla_to_qualify"])

		late, named = issue(), issue()
		change(named, "2026-01-05 09:30", sla_service="Mail")
		with at("2026-01-05 10:01"):
			for ticket in (late, named):
				refresh(read(ticket.name))
		self.assertEqual((told(late), told(named)), (("Breached", 1), ("Breached", 0)))
		change(late, "2026-01-05 10:10", status="On Hold")
		self.assertEqual(told(late), ("Breached", 1))
		change(late, "2026-01-05 10:20", status="Closed")
		self.assertEqual(told(late), ("Missed", 0))

	def test_a_contract_without_services_asks_for_none(self):
		in_force()
		self.assertEqual(shown(issue())[0], "Running")
		self.assertEqual(shown(issue(sla_service=service("Network")))[0], "Running")

	def test_covered_then_not_then_covered_again(self):
		in_force(services=["Mail"])
		ticket = issue(sla_service="Mail")
		change(ticket, "2026-01-05 09:20", sla_service=service("Network"))
		self.assertEqual((clock(ticket).state, shown(ticket)), ("withdrawn", ("Not Covered", None)))
		change(ticket, "2026-01-05 10:20", sla_service="Mail")
		response = clock(ticket, "Response")
		# Measured from its opening again; what became late meanwhile is so from the change.
		self.assertEqual((response.state, response.breached), ("running", "2026-01-05 10:20"))
		self.assertEqual((clock(ticket).state, clock(ticket).due), ("running", "2026-01-05 17:00"))
		self.assertEqual(frappe.db.count("SLA Clock", {"ticket": ticket.name}), 2)

	def test_a_customer_with_a_contract_for_mail_and_one_for_network(self):
		mail = in_force(target(1, 8), services=["Mail"])
		network = in_force(target(1, 2), services=["Network"])
		ticket = issue(sla_service="Mail")
		self.assertEqual((chosen(ticket), clock(ticket).due), (mail.name, "2026-01-05 17:00"))
		change(ticket, "2026-01-05 09:30", sla_service="Network")
		self.assertEqual((chosen(ticket), clock(ticket).due), (network.name, "2026-01-05 11:00"))
		self.assertEqual(clock(ticket).contract, network.name)
		other = issue(sla_service=service("Telephony"))
		self.assertEqual(shown(other)[0], "Not Covered")


class TestCustomer(SiteTestCase):
	def test_a_customer_named_later_counts_from_the_opening(self):
		in_force(on_customer_change="From change")
		ticket = issue(customer=None)
		self.assertIsNone(clock(ticket))
		change(ticket, "2026-01-05 09:40", customer="Acme")
		self.assertEqual(facts(ticket), ["opened", "customer"])
		self.assertEqual((clock(ticket).started, clock(ticket).due), ("2026-01-05 09:00", "2026-01-05 17:00"))
		self.assertEqual(clock(ticket, "Response").due, "2026-01-05 10:00")

	def test_the_contract_of_the_new_customer_at_the_opening(self):
		in_force()
		first = in_force(customer="Other", effective_to="2026-01-05")
		in_force(customer="Other", effective_from="2026-01-06")
		ticket = issue()
		change(ticket, "2026-01-06 09:00", customer="Other")
		self.assertEqual(chosen(ticket), first.name)


def site_time(utc):
	from sla_guard.site_time import to_site
	from tests.site.records import us

	return to_site(us(utc))
