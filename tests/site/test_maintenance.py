"""Announced maintenance: a hole in the clocks of its service, in the tickets that are open and in those to come."""

from functools import partial

import frappe

from sla_guard import jobs, ledger
from sla_guard.engine.instants import HOUR
from sla_guard.helpdesk.ticket import read, refresh
from sla_guard.maintenance import announced
from sla_guard.site_time import to_site
from tests.site.case import SiteTestCase, make_user
from tests.site.committed import CommittedCase
from tests.site.notifying import no_rules
from tests.site.records import (
	announce,
	at,
	breaches,
	change,
	clock,
	in_force,
	issue,
	maintenance,
	planned,
	round_the_clock,
	service,
	shown,
	target,
	us,
	utc,
)
from tests.site.routes import agent, as_user, found_due, request, sweep
from tests.site.statements import statements


class TestHoles(SiteTestCase):
	def setUp(self):
		super().setUp()
		self.contract = in_force()

	def mail_ticket(self, when="2026-01-05 09:30", **values):
		return issue(when, sla_service=service("Mail"), **values)

	def anew(self, ticket, *, when):
		"""What the job does with one of the tickets."""
		with at(when):
			refresh(read(ticket.name, lock=True))

	def test_due_and_wake_of_an_open_ticket_move_behind_it(self):
		no_rules()
		ticket = self.mail_ticket()
		self.assertEqual(clock(ticket, "Response").due, "2026-01-05 10:30")
		maintenance("2026-01-05 10:00", "2026-01-05 12:00", announced="2026-01-05 09:40")
		self.anew(ticket, when="2026-01-05 09:41")
		response = clock(ticket, "Response")
		self.assertEqual((response.due, utc(response.wake_us)), ("2026-01-05 12:30", "2026-01-05 12:30"))
		self.assertEqual(clock(ticket).due, "2026-01-06 11:30")
		self.assertEqual(shown(ticket), ("Running", to_site(us("2026-01-05 12:30"))))
		self.assertNotIn(ticket.name, found_due("2026-01-05 12:00"))
		sweep(ticket, when="2026-01-05 12:31")
		self.assertEqual(breaches(ticket), [("Response", "2026-01-05 12:30")])

	def test_a_ticket_opened_after_the_announcement_has_it_at_once(self):
		maintenance("2026-01-05 10:00", "2026-01-05 12:00")
		self.assertEqual(clock(self.mail_ticket(), "Response").due, "2026-01-05 12:30")

	def test_other_services_and_tickets_of_none_are_untouched(self):
		maintenance("2026-01-05 10:00", "2026-01-05 12:00")
		for ticket in (issue("2026-01-05 09:30", sla_service=service("ERP")), issue("2026-01-05 09:30")):
			self.assertEqual(clock(ticket, "Response").due, "2026-01-05 10:30")

	def test_the_due_of_a_ticket_that_gets_this_service_moves(self):
		maintenance("2026-01-05 10:00", "2026-01-05 12:00")
		ticket = issue("2026-01-05 09:30")
		change(ticket, "2026-01-05 09:40", sla_service=service("Mail"))
		self.assertEqual(clock(ticket, "Response").due, "2026-01-05 12:30")

	def test_what_was_missed_before_it_began_stays_missed(self):
		ticket = self.mail_ticket("2026-01-05 09:00")
		maintenance("2026-01-05 11:00", "2026-01-05 12:00", announced="2026-01-05 09:30")
		sweep(ticket, when="2026-01-05 11:30")
		self.assertEqual(breaches(ticket), [("Response", "2026-01-05 10:00")])

	def test_announced_after_it_began_it_is_none(self):
		document = maintenance("2026-01-05 10:00", "2026-01-05 12:00", announced="2026-01-05 10:01")
		self.assertIn("exclusion", frappe.get_message_log()[-1]["message"])
		self.assertEqual(utc(document.announced_us), "2026-01-05 10:01")
		self.assertEqual(clock(self.mail_ticket(), "Response").due, "2026-01-05 10:30")

	def test_each_contract_says_how_long_before_it_must_be_announced(self):
		in_force(customer="Globex", maintenance_notice=48)
		maintenance("2026-01-05 10:00", "2026-01-05 12:00", announced="2026-01-03 10:01")
		self.assertEqual(clock(self.mail_ticket(), "Response").due, "2026-01-05 12:30")
		self.assertEqual(clock(self.mail_ticket(customer="Globex"), "Response").due, "2026-01-05 10:30")
		in_force(customer="Initech", maintenance_notice=47.5)
		self.assertEqual(clock(self.mail_ticket(customer="Initech"), "Response").due, "2026-01-05 12:30")

	def test_lateness_stands_still_in_it_too(self):
		maintenance("2026-01-05 11:00", "2026-01-05 12:00")
		ticket = self.mail_ticket("2026-01-05 09:00")
		sweep(ticket, when="2026-01-05 13:00")
		late = frappe.db.get_value("SLA Clock", {"ticket": ticket.name, "metric": "Response"}, "late_us")
		self.assertEqual(late, 2 * HOUR)

	def test_it_is_read_once_for_many_tickets_of_its_service(self):
		maintenance("2026-01-05 10:00", "2026-01-05 12:00")
		self.mail_ticket()
		history = read(self.mail_ticket().name).history
		with statements() as said:
			ledger.clocks_of(history, us("2026-01-05 10:00"))
		self.assertEqual(said, [])

	def test_the_dialog_shows_it(self):
		maintenance("2026-01-05 10:00", "2026-01-05 12:00", title="New disks")
		ticket = self.mail_ticket()
		with at("2026-01-05 09:40"):
			told = request("sla_guard.helpdesk.explain.explain", ticket=ticket.name)["maintenance"]
		self.assertEqual([each["service"] for each in told], ["Mail"])
		maintenance("2026-01-04 10:00", "2026-01-04 12:00", title="Before")
		with at("2026-01-05 09:40"):
			again = request("sla_guard.helpdesk.explain.explain", ticket=ticket.name)["maintenance"]
		self.assertEqual(again, told)


