import re
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from itertools import combinations
from zoneinfo import available_timezones

import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard.engine.calendar import (
	DAY_MINUTES,
	WEEK_MINUTES,
	WEEKDAYS,
	Calendar,
	Window,
	shared_calendar,
	week_span,
)
from sla_guard.engine.errors import WrongInput
from sla_guard.sla_guard.doctype.sla_contract.renewal import renew_terms

# 9, 9:00, 09:00, 9h30, 0930, and 09:00:00 as a spreadsheet writes it
CLOCK_TIME = re.compile(r"(\d{1,2})(?:\s*[:.hH]?\s*([0-5]\d)(?:[:.]00)?|\s*[hH])?")
# A list that is only about some shut-down weeks may well close all of them.
LONGEST_SHUTDOWN_DAYS = 31


class SupportHours(Document):
	def validate(self):
		check_zone(self)
		if self.always_open:
			return
		self.check_windows()
		self.check_overlaps()
		self.check_openings()

	def on_update(self):
		renew_terms([self.name])

	def after_rename(self, old, new, merge=False):
		"""Contracts with the hours that were merged into these have these from now on."""
		if merge:
			renew_terms([self.name])

	def check_windows(self):
		if not self.windows:
			frappe.throw(_("Add a window to the week, or tick 24/7."), title=_("No Support Hours"))
		for row in self.windows:
			_check_weekday(row)
			row.opens = _clock_time(row, "opens", latest=DAY_MINUTES - 1)
			row.closes = _clock_time(row, "closes", latest=DAY_MINUTES)
			if row.opens == row.closes:
				frappe.throw(
					_(
						"Row {0}: {1} opens and closes at {2}. For a whole day enter 00:00 to 24:00; for hours that never close tick 24/7."
					).format(row.idx, _(row.weekday), frappe.bold(row.opens)),
					title=_("Empty Window"),
				)
			if row.closes == "00:00":
				row.closes = "24:00"

	def check_overlaps(self):
		for one, other in combinations(self.windows, 2):
			if _overlap(week_span(_window(one)), week_span(_window(other))):
				frappe.throw(
					_("Row {0} ({1}) overlaps row {2} ({3}).").format(
						other.idx, frappe.bold(_text(other)), one.idx, frappe.bold(_text(one))
					),
					title=_("Overlapping Windows"),
				)

	def check_openings(self, whose: str = ""):
		"""Refuses hours that never open; `whose` begins the message where they are not what is being edited."""
		try:
			calendar = self.calendar()
		except WrongInput as refusal:
			frappe.throw(whose + _(refusal.template).format(**refusal.values), title=_("No Support Hours"))
		if not self.holiday_list:
			return
		first, last = frappe.db.get_value("Holiday List", self.holiday_list, ["from_date", "to_date"])
		if _holidays_close_everything(calendar, first, last):
			frappe.throw(
				whose
				+ _("Holiday List {0} closes every window from {1} to {2}.").format(
					frappe.bold(_escaped(self.holiday_list)),
					frappe.format(first, "Date"),
					frappe.format(last, "Date"),
				),
				title=_("No Support Hours"),
			)

	def calendar(self) -> Calendar:
		"""These hours as the engine computes with them. Raises WrongInput if they never open."""
		if self.always_open:
			return Calendar.always(self.time_zone)
		return shared_calendar(
			self.time_zone, tuple(map(_window, self.windows)), *_holidays(self.holiday_list)
		)


def holidays_changed(holiday_list: Document, method: str | None = None) -> None:
	"""on_update of Holiday List: a list that would leave support hours shut is refused there too."""
	names = frappe.get_all(
		"Support Hours", {"holiday_list": holiday_list.name, "always_open": 0}, pluck="name"
	)
	for name in names:
		whose = _("Support Hours {0}:").format(frappe.bold(_escaped(name))) + " "
		frappe.get_doc("Support Hours", name).check_openings(whose)
	renew_terms(names)


def holidays_merged(holiday_list: Document, method: str, old: str, new: str, merge: bool = False) -> None:
	"""after_rename of Holiday List: support hours with the list that was merged into this one have this one now."""
	if merge:
		holidays_changed(holiday_list)


