"""What the wall clock of a time zone reads, as an instant."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.instants import EPOCH, SECOND, moment


def zone_named(name: str) -> ZoneInfo:
	"""Raises WrongInput if there is no such zone."""
	try:
		return ZoneInfo(name)
	except (KeyError, ValueError, OSError, TypeError, AttributeError) as error:
		raise WrongInput("Unknown time zone: {zone}", zone=repr(name)) from error


def day_start(zone: str, day: date) -> int:
	"""The first instant of a date on the wall clock of `zone`. Raises WrongInput for an unknown zone."""
	return first_reading(zone_named(zone), day.toordinal(), 0)


def first_instant(zone: str, wall: datetime) -> int:
	"""The first instant at which the wall clock of `zone` reads this naive datetime, to the second, or later. Raises
	WrongInput for an unknown zone."""
	seconds = wall.second * SECOND
	return first_reading(zone_named(zone), wall.toordinal(), wall.hour * 60 + wall.minute) + seconds


def first_reading(zone: ZoneInfo, day: int, minute: int) -> int:
	"""The first instant at which the wall clock of `zone` reads that minute of that date (an ordinal), or later.

	In a repeated hour this is the first occurrence, in a skipped one the instant of the change: so bounds never
	cross, and a date that the zone skipped is empty.
	"""
	wall = datetime.fromordinal(day) + timedelta(minutes=minute)
	reading = (day - EPOCH.toordinal()) * 86400 + minute * 60
	first, second = (_seconds(wall.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
	if first >= second:
		return (reading - first) * SECOND
	# Skipped: the change lies between the two ways to read a wall clock that never showed this.
	candidates = range(reading - second, reading - first + 1)
	found = bisect_left(
		candidates, reading, key=lambda at: at + _seconds(moment(at * SECOND).astimezone(zone))
	)
	return candidates[found] * SECOND


def _seconds(wall: datetime) -> int:
	return int(wall.utcoffset().total_seconds())
