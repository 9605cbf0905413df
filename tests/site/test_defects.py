"""What ERPNext's own SLA gets wrong, one scenario each, by the routes that users and machines take.

With this contract unless a test says otherwise: an answer in one hour, a solution in eight, nine to five UTC.
"""

import frappe

from sla_guard.engine.instants import HOUR
from tests.site.case import SiteTestCase, make_user
from tests.site.records import (
	WORKDAYS,
	breaches,
	change,
	clock,
	customer,
	facts,
	in_force,
	issue,
	priority,
	round_the_clock,
	service,
	shown,
	support_hours,
	target,
)
from tests.site.routes import (
	agent,
	as_user,
	edit,
	list_menu,
	mail_in,
	mail_out,
	save_form,
	site_zone,
	sweep,
)

CUSTOMER = "someone@acme.example"


class Test1NothingTurnsByTime(SiteTestCase):
	def test_a_ticket_is_late_as_soon_as_it_is_without_being_saved(self):
		in_force()
		ticket = issue()
		mail_out(ticket, CUSTOMER, when="2026-01-05 09:30", by=agent())
		modified = frappe.db.get_value("Issue", ticket.name, "modified")
		sweep(ticket, when="2026-01-05 17:00")
		self.assertEqual((breaches(ticket), shown(ticket)[0]), ([], "Running"))
		sweep(ticket, when="2026-01-05 17:01")
		self.assertEqual(breaches(ticket), [("Resolution", "2026-01-05 17:00")])
		self.assertEqual(shown(ticket), ("Breached", None))
		self.assertEqual(frappe.db.get_value("Issue", ticket.name, "modified"), modified)

	def test_found_months_later_it_is_dated_when_it_was_due(self):
		in_force()
		ticket = issue()
		sweep(ticket, when="2026-11-23 12:00")
		self.assertEqual(
			breaches(ticket), [("Response", "2026-01-05 10:00"), ("Resolution", "2026-01-05 17:00")]
		)


class Test2HoldingTimeIsSupportTime(SiteTestCase):
	def test_one_business_hour_on_hold_over_a_weekend_moves_the_due_date_by_one_business_hour(self):
		in_force()
		ticket = issue("2026-01-09 15:00")
		self.assertEqual(clock(ticket).due, "2026-01-12 15:00")
		list_menu("On Hold", ticket, when="2026-01-09 16:00")
		mail_in(CUSTOMER, ticket=ticket, when="2026-01-12 09:00")
		self.assertEqual(frappe.db.get_value("Issue", ticket.name, "status"), "Open")
		self.assertEqual(clock(ticket).due, "2026-01-12 16:00")

	def test_a_hold_outside_support_hours_moves_nothing(self):
		in_force()
		ticket = issue("2026-01-09 15:00")
		list_menu("On Hold", ticket, when="2026-01-09 17:00")
		mail_in(CUSTOMER, ticket=ticket, when="2026-01-12 08:00")
		self.assertEqual(clock(ticket).due, "2026-01-12 15:00")


