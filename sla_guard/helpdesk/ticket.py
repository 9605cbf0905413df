"""An Issue as a ticket: read with its history, new facts recorded, what follows shown on it.

Another helpdesk's ticket would be one more pair of modules like this one and issue.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import NamedTuple

import frappe
from frappe.model.document import Document
from pypika.queries import QueryBuilder

from sla_guard import ledger, outages, store
from sla_guard.engine import events as fact
from sla_guard.engine.clock import MISSED, Clock
from sla_guard.engine.terms import NOT_COVERED, PAUSED, RUNNING, VOIDED, WITHDRAWN
from sla_guard.helpdesk import contracts, showing
from sla_guard.helpdesk.showing import SHOWN
from sla_guard.ledger import Fact, Standing
from sla_guard.oncall import calling
from sla_guard.site_time import now_us, to_us
from sla_guard.store import BEGIN_AGAIN as BEGIN_AGAIN
from sla_guard.store import NOT_OURS, somebody_was_first, undone_if_it_fails

# What forms in which a ticket is open are told.
CHANGED = "sla_guard_ticket"
# Shown from an error of ours on, until a reconcile has made good what it left out.
ERROR = "Error"


class Ticket(NamedTuple):
	"""An Issue as it stands in the database, and what the ledger knows of it."""

	name: str
	standing: Standing
	created: datetime | str
	reported_at: datetime | str | None
	split_from: str | None
	outage: int
	shown: tuple
	history: list[Fact]

	@property
	def opened_us(self) -> int:
		"""A mail's ticket opens at its receipt on this site; one by telephone may have been reported earlier."""
		created = to_us(self.created, near=now_us())
		return min(to_us(self.reported_at), created) if self.reported_at else created

	@property
	def missed_something(self) -> bool:
		"""Whether there was a fact that could not be recorded when it happened."""
		return not self.history or self.shown[0] == ERROR

	@property
	def void(self) -> bool:
		return any(each.kind == fact.VOID for each in ledger.in_force(self.history))


# ---- reading


def read(name: str, lock: bool = False, afresh: bool = False) -> Ticket | None:
	"""An Issue and its history in one query; None if there is no such Issue.

	With `lock`, nobody else records anything of it meanwhile, and a transaction that begins with this sees all that was
	committed before. With `afresh`, any does: it locks the places of facts to come, too, so only where it must be.
	"""
	if lock:
		modified_and_locked(name)
	rows = store.read(_with_history, (name,), afresh)
	if not rows:
		return None
	first = rows[0]
	standing = Standing(*(value or "" for value in first[:_ABOUT]))
	# By their sequence, which comes first in them; here, since the database would make a temporary table for it.
	history = sorted(ledger.fact_from_row(row[_ISSUE:]) for row in rows if row[_ISSUE])
	return Ticket(name, standing, *first[_ABOUT:_SHOWN], first[_SHOWN:_ISSUE], history)


def modified_and_locked(name: str) -> datetime | str | None:
	"""When an Issue was last written to; whoever else takes this lock waits until this transaction ends."""
	rows = store.read(_modified, (name,), afresh=True)
	return rows[0][0] if rows else None


def _modified() -> QueryBuilder:
	issue = frappe.qb.DocType("Issue")
	return frappe.qb.from_(issue).select(issue.modified).where(issue.name == store.BOUND)


_STANDING_FIELDS = ("status", "priority", "sla_service", "issue_type", "customer", "company", "sla_contract")
_ABOUT = len(_STANDING_FIELDS)
_OTHER_FIELDS = ("creation", "sla_reported_at", "issue_split_from", "sla_outage", *SHOWN)
_SHOWN = _ABOUT + len(_OTHER_FIELDS) - len(SHOWN)
_ISSUE = _ABOUT + len(_OTHER_FIELDS)


def _with_history() -> QueryBuilder:
	issue, event = frappe.qb.DocType("Issue"), frappe.qb.DocType("SLA Event")
	return (
		frappe.qb.from_(issue)
		.left_join(event)
		.on(event.ticket == issue.name)
		.select(*(issue[field] for field in (*_STANDING_FIELDS, *_OTHER_FIELDS)))
		.select(*(event[column] for column in ledger.COLUMNS))
		.where(issue.name == store.BOUND)
	)


def just_made(issue: Document) -> Ticket:
	standing = Standing(*(issue.get(field) or "" for field in _STANDING_FIELDS))
	other = [issue.get(field) for field in _OTHER_FIELDS[: -len(SHOWN)]]
	return Ticket(issue.name, standing, *other, tuple(showing.NOTHING.values()), [])


