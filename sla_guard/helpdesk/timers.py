"""What the cards on an Issue show: each clock as it stands, and all that the desk needs to go on counting by itself.

Instants are microseconds since 1970 UTC, amounts microseconds of support time, names end in `_us` where they are
either. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterator

import frappe
from frappe.model.document import Document

from sla_guard import ledger
from sla_guard.engine import events as fact
from sla_guard.engine.calendar import Calendar
from sla_guard.engine.clock import Clock
from sla_guard.engine.errors import NoHoursLeft
from sla_guard.engine.instants import DAY
from sla_guard.engine.lateness import lateness
from sla_guard.engine.spans import Span
from sla_guard.engine.terms import METRICS, NOT_COVERED, PAUSED, RESPONSE, RUNNING, Terms
from sla_guard.helpdesk import contracts, showing
from sla_guard.helpdesk.ticket import ERROR, NOT_OURS, Ticket, now_for, read, shown_by
from sla_guard.site_time import now_us
from sla_guard.sla_guard.doctype.sla_exclusion.sla_exclusion import CLAIMED
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import hours_of, terms_named

UNDER_WAY = (RUNNING, PAUSED)
# How far ahead the desk knows the support hours; long before that it has asked again.
AHEAD, MOST = 35 * DAY, 20
# On this side of it a clock has used nothing.
FIRST_MOMENT = 1


@frappe.whitelist()
def timers(ticket: str) -> dict:
	"""The clocks of a ticket now, what of them the Issue's own fields show, and what the reader may do about it."""
	issue = frappe.get_doc("Issue", ticket)
	issue.check_permission()
	return told(issue)


def put_into(issue: Document, method: str | None = None) -> None:
	"""onload: the form that is opened, or was saved, has the timers at once. Its fields show what is so now, also what
	the job of this minute has not found yet; only what is read, not what is stored."""
	if issue.get("__islocal"):
		return
	try:
		timers = told(issue)
	except NOT_OURS:
		raise
	except Exception:
		# The form opens all the same, with what is stored.
		frappe.log_error(
			title=f"SLA Guard: {issue.name}", reference_doctype="Issue", reference_name=issue.name
		)
		timers = {"now_us": now_us(), "state": ERROR, "failed": True, "clocks": [], "may": {}}
	issue.update(timers.get("shown") or {})
	issue.set_onload("sla", timers)


def told(issue: Document) -> dict:
	"""What `timers` answers, for a reader who may read this Issue."""
	ticket = read(issue.name)
	if not ticket or not ticket.history:
		return _untold(ticket)
	now = now_for(ticket)
	clocks = ledger.clocks_of(ticket.history, now)
	shown = shown_by(ticket, clocks) | {"sla_outage": ticket.outage}
	standing = ticket.history[-1].standing
	pauses = _pauses(standing)
	return {
		"now_us": now,
		"tracked": True,
		"state": shown["sla_state"],
		"shown": shown,
		"modified": issue.modified,
		"status": standing.status,
		"contract": _contract(standing.contract),
		"to_be_qualified": bool(standing.contract)
		and standing.target != NOT_COVERED
		and contracts.to_be_qualified(standing),
		"clocks": [as_shown(clock, now) for clock in clocks],
		"at_risk_percent": showing.at_risk_percent(),
		"answered": was_answered(ticket),
		"pauses": pauses,
		"asks": sorted(_asks(ticket, clocks, pauses)),
		"may": _may(issue, ticket, clocks, now),
	}


def _untold(ticket: Ticket | None) -> dict:
	"""Of a ticket of which nothing was recorded: as it was opened before, or since that failed."""
	state = (ticket.shown[0] if ticket else "") or ""
	settings = frappe.has_permission("SLA Settings", "write")
	return {"now_us": now_us(), "state": state, "tracked": False, "clocks": [], "may": {"settings": settings}}


def was_answered(ticket: Ticket) -> bool:
	"""Whether anybody answered the customer, which closing a ticket does not."""
	return any(each.kind == fact.RESPONDED for each in ledger.in_force(ticket.history))


