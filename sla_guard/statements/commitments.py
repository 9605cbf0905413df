"""The commitments of a customer under a chain of contract versions in a period, as they stood at its end.

Read from the facts of the tickets, replayed up to that instant: what a ticket became later changes no period before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import frappe

from sla_guard import ledger
from sla_guard.engine import events as fact
from sla_guard.engine.clock import MISSED, Clock
from sla_guard.engine.figures import EXCLUDED, WAIVED, Commitment, outcome
from sla_guard.engine.terms import PAUSED, RUNNING, VOIDED
from sla_guard.ledger import Fact
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import terms_named

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


class Late(NamedTuple):
	"""A breach that counts, with its clock as it stood when the period began (None: it is dated in it) and ended."""

	breach: Breach
	before: Clock | None
	clock: Clock


class Reading(NamedTuple):
	"""`late`: the breaches that cost something: of the period, and older ones still late when it began."""

	commitments: list[Commitment]
	breaches: dict[tuple[str, str, int], Breach]
	late: list[Late]
	void: int


def read(versions: list[str], customer: str, start: int, end: int) -> Reading:
	"""What a customer was promised under these versions of a contract in [start, end), from the facts dated before its
	end; later ones only where they say that it was no ticket."""
	breaches = {breach.key: breach for breach in _breaches(versions, customer, start, end)}
	reading = Reading([], breaches, [], 0)
	void = 0
	names = sorted(_tickets(versions, customer, start, end) | {key[0] for key in breaches if key[0]})
	for ticket, history in _histories(names):
		known = [each for each in history if each.at_us < end]
		if any(each.kind == fact.VOID for each in history):
			void += start <= min(each.at_us for each in history) < end
		elif known:
			_read_ticket(reading, ticket, known, versions, customer, start, end)
	return reading._replace(void=void)


def _read_ticket(
	reading: Reading,
	ticket: str,
	history: list[Fact],
	versions: list[str],
	customer: str,
	start: int,
	end: int,
) -> None:
	contracts = {each.standing.terms: each.standing.contract for each in history}
	earlier = None
	for clock in ledger.clocks_of(history, end):
		breach = reading.breaches.get((ticket, clock.metric, clock.cycle))
		what, at = outcome(clock, start, end)
		standing = ledger.standing_at(history, at or end - 1)
		contract = contracts[clock.terms]
		if contract in versions and standing.customer == customer:
			what = FORGIVEN.get(breach.state, what) if breach and what == MISSED else what
			reading.commitments.append(
				Commitment(
					ticket,
					clock,
					what,
					at,
					standing.priority,
					standing.service,
					contract,
					terms_named(clock.terms).target(clock.target).calendar,
				)
			)
		if breach and breach.state == "Open" and clock.breached_at is not None:
			before = None
			if clock.breached_at < start:
				earlier = earlier or _clocks_at(history, start)
				before = earlier.get((clock.metric, clock.cycle))
			reading.late.append(Late(breach, before, clock))


def _clocks_at(history: list[Fact], at: int) -> dict[tuple[str, int], Clock]:
	known = [each for each in history if each.at_us < at]
	return {(clock.metric, clock.cycle): clock for clock in ledger.clocks_of(known, at)}


# ---- rows


def _tickets(versions: list[str], customer: str, start: int, end: int) -> set[str]:
	"""Tickets with a clock that was decided in the period or later, or not at all, or that turned out to be none."""
	clock = frappe.qb.DocType("SLA Clock")
	open_still = clock.state.isin([RUNNING, PAUSED]) | (clock.stopped_us >= start)
	no_ticket = (clock.state == VOIDED) & (clock.started_us >= start)
	query = (
		frappe.qb.from_(clock)
		.select(clock.ticket)
		.where(clock.contract.isin(versions) & (clock.customer == customer))
		.where((clock.started_us < end) & (open_still | no_ticket))
	)
	return {ticket for (ticket,) in query.run()}


def _breaches(versions: list[str], customer: str, start: int, end: int) -> Iterator[Breach]:
	"""Breaches dated in the period, and those before whose clocks had not stopped when it began."""
	breach, clock = frappe.qb.DocType("SLA Breach"), frappe.qb.DocType("SLA Clock")
	late_still = clock.state.isin([RUNNING, PAUSED]) | (clock.stopped_us >= start)
	rows = (
		frappe.qb.from_(breach)
		.left_join(clock)
		.on((clock.ticket == breach.ticket) & (clock.metric == breach.metric) & (clock.cycle == breach.cycle))
		.select(*(breach[field] for field in Breach._fields))
		.where(breach.contract.isin(versions) & (breach.customer == customer))
		.where((breach.breached_us < end) & ((breach.breached_us >= start) | late_still))
	).run()
	for row in rows:
		yield Breach(*(value if value is not None else "" for value in row))


def _histories(tickets: list[str]) -> Iterator[tuple[str, list[Fact]]]:
	"""The facts of tickets that were not taken back, some hundred tickets a query."""
	event = frappe.qb.DocType("SLA Event")
	for first in range(0, len(tickets), BATCH):
		some = tickets[first : first + BATCH]
		rows = (
			frappe.qb.from_(event)
			.select(event.ticket, *(event[column] for column in ledger.COLUMNS))
			.where(event.ticket.isin(some))
		).run()
		facts: dict[str, list[Fact]] = {ticket: [] for ticket in some}
		for ticket, *row in rows:
			facts[ticket].append(ledger.fact_from_row(row))
		for ticket, history in facts.items():
			yield ticket, ledger.in_force(sorted(history))
