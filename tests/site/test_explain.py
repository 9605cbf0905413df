"""What the picture of a clock's life is drawn from says what a replay of the ticket says."""

from itertools import pairwise

from sla_guard import ledger
from sla_guard.engine.instants import HOUR
from sla_guard.helpdesk.explain import explain
from sla_guard.helpdesk.ticket import read
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import hours_of
from tests.site.case import SiteTestCase
from tests.site.records import (
	at,
	change,
	in_force,
	issue,
	maintenance,
	named,
	new_version,
	priority,
	round_the_clock,
	support_hours,
	target,
	us,
)
from tests.site.statements import statements


def told_at(ticket, when):
	"""What the dialog tells at this instant, and the clocks of a replay."""
	with at(when):
		told = explain(ticket.name)
		return told, ledger.clocks_of(read(ticket.name).history, us(when))


class TestPicture(SiteTestCase):
	def setUp(self):
		super().setUp()
		days = [
			{"holiday_date": "2026-01-06", "description": "<p>Épiphanie</p>"},
			{"holiday_date": "2026-01-11", "description": "Sunday", "weekly_off": 1},
		]
		holidays = named(
			"Holiday List",
			"Pictures",
			holiday_list_name="Pictures",
			from_date="2026-01-01",
			to_date="2026-12-31",
			holidays=days,
		)
		self.hours = support_hours("Office with holidays", holiday_list=holidays)

	def lived(self):
		"""Opened, on hold over a holiday, raised to an urgency around the clock, closed and opened again."""
		urgent = target(
			priority=priority("Urgent"), support_hours=round_the_clock(), response=0.5, resolution=30
		)
		in_force(target(), urgent, support_hours=self.hours, services=["Mail"])
		ticket = issue("2026-01-05 09:00", sla_service="Mail")
		change(ticket, "2026-01-05 11:00", status="On Hold")
		change(ticket, "2026-01-07 10:00", status="Open")
		change(ticket, "2026-01-07 12:00", status="Closed")
		change(ticket, "2026-01-07 14:00", status="Open")
		change(ticket, "2026-01-08 10:00", priority="Urgent")
		return ticket

	def test_stretches_tile_the_life_and_what_they_used_is_what_the_clock_says(self):
		ticket = self.lived()
		for when in ("2026-01-05 10:00", "2026-01-06 12:00", "2026-01-07 13:00", "2026-01-12 10:00"):
			told, clocks = told_at(ticket, when)
			self.assertEqual(len(told["clocks"]), len(clocks))
			for shown, clock in zip(told["clocks"], clocks, strict=True):
				self.check(shown, clock, us(when))

	def check(self, shown, clock, now):
		stretches, picture = shown["stretches"], shown["picture"]
		self.assertEqual((stretches[0]["start_us"], stretches[-1]["end_us"]), (clock.started, now))
		for one, following in pairwise(stretches):
			self.assertEqual(one["end_us"], following["start_us"])
		hours = hours_of(clock)
		running = [each for each in stretches if each["kind"] == "running"]
		used = sum(hours.between(each["start_us"], each["end_us"]) for each in running)
		self.assertEqual(used, clock.elapsed_us)
		self.assertEqual(picture["used"][-1][1], clock.elapsed_us)
		for field, value in (("due", clock.due), ("breached", clock.breached_at), ("stopped", clock.stopped)):
			self.assertEqual(picture[field], value)

	def test_a_pause_says_its_status_and_why(self):
		told, _clocks = told_at(self.lived(), "2026-01-07 09:00")
		resolution = told["clocks"][1]
		self.assertEqual(
			[(each["kind"], each["status"], each["reason"]) for each in resolution["stretches"]],
			[("running", "", ""), ("paused", "On Hold", "customer")],
		)

	def test_support_hours_and_a_holiday_by_its_name(self):
		in_force(target(resolution=16), support_hours=self.hours)
		told, _clocks = told_at(issue("2026-01-05 13:00"), "2026-01-05 14:00")
		picture = told["clocks"][1]["picture"]
		self.assertEqual(
			picture["open"],
			tuple(
				(us(f"2026-01-0{day} {opens}:00"), us(f"2026-01-0{day} {closes}:00"))
				for day, opens, closes in ((5, 13, 17), (7, "09", 17), (8, "09", 13))
			),
		)
		epiphany = (us("2026-01-06 09:00"), us("2026-01-06 17:00"), "Épiphanie")
		self.assertEqual(picture["holidays"], [epiphany])
		self.assertEqual(picture["end"], us("2026-01-08 13:00"))
		self.assertEqual(told["now_us"], us("2026-01-05 14:00"))

	def test_maintenance_by_its_title(self):
		in_force(support_hours=self.hours, services=["Mail"])
		maintenance("2026-01-05 10:00", "2026-01-05 12:00", title="New disks")
		maintenance("2026-02-05 10:00", "2026-02-05 12:00", title="Much later")
		told, _clocks = told_at(issue("2026-01-05 09:30", sla_service="Mail"), "2026-01-05 09:40")
		span = (us("2026-01-05 10:00"), us("2026-01-05 12:00"), "New disks")
		self.assertEqual(told["clocks"][0]["picture"]["maintenance"], [span])
		self.assertEqual([each["title"] for each in told["maintenance"]], ["New disks"])

	def test_which_version_was_chosen_since_when_and_why(self):
		first = in_force(support_hours=self.hours)
		with at("2026-01-02"):
			second = new_version(first, "2026-01-04")
			second.reload()
			second.submit()
		told, _clocks = told_at(issue("2026-01-05 09:30"), "2026-01-05 09:40")
		(winner,) = (each for each in told["contracts"] if each["applies"])
		self.assertEqual((winner["contract"], winner["level"]), (second.name, "customer"))
		self.assertIn("2026", winner["from"])

	def test_a_long_life_is_explained_by_few_queries(self):
		ticket = self.lived()
		change(ticket, "2026-06-01 10:00", status="On Hold")
		told_at(ticket, "2026-06-30 12:00")
		with at("2026-06-30 12:00"), statements() as said:
			explain(ticket.name)
		self.assertLess(len(said), 15, said)

	def test_a_ticket_of_this_very_instant_has_a_picture(self):
		in_force(support_hours=self.hours)
		told, _clocks = told_at(issue("2026-01-05 09:00"), "2026-01-05 09:00")
		self.assertEqual(told["clocks"][0]["picture"]["used"], ((us("2026-01-05 09:00"), 0),))
		self.assertEqual(told["clocks"][1]["picture"]["ahead"][-1][1], 8 * HOUR)
