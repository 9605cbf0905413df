"""The tickets of a reader: what was promised, how it stands, and what a ticket waits for; worked out by a replay of its
history at this instant, so that nothing waits for a job, and put into words for the customer."""

from __future__ import annotations

from typing import NamedTuple

import frappe
from frappe import _
from pypika.queries import Table
from pypika.terms import Criterion

from sla_guard import ledger
from sla_guard.engine.clock import Clock
from sla_guard.engine.terms import NOT_COVERED, PAUSED, RUNNING, VOIDED, WITHDRAWN
from sla_guard.ledger import Fact
from sla_guard.portal.clocks import CUSTOMER, ClockView, view_clock, waiting
from sla_guard.portal.reader import NO_PAGE, Reader
from sla_guard.portal.words import ReadersWords
from sla_guard.site_time import to_us
from sla_guard.statements.commitments import histories

# What ERPNext calls a ticket that is done with.
DONE = ("Resolved", "Closed")
PAGE = 100
_FIELDS = ("name", "subject", "status", "priority", "sla_service", "customer", "raised_by", "creation")

WAITING, OVERDUE, ON_TIME, STANDS_STILL, OPEN, FINISHED, NONE, NO_TICKET = (
	*("waiting", "overdue", "on-time", "paused", "open", "done", "none", "void"),
)
# The most urgent first.
ORDER = (WAITING, OVERDUE, ON_TIME, STANDS_STILL, OPEN, NONE, FINISHED, NO_TICKET)


class TicketView(NamedTuple):
	"""A ticket as the customer reads it. `state`: one of ORDER; `word` says it. `waits`: what it waits for, if it does.
	`clocks`: those of the present cycle; `earlier`: those before a reopening. `note`: why nothing was promised."""

	name: str
	subject: str
	status: str
	priority: str
	service: str
	customer: str
	opened_us: int
	opened: str
	state: str
	word: str
	waits: str
	clocks: list[ClockView]
	earlier: list[ClockView]
	note: str
	due_us: int
	replayed: tuple[Clock, ...]
	history: list[Fact]


def current(reader: Reader, words: ReadersWords, start: int = 0) -> tuple[list[TicketView], bool]:
	"""The tickets that are not done with, the most urgent first, a page of them from `start` on; and whether there are
	more."""
	issue = frappe.qb.DocType("Issue")
	rows = (
		_select(issue)
		.where(reader.theirs(issue) & (issue.status.notin(DONE) | _has_open_clock(issue)))
		.orderby(issue.sla_next_due)
		.orderby(issue.name)
		.limit(PAGE + 1)
		.offset(start)
	).run(as_dict=True)
	views = [each for each in _views(rows[:PAGE], words) if each.state != NO_TICKET]
	views.sort(key=lambda each: (ORDER.index(each.state), each.due_us, each.opened_us))
	return views, len(rows) > PAGE


def recent(reader: Reader, words: ReadersWords, limit: int = 10) -> list[TicketView]:
	"""The tickets that were done with last."""
	issue = frappe.qb.DocType("Issue")
	rows = (
		_select(issue)
		.where(reader.theirs(issue) & issue.status.isin(DONE))
		.orderby(issue.creation, order=frappe.qb.desc)
		.limit(limit)
	).run(as_dict=True)
	return [each for each in _views(rows, words) if each.state not in (NO_TICKET, NONE)]


def one(reader: Reader, words: ReadersWords, name: str | None) -> TicketView:
	"""Raises PageDoesNotExistError where the reader may see no ticket of this name."""
	issue = frappe.qb.DocType("Issue")
	query = _select(issue).where((issue.name == (name or "")) & reader.any_of_theirs(issue))
	found = _views(query.run(as_dict=True), words)
	if not found:
		raise NO_PAGE
	return found[0]


def _select(issue: Table):
	return frappe.qb.from_(issue).select(*(issue[field] for field in _FIELDS))


def _has_open_clock(issue: Table) -> Criterion:
	clock = frappe.qb.DocType("SLA Clock")
	running = frappe.qb.from_(clock).select(clock.ticket).where(clock.state.isin((RUNNING, PAUSED)))
	return issue.name.isin(running)