# ---- recording


def observe(ticket: Ticket, cause: str, at: int = 0) -> dict:
	"""Records what is new about a ticket since its last fact; returns what the Issue shows from then on. What is
	inferred happened at some time since that fact."""
	return record_facts(ticket, partial(news, cause=cause, at=at or now_us()))


def record_facts(ticket: Ticket, find: Callable[[Ticket], list[Fact]]) -> dict:
	"""Appends the facts that `find` finds about a ticket; returns what the Issue shows from then on, {} if no fact was
	found.

	All or nothing: what fails here leaves the rest of the transaction as it was. Should somebody else have recorded
	something meanwhile, the facts are found again in view of that.
	"""
	try:
		return _append_and_show(ticket, find(ticket))
	except Exception as error:
		if not somebody_was_first(error):
			raise
		ticket = read(ticket.name, afresh=True)
		return _append_and_show(ticket, find(ticket), afresh=True)


def record_past(ticket: Ticket, facts: list[Fact]) -> None:
	"""Records the past of a ticket of which nothing was recorded. Nobody is told of it or called for it, and no form hears
	of it; whoever calls undoes all if this fails."""
	history = ledger.append(ticket.name, facts)
	ticket = ticket._replace(history=history)
	clocks = ledger.settle(ticket.name, history, now_for(ticket), just_opened=True, quietly=True)
	if ticket.outage:
		outages.follow(ticket.name, history)
	_show(ticket, clocks, mended=True)


def refresh(ticket: Ticket, mended: bool = False) -> None:
	"""Brings clocks, breaches and what the Issue shows to this instant; an error goes once it is `mended`."""
	with undone_if_it_fails():
		_show(ticket, ledger.settle(ticket.name, ticket.history, now_for(ticket)), mended)
	_tell_open_forms(ticket)


def _append_and_show(ticket: Ticket, facts: list[Fact], afresh: bool = False) -> dict:
	if not facts:
		return {}
	with undone_if_it_fails():
		history = ticket.history + ledger.append(ticket.name, facts)
		ticket = ticket._replace(history=history)
		just_opened = len(history) == len(facts)
		clocks = ledger.settle(ticket.name, history, now_for(ticket), just_opened, afresh)
		if ticket.outage:
			outages.follow(ticket.name, history)
		if any(each.kind != ledger.RECOMPUTED for each in facts):
			_call_if_due(ticket, clocks, just_opened, afresh)
		shown = _show(ticket, clocks)
	_tell_open_forms(ticket)
	return shown


def _call_if_due(ticket: Ticket, clocks: tuple[Clock, ...], just_opened: bool, afresh: bool) -> None:
	"""Whoever is on call is called, if that is due. What fails there is logged and leaves the ticket recorded."""
	try:
		clock = calling.unanswered(clocks)
		if clock and calling.is_due(ticket.name, just_opened, afresh):
			with undone_if_it_fails():
				calling.begin(ticket.name, ticket.history[-1], clock)
	except NOT_OURS:
		raise
	except Exception:
		frappe.log_error(
			title=f"SLA Guard: on call, {ticket.name}",
			reference_doctype="Issue",
			reference_name=ticket.name,
		)


def now_for(ticket: Ticket) -> int:
	"""This instant, or the last fact's instant where another machine's clock is ahead."""
	return max(now_us(), *(each.at_us for each in ticket.history))


def news(ticket: Ticket, cause: str, at: int) -> list[Fact]:
	"""What is new about a ticket since its last fact, as facts that are not recorded yet."""
	if not ticket.history:
		return [_opening(ticket, cause)] if contracts.is_tracked(ticket.opened_us) else []
	last = ticket.history[-1]
	facts, standing = [], last.standing
	latest = max(each.at_us for each in ticket.history)
	opened = opening_of(ticket.history)
	for kind, field in WATCHED:
		if getattr(ticket.standing, field) == getattr(standing, field):
			continue
		standing = standing._replace(
			**{field: getattr(ticket.standing, field)}, company=ticket.standing.company
		)
		standing, explanation = contracts.decide(kind, standing, opened)
		facts.append(
			Fact(
				last.sequence + len(facts) + 1,
				max(at, latest),
				kind,
				standing,
				cause=cause,
				uncertain_from_us=latest if cause == ledger.INFERRED else 0,
				explanation=explanation,
			)
		)
	return facts


