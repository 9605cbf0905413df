"""What a rule waits for is recorded once for each step, dated at the instant at which the clock had used so much."""

from unittest.mock import patch

import frappe

from sla_guard.helpdesk import actions
from sla_guard.helpdesk import ticket as tickets
from sla_guard.notify import alerts as recording
from tests.site.case import SiteTestCase
from tests.site.notifying import alerts, no_rules, rule, states
from tests.site.records import (
	at,
	breaches,
	change,
	clock,
	in_force,
	issue,
	new_version,
	priority,
	service,
	target,
	us,
)
from tests.site.routes import agent, found_due, mail_out, sweep
from tests.site.statements import statements

RESPONSE = {"metric": "Response"}


class AlertCase(SiteTestCase):
	def setUp(self):
		super().setUp()
		no_rules()


class TestSteps(AlertCase):
	def test_a_clock_is_woken_at_the_next_step_and_then_at_the_due(self):
		in_force()
		rule(50, **RESPONSE)
		rule(75, **RESPONSE)
		ticket = issue("2026-01-05 09:00")
		self.assertEqual(clock(ticket, "Response").wake_us, us("2026-01-05 09:30"))
		sweep(ticket, when="2026-01-05 09:31")
		self.assertEqual(clock(ticket, "Response").wake_us, us("2026-01-05 09:45"))
		sweep(ticket, when="2026-01-05 09:46")
		self.assertEqual(clock(ticket, "Response").wake_us, us("2026-01-05 10:00"))
		self.assertEqual(
			alerts(ticket),
			[("Response", 50, "2026-01-05 09:30"), ("Response", 75, "2026-01-05 09:45")],
		)
		self.assertEqual(clock(ticket).wake_us, us("2026-01-05 17:00"))

	def test_after_the_due_too(self):
		in_force()
		rule(150, **RESPONSE)
		ticket = issue("2026-01-05 09:00")
		sweep(ticket, when="2026-01-05 10:01")
		self.assertEqual(clock(ticket, "Response").wake_us, us("2026-01-05 10:30"))
		sweep(ticket, when="2026-01-05 10:31")
		self.assertEqual(alerts(ticket), [("Response", 150, "2026-01-05 10:30")])
		self.assertEqual(clock(ticket, "Response").wake_us, 0)

	def test_it_is_counted_in_support_hours(self):
		in_force(target(4, None))
		rule(75)
		ticket = issue("2026-01-09 15:00")
		self.assertEqual(clock(ticket, "Response").wake_us, us("2026-01-12 10:00"))

	def test_a_late_look_dates_it_at_the_instant_all_the_same(self):
		in_force()
		rule(75, **RESPONSE)
		rule(100, **RESPONSE)
		ticket = issue("2026-01-05 09:00")
		sweep(ticket, when="2026-01-05 15:00")
		self.assertEqual(
			alerts(ticket),
			[("Response", 75, "2026-01-05 09:45"), ("Response", 100, "2026-01-05 10:00")],
		)

	def test_at_that_very_instant_it_is_not_reached_yet(self):
		in_force()
		rule(75, **RESPONSE)
		ticket = issue("2026-01-05 09:00")
		self.assertNotIn(ticket.name, found_due("2026-01-05 09:45"))
		sweep(ticket, when="2026-01-05 09:45")
		self.assertEqual(alerts(ticket), [])
		sweep(ticket, when="2026-01-05 09:45:00.000001")
		self.assertEqual(len(alerts(ticket)), 1)

	def test_once_however_often_it_is_looked_at(self):
		in_force()
		rule(75, **RESPONSE)
		ticket = issue("2026-01-05 09:00")
		for minute in (46, 47, 50):
			with at(f"2026-01-05 09:{minute}"):
				tickets.refresh(tickets.read(ticket.name, lock=True))
		change(ticket, "2026-01-05 09:55", priority=priority("P1"))
		frappe.db.set_value("SLA Clock", {"ticket": ticket.name}, "steps", None)
		with at("2026-01-05 09:56"):
			tickets.refresh(tickets.read(ticket.name, lock=True))
		self.assertEqual(len(alerts(ticket)), 1)

	def test_also_after_the_rule_was_renamed(self):
		in_force()
		document = rule(75, **RESPONSE)
		ticket = issue("2026-01-05 09:00")
		sweep(ticket, when="2026-01-05 09:46")
		frappe.rename_doc("SLA Notification Rule", document.name, f"{document.name} renamed", force=True)
		with at("2026-01-05 09:56"):
			tickets.refresh(tickets.read(ticket.name, lock=True))
		self.assertEqual(len(alerts(ticket)), 1)


