"""Support hours as a picture of a week: a line for each day, with the hours beside it in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import frappe
from frappe import _

from sla_guard.engine.calendar import DAY_MINUTES, Calendar
from sla_guard.engine.instants import moment
from sla_guard.portal.words import ReadersWords
from sla_guard.site_time import zone_named
from sla_guard.week import caption, day_text, holidays_ahead, week

# So many holidays to come are named.
HOLIDAYS = 5


class Bar(NamedTuple):
	"""Where it begins and how wide it is, in percent of a day."""

	left: float
	width: float


class DayView(NamedTuple):
	name: str
	bars: list[Bar]
	text: str


class HoursView(NamedTuple):
	"""`days` is empty where support never closes."""

	title: str
	caption: str
	days: list[DayView]
	holidays: list[str]


def view_hours(title: str, calendar: Calendar, record: str, words: ReadersWords) -> HoursView:
	"""`record`: the Support Hours of that calendar, which know what the holidays are called."""
	if calendar.never_closes:
		return HoursView(title, caption(calendar), [], [])
	days = [
		DayView(day.name.capitalize(), [_bar(*span) for span in day.open], day.text) for day in week(calendar)
	]
	return HoursView(title, caption(calendar), days, list(_holidays(calendar, record, words)))


def _bar(opens: int, closes: int) -> Bar:
	return Bar(round(opens / DAY_MINUTES * 100, 3), round((closes - opens) / DAY_MINUTES * 100, 3))


def _holidays(calendar: Calendar, record: str, words: ReadersWords) -> Iterator[str]:
	today = moment(words.now).astimezone(zone_named(calendar.zone)).date()
	ahead = holidays_ahead(calendar, frappe.get_cached_value("Support Hours", record, "holiday_list"), today)
	for each in [each for each in ahead if not each.closed_anyway][:HOLIDAYS]:
		half = f" ({_('half a day')})" if each.half else ""
		yield f"{day_text(each.day)} {each.name}".strip() + half
