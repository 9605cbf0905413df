"""Lateness: how long a missed commitment stayed undone after its breach."""

from __future__ import annotations

from typing import NamedTuple

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.clock import Clock
from sla_guard.engine.errors import WrongInput
from sla_guard.engine.instants import HOUR, MINUTE, SECOND
from sla_guard.engine.terms import PAUSED, RUNNING

SUPPORT, ELAPSED = MEASURES = ("Support time", "Elapsed time")


class Lateness(NamedTuple):
	"""Microseconds since the breach, in support time and in time on the clock on the wall."""

	support_us: int = 0
	elapsed_us: int = 0

	def by(self, measure: str) -> int:
		return self.support_us if measure == SUPPORT else self.elapsed_us


NOT_LATE = Lateness()


def lateness(clock: Clock, calendar: Calendar, at: int, pauses_count: bool = True) -> Lateness:
	"""How late a clock was at an instant: from its breach to its stop, or to `at` if it had not stopped then.

	`calendar` is that of the target that was missed. The time in which it was stopped, before a reopening, is not late;
	its pauses are unless `pauses_count` says otherwise. A clock that was not breached by then is not late.

	Raises WrongInput if `at` is later than the clock was read: what came after is not in it.
	"""
	if clock.breached_at is None or clock.breached_at >= at:
		return NOT_LATE
	if at > clock.stretches[-1].end:
		raise WrongInput(
			"A clock read at {read} µs does not know {at} µs", read=clock.stretches[-1].end, at=at
		)
	states = (RUNNING, PAUSED) if pauses_count else (RUNNING,)
	late = [
		(max(each.start, clock.breached_at), min(each.end, at))
		for each in clock.stretches
		if each.state in states and each.end > clock.breached_at and each.start < at
	]
	return Lateness(
		sum(calendar.between(start, end) for start, end in late), sum(end - start for start, end in late)
	)


def duration_text(amount_us: int) -> str:
	"""An amount of time as people write it in any language: 4 h 30 min; parts of a second only where there are some."""
	hours, rest = divmod(amount_us, HOUR)
	minutes, rest = divmod(rest, MINUTE)
	seconds = f"{rest // SECOND}.{rest % SECOND:06}".rstrip("0").rstrip(".")
	parts = [f"{value} {unit}" for value, unit in ((hours, "h"), (minutes, "min")) if value]
	if rest:
		parts.append(f"{seconds} s")
	return " ".join(parts) or "0 h"
