"""Single changes of a contract on trial, each of which might have saved something: which there are, and whom they touch.

None of them can make a ticket miss what it has met, but for other support hours that open when the present ones are
shut: so what a change saves is known from the tickets that missed something.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.history import Told
from sla_guard.engine.instants import MINUTE
from sla_guard.engine.terms import METRICS, RESPONSE, Target, Terms
from sla_guard.engine.trial import Measured, Trial

TARGET, HOURS, PAUSE = KINDS = ("target", "hours", "pause")
# Usual targets in hours of support time; a change goes some steps up.
LADDER = (0.25, 0.5, 1, 2, 4, 6, 8, 12, 16, 24, 32, 40, 60, 80, 120, 160, 240, 320)
STEPS = 2
# The reason class of a pause that is tried.
WAITING = "customer"


class Change(NamedTuple):
	"""`target`: the row (by id) promises `to_us` instead of `from_us` for a metric. `hours`: the rows without hours of
	their own are measured in other support hours. `pause`: a status pauses a metric."""

	kind: str
	row: str = ""
	metric: str = ""
	from_us: int = 0
	to_us: int = 0
	status: str = ""
	hours: str = ""


class Hours(NamedTuple):
	"""Support hours that could be tried. `rows`: those of the contract without hours of their own."""

	rows: frozenset[str]
	others: Mapping[str, Calendar]


def targets(terms: Terms) -> Iterator[Change]:
	"""A longer time for one metric of one row, some steps up; a response no longer than the resolution of its row."""
	for row in terms.targets:
		for metric in METRICS:
			amount = row.commitment(metric)
			if amount is not None:
				for longer in _longer(row, metric, amount):
					yield Change(TARGET, row=row.id, metric=metric, from_us=amount, to_us=longer)


def _longer(row: Target, metric: str, amount: int) -> list[int]:
	most = row.resolution_us if metric == RESPONSE else None
	steps = (int(hours * 60) * MINUTE for hours in LADDER)
	usual = [step for step in steps if step > amount] or [amount * times for times in (2, 3)]
	return [step for step in usual[:STEPS] if most is None or step <= most]


def pauses(terms: Terms, statuses: Iterable[str]) -> Iterator[Change]:
	"""One more status that pauses a metric."""
	for status in sorted(set(statuses) - terms.stops - {""}):
		for metric in METRICS:
			if status not in terms.pauses.get(metric, {}):
				yield Change(PAUSE, metric=metric, status=status)


def other_hours(terms: Terms, hours: Hours, span: tuple[int, int]) -> Iterator[Change]:
	"""Other support hours, unless all that they do in this time is to be open longer, or the same."""
	for name, calendar in sorted(hours.others.items()):
		if any(not _is_within(terms.target(row).calendar, calendar, span) for row in hours.rows):
			yield Change(HOURS, hours=name)


def _is_within(inner: Calendar, outer: Calendar, span: tuple[int, int]) -> bool:
	"""Whether the outer hours are open whenever the inner ones are, between two instants."""
	return all(outer.between(*open) == open[1] - open[0] for open in inner.periods(*span))


class Changed:
	"""A trial with one change: `touches` says of which tickets it may change what they come to."""

	def __init__(self, change: Change, trial: Trial, hours: Hours, span: tuple[int, int]) -> None:
		self.change, self.before = change, trial
		self.hours, self.span = hours, span

	@cached_property
	def trial(self) -> Trial:
		return replace(self.before, terms=self._terms())

	def _terms(self) -> Terms:
		terms, change = self.before.terms, self.change
		if change.kind == PAUSE:
			paused = {**terms.pauses.get(change.metric, {}), change.status: WAITING}
			return replace(terms, pauses={**terms.pauses, change.metric: paused})
		return replace(terms, targets=tuple(map(self._target, terms.targets)))

	def _target(self, row: Target) -> Target:
		change = self.change
		if change.kind == HOURS:
			return replace(row, calendar=self._calendar) if row.id in self.hours.rows else row
		amount = "response_us" if change.metric == RESPONSE else "resolution_us"
		return replace(row, **{amount: change.to_us}) if row.id == change.row else row

	@property
	def _calendar(self) -> Calendar:
		return self.hours.others[self.change.hours]

	@property
	def may_spoil(self) -> bool:
		"""Whether a ticket that misses nothing might miss something by it."""
		return self.change.kind == HOURS and not self.only_shuts

	def touches(self, history: Iterable[Told], measured: Measured) -> bool:
		change = self.change
		if not measured.missed and not self.may_spoil:
			return False
		if change.kind == HOURS:
			return not measured.targets.isdisjoint(self.hours.rows)
		if all(each.metric != change.metric for each in measured.missed):
			return False
		if change.kind == TARGET:
			return change.row in measured.targets
		return any(each.status == change.status for each in history)

	@cached_property
	def only_shuts(self) -> bool:
		"""Whether the other hours are never open when the present ones are shut: nothing can get worse."""
		rows = map(self.before.terms.target, self.hours.rows)
		return all(_is_within(self._calendar, row.calendar, self.span) for row in rows)
