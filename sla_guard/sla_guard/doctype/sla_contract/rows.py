"""The rows of a contract as an admin enters them: checked one by one, each refusal names row and value."""

import re

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html

from sla_guard.engine.terms import RESOLUTION, RESPONSE

STOPS = "Stops"
PAUSED_BY = {
	"Pauses Response": (RESPONSE,),
	"Pauses Resolution": (RESOLUTION,),
	"Pauses Both": (RESPONSE, RESOLUTION),
}
# 4h 30m, as the field shows it and as people type it: in ERPNext 15 its form sends what was typed.
WRITTEN_TIME = re.compile(
	r"(?:(\d{1,9})\s*d)?\s*(?:(\d{1,9})\s*h)?\s*(?:(\d{1,9})\s*m(?:in)?)?\s*(?:(\d{1,9})\s*s)?"
)
PARTS = (86400, 3600, 60, 1)
# More is a slip of the keyboard, and would not fit a clock's microseconds.
LONGEST = 10 * 365 * 86400


def names(row: Document) -> tuple[str, str, str]:
	"""For which tickets a target is: priority, service, issue type."""
	return row.priority or "", row.service or "", row.issue_type or ""


def scope(row: Document) -> str:
	"""The same in words."""
	return ", ".join(filter(None, names(row))) or _("default target")


def for_the_same_tickets(targets: list[Document]) -> tuple[Document, Document] | None:
	"""The first two rows of the same scope, if there are any."""
	seen = {}
	for row in targets:
		other = seen.setdefault(names(row), row)
		if other is not row:
			return other, row
	return None


# ---- times


def check_times(row: Document) -> None:
	for field in ("response_time", "resolution_time"):
		row.set(field, _seconds(row, field))
	if not (row.response_time or row.resolution_time):
		_refuse(_("Row {0} ({1}) has neither a response nor a resolution time.").format(row.idx, scope(row)))
	if row.response_time and row.resolution_time and row.resolution_time < row.response_time:
		_refuse(
			_("Row {0} ({1}): the resolution time {2} is shorter than the response time {3}.").format(
				row.idx, scope(row), duration(row.resolution_time), duration(row.response_time)
			)
		)


def _seconds(row: Document, field: str) -> int | None:
	"""The time in this field, in seconds. Nothing entered is no such commitment; a zero was entered."""
	written = row.get(field)
	if written is None or str(written).strip() == "":
		return None
	label, value = _(row.meta.get_label(field)), frappe.bold(escape_html(str(written)))
	seconds = _read(written)
	if seconds is None:
		_refuse(
			_("Row {0} ({1}): {2} {3} is not a time. Write it as {4}.").format(
				row.idx, scope(row), label, value, "4h 30m"
			)
		)
	if not 0 < seconds < LONGEST:
		_refuse(
			_(
				"Row {0} ({1}): {2} is {3}. Enter a time above zero and below ten years, or leave it empty for no such commitment."
			).format(row.idx, scope(row), label, value if seconds <= 0 else frappe.bold(duration(seconds)))
		)
	return seconds


def _read(written: object) -> int | None:
	"""Whole seconds, as a number or as 4h 30m; None if it is neither."""
	if isinstance(written, bool | list | dict):
		return None
	text = str(written).strip()
	if parts := WRITTEN_TIME.fullmatch(text):
		return sum(int(part or 0) * each for part, each in zip(parts.groups(), PARTS, strict=True))
	try:
		number = float(text)
	except ValueError:
		return None
	return int(number) if number.is_integer() else None


def duration(seconds: int) -> str:
	hours, minutes = divmod(seconds // 60, 60)
	return f"{hours} h {minutes:02} min"


def _refuse(message: str) -> None:
	frappe.throw(message, title=_("Not a Target"))


# ---- what a status does


def statuses() -> list[str]:
	"""The statuses that an Issue can have on this site."""
	return [status for status in (frappe.get_meta("Issue").get_options("status") or "").split("\n") if status]


def check_rules(rules: list[Document]) -> None:
	known, seen = statuses(), {}
	for row in rules:
		if row.status not in known:
			frappe.throw(
				_("Row {0}: an Issue has no status {1}. It has {2}.").format(
					row.idx, frappe.bold(escape_html(row.status)), ", ".join(known)
				),
				title=_("Unknown Status"),
			)
		_check_effect(row)
		other = seen.setdefault(row.status, row)
		if other is not row:
			_refuse_two_rules(other, row)
	if STOPS not in {row.effect for row in rules}:
		frappe.throw(_("No status stops the clocks: add Resolved or Closed."), title=_("Nothing Stops"))


def _check_effect(row: Document) -> None:
	if row.effect == STOPS:
		row.reason = None
	elif row.effect not in PAUSED_BY:
		frappe.throw(
			_("Row {0}: {1} is not an effect of a status.").format(
				row.idx, frappe.bold(escape_html(row.effect))
			),
			title=_("Unknown Effect"),
		)
	elif not row.reason:
		frappe.throw(
			_("Row {0}: say why {1} pauses the clock.").format(row.idx, frappe.bold(row.status)),
			title=_("No Reason"),
		)


def _refuse_two_rules(one: Document, other: Document) -> None:
	both = STOPS in (one.effect, other.effect) and one.effect != other.effect
	text = (
		_("Status {0} pauses in one row and stops in another (rows {1} and {2}).")
		if both
		else _("Status {0} stands in two rows ({1} and {2}).")
	)
	frappe.throw(
		text.format(frappe.bold(other.status), one.idx, other.idx), title=_("Two Rules for One Status")
	)
