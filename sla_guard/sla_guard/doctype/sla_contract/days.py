"""The days between two instants as support hours have them: what was open and counted, and why nothing was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import frappe
from frappe import _
from frappe.utils import strip_html

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.instants import moment
from sla_guard.engine.spans import Span, within
from sla_guard.engine.wall_clock import day_start
from sla_guard.site_time import zone_named
from sla_guard.statements.words import Words
from sla_guard.week import day_text

# A longer life is told up to here; how many days are left out is told too.
MOST = 31


def days_of(
	hours: Calendar, midnight_in: str | None, holiday_list: str | None, start: int, end: int | None
) -> tuple[list[dict], int]:
	"""A line for each day on the clocks of these hours, and how many days are left out; none without an end. What is
	open belongs to the day on which it opens. Hours around the clock have no days of their own: they are cut at midnight
	in the zone that is named."""
	if not end:
		return [], 0
	zone = zone_named(midnight_in or hours.zone)
	first, last = (moment(at).astimezone(zone).date() for at in (start, end))
	shown = min((last - first).days + 1, MOST)
	counted = _counted(hours, zone, start, end, cut=bool(midnight_in))
	names = _names(holiday_list, first, first + timedelta(days=shown))
	words = Words(frappe.local.lang, zone.key, None)
	lines = [
		_line(hours, day, counted[day], names.get(day, ""), words)
		for day in (first + timedelta(days=each) for each in range(shown))
	]
	return lines, (last - first).days + 1 - shown


def _counted(hours: Calendar, zone: ZoneInfo, start: int, end: int, cut: bool) -> dict[date, list[Span]]:
	"""What is open between the two, by the date on which it opens, or `cut` at midnight."""
	found = defaultdict(list)
	for period in hours.periods(start, end):
		for part in _by_day(period, zone) if cut else (period,):
			found[moment(part[0]).astimezone(zone).date()].append(part)
	return found


def _by_day(period: Span, zone: ZoneInfo) -> Iterator[Span]:
	start, end = period
	# As many as are shown, and the rest as one.
	for _day in range(MOST):
		midnight = day_start(zone.key, moment(start).astimezone(zone).date() + timedelta(days=1))
		yield start, min(midnight, end)
		if midnight >= end:
			return
		start = midnight
	yield start, end


def _line(hours: Calendar, day: date, counted: list[Span], holiday: str, words: Words) -> dict:
	amount = sum(end - start for start, end in counted)
	return {
		"day": day_text(day, year=False),
		"open": ", ".join(_clock_times(*span, day, words) for span in counted) or "–",
		"counted": words.span(amount) if amount else "–",
		"remark": ", ".join(_remarks(hours, words.zone, day, bool(counted), holiday)),
	}


def _clock_times(start: int, end: int, day: date, words: Words) -> str:
	opens, closes = (moment(at).astimezone(words.zone) for at in (start, end))
	over_midnight = closes.date() > day
	if over_midnight and not (closes.hour or closes.minute):
		return f"{opens:%H:%M}–24:00"
	return f"{opens:%H:%M}–{closes:%H:%M}" + (f" ({_('next day')})" if over_midnight else "")


def _remarks(hours: Calendar, zone: ZoneInfo, day: date, counted: bool, holiday: str) -> Iterator[str]:
	if day in hours.holidays:
		yield holiday or _("holiday")
	elif day in hours.half_days:
		yield f"{holiday or _('holiday')} ({_('half a day')})"
	elif not counted and day.weekday() not in {window[0] for window in hours.windows}:
		yield _("closed")
	begins, ends = day_start(zone.key, day), day_start(zone.key, day + timedelta(days=1))
	if within(hours.shut, begins, ends):
		yield _("announced maintenance")
	offsets = [moment(at).astimezone(zone).utcoffset() for at in (begins, ends)]
	if offsets[0] != offsets[1]:
		yield _("the clocks go forward") if offsets[0] < offsets[1] else _("the clocks go back")


def _names(holiday_list: str | None, first: date, last: date) -> dict[date, str]:
	if not holiday_list:
		return {}
	filters = {
		"parent": holiday_list,
		"parenttype": "Holiday List",
		"holiday_date": ("between", (first, last)),
	}
	rows = frappe.get_all("Holiday", filters, ["holiday_date", "description"])
	return {row.holiday_date: strip_html(row.description or "").strip() for row in rows}