# ---- how it stands


def _views(rows: list[frappe._dict], words: ReadersWords) -> list[TicketView]:
	facts = dict(histories([row.name for row in rows])) if rows else {}
	return [_view_or_what_is_known(row, facts.get(row.name, []), words) for row in rows]


def _view_or_what_is_known(row: frappe._dict, history: list[Fact], words: ReadersWords) -> TicketView:
	"""An error of ours about one ticket hides neither that ticket nor the others."""
	try:
		return _view(row, history, words)
	except Exception:
		frappe.log_error(title=f"SLA Guard: {row.name}", reference_doctype="Issue", reference_name=row.name)
		return _view(row, [], words)._replace(note=_("Its deadlines cannot be told at present."))


def _view(row: frappe._dict, history: list[Fact], words: ReadersWords) -> TicketView:
	now = max(words.now, *(each.at_us for each in history)) if history else words.now
	clocks = ledger.clocks_of(history, now) if history else ()
	owed = [clock for clock in clocks if clock.state not in (WITHDRAWN, VOIDED)]
	present = {clock.metric: clock for clock in sorted(owed, key=lambda clock: clock.cycle)}
	zone = _zone(history)
	state = _state(row, clocks, owed)
	opened = min((each.at_us for each in history), default=to_us(row.creation))
	return TicketView(
		row.name,
		row.subject,
		row.status,
		row.priority or "",
		row.sla_service or "",
		row.customer or "",
		opened,
		words.when(opened),
		state,
		_words()[state],
		waiting(owed, words),
		[view_clock(clock, words, zone) for clock in present.values()],
		[view_clock(clock, words, zone) for clock in owed if clock is not present[clock.metric]],
		_why_nothing(history, owed),
		min((_due(clock) for clock in owed if clock.state == RUNNING), default=0),
		clocks,
		history,
	)


def _due(clock: Clock) -> int:
	return clock.breached_at or clock.due or 0


def _zone(history: list[Fact]) -> str:
	contract = history[-1].standing.contract if history else ""
	return (contract and frappe.get_cached_value("SLA Contract", contract, "time_zone")) or ""


def _state(row: frappe._dict, clocks: tuple[Clock, ...], owed: list[Clock]) -> str:
	if any(clock.state == VOIDED for clock in clocks):
		return NO_TICKET
	running = [clock for clock in owed if clock.state in (RUNNING, PAUSED)]
	if not running:
		if row.status in DONE:
			return FINISHED
		return OPEN if owed else NONE
	if any(clock.stretches[-1].reason == CUSTOMER for clock in running):
		return WAITING
	if any(clock.breached_at for clock in running):
		return OVERDUE
	return ON_TIME if any(clock.state == RUNNING for clock in running) else STANDS_STILL


def _words() -> dict[str, str]:
	return {
		WAITING: _("Waiting for you"),
		OVERDUE: _("Overdue"),
		ON_TIME: _("On time"),
		STANDS_STILL: _("Paused"),
		OPEN: _("In progress"),
		FINISHED: _("Done"),
		NONE: _("No deadline"),
		NO_TICKET: _("Void"),
	}


def _why_nothing(history: list[Fact], owed: list[Clock]) -> str:
	if owed:
		return ""
	if not history or not history[-1].standing.contract:
		return _("No support contract holds for this ticket.")
	if history[-1].standing.target == NOT_COVERED:
		return _("The support contract does not cover this service.")
	return _("Nothing is promised for this ticket.")


def conversation(view: TicketView) -> str:
	"""The address at which the portal of ERPNext shows what was written about a ticket; "" where it shows none."""
	route = frappe.db.get_value("Web Form", {"doc_type": "Issue", "published": 1}, "route")
	if not route:
		return ""
	document = frappe.get_doc("Issue", view.name)
	theirs = document.owner == frappe.session.user or frappe.has_website_permission(document)
	return f"/{route}/{view.name}" if theirs else ""
