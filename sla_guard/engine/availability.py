"""Availability: the part of its agreed time in which a service was there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.instants import MINUTE, SECOND
from sla_guard.engine.share import Share

Interval = tuple[int, int]


class Outage(NamedTuple):
	"""From when a service was down to when it was restored, None if it is not yet; a partial one counts 0."""

	started: int
	restored: int | None = None
	partial: bool = False


class Availability(NamedTuple):
	"""Agreed time of a service in a period and how much of it the service was down, in microseconds."""

	agreed_us: int
	down_us: int

	@property
	def share(self) -> Share:
		"""The part in which it was there, in the longest of minutes, seconds, microseconds that makes both whole."""
		up = self.agreed_us - self.down_us
		unit = next(each for each in (MINUTE, SECOND, 1) if not (up % each or self.agreed_us % each))
		return Share(up // unit, self.agreed_us // unit)


def availability(
	calendar: Calendar, start: int, end: int, outages: Iterable[Outage], maintenance: Iterable[Interval] = ()
) -> Availability:
	"""What a service with these hours was from `start` to `end`; announced `maintenance` is out of both amounts.

	Outages that overlap count once. One that is not restored lasts to `end`: of a period that is not over, give the
	present as its end. A calendar that has the maintenance as holes already gives the same.
	"""
	holes = union(maintenance, start, end)
	down = union(
		(
			(each.started, end if each.restored is None else each.restored)
			for each in outages
			if not each.partial
		),
		start,
		end,
	)
	return Availability(
		_open(calendar, without([(start, end)], holes)), _open(calendar, without(down, holes))
	)


def union(intervals: Iterable[Interval], start: int, end: int) -> list[Interval]:
	"""What the intervals cover between two instants: in order, apart from each other, none of them empty."""
	found: list[Interval] = []
	for begins, ends in sorted((max(begins, start), min(ends, end)) for begins, ends in intervals):
		if ends <= begins:
			continue
		if found and begins <= found[-1][1]:
			found[-1] = found[-1][0], max(ends, found[-1][1])
		else:
			found.append((begins, ends))
	return found


def without(intervals: Iterable[Interval], holes: list[Interval]) -> list[Interval]:
	"""What is left of intervals in order when the holes, a union, are taken out."""
	left: list[Interval] = []
	for start, end in intervals:
		for hole_start, hole_end in holes:
			if hole_start < end and hole_end > start:
				left.append((start, max(start, hole_start)))
				start = hole_end
		left.append((start, max(start, end)))
	return [(start, end) for start, end in left if start < end]


def _open(calendar: Calendar, intervals: Iterable[Interval]) -> int:
	return sum(calendar.between(start, end) for start, end in intervals)
