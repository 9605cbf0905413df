"""A contract on trial: what the commitments of a ticket would have come to under it, period by period.

Counted as a statement counts them: each period by the clocks as they stood at its end, from the facts dated before it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import NamedTuple

from sla_guard.engine.clock import MET, MISSED, Clock
from sla_guard.engine.coverage import Coverage
from sla_guard.engine.figures import IN_PROGRESS, outcome
from sla_guard.engine.history import Told, events, is_void, standing_at
from sla_guard.engine.instants import moment
from sla_guard.engine.lateness import Lateness, lateness
from sla_guard.engine.periods import MONTH, Period, period_of
from sla_guard.engine.replay import readings
from sla_guard.engine.spans import Span
from sla_guard.engine.terms import NOT_COVERED, PAUSED, RUNNING, Terms
from sla_guard.engine.wall_clock import zone_named


@dataclass(frozen=True)
class Trial:
	"""What is measured of a contract. `customers`: whose tickets it is for; None: everybody's. `every`: how often it
	reports, in the days of `zone`. `pauses_count`: whether a pause after a breach is late. `holes`: by service, the
	announced maintenance that counts."""

	name: str
	coverage: Coverage
	terms: Terms
	zone: str = "UTC"
	every: str = MONTH
	customers: frozenset[str] | None = None
	pauses_count: bool = True
	holes: Mapping[str, Sequence[Span]] = field(default_factory=dict)

	def owns(self, customer: str) -> bool:
		return self.customers is None or customer in self.customers

	def target_of(self, each: Told) -> str:
		"""The row that a ticket falls under, by what it is from a fact on; NOT_COVERED while it is another customer's."""
		names = each.priority, each.service, each.issue_type, each.customer
		found = self._known.get(names)
		if found is None:
			covered = self.owns(each.customer)
			found = self._known[names] = self.coverage.target_for(*names[:3]) if covered else NOT_COVERED
		return found

	@cached_property
	def _known(self) -> dict[tuple, str]:
		return {}

	@cached_property
	def holes_of_terms(self) -> dict[tuple[str, str], Sequence[Span]]:
		return {(self.terms.hash, service): spans for service, spans in self.holes.items()}


class Timeline:
	"""The reporting periods from an instant to another, the last one up to that: it is still read at it."""

	def __init__(self, zone: str, every: str, first: int, until: int) -> None:
		self.zone, self.until = zone, until
		self.first_day = _day(zone, first)
		self.periods = tuple(_whole(every, self.first_day, _day(zone, until)))
		self.starts = [period.instants(zone)[0] for period in self.periods]
		self.ends = [*self.starts[1:], until + 1]
		months = tuple(_whole(MONTH, self.periods[0].first, self.periods[-1].last))
		self._months = [month.first.isoformat()[:7] for month in months]
		self._month_starts = [month.instants(zone)[0] for month in months]

	def place(self, at: int) -> int:
		"""Which of the periods an instant is in."""
		return max(bisect_right(self.starts, at) - 1, 0)

	def month(self, at: int) -> str:
		"""2016-03"""
		return self._months[max(bisect_right(self._month_starts, at) - 1, 0)]


def _whole(every: str, first: date, last: date) -> Iterable[Period]:
	period = period_of(every, first)
	while period.first <= last:
		yield period
		period = period_of(every, period.last + timedelta(days=1))


def _day(zone: str, at: int) -> date:
	return moment(at).astimezone(zone_named(zone)).date()


@lru_cache(maxsize=64)
def timeline(zone: str, every: str, first: int, until: int) -> Timeline:
	return Timeline(zone, every, first, until)


class Verdict(NamedTuple):
	"""A commitment decided in the period at `place` of the timeline."""

	place: int
	month: str
	metric: str
	priority: str
	service: str
	customer: str
	met: bool