class TestPauses(AlertCase):
	def setUp(self):
		super().setUp()
		in_force()
		rule(75, metric="Resolution")
		# 75 % of eight hours from nine on: at three.
		self.ticket = issue("2026-01-05 09:00")

	def test_a_pause_moves_it(self):
		change(self.ticket, "2026-01-05 14:00", status="On Hold")
		self.assertEqual(clock(self.ticket).wake_us, 0)
		sweep(self.ticket, when="2026-01-05 16:00")
		self.assertEqual(alerts(self.ticket), [])
		change(self.ticket, "2026-01-06 09:00", status="Open")
		self.assertEqual(clock(self.ticket).wake_us, us("2026-01-06 10:00"))
		sweep(self.ticket, when="2026-01-06 10:01")
		self.assertEqual(alerts(self.ticket), [("Resolution", 75, "2026-01-06 10:00")])

	def test_what_stops_in_time_is_not_told_of(self):
		change(self.ticket, "2026-01-05 15:10", status="Closed")
		self.assertEqual(alerts(self.ticket), [])

	def test_what_is_void_neither(self):
		with at("2026-01-05 15:10"):
			actions.void(self.ticket.name, "It was a mistake")
		self.assertEqual(alerts(self.ticket), [])


class TestTargets(AlertCase):
	def setUp(self):
		super().setUp()
		in_force(target(1, 8), target(1, 4, priority=priority("P1")), target(1, 40, priority=priority("P3")))
		rule(75, metric="Resolution")
		self.ticket = issue("2026-01-05 09:00")

	def test_a_target_that_is_passed_by_the_change_is_reached_at_the_change(self):
		change(self.ticket, "2026-01-05 13:30", priority="P1")
		sweep(self.ticket, when="2026-01-05 13:31")
		self.assertEqual(alerts(self.ticket), [("Resolution", 75, "2026-01-05 13:30")])

	def test_a_longer_target_has_a_step_of_its_own_and_the_first_is_not_told_again(self):
		sweep(self.ticket, when="2026-01-05 15:01")
		change(self.ticket, "2026-01-05 15:30", priority="P3")
		self.assertEqual(clock(self.ticket).wake_us, us("2026-01-08 15:00"))
		change(self.ticket, "2026-01-05 16:00", priority=None)
		sweep(self.ticket, when="2026-01-05 16:01")
		self.assertEqual(alerts(self.ticket), [("Resolution", 75, "2026-01-05 15:00")])
		change(self.ticket, "2026-01-05 16:02", priority="P3")
		sweep(self.ticket, when="2026-01-08 15:01")
		self.assertEqual(
			alerts(self.ticket),
			[("Resolution", 75, "2026-01-05 15:00"), ("Resolution", 75, "2026-01-08 15:00")],
		)


class TestScope(AlertCase):
	def reached(self, ticket):
		sweep(ticket, when="2026-01-06 12:00")
		return alerts(ticket)

	def test_of_one_metric_or_both(self):
		in_force()
		rule(75, metric="Response")
		self.assertEqual(self.reached(issue()), [("Response", 75, "2026-01-05 09:45")])
		rule(80)
		self.assertEqual(len(self.reached(issue())), 3)

	def test_of_one_priority_or_service(self):
		in_force(target(), target(priority=priority("P1")))
		rule(75, metric="Response", priority="P1")
		rule(80, metric="Response", service=service("Mail"))
		self.assertEqual(self.reached(issue()), [])
		self.assertEqual(self.reached(issue(priority="P1")), [("Response", 75, "2026-01-05 09:45")])
		self.assertEqual(self.reached(issue(sla_service="Mail")), [("Response", 80, "2026-01-05 09:48")])

	def test_of_every_version_of_one_contract(self):
		first = in_force(effective_from="2025-01-01")
		second = new_version(first, "2026-01-01")
		second.submit()
		in_force(customer="Other")
		rule(75, metric="Response", contract=first.name)
		ticket = issue()
		self.assertEqual(clock(ticket).contract, second.name)
		self.assertEqual(len(self.reached(ticket)), 1)
		self.assertEqual(self.reached(issue(customer="Other")), [])

	def test_a_rule_that_is_off_tells_nothing(self):
		in_force()
		rule(75, enabled=0)
		self.assertEqual(self.reached(issue()), [])

	def test_what_was_reached_before_there_was_the_rule_is_past(self):
		in_force()
		ticket = issue("2026-01-05 09:00")
		rule(50, metric="Response", when="2026-01-05 09:40")
		later = rule(75, metric="Response", when="2026-01-05 09:40")
		self.assertEqual(self.reached(ticket), [("Response", 75, "2026-01-05 09:45")])
		with at("2026-01-06 12:30"):
			later.reload()
			later.update({"percent": 60}).save()
		sweep(ticket, when="2026-01-06 12:31")
		with at("2026-01-06 12:32"):
			tickets.refresh(tickets.read(ticket.name, lock=True))
		self.assertEqual(len(alerts(ticket)), 1)

	def test_what_is_found_long_after_is_recorded_and_not_told(self):
		in_force()
		rule(100)
		ticket = issue("2026-01-05 09:00")
		sweep(ticket, when="2026-01-06 16:00")
		self.assertEqual(states(ticket), [("Not Told", "It was found too late"), ("Waiting", None)])


