"""A call goes on: level by level until somebody acknowledges it or the ticket is answered, then to the SLA Managers.

Everything is decided from what stands in the database under the lock of the ticket: late, twice or by two workers at
once, each level is called once. Somebody is called who is on duty when that happens, and has the roster's minutes from
then on.
"""

from __future__ import annotations

import frappe
from pypika.functions import Coalesce
from pypika.queries import QueryBuilder

from sla_guard import ledger, store
from sla_guard.engine.clock import Clock
from sla_guard.engine.instants import MINUTE
from sla_guard.engine.oncall import FIRST_LEVEL, MANAGERS, Step, next_step, on_duty
from sla_guard.engine.terms import ANSWERS, PAUSED, RESPONSE, RUNNING, STOPPED
from sla_guard.helpdesk.ticket import Ticket, now_for, read
from sla_guard.notify.telling import may_be_told
from sla_guard.oncall import rosters, telling
from sla_guard.oncall.calling import (
	ACKNOWLEDGED,
	ANSWERED,
	CALLED,
	CALLED_OFF,
	NOBODY,
	NOT_ACKNOWLEDGED,
	PAGE,
	TO_BE_CALLED,
	insert,
	never_closes,
	response_of,
)
from sla_guard.oncall.rosters import Roster, roster_for
from sla_guard.site_time import now_us, to_site

FIELDS = ("name", "ticket", "call", "state", "level", "user", "paged_us", "wake_us", "target")
FIELDS += ("acknowledged_by", "acknowledged_us")
# Of a call that goes on, the row that this depends on is in one of these; every other one is behind it.
PRESENT = (TO_BE_CALLED, CALLED, ACKNOWLEDGED)


def to_follow(now: int) -> list[str]:
	"""Names of tickets whose next step has come, or whose Response clock does not run any more, or not by the row of the
	contract that asked for the call."""
	page, clock = frappe.qb.DocType(PAGE), frappe.qb.DocType("SLA Clock")
	due = frappe.qb.from_(page).select(page.ticket).where((page.wake_us > 0) & (page.wake_us <= now))
	changed = (
		frappe.qb.from_(page)
		.left_join(clock)
		.on((clock.ticket == page.ticket) & (clock.metric == RESPONSE))
		.select(page.ticket)
		.where(page.closed_us == 0)
		.where((Coalesce(clock.state, "") != RUNNING) | (clock.target != page.target))
	)
	return sorted({*due.run(pluck=True), *changed.run(pluck=True)})


def pages_of(ticket: str, afresh: bool = False) -> list[frappe._dict]:
	"""The rows of the call that goes on for a ticket, in the order in which they were made; `afresh`, as they were
	committed last, whatever this transaction saw when it began."""
	rows = [frappe._dict(zip(FIELDS, row, strict=True)) for row in store.read(_pages, (ticket,), afresh)]
	# The managers come last.
	return sorted(rows, key=lambda row: row.level or float("inf"))


def _pages() -> QueryBuilder:
	page = frappe.qb.DocType(PAGE)
	query = frappe.qb.from_(page).select(*(page[field] for field in FIELDS))
	return query.where((page.closed_us == 0) & (page.ticket == store.BOUND))


def present(pages: list[frappe._dict]) -> frappe._dict | None:
	return next((page for page in reversed(pages) if page.state in PRESENT), None)


def follow(name: str) -> None:
	"""Brings the call for a ticket to this instant."""
	ticket = read(name, lock=True)
	pages = pages_of(name) if ticket else []
	if not pages or not ticket.history:
		return
	now = now_for(ticket)
	clock = response_of(ledger.clocks_of(ticket.history, now))
	if clock is None or clock.state not in (RUNNING, PAUSED) or not never_closes(clock):
		close(ticket, pages, clock, now)
	elif clock.state == RUNNING:
		_remember_target(pages, clock)
		_go_on(ticket, pages, clock)


def _remember_target(pages: list[frappe._dict], clock: Clock) -> None:
	for page in pages:
		if page.target != clock.target:
			store.update(PAGE, page.name, {"target": clock.target})


# ---- it is over


def close(ticket: Ticket, pages: list[frappe._dict], clock: Clock | None, now: int) -> None:
	"""The ticket was answered, or nobody needs to be called for it any more."""
	stopped = clock.stopped if clock and clock.state == STOPPED else None
	answered = bool(stopped) and clock.stopped_by in ANSWERS
	over = {"closed_us": stopped or now, "closed_at": to_site(stopped or now), "wake_us": 0}
	by = ledger.who_stopped(ticket.history, stopped, clock.stopped_by) if answered else ""
	for page in pages:
		waiting = page.state in (TO_BE_CALLED, CALLED)
		store.update(PAGE, page.name, over | (_how_it_ended(answered, stopped, by) if waiting else {}))
	telling.changed(ticket.name)


def _how_it_ended(answered: bool, at: int | None, by: str) -> dict:
	if not answered:
		return {"state": CALLED_OFF}
	return {"state": ANSWERED, "acknowledged_us": at, "acknowledged_at": to_site(at), "acknowledged_by": by}


# ---- it goes on


def _go_on(ticket: Ticket, pages: list[frappe._dict], clock: Clock) -> None:
	now, last = now_us(), present(pages)
	if last is None or not last.wake_us or last.wake_us > now:
		return
	standing = ticket.history[-1].standing
	roster = roster_for(rosters.rosters(now), standing.contract, standing.service)
	begins = last.state == TO_BE_CALLED
	step = next_step(_callable(roster, ticket.name, now), 0 if begins else last.level, now)
	# At work somebody sees the ticket: with nobody on call either, one is called when the office closes.
	if begins and step.level == MANAGERS and (closes := roster.staffed_until(now)):
		store.update(PAGE, last.name, {"wake_us": closes})
		telling.changed(ticket.name)
		return
	if not begins:
		store.update(PAGE, last.name, {"state": NOT_ACKNOWLEDGED, "wake_us": 0})
	_record(ticket, last, clock, step, roster, now)
	telling.tell_of(ticket, clock, step, roster, somebody_was_called=not begins)


def _callable(roster: Roster, ticket: str, now: int) -> list:
	"""Its shifts without those of somebody who is on duty now and may not read this ticket: nobody is called for
	nothing."""
	shut_out = {
		user for user in on_duty(roster.shifts, now).values() if not may_be_told(user, "Issue", ticket)
	}
	return [shift for shift in roster.shifts if shift.user not in shut_out]


def _record(ticket: Ticket, last: frappe._dict, clock: Clock, step: Step, roster: Roster, now: int) -> None:
	called = {
		"state": CALLED,
		"user": step.user or None,
		"paged_us": now,
		"wake_us": now + roster.minutes * MINUTE if step.level != MANAGERS else 0,
	}
	rows = {level: {"state": NOBODY, "user": None, "paged_us": now, "wake_us": 0} for level in step.skipped}
	for level, columns in (rows | {step.level: called}).items():
		columns |= {"paged_at": to_site(now), "roster": roster.name or None}
		if last.state == TO_BE_CALLED and level == FIRST_LEVEL:
			store.update(PAGE, last.name, columns)
		else:
			insert(ticket.name, last.call, level, ticket.history[-1].standing, clock, **columns)
