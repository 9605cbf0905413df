"""What a picture of a clock's life shows: when support was open, why it was not, and how the target was used up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from sla_guard.engine.calendar import Calendar, shared_calendar
from sla_guard.engine.clock import Clock
from sla_guard.engine.instants import moment
from sla_guard.engine.spans import Span, outside, within
from sla_guard.engine.terms import PAUSED, RUNNING
from sla_guard.engine.wall_clock import day_start, zone_named

Point = tuple[int, int]


class DayOff(NamedTuple):
	"""A holiday that takes hours away, from the first opening that there would be to the last closing."""

	day: date
	start: int
	end: int


class Life(NamedTuple):
	"""A clock from `start` to `end`, in microseconds.

	`open`: the support hours it is measured in; `shut`: the announced maintenance in between. `used`: points (instant,
	support time used) between which the use grows evenly, from where the target is counted on to what is used now;
	`ahead`: from there to the due, if the clock goes on running.
	"""

	start: int
	end: int
	open: tuple[Span, ...]
	shut: tuple[Span, ...]
	days_off: tuple[DayOff, ...]
	used: tuple[Point, ...]
	ahead: tuple[Point, ...]


def life(clock: Clock) -> Life:
	"""The life of a clock up to when it was last told, or to its due if that is to come."""
	told = _lived_until(clock)
	start, end = clock.started, max(told, clock.due or told)
	parts = list(_measured(clock, start, end))
	used = _used(clock, parts)
	return Life(
		start,
		end,
		tuple(span for hours, *part in parts for span in hours.periods(*part)),
		tuple(span for hours, *part in parts for span in within(hours.shut, *part)),
		tuple(day for hours, *part in parts for day in _days_off(hours, *part)),
		used,
		_line(parts, [(told, clock.due)], used[-1]) if clock.due else (),
	)


def _lived_until(clock: Clock) -> int:
	"""What stands still for good tells nothing more."""
	last = clock.stretches[-1]
	return last.end if clock.state in (RUNNING, PAUSED) else last.start


def _measured(clock: Clock, start: int, end: int) -> Iterator[tuple[Calendar, int, int]]:
	"""The support hours that the clock is counted in, and from when to when."""
	bounds = [*clock.hours, (end, None)]
	for (since, hours), (until, _) in pairwise(bounds):
		if max(since, start) < min(until, end):
			yield hours, max(since, start), min(until, end)


def _used(clock: Clock, parts: list[tuple[Calendar, int, int]]) -> tuple[Point, ...]:
	running = [
		(max(each.start, clock.counted_from), each.end)
		for each in clock.stretches
		if each.state == RUNNING and each.end > clock.counted_from
	]
	line = _line(parts, running, (clock.counted_from, 0))
	over = _lived_until(clock)
	return line if line[-1][0] >= over else (*line, (over, line[-1][1]))


def _line(parts: list[tuple[Calendar, int, int]], running: list[Span], first: Point) -> tuple[Point, ...]:
	"""From a point on, what is used while the clock runs in open hours."""
	points = [first]
	for opens, closes in _counted(parts, running):
		before = points[-1][1]
		if points[-1][0] < opens:
			points.append((opens, before))
		points.append((closes, before + closes - opens))
	return tuple(points)


def _counted(parts: list[tuple[Calendar, int, int]], running: list[Span]) -> Iterator[Span]:
	for start, end in running:
		for hours, since, until in parts:
			if max(start, since) < min(end, until):
				yield from hours.periods(max(start, since), min(end, until))


# ---- holidays


def _days_off(hours: Calendar, start: int, end: int) -> Iterator[DayOff]:
	if not (hours.holidays or hours.half_days):
		return
	usual, kept = (
		shared_calendar(hours.zone, hours.windows, *days) for days in ((), (hours.holidays, hours.half_days))
	)
	first, last = (moment(at).astimezone(zone_named(hours.zone)).date() for at in (start, end))
	for day in sorted((*hours.holidays, *hours.half_days)):
		if first <= day <= last:
			lost = within(_lost(usual, kept, day), start, end)
			if lost:
				yield DayOff(day, lost[0][0], lost[-1][1])


def _lost(usual: Calendar, kept: Calendar, day: date) -> Iterator[Span]:
	"""The hours that there would be on a date, and are not; an evening's over midnight as far as it goes."""
	begin, end = (day_start(kept.zone, day + timedelta(days=days)) for days in (0, 1))
	return outside(usual.periods(begin, end), kept.periods(begin, end))
