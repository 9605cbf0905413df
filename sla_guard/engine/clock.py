"""One clock: the time a ticket has used of one commitment, in one cycle."""

from __future__ import annotations

from typing import NamedTuple

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.errors import NoHoursLeft
from sla_guard.engine.terms import (
	FROM_CHANGE,
	FROM_OPENING,
	ON,
	OUT,
	RUNNING,
	STOPPED,
	WITHDRAWN,
	Phase,
	Target,
	Terms,
)

MET, MISSED = "met", "missed"


class Stretch(NamedTuple):
	"""A part of a clock's life in one state; of a pause the status that paused it and the reason class."""

	start: int
	end: int
	state: str
	status: str
	reason: str


class Promise(NamedTuple):
	"""What was promised from an instant until a change replaced it.

	`due` is what it stood at just before the change (None: paused, or past). `replaced_by` is the way it was
	replaced: "from opening", "from change", or "withdrawn" if the ticket was not covered any more.
	"""

	since: int
	terms: str
	target: str
	target_us: int
	due: int | None
	replaced_at: int
	replaced_by: str


class Undone(NamedTuple):
	"""A stop that a reopening ended, at `reopened`; see Clock for the others."""

	decided: int
	stopped: int
	stopped_by: str
	reopened: int
	terms: str


class Clock(NamedTuple):
	"""A clock as it stands. Instants and amounts in microseconds; amounts are support time of the target's hours.

	`state`: running, paused, stopped, withdrawn (the ticket is not covered any more) or void (it was no ticket).
	`counted_from`: `started`, or the later change from which the target is counted. `left_us` is below zero once the
	target is passed. `due`: the earliest instant at which the target will be used up if the clock goes on running; None
	while it does not run, when that is past, and when no hours are left. `breached_at` stays once it is set.
	`stopped_by`: the status, "restored", or the way of the answer. `verdict`: met or missed, of a stopped clock.
	`stretches` tell its life from `started` to now, the last one how it stands; `promises`, what was promised before
	the present target; `undone`, its stops before the last, as they stood then, whatever target it has been measured by
	since. `decided`: since when it is known to stand stopped: its stop, or a later change by which it had been stopped
	before; what was counted of the time in between stays so. `hours`: the support hours it was counted in,
	each with the instant from which on, without the announced maintenance. `promised_since`: since when the present
	target is promised, which may be counted from before.
	"""

	metric: str
	cycle: int
	state: str
	started: int
	counted_from: int
	target_us: int
	elapsed_us: int
	left_us: int
	due: int | None
	breached_at: int | None
	stopped: int | None
	stopped_by: str | None
	verdict: str | None
	terms: str
	target: str
	stretches: tuple[Stretch, ...]
	promises: tuple[Promise, ...]
	undone: tuple[Undone, ...] = ()
	decided: int | None = None
	promised_since: int = 0
	hours: tuple[tuple[int, Calendar], ...] = ()

	def promised_at(self, at: int) -> tuple[str, str, int]:
		"""The terms, the target and its amount that held at an instant; a change at that instant holds already."""
		for each in self.promises:
			if at < each.replaced_at:
				return each.terms, each.target, each.target_us
		return self.terms, self.target, self.target_us


