"""A ticket's history in names alone: what happened to it, before any contract says what that means.

Histories of this site and those of another system have this one form; under a contract they become the engine's
events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from sla_guard.engine import events as fact
from sla_guard.engine.coverage import Coverage
from sla_guard.engine.events import Event
from sla_guard.engine.terms import NOT_COVERED, TAKEN_IN_CHARGE, Terms

# Of any contract; which one a ticket was under is for the trial to say.
KINDS = tuple(kind for kind in fact.KINDS if kind != fact.CONTRACT)
# What changes what a ticket is; the rest may have been told late, with what it was by then.
_STANDS = (fact.OPENED, fact.STATUS, *(kind for kind in fact.CHANGES if kind != fact.CONTRACT))
_VALUE = {
	fact.OPENED: "status",
	fact.STATUS: "status",
	fact.PRIORITY: "priority",
	fact.SERVICE: "service",
	fact.ISSUE_TYPE: "issue_type",
	fact.CUSTOMER: "customer",
	fact.RESPONDED: "answer",
}


class Told(NamedTuple):
	"""One fact, and what the ticket is from there on: `status` to `customer`, by name; empty: none.

	`answer`: of a response, how it was given; empty where only that it was is known.
	"""

	at: int
	sequence: int
	kind: str
	status: str = ""
	priority: str = ""
	service: str = ""
	issue_type: str = ""
	customer: str = ""
	answer: str = ""


def in_order(history: Iterable[Told]) -> list[Told]:
	"""By instant and sequence, the opening first."""
	told = sorted(history)
	opening = next((place for place, each in enumerate(told) if each.kind == fact.OPENED), 0)
	told.insert(0, told.pop(opening))
	return told


def is_void(history: Iterable[Told]) -> bool:
	"""Whether it turned out to be no ticket."""
	return any(each.kind == fact.VOID for each in history)


def standing_at(history: Sequence[Told], at: int) -> Told:
	"""What the ticket was at an instant, by the facts that change what it is; the opening, if that was later."""
	for each in reversed(history):
		if each.at <= at and each.kind in _STANDS:
			return each
	return history[0]


def events(
	history: Iterable[Told], coverage: Coverage, terms: Terms, owns: Callable[[str], bool]
) -> list[Event]:
	"""The history as it would have been recorded under one contract from its beginning on, while it owns the customer.

	`owns`: whether the contract is for a customer; of another one's ticket nothing is promised.
	"""
	# Where only mails count, a response of which no more is known was one.
	usual = TAKEN_IN_CHARGE if TAKEN_IN_CHARGE in terms.answers else min(terms.answers)
	found = []
	for each in history:
		value = getattr(each, _VALUE[each.kind]) if each.kind in _VALUE else ""
		if each.kind in fact.CHANGES or each.kind == fact.OPENED:
			target = _target(each, coverage, owns)
			under = NOT_COVERED if target is None else terms.hash
			names = (each.priority, each.service, each.issue_type, each.customer)
			found.append(
				Event(each.at, each.sequence, each.kind, value, target or NOT_COVERED, under, *names)
			)
		else:
			found.append(Event(each.at, each.sequence, each.kind, value or _unsaid(each, usual)))
	return found


def _target(each: Told, coverage: Coverage, owns: Callable[[str], bool]) -> str | None:
	if not owns(each.customer):
		return None
	return coverage.target_for(each.priority, each.service, each.issue_type)


def _unsaid(each: Told, usual: str) -> str:
	return usual if each.kind == fact.RESPONDED else ""
