"""Thresholds: when a clock has used a part of its target, or as many times its target."""

from __future__ import annotations

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.clock import Clock
from sla_guard.engine.errors import NoHoursLeft, WrongInput
from sla_guard.engine.terms import RUNNING


def reached_at(clock: Clock, hours: Calendar, percent: int, now: int) -> int | None:
	"""The earliest instant at which a clock has, or will have, used so many percent (1 and more) of its target.

	`clock` was read at `now`, and `hours` are those it is measured in. While it runs, an instant to come is that of a
	clock that goes on running; 100 is its due. One that is past is that at which it happened, and never before the
	present target was promised: what a change of the target puts behind the clock is reached at the change, as a
	breach is. None for what was not reached: while it does not run, and where no hours are left.

	Raises WrongInput for less than one percent, or something that is no whole number.
	"""
	if type(percent) is not int or percent < 1:
		raise WrongInput("{percent} is not a percentage of one and more", percent=repr(percent))
	wanted = -(-clock.target_us * percent // 100)
	if wanted <= clock.elapsed_us:
		return max(_used(clock, hours, wanted), clock.promised_since)
	if clock.state != RUNNING:
		return None
	try:
		return hours.add(now, wanted - clock.elapsed_us)
	except NoHoursLeft:
		return None


def _used(clock: Clock, hours: Calendar, wanted: int) -> int:
	"""The earliest instant at which so much was used. Counted back from the reading: what was used before a maintenance
	was announced, or before the service changed, was counted in other hours."""
	used = clock.elapsed_us
	for part in reversed(clock.stretches):
		start = max(part.start, clock.counted_from)
		if part.state != RUNNING or start >= part.end:
			continue
		before = used - hours.between(start, part.end)
		if before < wanted:
			return hours.add(start, wanted - before)
		used = before
	return clock.counted_from
