"""Planned maintenance: when it takes place, and which part of it excuses under a contract."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time
from itertools import islice, takewhile
from typing import NamedTuple

from dateutil.rrule import rrulestr

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.instants import instant, moment
from sla_guard.engine.spans import Span, united
from sla_guard.engine.wall_clock import first_instant, zone_named

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
# More often is a slip of the keyboard: a rule is entered again before that.
MOST = 1000
_RULE = re.compile(r"(?:RRULE:)?([A-Z]+=[A-Z0-9,+-]+(?:;[A-Z]+=[A-Z0-9,+-]+)*);?")
_UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")


class Occurrence(NamedTuple):
	"""One maintenance of a service, once: from `start` to `end`, made known at `announced`."""

	start: int
	end: int
	announced: int


# ---- which part of it excuses


def counted(
	occurrences: Iterable[Occurrence],
	notice_us: int = 0,
	quota_us: int = 0,
	period_at: Callable[[int], Span] | None = None,
) -> tuple[Span, ...]:
	"""The time that a contract takes out of the clocks and of the agreed time of a service, in order.

	Of a maintenance that was announced at least `notice_us` before its start; at most `quota_us` (0: no limit) in each
	period of the contract, those that start first before the others, the one with which it is used up cut there.
	`period_at` gives the period, as instants, that an instant lies in.
	"""
	announced = united(
		(each.start, each.end) for each in occurrences if each.announced + notice_us <= each.start
	)
	return tuple(_limited(announced, quota_us, period_at)) if quota_us else announced


def _limited(spans: Iterable[Span], quota_us: int, period_at: Callable[[int], Span]) -> Iterator[Span]:
	left: dict[int, int] = {}
	for start, end in spans:
		while start < end:
			first, following = period_at(start)
			part = min(end, following)
			granted = min(part - start, left.setdefault(first, quota_us))
			left[first] -= granted
			if granted:
				yield start, start + granted
			start = part


# ---- when it takes place


def repeated(start: int, end: int, rule: str, zone: str, last: date | None = None) -> tuple[Span, ...]:
	"""All times of a maintenance that takes place from `start` to `end` for the first time, and then by an RRULE (RFC
	5545) on the wall clock of `zone`, up to the date `last`.

	Each starts and ends at the same time of day, so that one lasts an hour more or less when clocks change. An UNTIL
	that is a date alone includes that day. Raises WrongInput for what is no such rule, for one that does not end, and
	for one that does not hold for the first time.
	"""
	first, over = (_wall(at, zone) for at in (start, end))
	parts = _parts(rule)
	if not (last or {"COUNT", "UNTIL"} & parts.keys()):
		raise WrongInput("The recurrence never ends: say UNTIL or COUNT in it, or until when to repeat")
	walls = _walls(rule, parts, first, zone)
	if last:
		walls = takewhile(lambda wall: wall.date() <= last, walls)
	walls = list(islice(walls, MOST + 1))
	if len(walls) > MOST:
		raise WrongInput("The recurrence gives more than {most} times", most=MOST)
	if not walls or walls[0] != first:
		raise WrongInput(
			"The recurrence does not include the first start, {start}", start=f"{first:%Y-%m-%d %H:%M}"
		)
	bounds = ((wall, wall + (over - first)) for wall in walls)
	spans = (tuple(first_instant(zone, wall) for wall in each) for each in bounds)
	# In the hour that clocks skip there may be nothing left of it.
	return tuple((one, other) for one, other in spans if one < other)


def _parts(rule: str) -> dict[str, str]:
	found = _RULE.fullmatch(rule.strip().upper())
	pairs = [part.split("=") for part in found[1].split(";")] if found else []
	parts = dict(pairs)
	if not pairs or len(parts) < len(pairs) or parts.get("INTERVAL") == "0":
		raise _no_rule(rule)
	if parts.get("FREQ") not in FREQUENCIES:
		raise WrongInput(
			"The recurrence says no FREQ, or one that is none of {known}", known=", ".join(FREQUENCIES)
		)
	if {"COUNT", "UNTIL"} <= parts.keys():
		raise WrongInput("The recurrence says both UNTIL and COUNT")
	return parts


def _no_rule(rule: str) -> WrongInput:
	return WrongInput(
		"{rule} is no recurrence; one is {example}", rule=rule, example="FREQ=MONTHLY;BYDAY=1SU;COUNT=12"
	)


def _walls(rule: str, parts: dict[str, str], first: datetime, zone: str) -> Iterator[datetime]:
	if "UNTIL" in parts:
		parts = parts | {"UNTIL": _until(rule, parts["UNTIL"], zone)}
	try:
		return iter(rrulestr(";".join(map("=".join, parts.items())), dtstart=first))
	except (ValueError, TypeError, KeyError, AttributeError) as error:
		raise _no_rule(rule) from error


def _until(rule: str, value: str, zone: str) -> str:
	"""As a time of day in the zone: the rule knows no other."""
	found = _UNTIL.fullmatch(value)
	try:
		day = datetime.strptime(found[1], "%Y%m%d")
		until = datetime.combine(day, datetime.strptime(found[2], "%H%M%S").time() if found[2] else time.max)
	except (TypeError, ValueError) as error:
		raise _no_rule(rule) from error
	if found[3]:
		until = _wall(instant(until.replace(tzinfo=moment(0).tzinfo)), zone)
	return f"{until:%Y%m%dT%H%M%S}"


def _wall(at: int, zone: str) -> datetime:
	return moment(at).astimezone(zone_named(zone)).replace(tzinfo=None, microsecond=0)
