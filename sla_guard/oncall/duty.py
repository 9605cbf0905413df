"""What the form of a roster and that of a contract show: who is on duty, who comes next, and when nobody is."""

from __future__ import annotations

from collections.abc import Iterable

import frappe
from frappe.model.document import Document
from frappe.utils import cint

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.instants import DAY, SECOND
from sla_guard.engine.oncall import Shift, on_duty
from sla_guard.engine.oncall import gaps as gaps_of
from sla_guard.engine.spans import outside, within
from sla_guard.oncall.gaps import Gap, gaps, gaps_among, merged, promises, rosters_of, span_ahead
from sla_guard.oncall.rosters import office, reachable, rosters, staffed_between
from sla_guard.site_time import now_us, text


def duty_of(roster: Document) -> dict:
	"""Of a roster as it is stored, for the coming days: by level who is on duty and when nobody is; and the gaps of the
	rows of contracts that it is for."""
	now = now_us()
	start, end = span_ahead(now)
	coming = [row for row in roster.shifts if row.ends_us > start and row.starts_us < end]
	present = reachable(row.user for row in coming)
	staffed = office(roster.staffed_hours)
	shifts = [
		Shift(cint(row.level), row.starts_us, row.ends_us, row.user) for row in coming if row.user in present
	]
	levels = sorted({1, *(cint(row.level) for row in roster.shifts)})
	return {
		"from": text(start),
		"to": text(end),
		"now": {level: name_of(user) for level, user in on_duty(shifts, now).items()},
		"staffed_now": bool(staffed and staffed.between(now, now + SECOND)),
		"weeks": [[(at - start) / (end - start), _day(at)] for at in range(start, end, 7 * DAY)],
		"levels": [_level(level, shifts, start, end, staffed) for level in levels],
		**_for_contracts(roster, now),
	}


def _level(level: int, shifts: list[Shift], start: int, end: int, staffed: Calendar | None) -> dict:
	"""The strip of a level: stretches from `at` on, `part` of the whole, of a user, of nobody, or `staffed`: of nobody
	while the office is."""
	present = [(each, each.user) for each in shifts if each.level == level]
	stretches = [(*within([(shift.start, shift.end)], start, end)[0], user, False) for shift, user in present]
	nobody = gaps_of(shifts, start, end, level, staffed_between(staffed, start, end))
	stretches += [(*span, "", False) for span in nobody]
	stretches += [(*span, "", True) for span in outside(gaps_of(shifts, start, end, level), nobody)]
	return {
		"level": level,
		"stretches": [
			{
				"at": (one - start) / (end - start),
				"part": (other - one) / (end - start),
				"user": name_of(user) if user else "",
				"staffed": at_work,
				"from": text(one),
				"to": text(other),
			}
			for one, other, user, at_work in sorted(stretches)
		],
	}


def _for_contracts(roster: Document, now: int) -> dict:
	span = span_ahead(now)
	known = rosters(now)
	# As the reader may see them, as in the report.
	readable = frappe.get_list("SLA Contract", {"docstatus": 1}, pluck="name", limit_page_length=0)
	served = [
		each
		for each in promises(*span, readable)
		if roster.name in {one.name for one in rosters_of(each, known)}
	]
	found = gaps(*span, contracts={each.contract for each in served})
	return {
		"contracts": sorted({each.title for each in served}),
		"staffed": bool(roster.staffed_hours),
		"gaps": shown(gap for gap in found if gap.roster == roster.name),
	}


def shown(found: Iterable[Gap]) -> list[dict]:
	"""Gaps for people to read, one line for each time, with the rows of contracts that have it."""
	return [
		{
			"from": text(start),
			"to": text(end),
			"seconds": (end - start) // SECOND,
			"rows": sorted(
				{" · ".join(filter(None, (row.title, row.priority, row.service))) for row in rows}
			),
		}
		for start, end, rows in merged(found)
	]


def onload_contract(contract: Document, method: str | None = None) -> None:
	"""onload of SLA Contract: the gaps of the coming days for one that promises an answer around the clock."""
	if contract.docstatus != 1:
		return
	span = span_ahead(now_us())
	if rows := promises(*span, [contract.name]):
		known = rosters(span[0])
		told = {
			"from": text(span[0]),
			"to": text(span[1]),
			"in_use": bool(known),
			"staffed": any(each.staffed for row in rows for each in rosters_of(row, known)),
			"gaps": shown(gaps_among(rows, known, *span)),
		}
		contract.set_onload("on_call", told)


def _day(at: int) -> str:
	return text(at).split(" ")[0]


def name_of(user: str) -> str:
	return frappe.get_cached_value("User", user, "full_name") or user
