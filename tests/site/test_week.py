"""Support hours as people see them: the week in words and bars, and the holidays to come."""

from datetime import date

import frappe

from sla_guard.engine.calendar import Calendar
from sla_guard.sla_guard.doctype.support_hours.picture import of_contract, of_hours
from sla_guard.week import caption, holidays_ahead, holidays_html, week, week_html
from tests.site.case import SiteTestCase, make_user
from tests.site.records import (
	contract,
	customer,
	named,
	priority,
	round_the_clock,
	support_hours,
	target,
)

GAP = "\u00a0"
NIGHTS = Calendar("Europe/Paris", [(6, 22 * 60, 6 * 60), (0, 9 * 60, 12 * 60), (0, 13 * 60, 1440)])


def closings():
	days = (
		("2026-12-25", "<div>Christmas</div>", 0),
		("2026-12-26", "Boxing Day", 0),
		("2026-12-27", "Sunday", 1),
	)
	return named(
		"Holiday List",
		"Week 2026",
		from_date="2026-01-01",
		to_date="2026-12-31",
		holidays=[{"holiday_date": day, "description": name, "weekly_off": off} for day, name, off in days],
	)


def form(**rest):
	"""Support Hours as a form has them that was not saved yet."""
	rows = rest.pop("windows", [("Monday", "9h", "17:00")])
	windows = [{"weekday": day, "opens": opens, "closes": closes} for day, opens, closes in rows]
	return {"doctype": "Support Hours", "time_zone": "Europe/Paris", "windows": windows, **rest}


class TestWeek(SiteTestCase):
	def test_a_window_over_midnight_is_open_on_two_days_and_named_on_the_first(self):
		days = week(NIGHTS)
		self.assertEqual(days[6].text, "22:00–06:00 (Mon)")
		self.assertEqual(days[6].open, ((22 * 60, 1440),))
		self.assertEqual(days[0].text, "09:00–12:00, 13:00–24:00")
		self.assertEqual(days[0].open, ((0, 6 * 60), (9 * 60, 12 * 60), (13 * 60, 1440)))
		self.assertEqual([day.text for day in days[1:6]], ["closed"] * 5)

	def test_the_bars_are_as_long_as_the_week(self):
		opened = sum(end - start for day in week(NIGHTS) for start, end in day.open)
		self.assertEqual(opened, (8 + 3 + 11) * 60)
		self.assertEqual(caption(NIGHTS), f"22{GAP}h a week, on the clocks of Europe/Paris")

	def test_every_day_is_a_row_with_a_bar_that_readers_of_the_screen_skip(self):
		html = week_html(NIGHTS)
		self.assertEqual(html.count('<th scope="row">'), 7)
		self.assertEqual(html.count("<rect"), 4)
		self.assertEqual(html.count("<svg"), html.count('aria-hidden="true" focusable'))

	def test_hours_that_never_close_need_no_table(self):
		html = week_html(Calendar.always())
		self.assertIn("24/7", html)
		self.assertNotIn("<table", html)

	def test_days_are_named_in_the_language_of_the_reader(self):
		self.addCleanup(setattr, frappe.local, "lang", frappe.local.lang)
		frappe.local.lang = "fr"
		self.assertEqual(week(NIGHTS)[0].name, "lun.")
		self.assertIn("à l'heure de Europe/Paris", caption(NIGHTS))

	def test_holidays_to_come_are_told_without_the_weekly_days_off(self):
		hours = Calendar("Europe/Paris", [(day, 540, 1020) for day in range(5)])
		ahead = holidays_ahead(hours, closings(), date(2026, 2, 1))
		self.assertEqual(
			[(each.day, each.name, each.closed_anyway) for each in ahead],
			[(date(2026, 12, 25), "Christmas", False), (date(2026, 12, 26), "Boxing Day", True)],
		)
		self.assertEqual(holidays_ahead(hours, closings(), date(2027, 1, 1)), [])
		html = holidays_html(hours, closings(), date(2026, 2, 1))
		self.assertIn("<li>Fri, Dec 25, 2026 Christmas</li>", html)
		self.assertIn("2 holidays to come in Week 2026, which ends on Thu, Dec 31, 2026.", html)


class TestPicture(SiteTestCase):
	def test_what_is_entered_is_drawn_before_it_is_saved(self):
		html = of_hours(frappe.as_json(form(holiday_list=closings())))
		self.assertIn("09:00–17:00", html)
		self.assertIn(f"8{GAP}h a week", html)

	def test_a_row_that_is_not_complete_is_left_out(self):
		html = of_hours(form(windows=[("Monday", "9h", "17:00"), ("Tuesday", "9h", None)]))
		self.assertEqual(html.count("<rect"), 1)

	def test_what_cannot_be_drawn_is_said_and_nothing_pops_up(self):
		for values, words in (
			(form(windows=[]), "Add a window to the week"),
			(form(windows=[("Monday", "noon", "17:00")]), "noon is not a time"),
			(form(windows=[("Monday", "9", "12"), ("Monday", "11", "13")]), "overlaps row 1"),
			(form(time_zone="Nowhere"), "Unknown time zone"),
		):
			with self.subTest(words):
				before = len(frappe.local.message_log)
				self.assertIn(words, of_hours(values))
				self.assertEqual(len(frappe.local.message_log), before)

	def test_a_text_is_no_markup(self):
		self.assertNotIn("<img", of_hours(form(windows=[("Monday", "<img src=x>", "17:00")])))

	def test_a_contract_shows_all_hours_that_it_uses_each_with_its_targets(self):
		customer()
		rows = (target(priority=priority("P1"), support_hours=round_the_clock()), target())
		html = of_contract(frappe.as_json(contract(*rows, support_hours=support_hours())))
		self.assertLess(html.index("Office UTC"), html.index("Round the Clock"))
		self.assertIn("For: default target", html)
		self.assertIn("For: P1", html)

	def test_a_contract_of_one_calendar_does_not_say_for_which_targets(self):
		customer()
		self.assertNotIn(
			"For:", of_contract(frappe.as_json(contract(target(), support_hours=support_hours())))
		)

	def test_only_those_who_may_read_hours_see_them(self):
		frappe.set_user(make_user("week-nobody"))
		with self.assertRaises(frappe.PermissionError):
			of_hours(form())
		with self.assertRaises(frappe.PermissionError):
			of_contract({})