class TestAnnounced(SiteTestCase):
	"""What statements take out of agreed time."""

	def setUp(self):
		super().setUp()
		self.contract = in_force(time_zone="Europe/Paris")

	def found(self, start="2026-01-01", end="2026-12-31", contract=None, name="Mail"):
		spans = announced((contract or self.contract).name, name, us(start), us(end))
		return [tuple(utc(at_us) for at_us in span) for span in spans]

	def test_between_two_instants(self):
		maintenance("2026-01-05 10:00", "2026-01-05 12:00")
		self.assertEqual(self.found(), [("2026-01-05 10:00", "2026-01-05 12:00")])
		half = self.found("2026-01-05 11:00", "2026-01-05 11:30")
		self.assertEqual(half, [("2026-01-05 11:00", "2026-01-05 11:30")])
		self.assertEqual(self.found("2026-01-05 12:00"), [])
		self.assertEqual(self.found(name="ERP"), [])

	def test_within_the_quota_of_each_month_in_the_zone_of_the_contract(self):
		small = in_force(customer="Globex", time_zone="Europe/Paris", maintenance_quota=2.5)
		for day in ("2026-01-05", "2026-01-06"):
			maintenance(f"{day} 10:00", f"{day} 12:00")
		# In Paris, February begins at 23:00.
		maintenance("2026-01-31 22:00", "2026-02-01 02:30")
		self.assertEqual(
			self.found(contract=small),
			[
				("2026-01-05 10:00", "2026-01-05 12:00"),
				("2026-01-06 10:00", "2026-01-06 10:30"),
				("2026-01-31 23:00", "2026-02-01 01:30"),
			],
		)
		self.assertEqual(len(self.found()), 3)

	def test_within_the_quota_of_a_quarter(self):
		quarterly = in_force(
			customer="Globex", time_zone="UTC", maintenance_quota=3, reporting_period="Quarter"
		)
		maintenance("2026-01-05 10:00", "2026-01-05 12:00")
		maintenance("2026-03-05 10:00", "2026-03-05 12:00")
		maintenance("2026-04-05 10:00", "2026-04-05 12:00")
		ends = [end for _start, end in self.found(contract=quarterly)]
		self.assertEqual(ends, ["2026-01-05 12:00", "2026-03-05 11:00", "2026-04-05 12:00"])

	def test_a_recurrence_keeps_its_time_of_day_when_clocks_change(self):
		maintenance(
			"2026-03-22 00:00",
			"2026-03-22 03:00",
			recurrence="FREQ=WEEKLY",
			repeat_until="2026-04-05",
			time_zone="Europe/Paris",
		)
		# On the 29th of March it lasts from 1:00 to 4:00 in Paris, where there is no 2:00 to 3:00.
		self.assertEqual(
			self.found(),
			[
				("2026-03-22 00:00", "2026-03-22 03:00"),
				("2026-03-29 00:00", "2026-03-29 02:00"),
				("2026-04-04 23:00", "2026-04-05 02:00"),
			],
		)

	def test_a_recurrence_announced_between_two_of_its_times_counts_from_the_next_on(self):
		weekly = {"recurrence": "FREQ=WEEKLY;COUNT=3", "time_zone": "UTC"}
		maintenance("2026-01-04 02:00", "2026-01-04 04:00", announced="2026-01-08", **weekly)
		starts = [start for start, _end in self.found()]
		self.assertEqual(starts, ["2026-01-11 02:00", "2026-01-18 02:00"])

	def test_cancelled_it_is_none_from_then_on_and_what_was_stays(self):
		weekly = {"recurrence": "FREQ=WEEKLY;COUNT=4", "time_zone": "UTC"}
		document = maintenance("2026-01-04 02:00", "2026-01-04 04:00", **weekly)
		self.assertEqual(len(self.found()), 4)
		with at("2026-01-11 03:00"):
			document.cancel()
		self.assertEqual(
			self.found(),
			[("2026-01-04 02:00", "2026-01-04 04:00"), ("2026-01-11 02:00", "2026-01-11 03:00")],
		)
		with self.assertRaises(frappe.ValidationError):
			frappe.delete_doc("SLA Maintenance", document.name)

	def test_cancelled_before_it_began_it_never_was(self):
		document = maintenance("2026-01-05 10:00", "2026-01-05 12:00")
		with at("2026-01-04"):
			document.cancel()
		self.assertEqual(self.found(), [])

	def test_that_of_services_that_are_merged_is_that_of_both(self):
		maintenance("2026-01-05 10:00", "2026-01-05 12:00", service_name="Mail")
		maintenance("2026-01-06 10:00", "2026-01-06 12:00", service_name="Groupware")
		self.assertEqual((len(self.found()), len(self.found(name="Groupware"))), (1, 1))
		frappe.rename_doc("SLA Service", "Mail", "Groupware", merge=True)
		self.assertEqual((len(self.found()), len(self.found(name="Groupware"))), (0, 2))

	def test_undone_with_its_transaction_it_was_never_announced(self):
		self.assertEqual(self.found(), [])
		service("Mail")
		maintenance("2026-01-05 10:00", "2026-01-05 12:00")
		self.assertEqual(len(self.found()), 1)
		frappe.db.rollback()
		contract = in_force()
		self.assertEqual(self.found(contract=contract), [])


