"""A ticket's history in names alone: what happened to it, before any contract says what that means.

Histories of this site and those of another system have this one form; under a contract they become the engine's
events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from sla_guard.engine import events as fact
from sla_guard.engine.events import Event
from sla_guard.engine.terms import NOT_COVERED, TAKEN_IN_CHARGE, Terms

# Of any contract; which one a ticket was under is for the trial to say.
KINDS = tuple(kind for kind in fact.KINDS if kind != fact.CONTRACT)
# What changes what a ticket is; the rest may have been told late, with what it was by then.
_STANDS = (fact.OPENED, fact.STATUS, fact.PRIORITY, fact.SERVICE, fact.ISSUE_TYPE, fact.CUSTOMER)
# Which row holds is decided at these; each says one name.
_VALUE = {
	fact.OPENED: "status",
	fact.PRIORITY: "priority",
	fact.SERVICE: "service",
	fact.ISSUE_TYPE: "issue_type",
	fact.CUSTOMER: "customer",
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


def events(history: Iterable[Told], terms: Terms, target_of: Callable[[Told], str]) -> list[Event]:
	"""The history as it would have been recorded under one contract from its beginning on.

	`target_of`: the row that a ticket falls under by what it is from a fact on, or NOT_COVERED.
	"""
	# Where only mails count, a response of which no more is known was one.
	usual = TAKEN_IN_CHARGE if TAKEN_IN_CHARGE in terms.answers else min(terms.answers)
	found = []
	for each in history:
		at, sequence, kind, status, *names, answer = each
		if kind == fact.STATUS:
			found.append(Event(at, sequence, kind, status))
		elif kind in _VALUE:
			target = target_of(each)
			under = NOT_COVERED if target == NOT_COVERED else terms.hash
			found.append(Event(at, sequence, kind, getattr(each, _VALUE[kind]), target, under, *names))
		else:
			found.append(Event(at, sequence, kind, (answer or usual) if kind == fact.RESPONDED else ""))
	return found
