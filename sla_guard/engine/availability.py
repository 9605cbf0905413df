"""Availability: the part of its agreed time in which a service was there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.instants import MINUTE, SECOND
from sla_guard.engine.share import Share
from sla_guard.engine.spans import Span, united, within


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
	calendar: Calendar, start: int, end: int, outages: Iterable[Outage], maintenance: Iterable[Span] = ()
) -> Availability:
	"""What a service with these hours was from `start` to `end`; announced `maintenance` is out of both amounts.

	Outages that overlap count once. One that is not restored lasts to `end`: of a period that is not over, give the
	present as its end. Hours that have the maintenance taken out already give the same.
	"""
	hours = calendar.without(_between(maintenance, start, end))
	down = _between(((each.started, _over(each, end)) for each in outages if not each.partial), start, end)
	return Availability(hours.between(start, end), sum(hours.between(begins, ends) for begins, ends in down))


def _over(outage: Outage, end: int) -> int:
	return end if outage.restored is None else outage.restored


def _between(spans: Iterable[Span], start: int, end: int) -> tuple[Span, ...]:
	"""The time in any of them, between two instants."""
	return united(within(spans, start, end))
