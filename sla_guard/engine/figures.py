"""What the commitments of a period come to: compliance, and the figures of a steering committee.

A commitment is a ticket, a metric and a cycle. All of this reads clocks as they stood at the end of the period, from
facts dated before it: see `outcome`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from statistics import mean, median
from typing import NamedTuple

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.clock import MET, MISSED, Clock
from sla_guard.engine.terms import PAUSED, RESOLUTION, RESPONSE, RUNNING, STOPPED

IN_PROGRESS = "in progress"
EXCLUDED, WAIVED = "excluded", "waived"
COUNTED = (MET, MISSED, EXCLUDED, WAIVED, IN_PROGRESS)

# A pause is listed that began when this much of the target was used, or that is longer than so many usual days.
LATE_PAUSE = Fraction(9, 10)
LONG_PAUSE_DAYS = 5


class Commitment(NamedTuple):
	"""A commitment in a period: its clock at the end of it, what it comes to there and at which instant.

	`outcome`: one of COUNTED, or "" for one decided before the period, or not owed any more. `priority`, `service`:
	those at the verdict. `calendar`: the support hours of its target. `contract`: the version of its clock.
	"""

	ticket: str
	clock: Clock
	outcome: str
	at: int
	priority: str
	service: str
	contract: str
	calendar: Calendar


def outcome(clock: Clock, start: int, end: int) -> tuple[str, int]:
	"""What a clock that was read at `end` counts as in the period [start, end), and when that was decided.

	Missed wins over met: it is missed in the period of its breach and only there; one that was missed before is
	nothing any more. Open and not missed is in progress.
	"""
	if clock.breached_at is not None:
		return (MISSED, clock.breached_at) if start <= clock.breached_at < end else ("", 0)
	if clock.state == STOPPED:
		return (MET, clock.decided) if start <= clock.decided < end else ("", 0)
	return (IN_PROGRESS, end) if clock.state in (RUNNING, PAUSED) else ("", 0)


def compliance(commitments: Iterable[Commitment]) -> dict[tuple[str, str, str], Counter]:
	"""How many of each outcome, by metric, priority and service."""
	groups: dict[tuple[str, str, str], Counter] = {}
	for each in commitments:
		if each.outcome:
			key = (each.clock.metric, each.priority, each.service)
			groups.setdefault(key, Counter())[each.outcome] += 1
	return dict(sorted(groups.items(), key=_responses_first))


def _responses_first(item: tuple) -> tuple:
	(metric, *rest), _counts = item
	return metric != RESPONSE, *rest


# ---- the figures of a steering committee


class Durations(NamedTuple):
	"""Median and mean of some amounts of support time, in microseconds; None of none."""

	count: int
	median: int | None
	mean: int | None


class Pause(NamedTuple):
	"""A pause that is worth a look: begun with little of the target left, or long."""

	ticket: str
	metric: str
	start: int
	end: int
	status: str
	reason: str
	late: bool
	long: bool


class Figures(NamedTuple):
	"""Of the tickets of a period. `backlog_ages`: from opening to the period's end, elapsed, of those open then."""

	opened: int
	closed: int
	reopened: int
	backlog: int
	backlog_age: Durations
	time_to_respond: Durations
	time_to_resolve: Durations
	pauses: int
	pauses_to_see: tuple[Pause, ...]


def figures(commitments: list[Commitment], start: int, end: int) -> Figures:
	"""Opened: tickets whose first clock starts in the period. Closed: their last Resolution clock stopped in it, and was
	so at its end. Backlog: it was not. Reopened: a clock that had stopped ran on, or a new cycle began. Times to respond
	and to resolve: support time used by the clocks that stopped in the period, missed or not."""
	last, opened = _last_resolutions(commitments), _openings(commitments)
	backlog = [ticket for ticket, clock in last.items() if clock.state in (RUNNING, PAUSED)]
	pauses = [pause for each in commitments for pause in _pauses(each, start, end)]
	return Figures(
		opened=sum(start <= at < end for at in opened.values()),
		closed=sum(_stopped_in(clock, start, end) for clock in last.values()),
		reopened=len({each.ticket for each in commitments if _reopened(each.clock, start, end)}),
		backlog=len(backlog),
		backlog_age=durations(end - opened[ticket] for ticket in backlog),
		time_to_respond=durations(_used(commitments, RESPONSE, start, end)),
		time_to_resolve=durations(_used(commitments, RESOLUTION, start, end)),
		pauses=len(pauses),
		pauses_to_see=tuple(sorted(each for each in pauses if each.late or each.long)),
	)


def durations(amounts: Iterable[int]) -> Durations:
	amounts = list(amounts)
	return Durations(
		len(amounts),
		round(median(map(Fraction, amounts))) if amounts else None,
		round(mean(map(Fraction, amounts))) if amounts else None,
	)


def _last_resolutions(commitments: Iterable[Commitment]) -> dict[str, Clock]:
	last: dict[str, Clock] = {}
	for ticket, clock in ((each.ticket, each.clock) for each in commitments):
		if clock.metric == RESOLUTION and (ticket not in last or clock.cycle > last[ticket].cycle):
			last[ticket] = clock
	return last


def _openings(commitments: Iterable[Commitment]) -> dict[str, int]:
	first: dict[str, int] = {}
	for each in commitments:
		first[each.ticket] = min(each.clock.started, first.get(each.ticket, each.clock.started))
	return first


def _stopped_in(clock: Clock, start: int, end: int) -> bool:
	return clock.state == STOPPED and start <= clock.stopped < end


def _used(commitments: Iterable[Commitment], metric: str, start: int, end: int) -> Iterator[int]:
	for each in commitments:
		if each.clock.metric == metric and _stopped_in(each.clock, start, end):
			yield each.clock.elapsed_us


def _reopened(clock: Clock, start: int, end: int) -> bool:
	if clock.metric != RESOLUTION:
		return False
	# Not by its stretches: reopened and closed again in one instant, it has none of that.
	return any(start <= each.reopened < end for each in clock.undone) or (
		clock.cycle > 1 and start <= clock.started < end
	)


def _pauses(each: Commitment, start: int, end: int) -> Iterator[Pause]:
	used = 0
	for stretch in each.clock.stretches:
		if stretch.state == RUNNING:
			used += each.calendar.between(stretch.start, stretch.end)
		elif stretch.state == PAUSED and start <= stretch.start < end:
			yield Pause(
				each.ticket,
				each.clock.metric,
				stretch.start,
				stretch.end,
				stretch.status,
				stretch.reason,
				used >= each.clock.target_us * LATE_PAUSE,
				each.calendar.between(stretch.start, stretch.end) > LONG_PAUSE_DAYS * each.calendar.usual_day,
			)
