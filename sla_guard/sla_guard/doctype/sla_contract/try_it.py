"""Try it: when would a ticket opened at some instant be due, by what the form of a contract says just now?

The clocks are those of `replay`, as for a real ticket; here they are only asked and put into words.
"""

from __future__ import annotations

from datetime import date, datetime, time

import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard.engine.clock import Clock
from sla_guard.engine.events import OPENED, Event
from sla_guard.engine.instants import moment
from sla_guard.engine.replay import replay
from sla_guard.engine.terms import NOT_COVERED
from sla_guard.engine.wall_clock import first_instant
from sla_guard.maintenance import counted_under
from sla_guard.site_time import now_us, readers_zone, text, zone_named
from sla_guard.sla_guard.doctype.sla_contract.days import days_of
from sla_guard.sla_guard.doctype.sla_contract.rows import check_rules, scope
from sla_guard.sla_guard.doctype.support_hours.support_hours import check_zone
from sla_guard.statements.words import Words


@frappe.whitelist()
def try_it(
	contract: str | dict,
	day: str | None = None,
	clock_time: str | None = None,
	priority: str | None = None,
	service: str | None = None,
	issue_type: str | None = None,
) -> dict:
	"""What the dialog of the form shows. `contract`: the values of the form, saved or not; `day` and `clock_time`: the
	opening on the clocks of the contract's zone, now if they are empty."""
	frappe.has_permission("SLA Contract", throw=True)
	document = frappe.new_doc("SLA Contract").update(frappe.parse_json(contract))
	check(document)
	named = (priority or "", service or "", issue_type or "")
	opened = _opening(document, day, clock_time)
	clocks = clocks_at(document, opened, *named)
	return _told(document, opened, named, clocks)


def clocks_at(
	contract: Document, opened: int, priority: str = "", service: str = "", issue_type: str = ""
) -> tuple[Clock, ...]:
	"""The clocks of a ticket opened at this instant, as they stand then; none if its service is not covered."""
	target = contract.coverage().target_for(priority, service, issue_type)
	terms = contract.terms_value()
	named = (priority, service, issue_type, contract.customer or "")
	opening = Event(
		opened,
		0,
		OPENED,
		_first_status(),
		target,
		NOT_COVERED if target == NOT_COVERED else terms.hash,
		*named,
	)
	holes = {(terms.hash, service): counted_under(contract, service)} if service else {}
	return replay([opening], {terms.hash: terms}, opened, holes)


def check(contract: Document) -> None:
	"""Refuses, in words, what no clock could be measured by. What has nothing to do with time may still be missing."""
	check_zone(contract)
	if not contract.targets:
		frappe.throw(_("Add a target: what is promised, and how fast."), title=_("No Target"))
	if not all(contract.hours_of(row) for row in contract.targets):
		frappe.throw(_("Choose the Support Hours first."), title=_("No Support Hours"))
	contract.check_targets()
	check_rules(contract.status_rules)
	contract.check_answers()
	contract.check_terms()


def _first_status() -> str:
	return frappe.get_meta("Issue").get_field("status").default or "Open"


def _opening(contract: Document, day: str | None, clock_time: str | None) -> int:
	if not day:
		return now_us()
	try:
		wall = datetime.combine(date.fromisoformat(day), time.fromisoformat(clock_time or "00:00"))
		return first_instant(contract.time_zone, wall)
	except ValueError:
		frappe.throw(_("{0} is no day and time.").format(f"{day} {clock_time or ''}"), title=_("Not a Time"))


# ---- in words


def _told(contract: Document, opened: int, named: tuple[str, str, str], clocks: tuple[Clock, ...]) -> dict:
	words = Words(frappe.local.lang, contract.time_zone, None)
	return {
		"opened": words.moment(opened),
		"zone": contract.time_zone,
		"why": _why(contract, *named),
		"remarks": _remarks(contract, opened, clocks),
		"clocks": [_clock(contract, each, words) for each in clocks],
	}


def _why(contract: Document, priority: str, service: str, issue_type: str) -> str:
	"""Which row holds, and why it and no other."""
	coverage = contract.coverage()
	target = coverage.target_for(priority, service, issue_type)
	if target == NOT_COVERED:
		return _("The contract does not cover {0}: no clock runs.").format(service)
	row = _row(contract, target)
	if coverage.to_be_qualified(service):
		return _(
			"To be qualified: until the ticket names a service, row {0} holds, the default target."
		).format(row.idx)
	if target == coverage.default:
		return _("No row is more specific: row {0} holds, the default target.").format(row.idx)
	return _("Row {0} ({1}) holds, the most specific one that matches.").format(row.idx, scope(row))


def _row(contract: Document, target: str) -> Document:
	return next(row for row in contract.targets if target in (row.name, str(row.idx)))


def _remarks(contract: Document, opened: int, clocks: tuple[Clock, ...]) -> list[str]:
	remarks = []
	if contract.effective_from:
		starts, ends = contract.period()
		if opened < starts or (ends and ends <= opened):
			remarks.append(_("At that moment the contract is not in force."))
	if clocks and not any(clock.due for clock in clocks):
		remarks.append(_("No clock runs in the status {0}.").format(_(_first_status())))
	return remarks


def _clock(contract: Document, clock: Clock, words: Words) -> dict:
	row = _row(contract, clock.target)
	hours = contract.calendar_of(row)
	# Hours that never close have a zone for display only.
	midnight_in = contract.time_zone if hours.never_closes else None
	(_since, open_hours), holidays = clock.hours[-1], _holiday_list(contract, row)
	lines, more = days_of(open_hours, midnight_in, holidays, clock.started, clock.due)
	return {
		"metric": _(clock.metric, context="SLA Clock"),
		"target": words.span(clock.target_us),
		"due": words.moment(clock.due),
		"due_us": clock.due,
		"due_here": _due_here(contract, clock.due),
		"hours": contract.hours_of(row),
		"hours_zone": midnight_in or hours.zone,
		"days": lines,
		"more": more,
	}


def _holiday_list(contract: Document, row: Document) -> str | None:
	return frappe.get_cached_value("Support Hours", contract.hours_of(row), "holiday_list")


def _due_here(contract: Document, due: int | None) -> str:
	"""The same instant on the reader's clocks; empty where they read what the contract's do."""
	if not due:
		return ""
	here, there = (moment(due).astimezone(zone) for zone in (readers_zone(), zone_named(contract.time_zone)))
	return text(due) if here.utcoffset() != there.utcoffset() else ""
