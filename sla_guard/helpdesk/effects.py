"""What becomes of a clock when its ticket is saved, in words: of one ticket with amounts and instants, of many with how
many they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from frappe import _

from sla_guard.engine.clock import MET, MISSED, Clock
from sla_guard.engine.instants import MINUTE, SECOND
from sla_guard.engine.lateness import duration_text
from sla_guard.engine.terms import PAUSED, RESOLUTION, RESPONSE, RUNNING, STOPPED, WITHDRAWN
from sla_guard.helpdesk.timers import UNDER_WAY
from sla_guard.site_time import text

# What may happen to a clock; those of a stop are the verdicts.
UNANSWERED, UNANSWERED_MET, UNANSWERED_MISSED = "unanswered", "unanswered, met", "unanswered, missed"
PAUSES, PAUSES_LATE, STAYS_PAUSED = "pauses", "pauses late", "stays paused"
GOES_ON, GOES_ON_LATE, RUNS_AGAIN = "goes on", "goes on late", "runs again"
# The names of so many tickets are said.
NAMED = 3


class Effect(NamedTuple):
	"""What happens to the clock of a metric; `clock` as it is then. `asks`: it is worth a question."""

	kind: str
	clock: Clock
	asks: bool


def effect(before: Clock | None, after: Clock, unanswered: bool) -> Effect:
	"""`unanswered`: the ticket closes although nobody answered the customer. Its `kind` is empty for a clock that had
	stopped and stays so."""
	if before is not None and before.state not in UNDER_WAY and before.state == after.state:
		return Effect("", after, False)
	return Effect(_kind(before, after, unanswered), after, _is_worth_a_question(before, after, unanswered))


def _is_worth_a_question(before: Clock | None, after: Clock, unanswered: bool) -> bool:
	if before is None or before.state not in UNDER_WAY:
		return False
	if after.state == PAUSED:
		return before.state == RUNNING
	return after.metric == RESPONSE and unanswered


def _kind(before: Clock | None, after: Clock, unanswered: bool) -> str:
	if after.metric == RESPONSE and unanswered:
		return f"{UNANSWERED}, {after.verdict}" if after.state == STOPPED else UNANSWERED
	kinds = {STOPPED: lambda: after.verdict, PAUSED: lambda: _pauses(before, after)}
	kinds |= {RUNNING: lambda: _runs(before, after), WITHDRAWN: lambda: WITHDRAWN}
	return kinds.get(after.state, str)()


def _pauses(before: Clock | None, after: Clock) -> str:
	if before and before.state == PAUSED:
		return STAYS_PAUSED
	return PAUSES_LATE if after.breached_at else PAUSES


def _runs(before: Clock | None, after: Clock) -> str:
	if after.breached_at:
		return GOES_ON_LATE
	return GOES_ON if before is not None and before.state == RUNNING else RUNS_AGAIN


# ---- of one ticket


def said(each: Effect) -> str:
	"""A sentence, in the reader's language; empty where nothing happens."""
	sentence = _sentences().get(each.kind, "")
	return sentence and sentence.format(_(each.clock.metric, context="SLA Clock"), *_details(each))


def _sentences() -> dict[str, str]:
	return {
		UNANSWERED: _("{0} does not stop: nobody has answered the customer."),
		UNANSWERED_MET: _("{0} stops without an answer: nobody has answered the customer. It counts as met."),
		UNANSWERED_MISSED: _(
			"{0} stops without an answer: nobody has answered the customer. It counts as missed."
		),
		MET: _("{0} stops: met, with {1} left."),
		MISSED: _("{0} stops: missed."),
		STAYS_PAUSED: _("{0} stays paused."),
		PAUSES_LATE: _("{0} pauses; it stays breached since {1}."),
		PAUSES: _("{0} pauses with {1} left ({2})."),
		GOES_ON_LATE: _("{0} goes on, breached since {1}."),
		GOES_ON: _("{0} goes on running, due {1}."),
		RUNS_AGAIN: _("{0} runs again, due {1}."),
		WITHDRAWN: _("{0} is not promised any more."),
	}


def _details(each: Effect) -> tuple[str, ...]:
	clock = each.clock
	if each.kind in (PAUSES_LATE, GOES_ON_LATE):
		return (text(clock.breached_at),)
	if each.kind in (GOES_ON, RUNS_AGAIN):
		return (text(clock.due),)
	if each.kind == PAUSES:
		return _amount(clock.left_us), waiting_for()[clock.stretches[-1].reason]
	return (_amount(clock.left_us),) if each.kind == MET else ()


def waiting_for() -> dict[str, str]:
	"""Why a clock is paused, by reason class."""
	return {
		"customer": _("waiting for the customer"),
		"vendor": _("waiting for a vendor"),
		"internal": _("waiting for ourselves"),
		"planned maintenance": _("planned maintenance"),
	}


def _amount(amount_us: int) -> str:
	"""To the minute, below that to the second."""
	unit = MINUTE if amount_us >= MINUTE else SECOND
	return duration_text(amount_us // unit * unit)


# ---- of many


class Happening(NamedTuple):
	"""What happens to the clocks of a metric: of how many tickets, and the first of these by name."""

	metric: str
	kind: str
	count: int
	names: tuple[str, ...]


def happenings(by_ticket: dict[str, list[Effect]], before: Iterable[Happening] = ()) -> list[Happening]:
	"""What happens to clocks of these tickets, each by itself; and of others, with names that come first, `before`."""
	tickets: dict[tuple[str, str], set[str]] = {}
	for ticket, effects in by_ticket.items():
		for each in effects:
			tickets.setdefault((each.clock.metric, each.kind), set()).add(ticket)
	known = {each[:2]: each for each in before}
	return [
		_added(known.get(what, Happening(*what, 0, ())), tickets.get(what, ()))
		for what in dict.fromkeys((*known, *tickets))
	]


def _added(before: Happening, names: Collection[str]) -> Happening:
	named = (*before.names, *sorted(names))[:NAMED]
	return before._replace(count=before.count + len(names), names=named)


def said_of_many(found: Iterable[Happening]) -> list[str]:
	"""A line for each thing that happens, with the tickets to whose clocks; what goes on as it did is none."""
	by_what = {each[:2]: each for each in found}
	return [
		_("{0}: {1}").format(phrase.format(_(metric, context="SLA Clock")), _how_many(each))
		for kind, phrase in _phrases().items()
		for metric in (RESPONSE, RESOLUTION)
		if (each := by_what.get((metric, kind)))
	]


def _phrases() -> dict[str, str]:
	"""What is worth most attention first."""
	return {
		UNANSWERED_MISSED: _("{0} stops without an answer to the customer, and counts as missed"),
		UNANSWERED_MET: _("{0} stops without an answer to the customer, and counts as met"),
		UNANSWERED: _("{0} does not stop, as nobody has answered the customer"),
		PAUSES: _("{0} pauses"),
		PAUSES_LATE: _("{0} pauses, and stays breached"),
		MISSED: _("{0} stops, missed"),
		MET: _("{0} stops, met"),
		RUNS_AGAIN: _("{0} runs again"),
		WITHDRAWN: _("{0} is not promised any more"),
	}


def _how_many(found: Happening) -> str:
	named, more = ", ".join(found.names), found.count - len(found.names)
	if found.count == 1:
		return named
	if not more:
		return _("{0} tickets ({1})").format(found.count, named)
	return _("{0} tickets ({1} and {2} more)").format(found.count, named, more)