# In this order, should one save change several: whose the ticket is comes before what is promised for it.
WATCHED = (
	(fact.CUSTOMER, "customer"),
	(fact.CONTRACT, "named_contract"),
	(fact.SERVICE, "service"),
	(fact.ISSUE_TYPE, "issue_type"),
	(fact.PRIORITY, "priority"),
	(fact.STATUS, "status"),
)


def _opening(ticket: Ticket, cause: str) -> Fact:
	standing, explanation = contracts.decide(fact.OPENED, ticket.standing, ticket.opened_us)
	return Fact(0, ticket.opened_us, fact.OPENED, standing, cause=cause, explanation=explanation)


def opening_of(history: list[Fact]) -> int:
	"""The instant at which the ticket was opened."""
	return next(each.at_us for each in ledger.in_force(history) if each.kind == fact.OPENED)


def fact_now(ticket: Ticket, kind: str, **values) -> Fact:
	"""A fact that changes nothing of what the ticket is, for record_facts."""
	last = ticket.history[-1]
	return Fact(
		**{"at_us": now_us(), "kind": kind, "sequence": last.sequence + 1, "standing": last.standing} | values
	)


# ---- showing


def shown_by(ticket: Ticket, clocks: tuple[Clock, ...], mended: bool = False) -> dict:
	"""What an Issue shows of these clocks, by its fields."""
	# A later fact that is recorded well does not make good an earlier one that was not.
	failed = ticket.shown[0] == ERROR and not mended
	state = ERROR if failed else _state(ticket, clocks)
	to_qualify = int(_is_to_be_qualified(ticket, clocks))
	return {"sla_state": state or None, **showing.fields_of(clocks), "sla_to_qualify": to_qualify}


def _is_to_be_qualified(ticket: Ticket, clocks: tuple[Clock, ...]) -> bool:
	"""Whether its service is still to be named, while that may change what was promised: also of one that is late."""
	standing = ticket.history[-1].standing
	if ticket.void or not standing.contract or standing.target == NOT_COVERED:
		return False
	return any(clock.state in (RUNNING, PAUSED) for clock in clocks) and contracts.to_be_qualified(standing)


def _show(ticket: Ticket, clocks: tuple[Clock, ...], mended: bool = False) -> dict:
	shown = shown_by(ticket, clocks, mended)
	if shown != showing.as_stored(ticket.shown):
		# A timer is no edit of the Issue: its `modified` stays, and with it the form that somebody has open.
		store.update("Issue", ticket.name, shown)
	return shown


def _state(ticket: Ticket, clocks: tuple[Clock, ...]) -> str:
	"""What an Issue shows of its clocks, the most urgent first."""
	standing = ticket.history[-1].standing
	states = {clock.state for clock in clocks}
	if ticket.void:
		return "Void"
	if not standing.contract:
		return "No Contract"
	if standing.target == NOT_COVERED:
		return "Not Covered"
	owed = [clock for clock in clocks if clock.state not in (WITHDRAWN, VOIDED)]
	missed = any(clock.breached_at or clock.verdict == MISSED for clock in owed)
	if states & {RUNNING, PAUSED}:
		if missed:
			return "Breached"
		if contracts.to_be_qualified(standing):
			return "To Be Qualified"
		return "Running" if RUNNING in states else "Paused"
	if not owed:
		return ""
	return "Missed" if missed else "Met"


def _tell_open_forms(ticket: Ticket) -> None:
	"""Whoever has the ticket open sees the change once it is committed, without asking again and again."""
	about = {"doctype": "Issue", "docname": ticket.name}
	frappe.publish_realtime(CHANGED, {"ticket": ticket.name}, after_commit=True, **about)


# ---- an error of ours stands in nobody's way


@contextmanager
def never_in_the_way(name: str) -> Iterator[None]:
	"""What fails in here does not stop the ticket or the mail from being saved: it is logged and shown on the ticket,
	and the next reconcile makes it good. Except for what is no error of ours."""
	try:
		yield
	except NOT_OURS:
		raise
	except Exception:
		show_failure(name)


def show_failure(name: str) -> None:
	"""Logs the exception that is being handled, and marks the ticket for the next reconcile."""
	frappe.log_error(title=f"SLA Guard: {name}", reference_doctype="Issue", reference_name=name)
	frappe.db.set_value("Issue", name, "sla_state", ERROR, update_modified=False)
