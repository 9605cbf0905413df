"""Support Hours as an admin enters them, and what is refused, by the message that says why."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import frappe

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.instants import HOUR, instant
from sla_guard.sla_guard.doctype.support_hours.support_hours import time_zones
from tests.site.case import SiteTestCase, make_user

OFFICE = tuple((day, "09:00", "17:00") for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"))


def hours(*windows, name="Test Hours", zone="Europe/Paris", **rest):
	document = frappe.new_doc("Support Hours").update({"hours_name": name, "time_zone": zone, **rest})
	for weekday, opens, closes in windows:
		document.append("windows", {"weekday": weekday, "opens": opens, "closes": closes})
	return document


def holiday_list(*dates, name="Test Holidays", first=date(2026, 1, 1), last=date(2026, 12, 31), **rest):
	document = frappe.new_doc("Holiday List").update(
		{"holiday_list_name": name, "from_date": first, "to_date": last}
	)
	for day in dates:
		document.append("holidays", {"holiday_date": day, "description": "Test", **rest})
	return document.insert().name


def every(step, first=date(2026, 1, 1), last=date(2026, 12, 31)):
	return [first + timedelta(days=n) for n in range(0, (last - first).days + 1, step)]


class TestSupportHours(SiteTestCase):
	def test_what_is_saved_is_what_the_engine_computes_with(self):
		saved = hours(*OFFICE, holiday_list=holiday_list(date(2026, 5, 1))).insert()
		calendar = frappe.get_doc("Support Hours", saved.name).calendar()
		weekdays = [(day, 9 * 60, 17 * 60) for day in range(5)]
		self.assertEqual(calendar, Calendar("Europe/Paris", weekdays, [date(2026, 5, 1)]))
		thursday = instant(datetime(2026, 4, 30, 16, tzinfo=ZoneInfo("Europe/Paris")))
		monday = instant(datetime(2026, 5, 4, 10, tzinfo=ZoneInfo("Europe/Paris")))
		self.assertEqual(calendar.add(thursday, 2 * HOUR), monday)

	def test_several_windows_a_day_nights_and_midnight_are_taken(self):
		saved = hours(
			("Monday", "08:00", "12:00"),
			("Monday", "12:00", "18:00"),
			("Friday", "22:00", "06:00"),
			("Sunday", "18:00", "24:00"),
		).insert()
		self.assertEqual(
			saved.calendar().windows, ((0, 480, 720), (0, 720, 1080), (4, 1320, 360), (6, 1080, 1440))
		)

	def test_times_are_read_as_people_write_them(self):
		for written, stored in (
			("9", "09:00"),
			("9:30", "09:30"),
			("9h", "09:00"),
			("9h30", "09:30"),
			(" 09:30 ", "09:30"),
			("0930", "09:30"),
			("09:30:00", "09:30"),
		):
			with self.subTest(written):
				saved = hours(("Monday", written, "18:00"), name=f"Test {written}").insert()
				self.assertEqual(saved.windows[0].opens, stored)
		self.assertEqual(hours(("Monday", "18:00", "00:00")).insert().windows[0].closes, "24:00")

	def test_24_7_needs_no_windows_and_heeds_no_holidays(self):
		saved = hours(always_open=1, holiday_list=holiday_list(*every(1))).insert()
		self.assertTrue(saved.calendar().never_closes)

	def test_windows_kept_from_before_24_7_was_ticked_are_not_lost(self):
		saved = hours(*OFFICE).insert()
		saved.always_open = 1
		saved.save()
		saved.reload()
		self.assertTrue(saved.calendar().never_closes)
		saved.always_open = 0
		saved.save()
		self.assertEqual(len(saved.calendar().windows), 5)

	def test_half_day_holidays_are_half_days_where_the_host_knows_them(self):
		if not frappe.get_meta("Holiday").has_field("is_half_day"):
			saved = hours(*OFFICE, holiday_list=holiday_list(date(2026, 5, 1))).insert()
			self.assertEqual(saved.calendar().half_days, ())
			return
		saved = hours(*OFFICE, holiday_list=holiday_list(date(2026, 5, 1), is_half_day=1)).insert()
		self.assertEqual(saved.calendar().half_days, (date(2026, 5, 1),))
		self.assertEqual(saved.calendar().holidays, ())


class TestWhatIsRefused(SiteTestCase):
	def test_overlapping_windows_name_both_rows(self):
		self.assertRefused(
			hours(("Monday", "09:00", "12:00"), ("Tuesday", "09:00", "12:00"), ("Monday", "11:00", "14:00")),
			"Row 3 (Monday 11:00–14:00) overlaps row 1 (Monday 09:00–12:00)",
		)

	def test_a_night_overlaps_the_next_morning_sunday_into_monday_too(self):
		self.assertRefused(
			hours(("Monday", "22:00", "06:00"), ("Tuesday", "05:00", "12:00")),
			"Row 2 (Tuesday 05:00–12:00) overlaps row 1 (Monday 22:00–06:00)",
		)
		self.assertRefused(
			hours(("Monday", "05:00", "12:00"), ("Sunday", "22:00", "06:00")),
			"Row 2 (Sunday 22:00–06:00) overlaps row 1 (Monday 05:00–12:00)",
		)

	def test_an_end_equal_to_the_start_offers_a_whole_day_and_24_7(self):
		for time in ("09:00", "00:00"):
			with self.subTest(time):
				self.assertRefused(
					hours(("Monday", "09:30", "10:00"), ("Friday", time, time)),
					f"Row 2: Friday opens and closes at {time}",
					"00:00 to 24:00",
					"24/7",
				)

	def test_an_unknown_zone_is_named_with_what_may_have_been_meant(self):
		self.assertRefused(
			hours(*OFFICE, zone="Paris"), "Time Zone: Paris is not known", "Did you mean Europe/Paris?"
		)
		self.assertRefused(hours(*OFFICE, zone="europe/pariss"), "europe/pariss is not known", "Europe/Paris")
		self.assertRefused(hours(*OFFICE, zone="<b>x</b>"), "is not known")
		self.assertRefused(hours(always_open=1, zone="Mars"), "Mars is not known")

	def test_no_windows(self):
		self.assertRefused(hours(), "Add a window to the week, or tick 24/7")

	def test_what_is_no_time(self):
		for field, value in (
			("opens", "24:00"),
			("opens", "9.5.1"),
			("closes", "25:00"),
			("closes", "noon"),
			("closes", "24:01"),
		):
			with self.subTest(value):
				window = {"opens": "08:00", "closes": "12:00"} | {field: value}
				self.assertRefused(
					hours(("Monday", window["opens"], window["closes"])),
					"Row 1",
					value,
					"is not a time from 00:00 to",
				)

	def test_a_weekday_that_is_none(self):
		self.assertRefused(hours(("Caturday", "08:00", "12:00")), "Row 1: Caturday is not a weekday")
		self.assertRefused(hours(*OFFICE, (None, "08:00", "12:00")), "Row 6", "is not a weekday")

	def test_a_holiday_list_that_closes_every_day(self):
		closed = holiday_list(*every(1))
		self.assertRefused(hours(*OFFICE, holiday_list=closed), "shut from", "2026")

	def test_a_holiday_list_with_all_saturdays_for_saturday_hours(self):
		saturdays = holiday_list(*every(7, first=date(2026, 1, 3)))
		self.assertRefused(
			hours(("Saturday", "09:00", "12:00"), holiday_list=saturdays), "shut from 2025-12-28"
		)
		self.assertTrue(hours(*OFFICE, holiday_list=saturdays).insert())

	def test_a_holiday_list_of_some_months_that_closes_every_window_in_them(self):
		first, last = date(2026, 1, 1), date(2026, 6, 30)
		closed = holiday_list(*every(1, first, last), first=first, last=last)
		self.assertRefused(hours(*OFFICE, holiday_list=closed), "Test Holidays closes every window from")

	def test_a_shutdown_of_some_weeks_is_no_mistake(self):
		first, last = date(2026, 12, 21), date(2026, 12, 31)
		closed = holiday_list(*every(1, first, last), first=first, last=last)
		self.assertTrue(hours(*OFFICE, holiday_list=closed).insert())

	def test_in_the_language_of_the_reader(self):
		frappe.local.lang = "fr"
		self.addCleanup(setattr, frappe.local, "lang", "en")
		self.assertRefused(hours(zone="Paris"), "Fuseau horaire", "Europe/Paris")
		self.assertRefused(hours(*OFFICE, holiday_list=holiday_list(*every(1))), "plus d'un an")

	def test_nothing_is_stored_of_what_was_refused(self):
		saved = hours(*OFFICE).insert()
		saved.time_zone = "Mars"
		self.assertRefused(saved, "Mars")
		self.assertEqual(frappe.db.get_value("Support Hours", saved.name, "time_zone"), "Europe/Paris")


class TestWhoMay(SiteTestCase):
	def test_an_sla_manager_configures_and_the_support_team_reads(self):
		manager, agent = make_user("sla-manager", "SLA Manager"), make_user("sla-agent", "Support Team")
		frappe.set_user(manager)
		saved = hours(*OFFICE).insert()
		self.assertIn("Europe/Paris", time_zones())
		frappe.set_user(agent)
		self.assertTrue(frappe.get_doc("Support Hours", saved.name).has_permission("read"))
		saved.always_open = 1
		with self.assertRaises(frappe.PermissionError):
			saved.save()

	def test_a_stranger_is_not_told_the_zones(self):
		frappe.set_user(make_user("sla-stranger"))
		with self.assertRaises(frappe.PermissionError):
			time_zones()


class TestInstallation(SiteTestCase):
	def test_the_app_brings_its_module_and_role(self):
		self.assertIn("sla_guard", frappe.get_installed_apps())
		self.assertEqual(frappe.db.get_value("Module Def", "SLA Guard", "app_name"), "sla_guard")
		self.assertTrue(frappe.db.get_value("Role", "SLA Manager", "desk_access"))

	def test_every_patch_of_patches_txt_can_be_imported(self):
		with open(frappe.get_app_path("sla_guard", "patches.txt")) as lines:
			patches = [line.split()[0] for line in lines if line.strip() and line[0] not in "[#"]
		for patch in patches:
			frappe.get_module(patch)
