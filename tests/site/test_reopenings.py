"""What a stop leaves behind: who stopped the clock, what the ticket was then, how late it was, also once it is reopened."""

import frappe

from tests.site.case import SiteTestCase, make_user
from tests.site.records import (
	HOUR,
	at,
	breaches,
	change,
	clock,
	in_force,
	issue,
	pause,
	priority,
	service,
	stop,
	target,
	us,
	utc,
)
from tests.site.routes import agent, as_user, request, sweep
from tests.site.test_names import count, rename

FIELDS = ("metric", "cycle", "stopped_us", "reopened_us", "breached_us")


def reopenings(ticket, *fields):
	"""The rows of a ticket, instants as text, and these fields of each."""
	rows = frappe.get_all(
		"SLA Reopening",
		{"ticket": getattr(ticket, "name", ticket)},
		[*FIELDS, *fields],
		order_by="metric, cycle, stopped_us",
		as_list=True,
	)
	return [(*row[:2], *(utc(each) for each in row[2:5]), *row[5:]) for row in rows]


def column(ticket, field, metric="Resolution"):
	return frappe.db.get_value("SLA Clock", {"ticket": ticket.name, "metric": metric}, field)


def act(verb, ticket, when, **values):
	"""A button on the form."""
	with at(when):
		return request(f"sla_guard.helpdesk.actions.{verb}", ticket=ticket.name, **values)


class TestStopped(SiteTestCase):
	def setUp(self):
		super().setUp()
		in_force(target(), target(priority=priority("P1")), target(service=service("Mail")))
		in_force(customer="Other")

	def test_a_stopped_clock_tells_of_the_ticket_as_it_was_then(self):
		ticket = issue(priority="P1", sla_service="Mail")
		change(ticket, "2026-01-05 10:00", status="Closed")
		change(
			ticket,
			"2026-01-05 11:00",
			priority=priority("P2"),
			sla_service=service("Network"),
			customer="Other",
		)
		for metric in ("Response", "Resolution"):
			found = clock(ticket, metric)
			self.assertEqual((found.priority, found.service, found.customer), ("P1", "Mail", "Acme"), metric)

	def test_a_running_one_of_what_it_is_now(self):
		ticket = issue(priority="P1")
		change(ticket, "2026-01-05 11:00", priority=priority("P2"))
		self.assertEqual(clock(ticket).priority, "P2")

	def test_what_was_changed_with_the_stop_holds(self):
		ticket = issue(priority="P1")
		change(ticket, "2026-01-05 11:00", priority=priority("P2"), status="Closed")
		self.assertEqual(clock(ticket).priority, "P2")

	def test_the_agent_is_who_recorded_what_stopped_it(self):
		ticket, first, second = issue(), agent("first-agent"), agent("second-agent")
		with as_user(first):
			act("take_in_charge", ticket, "2026-01-05 09:30")
		with as_user(second):
			change(ticket, "2026-01-05 10:00", status="Closed")
		self.assertEqual(column(ticket, "agent", "Response"), first)
		self.assertEqual(column(ticket, "agent"), second)

	def test_an_open_one_has_none_and_a_reopened_one_has_none_again(self):
		ticket = issue()
		self.assertIsNone(column(ticket, "agent"))
		with as_user(agent()):
			change(ticket, "2026-01-05 10:00", status="Closed")
		change(ticket, "2026-01-05 11:00", status="Open")
		self.assertIsNone(column(ticket, "agent"))


class TestMissed(SiteTestCase):
	def test_a_breach_is_under_the_promise_that_was_missed_whenever_it_is_found(self):
		mine = in_force(target(None, 8))
		in_force(target(None, 4), customer="Other")
		tickets = issue(), issue()
		# Due on Monday at five; of the first the job finds it, of the second only who moves it to another customer.
		sweep(tickets[0], when="2026-01-05 17:01")
		for ticket in tickets:
			change(ticket, "2026-01-06 11:00", customer="Other")
		fields = ["breached_us", "contract", "chain", "terms", "target", "target_us", "customer"]
		found, later = (frappe.get_all("SLA Breach", {"ticket": each.name}, fields) for each in tickets)
		self.assertEqual(found, later)
		self.assertEqual((later[0].contract, later[0].customer), (mine.name, "Acme"))
		self.assertEqual(later[0].target_us, 8 * HOUR * 1_000_000)


class TestLate(SiteTestCase):
	def setUp(self):
		super().setUp()
		# Nine to five; answered in one hour, solved in eight.
		in_force(target(1, 8))

	def test_in_time_is_not_late(self):
		ticket = issue()
		change(ticket, "2026-01-05 10:00", status="Closed")
		self.assertEqual((column(ticket, "late_us"), column(ticket, "late_us", "Response")), (0, 0))

	def test_in_support_time_from_the_breach_to_the_stop(self):
		ticket = issue()
		# Due on Monday at 17:00.
		change(ticket, "2026-01-06 11:30", status="Closed")
		self.assertEqual(column(ticket, "late_us"), 2.5 * HOUR * 1_000_000)
		self.assertEqual(column(ticket, "late_us", "Response"), 9.5 * HOUR * 1_000_000)

	def test_pauses_count(self):
		ticket = issue()
		change(ticket, "2026-01-06 10:00", status="On Hold")
		change(ticket, "2026-01-06 11:00", status="Open")
		change(ticket, "2026-01-06 12:00", status="Closed")
		self.assertEqual(column(ticket, "late_us"), 3 * HOUR * 1_000_000)

	def test_what_was_stopped_meanwhile_does_not(self):
		ticket = issue()
		change(ticket, "2026-01-06 10:00", status="Closed")
		change(ticket, "2026-01-06 14:00", status="Open")
		change(ticket, "2026-01-06 15:00", status="Closed")
		self.assertEqual(column(ticket, "late_us"), 2 * HOUR * 1_000_000)

	def test_of_an_open_one_as_of_the_last_look(self):
		ticket = issue()
		sweep(ticket, when="2026-01-06 10:00")
		self.assertEqual(column(ticket, ["late_us", "as_of_us"]), (HOUR * 1_000_000, us("2026-01-06 10:00")))


