"""The commitments of a customer under a chain of contract versions in a period, as they stood at its end.

Read from the facts of the tickets, replayed up to that instant: what a ticket became later changes no period before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import frappe
from pypika.queries import Table
from pypika.terms import Criterion

from sla_guard import ledger
from sla_guard.engine import events as fact
from sla_guard.engine.clock import MISSED, Clock
from sla_guard.engine.figures import EXCLUDED, WAIVED, Commitment, outcome
from sla_guard.engine.terms import PAUSED, RUNNING, VOIDED
from sla_guard.ledger import Fact
from sla_guard.sla_guard.doctype.sla_breach.sla_breach import OPEN
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import hours_of

BATCH = 500
FORGIVEN = {"Excluded": EXCLUDED, "Waived": WAIVED}


class Breach(NamedTuple):
	"""A row of SLA Breach, as far as it is counted and charged."""

	name: str
	ticket: str
	metric: str
	cycle: int
	state: str
	breached_us: int
	contract: str
	priority: str
	service: str
	cause: str

	@property
	def key(self) -> tuple[str, str, int]:
		return self.ticket, self.metric, self.cycle


class Missed(NamedTuple):
	"""A breach that counts, with its clock as it stood when the period began (None: it is dated in it) and ended."""

	breach: Breach
	before: Clock | None
	clock: Clock


class Reading(NamedTuple):
	"""`breaches`, `missed`: all of these tickets so far, since several of one ticket may cost less than each by itself;
	`breaches` also those that were forgiven. `void`: how many tickets of the period were none."""

	commitments: list[Commitment]
	breaches: dict[tuple[str, str, int], Breach]
	missed: list[Missed]
	void: int


class _Scope(NamedTuple):
	versions: list[str]
	customer: str
	start: int
	end: int


def read(versions: list[str], customer: str, start: int, end: int) -> Reading:
	"""What a customer was promised under these versions of a contract in [start, end), from the facts dated before its
	end; later ones only where they say that it was no ticket."""
	scope = _Scope(versions, customer, start, end)
	reading, void = Reading([], {}, [], 0), 0
	tickets = sorted(_tickets(scope))
	for first in range(0, len(tickets), BATCH):
		some = tickets[first : first + BATCH]
		reading.breaches.update((breach.key, breach) for breach in _breaches_of(scope, some))
		for ticket, history in histories(some):
			void += _is_void(history, start, end)
			_read_ticket(reading, scope, ticket, history)
	return reading._replace(void=void)


def _is_void(history: list[Fact], start: int, end: int) -> bool:
	"""Whether it was opened in the period and is no ticket by what is known now."""
	return _no_ticket(history) and start <= min(each.at_us for each in history) < end


def _no_ticket(history: list[Fact]) -> bool:
	return any(each.kind == fact.VOID for each in history)


def _read_ticket(reading: Reading, scope: _Scope, ticket: str, history: list[Fact]) -> None:
	known = [each for each in history if each.at_us < scope.end]
	if not known or _no_ticket(history):
		return
	contracts = {each.standing.terms: each.standing.contract for each in known}
	before: dict = {}
	for clock in ledger.clocks_of(known, scope.end):
		breach = reading.breaches.get((ticket, clock.metric, clock.cycle))
		# Of what was missed, the contract that was: the ticket may have gone to another customer since.
		terms, _target, _amount = clock.promised_at(
			scope.end if clock.breached_at is None else clock.breached_at
		)
		contract = contracts[terms]
		if contract in scope.versions:
			reading.commitments.extend(_commitment(scope, ticket, known, clock, contract, breach))
		if breach and breach.state == OPEN and clock.breached_at is not None:
			if clock.breached_at < scope.start and not before:
				before = _clocks_at(known, scope.start)
			reading.missed.append(Missed(breach, before.get((clock.metric, clock.cycle)), clock))


def _commitment(
	scope: _Scope, ticket: str, history: list[Fact], clock: Clock, contract: str, breach: Breach | None
) -> Iterator[Commitment]:
	"""The commitment of a clock, if it was this customer's at the verdict."""
	what, at = outcome(clock, scope.start, scope.end)
	standing = ledger.standing_at(history, at if what else scope.end - 1)
	if standing.customer != scope.customer:
		return
	if breach and what == MISSED:
		what = FORGIVEN.get(breach.state, what)
	calendar = hours_of(clock)
	yield Commitment(ticket, clock, what, at, standing.priority, standing.service, contract, calendar)