class TestRefusals(SiteTestCase):
	def test_dates(self):
		self.assertRefused(planned("2026-01-05 12:00", "2026-01-05 10:00"), "Ends", "is not after", "Starts")
		self.assertRefused(planned("2026-01-05 12:00", "2026-01-05 12:00"), "is not after")
		self.assertRefused(planned("2026-01-05 10:00", "2026-01-05 12:00", service=None), "service")
		without_end = planned("2026-01-05 10:00", "2026-01-05 12:00")
		self.assertRefused(without_end.update({"ends": None}), "ends")

	def test_recurrences(self):
		weekly = partial(planned, "2026-01-04 02:00", "2026-01-04 04:00", time_zone="UTC")
		self.assertRefused(weekly(recurrence="every Sunday"), "every Sunday", "no recurrence", "FREQ=MONTHLY")
		self.assertRefused(weekly(recurrence="FREQ=WEEKLY"), "never ends")
		self.assertRefused(
			weekly(recurrence="FREQ=WEEKLY;BYDAY=MO;COUNT=2"), "first start", "2026-01-04 02:00"
		)
		self.assertRefused(
			weekly(recurrence="FREQ=WEEKLY;COUNT=2", time_zone="Paris"), "Paris", "Europe/Paris"
		)
		self.assertRefused(weekly(recurrence="FREQ=WEEKLY;COUNT=2", time_zone=None), "Time Zone")

	def test_what_the_server_says_is_not_entered(self):
		document = planned("2026-01-05 10:00", "2026-01-05 12:00", announced_us=1, cancelled_us=1)
		with at("2026-01-02"):
			document.insert()
			self.assertEqual((document.announced_us, document.cancelled_us), (0, 0))
			document.reload()
			document.announced_us = 1
			document.submit()
		self.assertEqual(utc(document.announced_us), "2026-01-02 00:00")

	def test_what_is_announced_does_not_change(self):
		document = maintenance("2026-01-05 10:00", "2026-01-05 12:00")
		with self.assertRaises(frappe.UpdateAfterSubmitError):
			document.db_set("announced_us", 1)
		document.reload()
		document.ends = "2026-01-07"
		with self.assertRaises(frappe.UpdateAfterSubmitError):
			document.save()

	def test_who_may(self):
		manager = make_user("manager", "SLA Manager")
		document = planned("2026-01-05 10:00", "2026-01-05 12:00")
		with at("2026-01-02"), as_user(manager):
			announce(document.insert()).cancel()
		with as_user(agent()):
			self.assertTrue(frappe.has_permission("SLA Maintenance", "read", document.name))
			with self.assertRaises(frappe.PermissionError):
				planned("2026-01-05 10:00", "2026-01-05 12:00").insert()


