"""On call: who is on duty at an instant, when nobody is, and who is called next.

Shifts are instants, from and to, the end not part of them: a clock change makes a night an hour longer or shorter and
leaves neither a gap nor two people on duty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.spans import Span, outside, united, within
from sla_guard.engine.wall_clock import first_reading, zone_named

# Who is called first.
FIRST_LEVEL = 1
# Whoever is told when there is nobody left to call.
MANAGERS = 0


class Shift(NamedTuple):
	"""From `start` to `end`, a user is the one who is called at this level."""

	level: int
	start: int
	end: int
	user: str


class Step(NamedTuple):
	"""Whom to call now: `user` at `level`, or the MANAGERS and no user. `skipped` are the levels before it, in order, at
	which nobody is on duty."""

	skipped: tuple[int, ...]
	level: int
	user: str = ""


def on_duty(shifts: Iterable[Shift], at: int) -> dict[int, str]:
	"""Level → user, of those who are on duty at an instant, the first level first. Of two at one level, which a roster
	refuses, whoever began later."""
	present = sorted(shift for shift in shifts if shift.start <= at < shift.end)
	return {shift.level: shift.user for shift in present}


def next_step(shifts: Iterable[Shift], after: int, at: int) -> Step:
	"""Whom to call at an instant when nobody up to the level `after` has answered the call; 0: it begins.

	A level at which nobody is on duty is passed over at once; the first level counts also where no shift is of it.
	"""
	shifts = tuple(shifts)
	present = on_duty(shifts, at)
	levels = sorted(level for level in {FIRST_LEVEL, *(shift.level for shift in shifts)} if level > after)
	for number, level in enumerate(levels):
		if level in present:
			return Step(tuple(levels[:number]), level, present[level])
	return Step(tuple(levels), MANAGERS)


def gaps(
	shifts: Iterable[Shift], start: int, end: int, level: int = FIRST_LEVEL, staffed: Iterable[Span] = ()
) -> tuple[Span, ...]:
	"""When, between two instants, nobody is on duty at a level, but for the time in which the office is staffed."""
	if start >= end:
		return ()
	present = [(shift.start, shift.end) for shift in shifts if shift.level == level]
	return tuple(outside([(start, end)], united(within([*present, *staffed], start, end))))


def clash(shifts: Sequence[Shift]) -> tuple[int, int] | None:
	"""The places of two shifts of one level that overlap, the earlier place first; None if there are none."""
	by_time = sorted(range(len(shifts)), key=lambda place: shifts[place])
	for one, other in pairwise(by_time):
		if shifts[one].level == shifts[other].level and shifts[other].start < shifts[one].end:
			return min(one, other), max(one, other)
	return None


def turns(
	zone: str, first: date, minute: int, days: int, users: Sequence[str], count: int
) -> Iterator[tuple[str, int, int]]:
	"""(user, start, end) of so many turns of so many days each, the users one after the other: each change-over is at
	that minute of the day on the wall clock of `zone`, whatever that does meanwhile.

	Raises WrongInput for an unknown zone, for nobody, and for turns that have no days.
	"""
	if not users:
		raise WrongInput("Nobody to take turns")
	if days < 1:
		raise WrongInput("A turn of {days} days is none", days=days)
	known, begins = zone_named(zone), first.toordinal()
	changes = [first_reading(known, begins + number * days, minute) for number in range(count + 1)]
	for number, (start, end) in enumerate(pairwise(changes)):
		# A zone may skip a whole date.
		if start < end:
			yield users[number % len(users)], start, end


def holding(scopes: Iterable[tuple[str, str]], chain: str, service: str) -> tuple[str, str] | None:
	"""Which of these scopes (chain of a contract, service; empty: any) is the one for a ticket: one that names both,
	then the contract, then the service, then one for everything. None if none is."""
	fitting = [each for each in scopes if each[0] in ("", chain) and each[1] in ("", service)]
	return max(fitting, key=lambda each: (bool(each[0]), bool(each[1])), default=None)