class Meter:
	"""A clock in the making: told of each change of phase in turn, it keeps what has been used."""

	__slots__ = (
		"begin",
		"breached_at",
		"calendar",
		"counted_from",
		"cycle",
		"decided",
		"elapsed",
		"hours",
		"metric",
		"phase",
		"phases",
		"promised_since",
		"promises",
		"row",
		"since",
		"started",
		"stopped",
		"stopped_by",
		"stretches",
		"target_us",
		"terms",
		"undone",
	)

	def __init__(
		self, metric: str, cycle: int, at: int, terms: Terms, row: Target, begin: object = None
	) -> None:
		self.metric = metric
		self.cycle = cycle
		self.started = self.counted_from = self.since = self.promised_since = at
		# Where to begin when this clock is measured again from its start; the replay's own affair.
		self.begin = begin
		self.elapsed = 0
		self.phase = ON
		self.stretches = [(at, ON)]
		self.breached_at = self.stopped = self.stopped_by = self.decided = None
		self.promises: list[Promise] = []
		self.undone: list[Undone] = []
		self.hours: list[tuple[int, Calendar]] = []
		self._promise(at, terms, row)

	def _promise(self, at: int, terms: Terms, row: Target) -> None:
		self.terms = terms
		self.phases = terms.phases[self.metric]
		self._count_in(at, row)
		self.target_us = row.commitment(self.metric)

	def _count_in(self, at: int, row: Target) -> None:
		self.row, self.calendar = row, row.calendar
		self.hours.append((at, row.calendar))

	# ---- time passes

	def settle(self, at: int) -> None:
		"""Count the time up to `at`, and the breach if the clock still ran at an instant after its due."""
		if self.phase.state == RUNNING and at > self.since:
			elapsed = self.elapsed + self.calendar.between(self.since, at)
			if elapsed >= self.target_us and self.breached_at is None:
				due = self.due()
				if due is not None and due < at:
					self.breached_at = due
			self.elapsed = elapsed
		self.since = at

	def due(self) -> int | None:
		"""When the target will be used up, running on from the last settled instant; None if it has been before."""
		if self.phase.state != RUNNING or self.elapsed > self.target_us:
			return None
		try:
			return self.calendar.add(self.since, self.target_us - self.elapsed)
		except NoHoursLeft:
			return None

	# ---- its state changes

	def enter(self, at: int, phase: Phase, by: str | None = None) -> None:
		"""Go into a phase at `at`, stopped `by` what made it."""
		self.settle(at)
		if self.finished and phase.state != STOPPED and at > self.decided:
			self.undone.append(Undone(self.decided, self.stopped, self.stopped_by, at, self.terms.hash))
		self.stopped, self.stopped_by = (at, by) if phase.state == STOPPED else (None, None)
		self.decided = self.stopped
		self.phase = phase
		if self.stretches[-1][0] == at:
			self.stretches.pop()
		if not self.stretches or self.stretches[-1][1] != phase:
			self.stretches.append((at, phase))

	@property
	def finished(self) -> bool:
		return self.phase.state == STOPPED

	@property
	def withdrawn(self) -> bool:
		return self.phase.state == WITHDRAWN

	# ---- its promise changes

	def withdraw(self, at: int) -> None:
		"""The ticket is not covered from `at` on: nothing is owed any more, what was missed before stays missed."""
		self._keep_promise(at, WITHDRAWN)
		self.enter(at, OUT)

	def restart(self, at: int, terms: Terms, row: Target) -> None:
		"""A new target, counted from `at`."""
		self._keep_promise(at, FROM_CHANGE)
		self.elapsed = 0
		self.counted_from = at
		self._promise(at, terms, row)

	def replace(self, at: int, measured: Meter) -> None:
		"""A new target, as if it had been the one from the start: `measured` is a clock that lived so.

		More used already than the new target allows is a breach, at the change and not before it.
		"""
		self._keep_promise(at, FROM_OPENING)
		measured.settle(at)
		self.counted_from = self.started
		self._promise(at, measured.terms, measured.row)
		for name in ("elapsed", "hours", "since", "phase", "stretches", "stopped", "stopped_by"):
			setattr(self, name, getattr(measured, name))
		self.decided = at if self.finished else None

	def go_on_in(self, at: int, row: Target) -> None:
		"""The same promise, counted in the hours of this row from `at` on; what was used stays used."""
		self.settle(at)
		self._count_in(at, row)

	def breach_if_used_up(self, at: int) -> None:
		"""A target made shorter than what was used is breached by that, paused or not."""
		if self.breached_at is None and self.elapsed > self.target_us:
			self.breached_at = at

	def _keep_promise(self, at: int, replaced_by: str) -> None:
		if not self.withdrawn:
			due = self._due_after_settling(at)
			self.promises.append(
				Promise(
					self.promised_since, self.terms.hash, self.row.id, self.target_us, due, at, replaced_by
				)
			)
		# Withdrawn, it still shows what was promised last.
		if replaced_by != WITHDRAWN:
			self.promised_since = at

	def _due_after_settling(self, at: int) -> int | None:
		due = self.due()
		self.settle(at)
		return None if due is not None and due < at else due

	# ---- how it stands

	def reading(self, now: int) -> Clock:
		"""The clock at `now`. It may be read again later: nothing is counted yet of the time up to `now`."""
		before = self.elapsed, self.since, self.breached_at
		due = self._due_after_settling(now)
		elapsed, breached_at = self.elapsed, self.breached_at
		self.elapsed, self.since, self.breached_at = before
		state = self.phase.state
		verdict = None
		if state == STOPPED:
			verdict = MET if breached_at is None else MISSED
		return Clock(
			self.metric,
			self.cycle,
			state,
			self.started,
			self.counted_from,
			self.target_us,
			elapsed,
			self.target_us - elapsed,
			due,
			breached_at,
			self.stopped,
			self.stopped_by,
			verdict,
			self.terms.hash,
			self.row.id,
			_stretches(self.stretches, now),
			tuple(self.promises),
			tuple(self.undone),
			self.decided,
			self.promised_since,
			tuple(self.hours),
		)


def _stretches(changes: list[tuple[int, Phase]], now: int) -> tuple[Stretch, ...]:
	ends = [start for start, _ in changes[1:]]
	ends.append(now)
	return tuple([Stretch(start, end, *phase) for (start, phase), end in zip(changes, ends, strict=True)])