class TestJob(CommittedCase):
	def setUp(self):
		super().setUp()
		self.contract = self.in_force(target(1, 8, support_hours=round_the_clock()))
		self.mail = service(f"Mail {self.customer}")

	def test_it_measures_the_open_tickets_of_the_service_each_on_its_own(self):
		mail, closed, other = (
			self.issue(sla_service=self.mail),
			self.issue(sla_service=self.mail, status="Closed"),
			self.issue(),
		)
		maintenance(
			"2026-01-05 09:30", "2026-01-05 12:00", announced="2026-01-05 09:10", service_name=self.mail
		)
		frappe.db.commit()
		with at("2026-01-05 09:11"):
			self.assertEqual(jobs._open_tickets_of(self.mail, ""), [mail.name])
			jobs.measure_service(self.mail)
		self.assertEqual(clock(mail, "Response").due, "2026-01-05 12:30")
		self.assertEqual(clock(other, "Response").due, "2026-01-05 10:00")
		self.assertEqual(clock(closed).due, None)

	def test_more_than_a_batch_is_left_to_the_next_job(self):
		tickets = sorted(self.issue(sla_service=self.mail).name for _ in range(3))
		before, jobs.BATCH = jobs.BATCH, 2
		self.addCleanup(setattr, jobs, "BATCH", before)
		self.assertEqual(jobs._open_tickets_of(self.mail, ""), tickets[:2])
		self.assertEqual(jobs._open_tickets_of(self.mail, tickets[1]), tickets[2:])
