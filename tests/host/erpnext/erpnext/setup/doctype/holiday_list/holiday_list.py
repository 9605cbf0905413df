# Stand-in for ERPNext, for tests without it.
from datetime import timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import formatdate, getdate

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class HolidayList(Document):
	def validate(self):
		self.check_order()
		self.check_dates()
		self.holidays.sort(key=lambda row: getdate(row.holiday_date))
		for position, row in enumerate(self.holidays, start=1):
			row.idx = position
		self.total_holidays = len(self.holidays)

	def check_order(self):
		if getdate(self.from_date) > getdate(self.to_date):
			frappe.throw(_("To Date cannot be before From Date"))

	def check_dates(self):
		seen = set()
		for row in self.holidays:
			day = getdate(row.holiday_date)
			if not getdate(self.from_date) <= day <= getdate(self.to_date):
				frappe.throw(
					_("The holiday on {0} is not between From Date and To Date").format(formatdate(day))
				)
			if day in seen:
				frappe.throw(_("Holiday Date {0} added multiple times").format(formatdate(day)))
			seen.add(day)

	@frappe.whitelist()
	def get_weekly_off_dates(self):
		if not self.weekly_off:
			frappe.throw(_("Please select weekly off day"))
		present = {getdate(row.holiday_date) for row in self.holidays}
		day, last = getdate(self.from_date), getdate(self.to_date)
		while day <= last:
			if day.weekday() == WEEKDAYS.index(self.weekly_off) and day not in present:
				self.append(
					"holidays", {"description": self.weekly_off, "holiday_date": day, "weekly_off": 1}
				)
			day += timedelta(days=1)