def _clocks_at(history: list[Fact], at: int) -> dict[tuple[str, int], Clock]:
	known = [each for each in history if each.at_us < at]
	return {(clock.metric, clock.cycle): clock for clock in ledger.clocks_of(known, at)}


# ---- rows


def _tickets(scope: _Scope) -> set[str]:
	"""Tickets with a clock of the period; and those with a breach or a stop dated in it, whoever's they are by now."""
	clock, breach = frappe.qb.DocType("SLA Clock"), frappe.qb.DocType("SLA Breach")
	undone = frappe.qb.DocType("SLA Reopening")
	of_clocks = frappe.qb.from_(clock).select(clock.ticket).where(_whose(clock, scope))
	of_clocks = of_clocks.where(_of_period(clock, scope.start, scope.end))
	of_breaches = frappe.qb.from_(breach).select(breach.ticket).where(_whose(breach, scope))
	of_breaches = of_breaches.where((breach.breached_us >= scope.start) & (breach.breached_us < scope.end))
	of_undone = frappe.qb.from_(undone).select(undone.ticket).where(_whose(undone, scope))
	of_undone = of_undone.where((undone.stopped_us >= scope.start) & (undone.stopped_us < scope.end))
	found = (*of_clocks.run(), *of_breaches.run(), *of_undone.run())
	return {ticket for (ticket,) in found if ticket}


def customers_with_tickets(versions: list[str], start: int, end: int) -> set[str]:
	"""Who had a ticket under these versions of a contract in [start, end)."""
	clock, undone = frappe.qb.DocType("SLA Clock"), frappe.qb.DocType("SLA Reopening")
	of_clocks = frappe.qb.from_(clock).select(clock.customer).distinct().where(clock.contract.isin(versions))
	of_clocks = of_clocks.where(_of_period(clock, start, end))
	of_undone = (
		frappe.qb.from_(undone).select(undone.customer).distinct().where(undone.contract.isin(versions))
	)
	of_undone = of_undone.where((undone.stopped_us >= start) & (undone.stopped_us < end))
	return {customer for (customer,) in (*of_clocks.run(), *of_undone.run()) if customer}


def _of_period(clock: Table, start: int, end: int) -> Criterion:
	"""A clock that was decided in the period or later, or not at all, or whose ticket turned out to be none."""
	open_still = clock.state.isin([RUNNING, PAUSED]) | (clock.decided_us >= start)
	no_ticket = (clock.state == VOIDED) & (clock.started_us >= start)
	return (clock.started_us < end) & (open_still | no_ticket)


def _breaches_of(scope: _Scope, tickets: list[str]) -> Iterator[Breach]:
	breach = frappe.qb.DocType("SLA Breach")
	return _breaches(scope, breach.ticket.isin(tickets) & (breach.breached_us < scope.end))


def breaches_dated(versions: list[str], customer: str, start: int, end: int) -> Iterator[Breach]:
	"""The breaches that count and are dated in [start, end)."""
	breach = frappe.qb.DocType("SLA Breach")
	dated = (breach.breached_us >= start) & (breach.breached_us < end) & (breach.state == OPEN)
	return _breaches(_Scope(versions, customer, start, end), dated)


def _breaches(scope: _Scope, which: Criterion) -> Iterator[Breach]:
	breach = frappe.qb.DocType("SLA Breach")
	query = frappe.qb.from_(breach).select(*(breach[field] for field in Breach._fields))
	for row in query.where(_whose(breach, scope) & which).run():
		yield Breach(*("" if value is None else value for value in row))


def _whose(table: Table, scope: _Scope) -> Criterion:
	return table.contract.isin(scope.versions) & (table.customer == scope.customer)


def histories(tickets: list[str]) -> Iterator[tuple[str, list[Fact]]]:
	"""The facts of these tickets that were not taken back."""
	event = frappe.qb.DocType("SLA Event")
	columns = [event[column] for column in ledger.COLUMNS]
	facts: dict[str, list[Fact]] = {ticket: [] for ticket in tickets}
	for ticket, *row in (
		frappe.qb.from_(event).select(event.ticket, *columns).where(event.ticket.isin(tickets)).run()
	):
		facts[ticket].append(ledger.fact_from_row(row))
	for ticket, history in facts.items():
		if history:
			yield ticket, ledger.in_force(sorted(history))
