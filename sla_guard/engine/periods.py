"""Periods: the months and quarters that are reported, the years of a contract, and how much of a fee falls in them.

A period is whole days in a contract's own time zone. Days are counted by dates; only where a period meets the life of
a ticket does it become two instants.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.wall_clock import day_start

MONTH, QUARTER, YEAR = FREQUENCIES = ("Month", "Quarter", "Year")
MONTHS_IN = {MONTH: 1, QUARTER: 3, YEAR: 12}

_DAY = timedelta(days=1)

# Thousands of breaches ask for the same few periods, and dateutil takes its time.
_remembered = lru_cache(maxsize=4096)


class Period(NamedTuple):
	"""The days from `first` up to `next`, the first day that is no longer in it."""

	first: date
	next: date

	@property
	def last(self) -> date:
		return self.next - _DAY

	@property
	def days(self) -> int:
		return (self.next - self.first).days

	def holds(self, day: date) -> bool:
		return self.first <= day < self.next

	def common(self, first: date, next: date | None) -> Period | None:
		"""The days of it from `first` up to `next` (None: for ever); None if there are none."""
		begins, ends = max(self.first, first), self.next if next is None else min(self.next, next)
		return Period(begins, ends) if begins < ends else None

	def months(self) -> tuple[Period, ...]:
		"""The whole calendar months in which it has a day, in order."""
		found = [period_of(MONTH, self.first)]
		while found[-1].next < self.next:
			found.append(period_of(MONTH, found[-1].next))
		return tuple(found)

	def shifted(self, count: int) -> Period:
		"""The period of the same kind that is `count` later, or earlier if that is below 0.

		Raises WrongInput for what is not whole calendar months: years of a contract are told by `contract_year`.
		"""
		if self.first.day != 1 or self.next.day != 1:
			raise WrongInput("{first} to {last} is not whole months", first=self.first, last=self.last)
		return _shifted(self, count * len(self.months()))

	def instants(self, zone: str) -> tuple[int, int]:
		"""Its first instant and the one at which it is over: 00:00 of `first` and of `next` in that zone."""
		return day_start(zone, self.first), day_start(zone, self.next)


@_remembered
def _shifted(period: Period, months: int) -> Period:
	step = relativedelta(months=months)
	return Period(period.first + step, period.next + step)


@_remembered
def period_of(frequency: str, day: date) -> Period:
	"""The calendar month, quarter or year that holds a day. Raises WrongInput for another frequency."""
	if frequency not in MONTHS_IN:
		raise WrongInput("{frequency} is no frequency of periods", frequency=repr(frequency))
	length = MONTHS_IN[frequency]
	first = date(day.year, day.month - (day.month - 1) % length, 1)
	return Period(first, first + relativedelta(months=length))


def contract_year(start: date, day: date) -> Period:
	"""The year of a contract that holds a day, from one anniversary of its start to the next.

	A contract that starts on 29 February has its anniversary on the 28th where a year has no 29th. Raises WrongInput
	for a day before the start.
	"""
	if day < start:
		raise WrongInput("{day} is before the contract's start on {start}", day=day, start=start)
	year = relativedelta(day, start).years
	return Period(start + relativedelta(years=year), start + relativedelta(years=year + 1))


def counted_year(start: date, period: Period, ends: date | None = None) -> Period:
	"""The contract year whose cap a reporting period uses: that of its last day in which the contract is in force.

	`ends` is the first day on which the contract is over. So each year has as many months, also where the contract
	did not start on the first of one.
	"""
	last = period.last if ends is None else min(period.last, ends - _DAY)
	return contract_year(start, max(last, start))


class MonthPart(NamedTuple):
	"""What of a month counts: `days` of its `of` days."""

	month: Period
	days: int

	@property
	def of(self) -> int:
		return self.month.days


@_remembered
def parts_in_force(period: Period, first: date, next: date | None) -> tuple[MonthPart, ...]:
	"""Month by month, how many days of a period lie in force, from `first` up to `next` (None: for ever)."""
	common = period.common(first, next)
	if common is None:
		return ()
	return tuple(MonthPart(month, common.common(*month).days) for month in common.months())


@_remembered
def share_of(amount: Fraction, frequency: str, parts: tuple[MonthPart, ...]) -> Fraction:
	"""What of an amount for every month, quarter or year falls in these months: of each its days ÷ all its days.

	A quarter is the sum of its months, and every month of it a third of the amount.
	"""
	monthly = Fraction(amount) / MONTHS_IN[frequency]
	return sum((monthly * part.days / part.of for part in parts), Fraction())