class Late(NamedTuple):
	"""What was missed: with its lateness at the end of the period of its breach, `place`, and of each one after it, as
	long as that grew."""

	ticket: str
	metric: str
	cycle: int
	breached_us: int
	priority: str
	service: str
	customer: str
	place: int
	lates: tuple[Lateness, ...]

	@property
	def key(self) -> str:
		return f"{self.ticket}|{self.metric}|{self.cycle}"

	def late_at_end(self, place: int) -> Lateness:
		"""How late it was when the period at this place was over."""
		return self.lates[min(place - self.place, len(self.lates) - 1)] if place >= self.place else Lateness()


class Measured(NamedTuple):
	"""What a ticket comes to. `targets`: the rows that it fell under. `in_progress`: how many commitments are neither met
	nor missed at the end."""

	verdicts: tuple[Verdict, ...]
	missed: tuple[Late, ...]
	in_progress: int
	targets: frozenset[str]


# What time alone can still change.
_ALIVE = (RUNNING, PAUSED)
NOTHING = Measured((), (), 0, frozenset())


def measure(ticket: str, history: Sequence[Told], trial: Trial, line: Timeline) -> Measured:
	"""What a ticket with this history, in order, comes to. What was no ticket, and what the contract is not for, comes to
	nothing."""
	if is_void(history) or history[0].at > line.until:
		return NOTHING
	told = events(history, trial.terms, trial.target_of)
	targets = frozenset(each.target for each in told if each.target)
	if targets == {NOT_COVERED}:
		return Measured((), (), 0, targets)
	reading = _Reading(ticket, history, trial, line)
	first = line.place(history[0].at)
	every_end = zip(
		range(first, len(line.ends)),
		readings(told, trial.terms, line.ends[first:], trial.holes_of_terms),
		strict=True,
	)
	for place, clocks in every_end:
		reading.read(place, clocks)
		if line.ends[place] > history[-1].at and not any(clock.state in _ALIVE for clock in clocks):
			break
	return reading.measured(targets, clocks)


class _Reading:
	"""The clocks of a ticket, read at the end of one period after the other."""

	def __init__(self, ticket: str, history: Sequence[Told], trial: Trial, line: Timeline) -> None:
		self.ticket, self.history, self.trial, self.line = ticket, history, trial, line
		self.verdicts: list[Verdict] = []
		self.missed: dict[tuple[str, int], Late] = {}

	def read(self, place: int, clocks: tuple[Clock, ...]) -> None:
		start, end = self.line.starts[place], self.line.ends[place]
		for clock in clocks:
			what, at = outcome(clock, start, end)
			if what in (MET, MISSED):
				self._decided(place, clock, at, what == MET)
			if clock.breached_at is not None:
				self._late(place, clock, end)

	def _decided(self, place: int, clock: Clock, at: int, met: bool) -> None:
		then = standing_at(self.history, at)
		if self.trial.owns(then.customer):
			names = (clock.metric, then.priority, then.service, then.customer)
			self.verdicts.append(Verdict(place, self.line.month(at), *names, met))

	def _late(self, place: int, clock: Clock, end: int) -> None:
		key = clock.metric, clock.cycle
		late = lateness(clock, clock.hours[-1][1], end, self.trial.pauses_count)
		known = self.missed.get(key)
		if known:
			self.missed[key] = known._replace(lates=(*known.lates, late))
			return
		then = standing_at(self.history, clock.breached_at)
		if self.trial.owns(then.customer):
			names = (then.priority, then.service, then.customer)
			self.missed[key] = Late(self.ticket, *key, clock.breached_at, *names, place, (late,))

	def measured(self, targets: frozenset[str], clocks: tuple[Clock, ...]) -> Measured:
		end = self.line.ends[-1]
		open_still = sum(outcome(clock, end, end)[0] == IN_PROGRESS for clock in clocks)
		missed = tuple(each._replace(lates=_grown(each.lates)) for each in self.missed.values())
		return Measured(tuple(self.verdicts), missed, open_still, targets)


def _grown(lates: tuple[Lateness, ...]) -> tuple[Lateness, ...]:
	"""Without those at the end that are as the one before them."""
	last = len(lates)
	while last > 1 and lates[last - 1] == lates[last - 2]:
		last -= 1
	return lates[:last]
