"""Support Hours and Holiday Lists that change while contracts use them: the past keeps the old ones."""

from datetime import date

import frappe

from sla_guard.helpdesk.ticket import read
from sla_guard.ledger import clocks_of
from tests.site.case import SiteTestCase
from tests.site.records import change, clock, in_force, issue, support_hours, target, us
from tests.site.test_names import past, rename
from tests.site.test_support_hours import every, holiday_list

NOON = us("2026-01-08 12:00")


def replayed(ticket):
	return clocks_of(read(ticket).history, NOON)


class TestHoursInUse(SiteTestCase):
	def setUp(self):
		super().setUp()
		self.holidays = holiday_list(date(2026, 1, 1), name="Test Holidays")
		self.hours = support_hours("Test Hours", holiday_list=self.holidays)
		self.contract = in_force(support_hours=self.hours)
		self.ticket = issue().name
		self.before = past(self.ticket), replayed(self.ticket)

	def assertPastKept(self):
		self.assertEqual((past(self.ticket), replayed(self.ticket)), self.before)

	def terms(self):
		return frappe.db.get_value("SLA Contract", self.contract.name, "terms")

	def test_a_window_that_closes_earlier(self):
		hours = frappe.get_doc("Support Hours", self.hours)
		for row in hours.windows:
			row.closes = "13:00"
		hours.save()
		self.assertPastKept()
		self.assertEqual(clock(issue()).due, "2026-01-06 13:00")

	def test_an_old_ticket_keeps_its_hours_through_its_life(self):
		hours = frappe.get_doc("Support Hours", self.hours)
		hours.update({"windows": [], "always_open": 1}).save()
		change(frappe.get_doc("Issue", self.ticket), "2026-01-05 10:00", status="On Hold")
		change(frappe.get_doc("Issue", self.ticket), "2026-01-05 16:00", status="Open")
		self.assertEqual(clock(self.ticket).due, "2026-01-06 15:00")
		self.assertEqual(clock(issue()).due, "2026-01-05 17:00")
		self.assertEqual(clock(issue("2026-01-05 17:00")).due, "2026-01-06 01:00")

	def test_a_holiday_that_is_added(self):
		holidays = frappe.get_doc("Holiday List", self.holidays)
		holidays.append("holidays", {"holiday_date": date(2026, 1, 6), "description": "Test"})
		holidays.save()
		self.assertPastKept()
		self.assertEqual(clock(issue("2026-01-05 13:00")).due, "2026-01-07 13:00")

	def test_what_changes_no_hours_makes_no_new_terms(self):
		before, count = self.terms(), frappe.db.count("SLA Terms")
		frappe.get_doc("Holiday List", self.holidays).save()
		rename("Support Hours", self.hours, "Renamed Hours")
		frappe.get_doc("Support Hours", "Renamed Hours").save()
		rename("Holiday List", self.holidays, "Renamed Holidays")
		self.assertEqual((self.terms(), frappe.db.count("SLA Terms")), (before, count))
		self.assertPastKept()

	def test_hours_of_one_row(self):
		night = support_hours("Test Night", windows=[("22:00", "06:00")])
		saved = in_force(target(1, 4, support_hours=night), customer="Other")
		before = frappe.db.get_value("SLA Contract", saved.name, "terms")
		frappe.get_doc("Support Hours", night).update({"windows": [], "always_open": 1}).save()
		self.assertNotEqual(frappe.db.get_value("SLA Contract", saved.name, "terms"), before)
		self.assertEqual(clock(issue(customer="Other")).due, "2026-01-05 13:00")

	def test_a_draft_and_a_cancelled_contract_are_left_alone(self):
		cancelled = in_force(customer="Other", support_hours=self.hours)
		cancelled.cancel()
		before = frappe.db.get_value("SLA Contract", cancelled.name, "terms")
		frappe.get_doc("Support Hours", self.hours).update({"always_open": 1}).save()
		self.assertEqual(frappe.db.get_value("SLA Contract", cancelled.name, "terms"), before)

	def test_holidays_that_would_keep_hours_in_use_shut_are_refused(self):
		holidays = frappe.get_doc("Holiday List", self.holidays)
		holidays.set("holidays", [{"holiday_date": day, "description": "Shut"} for day in every(1)])
		before = self.terms()
		self.assertRefused(
			holidays, f"Support Hours {self.hours}: The holidays keep these support hours shut"
		)
		self.assertEqual(self.terms(), before)

	def test_hours_that_are_merged_into_others(self):
		support_hours("Other Hours", windows=[("09:00", "13:00")])
		rename("Support Hours", self.hours, "Other Hours", merge=True)
		self.assertPastKept()
		self.assertEqual(clock(issue()).due, "2026-01-06 13:00")

	def test_holiday_lists_that_are_merged(self):
		rename(
			"Holiday List", self.holidays, holiday_list(date(2026, 1, 6), name="Other Holidays"), merge=True
		)
		self.assertPastKept()
		self.assertEqual(clock(issue("2026-01-05 13:00")).due, "2026-01-07 13:00")

	def test_hours_and_holidays_in_use_are_not_deleted(self):
		for doctype, name in (("Support Hours", self.hours), ("Holiday List", self.holidays)):
			with self.subTest(doctype), self.assertRaises(frappe.LinkExistsError):
				frappe.delete_doc(doctype, name)
