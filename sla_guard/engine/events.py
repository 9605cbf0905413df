"""Events: the facts about one ticket, in the order in which its life is told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.instants import checked
from sla_guard.engine.terms import ANSWERS

OPENED = "opened"
STATUS = "status"
RESPONDED = "responded"
RESTORED = "restored"
RESTORATION_FAILED = "restoration failed"
PRIORITY = "priority"
SERVICE = "service"
ISSUE_TYPE = "issue type"
CUSTOMER = "customer"
CONTRACT = "contract"
VOID = "void"

# These change which row the ticket falls under, and must say so; each with the policy that it follows.
CHANGES = {
	PRIORITY: "priority",
	ISSUE_TYPE: "priority",
	SERVICE: "service",
	CUSTOMER: "customer",
	CONTRACT: "customer",
}
KINDS = (OPENED, STATUS, RESPONDED, RESTORED, RESTORATION_FAILED, VOID, *CHANGES)


class Event(NamedTuple):
	"""One fact. Its fields, in this order, are also what puts events in order.

	`at`: the instant. `sequence`: what came first among the facts of one instant, from the source of the facts.
	`value`: the new status (opened, status), how the answer was given (responded: one of ANSWERS), what is named from
	here on (a change; empty: nothing).
	`target`: opened and changes: the id of the row of the terms that the ticket falls under from here on, as
	`Coverage.target_for` decided when the fact was recorded, or NOT_COVERED.
	`terms`: opened and changes: the hash of the terms from here on; empty, those that hold already; NOT_COVERED, none.
	`priority`, `service`, `issue_type`, `customer`: opened: those named at the opening (empty: none).
	"""

	at: int
	sequence: int
	kind: str
	value: str = ""
	target: str = ""
	terms: str = ""
	priority: str = ""
	service: str = ""
	issue_type: str = ""
	customer: str = ""

	def __str__(self) -> str:
		return f"Event {self.kind!r} at {self.at} µs, sequence {self.sequence}"


def in_order(events: Iterable[Event]) -> list[Event]:
	"""The events by instant and sequence, whatever order they came in, the opening first; checked one by one.

	Raises WrongInput for an event that says nothing that can be understood, for a missing or a second opening, and
	for an event before the opening.
	"""
	ordered = list(events)
	for event in ordered:
		if event.kind not in _CHECKS or type(event.at) is not int or type(event.sequence) is not int:
			_refuse(event)
		_CHECKS[event.kind](event)
	ordered.sort()
	if ordered and ordered[0].kind != OPENED:
		_put_opening_first(ordered)
	return ordered


def _put_opening_first(ordered: list[Event]) -> None:
	opening = next((event for event in ordered if event.kind == OPENED), None)
	if opening is None:
		raise WrongInput("{event}: the ticket was never opened", event=ordered[0])
	if ordered[0].at < opening.at:
		raise WrongInput(
			"{event} comes before the opening at {opened} µs", event=ordered[0], opened=opening.at
		)
	ordered.remove(opening)
	ordered.insert(0, opening)


def _refuse(event: Event) -> None:
	checked(event.at, f"Event {event.kind!r}, sequence {event.sequence!r}")
	checked(event.sequence, f"Sequence of the event {event.kind!r} at {event.at} µs")
	raise WrongInput("{event}: its kind is none of {kinds}", event=event, kinds=", ".join(KINDS))


def _check_status(event: Event) -> None:
	if not event.value:
		raise WrongInput("{event} names no status", event=event)


def _check_target(event: Event) -> None:
	if not event.target:
		raise WrongInput("{event} does not say which target the ticket falls under", event=event)


def _check_opening(event: Event) -> None:
	_check_status(event)
	_check_target(event)


def _check_answer(event: Event) -> None:
	if event.value not in ANSWERS:
		raise WrongInput(
			"{event}: {value} is no way to respond; known: {known}",
			event=event,
			value=repr(event.value),
			known=", ".join(ANSWERS),
		)


def _nothing_to_check(event: Event) -> None:
	"""Said by its kind and instant alone."""


_CHECKS = {
	OPENED: _check_opening,
	STATUS: _check_status,
	RESPONDED: _check_answer,
	RESTORED: _nothing_to_check,
	RESTORATION_FAILED: _nothing_to_check,
	VOID: _nothing_to_check,
} | dict.fromkeys(CHANGES, _check_target)