def as_shown(clock: Clock, now: int) -> dict:
	"""One clock, read at `now`. `open` are the support hours from now on, where they still matter."""
	hours, last = hours_of(clock), clock.stretches[-1]
	counts_on = clock.state == RUNNING or (clock.state == PAUSED and clock.breached_at)
	return {
		"metric": clock.metric,
		"cycle": clock.cycle,
		"state": clock.state,
		"verdict": clock.verdict,
		"target_us": clock.target_us,
		"elapsed_us": clock.elapsed_us,
		"left_us": clock.left_us,
		"due_us": clock.due,
		"breached_us": clock.breached_at,
		"late_us": lateness(clock, hours, now).support_us,
		"stopped_us": clock.stopped,
		"stopped_by": clock.stopped_by,
		"since_us": last.start,
		"status": last.status,
		"reason": last.reason,
		"reopened": len(clock.undone),
		"always_open": hours.never_closes,
		"open": open_from(hours, now) if counts_on else (),
	}


def open_from(hours: Calendar, now: int) -> tuple[Span, ...]:
	"""The next periods of these hours, the first of them under way or to come; none if there is none any more."""
	try:
		# The instant from which the first microsecond of support time is used.
		start = max(hours.add(now, FIRST_MOMENT) - FIRST_MOMENT, now)
	except NoHoursLeft:
		return ()
	return hours.periods(start, start + AHEAD)[:MOST]


def _contract(name: str) -> dict | None:
	if not name:
		return None
	title, zone = frappe.get_cached_value("SLA Contract", name, ["title", "time_zone"])
	return {"name": name, "title": title, "time_zone": zone}


# ---- what a status would do


def _terms(standing: ledger.Standing) -> Terms | None:
	return terms_named(standing.terms) if standing.terms and standing.target != NOT_COVERED else None


def _pauses(standing: ledger.Standing) -> list[dict]:
	"""The statuses in which the ticket waits: of which clocks, and why (a reason class)."""
	terms = _terms(standing)
	found: dict[tuple[str, str], list[str]] = {}
	for metric in METRICS if terms else ():
		for status, reason in terms.pauses.get(metric, {}).items():
			found.setdefault((status, reason), []).append(metric)
	return [
		{"status": status, "reason": reason, "metrics": metrics}
		for (status, reason), metrics in sorted(found.items())
	]


def _asks(ticket: Ticket, clocks: tuple[Clock, ...], pauses: list[dict]) -> set[str]:
	"""The statuses that are not set without being asked: they pause a running clock, or close what nobody answered."""
	running = {clock.metric for clock in clocks if clock.state == RUNNING}
	found = {each["status"] for each in pauses if running.intersection(each["metrics"])}
	terms = _terms(ticket.history[-1].standing)
	if terms and any(clock.metric == RESPONSE and clock.state in UNDER_WAY for clock in clocks):
		found |= terms.stops
	return found - {ticket.history[-1].standing.status}


# ---- what the reader may do


def _may(issue: Document, ticket: Ticket, clocks: tuple[Clock, ...], now: int) -> dict:
	"""What of the actions makes sense now and is allowed to the reader. What is refused in the end, the action itself
	says."""
	may = {"explain": True, "settings": frappe.has_permission("SLA Settings", "write")}
	if ticket.void or not issue.has_permission("write"):
		return may
	manages = bool(set(contracts.MANAGERS) & set(frappe.get_roles()))
	under_way = [clock for clock in clocks if clock.state in UNDER_WAY]
	restored = ledger.is_restored(ticket.history, now)
	missed = any(clock.breached_at for clock in clocks)
	return may | {
		"write": True,
		"override_contract": manages,
		"take_in_charge": any(clock.metric == RESPONSE for clock in under_way),
		"restore_service": bool(under_way) and not restored,
		"restoration_failed": restored,
		"report_outage": bool(ticket.standing.service),
		"wait": bool(under_way),
		"void": manages or not missed,
		"claim": list(_claimable(ticket))
		if missed and frappe.has_permission("SLA Exclusion", "create")
		else [],
	}


def _claimable(ticket: Ticket) -> Iterator[dict]:
	"""The open breaches of a ticket about which nothing is claimed yet."""
	fields = ["name", "metric", "cycle"]
	found = frappe.get_all("SLA Breach", {"ticket": ticket.name, "state": "Open"}, fields)
	claimed = {"ticket": ticket.name, "docstatus": 0, "status": CLAIMED}
	taken = set(frappe.get_all("SLA Exclusion", claimed, pluck="breach")) if found else ()
	yield from (each for each in found if each.name not in taken)
