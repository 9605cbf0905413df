"""Support hours as people read them: the week with a bar for each day, and the holidays to come.

HTML that brings the little style without which it could not be read, so that desk, print and portal show the same;
classes begin with sla-. In the session's language.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import frappe
from babel.dates import format_skeleton, get_day_names
from frappe import _
from frappe.utils import escape_html, getdate, strip_html

from sla_guard.engine.calendar import DAY_MINUTES, Calendar, week_span
from sla_guard.engine.instants import MINUTE
from sla_guard.engine.spans import Span, united, within
from sla_guard.statements.words import Words, locale_of

WEEK_MINUTES = 7 * DAY_MINUTES
MARKS = (0, 6, 12, 18, 24)
OPEN, LINES = "#2f7bd8", "#c5ccd3"
SHOWN_HOLIDAYS = 6


class Day(NamedTuple):
	"""A day of the week: the windows that open on it, in words, and when it is open, in its minutes; a window over
	midnight ends on the next day."""

	name: str
	windows: tuple[str, ...]
	open: tuple[Span, ...]

	@property
	def text(self) -> str:
		return ", ".join(self.windows) or _("closed")


class Holiday(NamedTuple):
	"""A holiday to come. `closed_anyway`: nothing opens on that day of the week."""

	day: date
	name: str
	half: bool
	closed_anyway: bool


def week(hours: Calendar) -> list[Day]:
	"""Monday to Sunday, without holidays."""
	names = get_day_names("abbreviated", "stand-alone", locale_of(frappe.local.lang))
	spans = _united_week(hours)
	return [
		Day(names[day], _windows(hours, day, names), _cut(spans, day * DAY_MINUTES, (day + 1) * DAY_MINUTES))
		for day in range(7)
	]


def week_html(hours: Calendar) -> str:
	"""The week as a table: day, windows, bar. The bars say nothing that the words beside them do not say."""
	if hours.never_closes:
		return f'<p class="sla-always"><b>24/7</b> {escape_html(caption(hours))}</p>'
	rows = "".join(
		f'<tr><th scope="row">{escape_html(day.name)}</th><td class="sla-week-text">{_unbroken(day)}</td>'
		f'<td class="sla-week-bar">{_bar(day.open)}</td></tr>'
		for day in week(hours)
	)
	heads = f'<th scope="col">{_("Day")}</th><th scope="col">{_("Open")}</th><td aria-hidden="true">{_axis()}</td>'
	return (
		f'<table class="sla-week" style="width: 100%; border-collapse: collapse">'
		f'<caption style="caption-side: top">{escape_html(caption(hours))}</caption>'
		f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
	)


def caption(hours: Calendar) -> str:
	"""How much is open in a week, and on the clocks of which zone."""
	if hours.never_closes:
		return _("Around the clock, on every day of the year")
	amount = sum(end - start for start, end in _united_week(hours)) * MINUTE
	span = Words(frappe.local.lang, hours.zone, None).span(amount)
	return _("{0} a week, on the clocks of {1}").format(span, hours.zone)


# ---- holidays


def holidays_ahead(hours: Calendar, holiday_list: str | None, today: date) -> list[Holiday]:
	"""The holidays of a list from this day on, in order, without the weekly days off that ERPNext writes into it."""
	if not holiday_list:
		return []
	open_days = {weekday for weekday, _opens, _closes in hours.windows}
	filters = {"parent": holiday_list, "parenttype": "Holiday List", "holiday_date": (">=", today)}
	rows = frappe.get_all("Holiday", filters, ["*"], order_by="holiday_date")
	return [
		Holiday(
			getdate(row.holiday_date),
			strip_html(row.description or "").strip(),
			bool(row.get("is_half_day")),
			getdate(row.holiday_date).weekday() not in open_days,
		)
		for row in rows
		if not row.get("weekly_off")
	]


def holidays_html(hours: Calendar, holiday_list: str | None, today: date) -> str:
	"""The next of them as a list, and until when the list knows any; nothing for hours that never close."""
	if hours.never_closes:
		return ""
	if not holiday_list:
		return f'<p class="sla-muted">{_("No Holiday List: open on holidays as on other days.")}</p>'
	ahead = holidays_ahead(hours, holiday_list, today)
	items = "".join(f"<li>{_holiday(each)}</li>" for each in ahead[:SHOWN_HOLIDAYS])
	last = frappe.get_cached_value("Holiday List", holiday_list, "to_date")
	until = _("{0} holidays to come in {1}, which ends on {2}.").format(
		len(ahead), escape_html(holiday_list), day_text(getdate(last))
	)
	return f'<ul class="sla-holidays">{items}</ul><p class="sla-muted">{until}</p>'


def _holiday(each: Holiday) -> str:
	remarks = [_("half a day")] * each.half + [_("closed anyway")] * each.closed_anyway
	text = f"{day_text(each.day)} {each.name}"
	return escape_html(f"{text} ({', '.join(remarks)})" if remarks else text)


def day_text(day: date, year: bool = True) -> str:
	"""A date with its day of the week."""
	return format_skeleton("yMMMEd" if year else "MMMEd", day, locale=locale_of(frappe.local.lang))


# ---- the week


def _united_week(hours: Calendar) -> tuple[Span, ...]:
	"""When it is open, in minutes of the week from Monday 00:00; what runs over the end of Sunday begins the week."""
	spans = [week_span(window) for window in hours.windows]
	spans += [(start - WEEK_MINUTES, end - WEEK_MINUTES) for start, end in spans]
	return _cut(united(spans), 0, WEEK_MINUTES)


def _cut(spans: Iterable[Span], low: int, high: int) -> tuple[Span, ...]:
	"""What of them lies between two minutes, counted from the first."""
	return tuple((start - low, end - low) for start, end in within(spans, low, high))


def _unbroken(day: Day) -> str:
	"""The text of a day that breaks only between two windows."""
	parts = [f'<span style="white-space: nowrap">{escape_html(window)}</span>' for window in day.windows]
	return ", ".join(parts) or escape_html(day.text)


def _windows(hours: Calendar, day: int, names: dict[int, str]) -> tuple[str, ...]:
	mine = [(opens, closes) for weekday, opens, closes in hours.windows if weekday == day]
	return tuple(_window(*window, names[(day + 1) % 7]) for window in mine)


def _window(opens: int, closes: int, next_day: str) -> str:
	text = f"{_clock(opens)}–{_clock(closes)}"
	return f"{text} ({next_day})" if closes <= opens else text


def _clock(minutes: int) -> str:
	return f"{minutes // 60:02}:{minutes % 60:02}"


def _bar(spans: Iterable[Span]) -> str:
	lines = "".join(
		f'<line x1="{hour * 60}" x2="{hour * 60}" y1="0" y2="20" stroke="{LINES}" class="sla-week-line"'
		' vector-effect="non-scaling-stroke"/>'
		for hour in MARKS
	)
	bars = "".join(
		f'<rect x="{start}" y="3" width="{end - start}" height="14" fill="{OPEN}" class="sla-week-open"/>'
		for start, end in spans
	)
	return (
		f'<svg viewBox="0 0 {DAY_MINUTES} 20" preserveAspectRatio="none" width="100%" height="18"'
		f' aria-hidden="true" focusable="false" style="display: block">{lines}{bars}</svg>'
	)


def _axis() -> str:
	"""The hours above the bars, each in the middle of its line, the first and the last inside."""
	shifts = {MARKS[0]: "0", MARKS[-1]: "-100%"}
	marks = "".join(
		f'<span style="position: absolute; left: {hour / 0.24:.2f}%;'
		f' transform: translateX({shifts.get(hour, "-50%")})">{hour}</span>'
		for hour in MARKS
	)
	return f'<div class="sla-week-axis" style="position: relative; height: 1.3em">{marks}</div>'