class TestReopenings(SiteTestCase):
	def setUp(self):
		super().setUp()
		self.contract = in_force(target(1, 8))
		self.ticket = issue()

	def reopen(self, closed="2026-01-05 10:00", opened="2026-01-05 11:00"):
		change(self.ticket, closed, status="Closed")
		change(self.ticket, opened, status="Open")

	def test_a_ticket_never_reopened_has_none(self):
		change(self.ticket, "2026-01-05 10:00", status="Closed")
		self.assertEqual(reopenings(self.ticket), [])

	def test_each_stop_that_was_undone_is_kept_as_it_stood(self):
		with as_user(agent()):
			change(self.ticket, "2026-01-05 10:00", status="Closed")
		change(self.ticket, "2026-01-05 11:00", status="Open", priority=priority("P1"))
		self.reopen("2026-01-05 12:00", "2026-01-05 13:00")
		rows = reopenings(self.ticket, "agent", "priority", "customer", "contract", "chain")
		names = (self.contract.name, self.contract.chain)
		self.assertEqual(
			rows,
			[
				(
					"Resolution",
					1,
					"2026-01-05 10:00",
					"2026-01-05 11:00",
					None,
					"agent@example.com",
					None,
					"Acme",
					*names,
				),
				(
					"Resolution",
					1,
					"2026-01-05 12:00",
					"2026-01-05 13:00",
					None,
					"Administrator",
					"P1",
					"Acme",
					*names,
				),
			],
		)

	def test_it_says_when_the_commitment_was_missed_later(self):
		self.reopen()
		sweep(self.ticket, when="2026-01-07 10:00")
		# An hour of the eight was used, and it stood still for one.
		self.assertEqual(breaches(self.ticket)[-1], ("Resolution", "2026-01-06 10:00"))
		self.assertEqual(reopenings(self.ticket)[0][4], "2026-01-06 10:00")

	def test_a_restoration_that_failed_is_one(self):
		self.contract = in_force(target(1, 8), customer="Other", resolution_stops_at="Restored or resolved")
		self.ticket = issue(customer="Other")
		act("restore_service", self.ticket, "2026-01-05 10:00")
		act("restoration_failed", self.ticket, "2026-01-05 11:00")
		rows = [("Resolution", 1, "2026-01-05 10:00", "2026-01-05 11:00", None)]
		self.assertEqual(reopenings(self.ticket), rows)

	def test_taken_back_it_is_withdrawn(self):
		self.contract = in_force(target(1, 8), customer="Other", resolution_stops_at="Restored or resolved")
		self.ticket = issue(customer="Other")
		act("restore_service", self.ticket, "2026-01-05 10:00")
		act("restoration_failed", self.ticket, "2026-01-05 11:00")
		event = frappe.db.get_value("SLA Event", {"ticket": self.ticket.name, "kind": "restoration failed"})
		act("take_back", self.ticket, "2026-01-05 12:00", event=event, reason="It had not failed")
		self.assertEqual(reopenings(self.ticket), [])
		self.assertEqual(clock(self.ticket).stopped, "2026-01-05 10:00")

	def test_a_ticket_that_was_none_has_none(self):
		self.reopen()
		act("void", self.ticket, "2026-01-05 12:00", reason="Spam")
		self.assertEqual(reopenings(self.ticket), [])

	def test_a_new_cycle_leaves_the_first_one_stopped(self):
		in_force(target(1, 8), customer="Other", on_reopening="New cycle")
		self.ticket = issue(customer="Other")
		self.reopen()
		self.assertEqual(reopenings(self.ticket), [])
		self.assertEqual(clock(self.ticket).cycle, 2)

	def test_a_later_target_measured_from_the_opening_does_not_change_what_was_stopped_then(self):
		self.reopen()
		# There a ticket that is closed is not done yet.
		in_force(target(1, 8), customer="Other", status_rules=[stop("Resolved"), pause("On Hold")])
		change(self.ticket, "2026-01-05 12:00", customer="Other")
		self.assertEqual(clock(self.ticket).stopped, None)
		rows = [("Resolution", 1, "2026-01-05 10:00", "2026-01-05 11:00", None, "Acme", self.contract.name)]
		self.assertEqual(reopenings(self.ticket, "customer", "contract"), rows)

	def test_looked_at_again_nothing_is_written(self):
		self.reopen()
		before = frappe.get_all("SLA Reopening", {"ticket": self.ticket.name}, ["*"])
		change(self.ticket, "2026-01-05 12:00", status="On Hold")
		self.assertEqual(frappe.get_all("SLA Reopening", {"ticket": self.ticket.name}, ["*"]), before)

	def test_renamed_it_follows_and_deleted_it_goes(self):
		self.reopen()
		new = rename("Issue", self.ticket.name, "ISS-RENAMED")
		self.assertEqual(count("SLA Reopening", new), 1)
		change(frappe.get_doc("Issue", new), "2026-01-05 12:00", status="On Hold")
		self.assertEqual(count("SLA Reopening", new), 1)
		frappe.delete_doc("Issue", new)
		self.assertEqual(count("SLA Reopening", new), 0)

	def test_it_is_read_by_those_who_read_clocks(self):
		self.reopen()
		for user, allowed in ((agent(), True), (make_user("somebody", "Accounts User"), False)):
			with as_user(user):
				self.assertIs(frappe.has_permission("SLA Reopening", "read"), allowed, user)
