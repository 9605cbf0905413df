"""Support hours as a picture of a week: a line for each day, with the hours beside it in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import frappe
from babel.dates import get_day_names
from frappe import _

from sla_guard.engine.calendar import DAY_MINUTES, WEEK_MINUTES, Calendar, week_span
from sla_guard.engine.instants import moment
from sla_guard.engine.spans import united, within
from sla_guard.portal.words import ReadersWords
from sla_guard.site_time import zone_named

# So many holidays to come are named.
HOLIDAYS = 5


class Bar(NamedTuple):
	"""Where it begins and how wide it is, in percent of a day."""

	left: float
	width: float


class Day(NamedTuple):
	name: str
	bars: list[Bar]
	text: str


class HoursView(NamedTuple):
	"""`days` is empty where support never closes."""

	title: str
	zone: str
	always: bool
	days: list[Day]
	holidays: list[str]


def view_hours(title: str, calendar: Calendar, record: str, words: ReadersWords) -> HoursView:
	"""`record`: the Support Hours of that calendar, which know what the holidays are called."""
	always = calendar.never_closes
	return HoursView(
		title,
		calendar.zone,
		always,
		[] if always else list(_days(calendar, words)),
		list(_holidays(calendar, record, words)),
	)


def _days(calendar: Calendar, words: ReadersWords) -> Iterator[Day]:
	names = get_day_names("wide", locale=words.locale)
	spans = [week_span(window) for window in calendar.windows]
	# What runs over the end of Sunday is open on Monday.
	open_minutes = united([*spans, *((start - WEEK_MINUTES, end - WEEK_MINUTES) for start, end in spans)])
	for weekday in range(7):
		midnight = weekday * DAY_MINUTES
		parts = within(open_minutes, midnight, midnight + DAY_MINUTES)
		bars = [
			Bar(round((start - midnight) / DAY_MINUTES * 100, 3), round((end - start) / DAY_MINUTES * 100, 3))
			for start, end in parts
		]
		yield Day(names[weekday].capitalize(), bars, _hours(calendar, weekday))


def _hours(calendar: Calendar, weekday: int) -> str:
	"""The windows that open on this day, as they were entered."""
	windows = [f"{_clock(start)}–{_clock(end)}" for day, start, end in calendar.windows if day == weekday]
	return ", ".join(windows) or _("closed")


def _clock(minutes: int) -> str:
	return f"{minutes // 60:02}:{minutes % 60:02}"


def _holidays(calendar: Calendar, record: str, words: ReadersWords) -> Iterator[str]:
	today = moment(words.now).astimezone(zone_named(calendar.zone)).date()
	ahead = [day for day in sorted({*calendar.holidays, *calendar.half_days}) if day >= today][:HOLIDAYS]
	called = _names(record, ahead)
	for day in ahead:
		half = f" ({_('half a day')})" if day in calendar.half_days else ""
		name = f", {called[day]}" if called.get(day) else ""
		yield f"{words.long_day(day)}{name}{half}"


def _names(record: str, days: list[date]) -> dict[date, str]:
	holiday_list = days and frappe.get_cached_value("Support Hours", record, "holiday_list")
	if not holiday_list:
		return {}
	rows = frappe.get_all(
		"Holiday",
		{"parent": holiday_list, "parenttype": "Holiday List", "holiday_date": ("in", days)},
		["holiday_date", "description"],
	)
	return {row.holiday_date: frappe.utils.strip_html(row.description or "") for row in rows}