def check_zone(document: Document) -> None:
	"""Refuses a `time_zone` that is none, offering what may have been meant."""
	document.time_zone = (document.time_zone or "").strip()
	if document.time_zone in _zones():
		return
	message = _("Time Zone: {0} is not known.").format(frappe.bold(_escaped(document.time_zone)))
	if similar := _similar_zones(document.time_zone):
		message += " " + _("Did you mean {0}?").format(", ".join(frappe.bold(zone) for zone in similar))
	frappe.throw(message, title=_("Unknown Time Zone"))


@frappe.whitelist()
def time_zones() -> list[str]:
	"""The names that can be chosen as a time zone."""
	frappe.has_permission("Support Hours", throw=True)
	return sorted(_zones())


@lru_cache
def _zones() -> frozenset[str]:
	return frozenset(available_timezones())


def _similar_zones(name: str) -> list[str]:
	"""What somebody may have meant who wrote Paris, europe/paris or Europe/Pariss."""
	wanted = name.lower().replace(" ", "_")
	exact = [zone for zone in _zones() if wanted and zone.lower().split("/")[-1] == wanted]
	by_lower = {zone.lower(): zone for zone in _zones()}
	return sorted(exact) or [by_lower[zone] for zone in get_close_matches(wanted, by_lower, 3)]


def _holidays(name: str | None) -> tuple[tuple, tuple]:
	"""Dates of the whole and of the half-day holidays of a list (half days since ERPNext 16)."""
	if not name:
		return (), ()
	fields = ["holiday_date"]
	if frappe.get_meta("Holiday").has_field("is_half_day"):
		fields.append("is_half_day")
	rows = frappe.get_all("Holiday", filters={"parent": name, "parenttype": "Holiday List"}, fields=fields)
	whole = sorted({row.holiday_date for row in rows if not row.get("is_half_day")})
	half = sorted({row.holiday_date for row in rows if row.get("is_half_day")})
	return tuple(whole), tuple(half)


def _holidays_close_everything(calendar: Calendar, first: date, last: date) -> bool:
	"""Whether no window is left between these two dates, the first and the last day of the holiday list."""
	if (last - first).days < LONGEST_SHUTDOWN_DAYS:
		return False
	weekdays = {weekday for weekday, _opens, _closes in calendar.windows}
	days = range(first.toordinal(), last.toordinal() + 1)
	closed = {day.toordinal() for day in calendar.holidays}
	return all(day in closed for day in days if (day - 1) % 7 in weekdays)


def _check_weekday(row: Document) -> None:
	# The framework's own check of select fields comes only after validate.
	if row.weekday not in WEEKDAYS:
		frappe.throw(
			_("Row {0}: {1} is not a weekday.").format(row.idx, frappe.bold(_escaped(row.weekday or ""))),
			title=_("Not a Weekday"),
		)


def _clock_time(row: Document, field: str, *, latest: int) -> str:
	"""The time in this field as HH:MM."""
	value = str(row.get(field) or "").strip()
	found = CLOCK_TIME.fullmatch(value)
	minutes = int(found[1]) * 60 + int(found[2] or 0) if found else -1
	if not 0 <= minutes <= latest:
		frappe.throw(
			_("Row {0}: {1} {2} is not a time from {3} to {4}.").format(
				row.idx,
				_(row.meta.get_label(field)),
				frappe.bold(_escaped(value)),
				"00:00",
				_hours_and_minutes(latest),
			),
			title=_("Not a Time"),
		)
	return _hours_and_minutes(minutes)


def _hours_and_minutes(minutes: int) -> str:
	return f"{minutes // 60:02}:{minutes % 60:02}"


def _minutes(text: str) -> int:
	hours, minutes = text.split(":")
	return int(hours) * 60 + int(minutes)


def _window(row: Document) -> Window:
	"""A row as the engine reads it."""
	return WEEKDAYS.index(row.weekday), _minutes(row.opens), _minutes(row.closes)


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
	"""Whether two spans share a minute of the week; the week goes round, Sunday night runs into Monday."""
	return any(
		one[0] < other[1] + shift and other[0] + shift < one[1] for shift in (-WEEK_MINUTES, 0, WEEK_MINUTES)
	)


def _text(row: Document) -> str:
	return f"{_(row.weekday)} {row.opens}–{row.closes}"


def _escaped(text: str) -> str:
	return frappe.utils.escape_html(text)