class TestRule(AlertCase):
	def test_a_percent_that_is_no_step_is_refused(self):
		for percent in (0, -5, 501):
			with self.subTest(percent), self.assertRaises(frappe.ValidationError):
				rule(percent)

	def test_whom_it_names_it_must_tell_somehow(self):
		with self.assertRaises(frappe.ValidationError):
			rule(75, users=[agent()], in_app=0)
		rule(75, in_app=0)

	def test_a_rule_that_told_something_stays(self):
		in_force()
		document = rule(75)
		ticket = issue()
		sweep(ticket, when="2026-01-05 09:50")
		with self.assertRaises(frappe.LinkExistsError):
			document.delete()


class TestCost(AlertCase):
	"""What a save tells the database does not grow with the rules."""

	def told(self):
		ticket = issue("2026-01-05 09:00")
		with at("2026-01-05 09:20"):
			warm = frappe.get_doc("Issue", issue("2026-01-05 09:00").name).update({"status": "On Hold"})
			warm.save()
			document = frappe.get_doc("Issue", ticket.name).update({"status": "On Hold"})
			with statements() as said:
				document.save()
		return len(said)

	def test_a_save_costs_as_much_with_many_rules_as_with_none(self):
		in_force()
		before = self.told()
		for percent in range(60, 90):
			rule(percent)
		self.assertEqual(self.told(), before)

	def test_nor_after_steps_were_reached(self):
		in_force()
		rule(75)
		rule(100)
		ticket, before = issue("2026-01-05 09:00"), issue("2026-01-05 09:00")
		sweep(ticket, when="2026-01-05 16:00")
		sweep(before, when="2026-01-05 16:00")
		with at("2026-01-05 16:01"):
			frappe.get_doc("Issue", before.name).update({"status": "On Hold"}).save()
			document = frappe.get_doc("Issue", ticket.name).update({"status": "On Hold"})
			with statements() as said:
				document.save()
		self.assertFalse([each for each in said if "SLA Alert" in each])


class TestInNobodysWay(AlertCase):
	def test_what_fails_leaves_the_ticket_measured_and_is_tried_again(self):
		in_force()
		rule(75, **RESPONSE)
		ticket = issue("2026-01-05 09:00")
		with patch.object(recording, "_store", side_effect=RuntimeError):
			change(ticket, "2026-01-05 10:10", priority=priority("P1"))
		self.assertEqual(alerts(ticket), [])
		self.assertEqual(breaches(ticket), [("Response", "2026-01-05 10:00")])
		self.assertEqual(ticket.reload().sla_state, "Breached")
		sweep(ticket, when="2026-01-05 10:11")
		self.assertEqual(alerts(ticket), [("Response", 75, "2026-01-05 09:45")])
		self.assertEqual(clock(ticket, "Response").wake_us, 0)

	def test_nor_does_a_rule_that_cannot_be_measured(self):
		in_force()
		rule(75, **RESPONSE)
		with patch.object(recording, "look", side_effect=RuntimeError("no")):
			ticket = issue("2026-01-05 09:00")
		self.assertEqual(ticket.sla_state, "Running")
		self.assertEqual(clock(ticket, "Response").wake_us, us("2026-01-05 10:00"))


class TestDeleted(AlertCase):
	def test_alerts_go_with_their_ticket(self):
		in_force()
		rule(75)
		ticket = issue()
		sweep(ticket, when="2026-01-05 16:00")
		self.assertTrue(alerts(ticket))
		frappe.delete_doc("Issue", ticket.name)
		self.assertEqual(alerts(ticket), [])


class TestAnswered(AlertCase):
	def test_who_answers_in_time_is_not_warned(self):
		in_force()
		rule(75, **RESPONSE)
		ticket = issue("2026-01-05 09:00")
		mail_out(ticket, "someone@acme.example", when="2026-01-05 09:30", by=agent())
		self.assertEqual(clock(ticket, "Response").wake_us, 0)
		sweep(ticket, when="2026-01-05 12:00")
		self.assertEqual(alerts(ticket), [])