class Test3ManyTimeZones(SiteTestCase):
	def test_a_site_an_agent_and_a_contract_each_in_a_zone_of_their_own(self):
		paris = support_hours("Office Paris", zone="Europe/Paris")
		in_force(time_zone="Europe/Paris", support_hours=paris)
		tokyo, user = agent(), "agent@example.com"
		frappe.db.set_value("User", tokyo, "time_zone", "Asia/Tokyo")
		with site_zone("America/New_York"), as_user(user):
			# 08:00 in New York, 14:00 in Paris, 22:00 in Tokyo.
			ticket = issue("2026-01-05 13:00")
			self.assertEqual(clock(ticket, "Response").due, "2026-01-05 14:00")
			self.assertEqual(clock(ticket).due, "2026-01-06 13:00")
			# As the agent's form shows it, in the site's zone.
			self.assertEqual(str(shown(ticket)[1]), "2026-01-05 09:00:00")
			mail_out(ticket, CUSTOMER, when="2026-01-05 13:40")
			change(ticket, "2026-01-06 10:00", status="Closed")
			self.assertEqual(clock(ticket).elapsed_us, 5 * HOUR)
			self.assertEqual(clock(ticket, "Response").elapsed_us, 40 * HOUR // 60)
			self.assertEqual(shown(ticket)[0], "Met")


class Test4TermsOfThePast(SiteTestCase):
	def test_terms_changed_later_and_a_typo_mended_after_closing_change_nothing(self):
		hours = support_hours("Office Acme")
		first = in_force(support_hours=hours)
		ticket = issue()
		mail_out(ticket, CUSTOMER, when="2026-01-05 09:30", by=agent())
		change(ticket, "2026-01-05 16:00", status="Closed")
		closed = clock(ticket), clock(ticket, "Response")
		self.assertEqual((closed[0].verdict, closed[1].verdict), ("met", "met"))

		in_force(target(0.25, 0.5), effective_from="2026-01-06", supersedes=first.name)
		frappe.get_doc("Support Hours", hours).update({"windows": [], "always_open": 1}).save()
		ticket.reload()
		ticket.subject = "It does not work any more"
		save_form(ticket, when="2026-01-07 11:00")
		sweep(ticket, when="2026-01-07 11:01")
		self.assertEqual((clock(ticket), clock(ticket, "Response")), closed)
		self.assertEqual((breaches(ticket), shown(ticket)[0]), ([], "Met"))

	def test_an_open_ticket_keeps_what_was_promised_when_it_was_opened(self):
		hours = support_hours("Office Acme")
		first = in_force(support_hours=hours)
		ticket = issue()
		in_force(target(0.25, 0.5), effective_from="2026-01-06", supersedes=first.name)
		frappe.get_doc("Support Hours", hours).update({"windows": [], "always_open": 1}).save()
		edit(ticket, "subject", "It does not work any more", when="2026-01-05 09:10")
		change(ticket, "2026-01-05 09:20", status="On Hold")
		change(ticket, "2026-01-05 10:20", status="Open")
		self.assertEqual((clock(ticket).contract, clock(ticket).due), (first.name, "2026-01-06 10:00"))


class Test5ALateAnswer(SiteTestCase):
	def test_it_stays_late_though_the_solution_was_in_time(self):
		in_force()
		ticket = issue()
		mail_out(ticket, CUSTOMER, when="2026-01-05 10:30", by=agent())
		change(ticket, "2026-01-05 11:00", status="Closed")
		self.assertEqual((clock(ticket, "Response").verdict, clock(ticket).verdict), ("missed", "met"))
		self.assertEqual(breaches(ticket), [("Response", "2026-01-05 10:00")])
		self.assertEqual(shown(ticket)[0], "Missed")


class Test6WhichContract(SiteTestCase):
	def test_the_most_specific_one_applies_whichever_was_saved_last(self):
		far = {"territory": "Far Away"}
		customer("Acme", group="Gold Customers", **far)
		customer("Globex", group="Gold Customers", **far)
		customer("Initech", **far)
		customer("Umbrella")
		expected = {
			"Acme": in_force(target(4)),
			"Globex": in_force(target(3), applies_to="Customer Group", customer_group="Gold Customers"),
			"Initech": in_force(target(2), applies_to="Territory", **far),
			"Umbrella": in_force(target(1), applies_to="Everybody"),
		}
		for whose, applies in expected.items():
			with self.subTest(whose):
				self.assertEqual(clock(issue(customer=whose), "Response").contract, applies.name)

	def test_one_named_by_hand_stays(self):
		customer("Globex")
		in_force()
		other = in_force(target(4, 40), customer="Globex")
		ticket = issue()
		manager = make_user("manager", "Support Team", "SLA Manager")
		with as_user(manager):
			edit(ticket, "sla_contract", other.name, when="2026-01-05 09:10")
		self.assertEqual(clock(ticket).contract, other.name)
		with as_user(agent()):
			change(ticket, "2026-01-05 09:20", subject="It does not work at all")
		list_menu("On Hold", ticket, when="2026-01-05 09:30")
		mail_in(CUSTOMER, ticket=ticket, when="2026-01-05 09:40")
		self.assertEqual(clock(ticket).contract, other.name)
		self.assertEqual(frappe.db.get_value("Issue", ticket.name, "sla_contract"), other.name)


class Test7SeveralContractsOfOneCustomer(SiteTestCase):
	def test_a_renewal_is_prepared_in_advance(self):
		first = in_force()
		second = in_force(target(0.5, 4), effective_from="2026-02-01", supersedes=first.name)
		self.assertEqual(clock(issue("2026-01-30 09:00")).contract, first.name)
		january, february = issue("2026-01-31 23:59"), issue("2026-02-01 00:00")
		self.assertEqual((clock(january).contract, clock(january).due), (first.name, "2026-02-02 17:00"))
		self.assertEqual((clock(february).contract, clock(february).due), (second.name, "2026-02-02 13:00"))

	def test_two_of_them_stand_side_by_side(self):
		mail = in_force(target(1), services=["Mail"])
		network = in_force(target(2), services=["Network"])
		self.assertEqual(clock(issue(sla_service="Mail")).contract, mail.name)
		self.assertEqual(clock(issue(sla_service="Network")).contract, network.name)
		service("Telephony")
		self.assertEqual(shown(issue(sla_service="Telephony")), ("Not Covered", None))


class Test8APriorityThatTheContractDoesNotList(SiteTestCase):
	def test_it_falls_to_the_default_target(self):
		in_force(target(), target(0.5, 2, priority=priority("High")))
		ticket = issue(priority="High")
		self.assertEqual(clock(ticket).due, "2026-01-05 11:00")
		edit(ticket, "priority", priority("Exotic"), when="2026-01-05 09:10")
		self.assertEqual(clock(ticket, "Response").due, "2026-01-05 10:00")
		self.assertEqual(clock(ticket).due, "2026-01-05 17:00")
		self.assertEqual(facts(ticket), ["opened", "priority"])


class Test9SupportHours(SiteTestCase):
	def test_overnight(self):
		nights = support_hours("Nights", windows=(("22:00", "06:00"),))
		in_force(support_hours=nights)
		ticket = issue("2026-01-06 03:00")
		self.assertEqual(clock(ticket).due, "2026-01-07 03:00")

	def test_until_midnight_and_several_windows_a_day(self):
		late = support_hours("Late", windows=(("08:00", "12:00"), ("20:00", "24:00")))
		in_force(support_hours=late)
		self.assertEqual(clock(issue("2026-01-05 10:00")).due, "2026-01-06 10:00")
		# Used up exactly at midnight.
		self.assertEqual(clock(issue("2026-01-05 07:00")).due, "2026-01-06 00:00")

	def test_whole_days_lose_no_second_in_a_year(self):
		days = (*WORKDAYS, "Saturday", "Sunday")
		whole = support_hours("Whole Days", windows=(("00:00", "24:00"),), days=days)
		for hours in (round_the_clock(), whole):
			with self.subTest(hours):
				customer(hours)
				in_force(target(1, 365 * 24), support_hours=hours, customer=hours)
				self.assertEqual(clock(issue(customer=hours)).due, "2027-01-05 09:00")


class Test10OnHold(SiteTestCase):
	def test_a_ticket_on_hold_keeps_what_is_left_and_is_found_by_the_list(self):
		in_force()
		user = agent()
		ticket = issue()
		mail_out(ticket, CUSTOMER, when="2026-01-05 09:30", by=user)
		list_menu("On Hold", ticket, when="2026-01-05 11:00")
		sweep(ticket, when="2026-06-30 12:00")
		paused = clock(ticket)
		self.assertEqual((paused.state, paused.due), ("paused", None))
		self.assertEqual(paused.target_us - paused.elapsed_us, 6 * HOUR)
		with as_user(user):
			found = frappe.get_list("Issue", {"sla_state": ("in", ("Running", "Paused"))}, pluck="name")
		self.assertIn(ticket.name, found)
		list_menu("Open", ticket, when="2026-07-01 09:00")
		self.assertEqual(clock(ticket).due, "2026-07-01 15:00")
