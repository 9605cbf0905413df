"""Support hours: one stream of open periods, and the two folds over it, `add` and `between`.

The stream is worked out lazily, some years at a time, into sorted integers with running sums; the folds only
bisect them. Nothing else in the app walks over days.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from sla_guard.engine.errors import NoHoursLeft, WrongInput
from sla_guard.engine.instants import DAY, EPOCH, MINUTE, checked, instant, moment
from sla_guard.engine.spans import Span, disjoint, outside, united, within
from sla_guard.engine.wall_clock import first_reading, zone_named

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# Time zone rules for another century are fiction, and a calendar must end somewhere to be able to say "never".
FIRST_YEAR, LAST_YEAR = 1900, 2199
FIRST = instant(EPOCH.replace(year=FIRST_YEAR))
LAST = instant(EPOCH.replace(year=LAST_YEAR + 1))

# Hours that stay shut from one opening to the next for more days than this are a mistake, not a holiday: the usual
# one is a yearly holiday list whose weekly days off are the very days of the support hours.
LONGEST_CLOSURE = timedelta(days=365)

Window = tuple[int, int, int]


class _Table(NamedTuple):
	"""The open periods of some years: `totals[i]` is the open time up to the end of period i."""

	first: int
	last: int
	starts: list[int]
	ends: list[int]
	totals: list[int]


class Calendar:
	"""Support hours as a value: equal when they say the same, usable from several threads.

	`windows` are (weekday 0 = Monday, start minute, end minute) on the wall clock of `zone`. An end at or before its
	start lies on the next day; 0 and 1440 as an end are 24:00. Windows that meet or overlap count once. A date in
	`holidays` closes the windows that start on it; a date in `half_days` leaves the first half of their open time.
	`shut` are instants (from, to) between which nothing is open, whatever the rest says: see `without`.

	Raises WrongInput for no windows, a bound outside the day, an unknown zone, something that is no date, something
	shut that ends before it starts, and for holidays that keep the hours shut for more than a year.
	"""

	__slots__ = (
		"_by_weekday",
		"_hash",
		"_table",
		"_zone",
		"half_days",
		"holidays",
		"shut",
		"windows",
		"zone",
	)

	def __init__(
		self,
		zone: str,
		windows: Iterable[Window],
		holidays: Iterable[date] = (),
		half_days: Iterable[date] = (),
		shut: Iterable[Span] = (),
	) -> None:
		self.zone = zone
		self._zone = zone_named(zone)
		self.windows = _checked_windows(windows)
		self.holidays = _checked_dates(holidays, "holiday")
		self.half_days = _checked_dates(half_days, "half-day holiday")
		self.shut = united(shut)
		self._hash = hash(self._key())
		self._by_weekday = [[w[1:] for w in self.windows if w[0] == weekday] for weekday in range(7)]
		self._table = _NOTHING_YET
		if self._is_around_the_clock():
			# One period, which makes both folds plain arithmetic; or, with something shut, few.
			self._table = _tabulated(FIRST, LAST, outside([(FIRST, LAST)], self.shut))
		self._refuse_closed_for_ever()

	@classmethod
	def always(cls, zone: str = "UTC") -> Calendar:
		"""24/7. The zone is only for display: no clock change shortens or lengthens these hours."""
		return cls(zone, [(weekday, 0, DAY_MINUTES) for weekday in range(7)])

	def without(self, shut: Iterable[Span]) -> Calendar:
		"""These hours with the time between these instants taken out: the clocks of a service during an announced
		maintenance. The same object for the same content, so that its table is worked out once.
		"""
		shut = tuple(shut)
		return _shared_without(self, shut) if shut else self

	def _key(self) -> tuple:
		return self.zone, self.windows, self.holidays, self.half_days, self.shut

	def __eq__(self, other: object) -> bool:
		return isinstance(other, Calendar) and (self is other or self._key() == other._key())

	def __hash__(self) -> int:
		return self._hash

	def __repr__(self) -> str:
		return f"Calendar({self.zone!r}, {self.windows!r}, {len(self.holidays)} holidays)"

	# ---- the two folds

	def add(self, start: int, amount: int) -> int:
		"""The earliest instant at which `amount` microseconds of support time have passed since `start`.

		That is a closing time rather than the next opening, and `start` itself for an amount of 0, be it in closed
		hours. Raises NoHoursLeft if the hours end first, WrongInput for a negative amount.
		"""
		if type(start) is not int:
			checked(start, "Start of support time")
		if amount <= 0:
			if amount == 0:
				return start
			raise WrongInput("A negative amount of support time: {amount} µs", amount=amount)
		table = self._table
		if not table.first <= start <= table.last:
			table = self._reaching(start, start)
		wanted = _passed(table, start) + amount
		while wanted > table.totals[-1]:
			table = self._longer()
		period = bisect_left(table.totals, wanted)
		return table.ends[period] - (table.totals[period] - wanted)

	def between(self, start: int, end: int) -> int:
		"""Support time from `start` to `end`, in microseconds; 0 if `end` is not later."""
		if type(start) is not int or type(end) is not int:
			checked(start, "Start of support time")
			checked(end, "End of support time")
		if end <= start:
			return 0
		table = self._table
		if start < table.first or end > table.last:
			table = self._reaching(start, end)
		return _passed(table, end) - _passed(table, start)

	def periods(self, start: int, end: int) -> tuple[Span, ...]:
		"""The open periods between two instants, in order, the first and the last cut at them; for pictures."""
		known = self._table
		table = known if known.first <= start and end <= known.last else self._reaching(start, end)
		part = slice(bisect_right(table.ends, start), bisect_left(table.starts, end))
		return within(united(zip(table.starts[part], table.ends[part], strict=True)), start, end)

	# ---- the stream

	@property
	def never_closes(self) -> bool:
		"""Whether these hours are 24/7: the windows cover the whole week and nothing is taken out."""
		return not self.shut and self._is_around_the_clock()

	def _is_around_the_clock(self) -> bool:
		return not (self.holidays or self.half_days) and _covers_the_week(self.windows)

	@property
	def usual_day(self) -> int:
		"""Support time of a day, in microseconds: that of a week over its days with any, holidays aside."""
		spans = disjoint(sorted(map(week_span, self.windows)))
		minutes = min(sum(end - start for start, end in spans), WEEK_MINUTES)
		return minutes * MINUTE // sum(map(bool, self._by_weekday))

	def _stream(self, first_day: date, last_day: date) -> Iterator[Span]:
		"""The open periods that start on these dates, in order, none overlapping another."""
		days = range(first_day.toordinal(), last_day.toordinal() + 1)
		holidays, half_days = (
			{day.toordinal() for day in dates} for dates in (self.holidays, self.half_days)
		)
		return disjoint(
			period
			for day in days
			if day not in holidays
			for period in (_first_half(self._opened_on(day)) if day in half_days else self._opened_on(day))
		)

	def _opened_on(self, day: int) -> Iterator[Span]:
		for start, end in self._by_weekday[(day - 1) % 7]:
			following = end <= start
			yield first_reading(self._zone, day, start), first_reading(self._zone, day + following, end)

	# ---- the table

	def _reaching(self, start: int, end: int) -> _Table:
		"""The table, made long enough to know both instants."""
		for at in (start, end):
			if not FIRST <= at <= LAST:
				raise WrongInput(
					"{at} µs lies outside the years {first} to {last}",
					at=at,
					first=FIRST_YEAR,
					last=LAST_YEAR,
				)
		known = self._table
		first = moment(min(start, known.first) - 2 * DAY).year
		last = moment(max(end, known.last) + 2 * DAY).year
		return self._remember(first, last + 1)

	def _longer(self) -> _Table:
		"""The table, reaching at least twice as far."""
		known = self._table
		if known.last >= LAST:
			raise NoHoursLeft("No support hours left before the year {year}", year=LAST_YEAR + 1)
		first, last = moment(known.first + 2 * DAY).year, moment(known.last - 2 * DAY).year
		return self._remember(first, 2 * last - first + 1)

	def _remember(self, first_year: int, last_year: int) -> _Table:
		# A table is never changed but replaced whole, so that threads that are reading it are not disturbed.
		first, last = date(max(first_year, FIRST_YEAR - 1), 1, 1), date(min(last_year, LAST_YEAR + 1), 12, 31)
		known_from = max(first_reading(self._zone, first.toordinal(), 0), FIRST)
		known_to = min(first_reading(self._zone, last.toordinal() + 1, 0), LAST)
		# A window of the day before may reach into the first day.
		opened = self._stream(first - timedelta(days=2), last)
		self._table = _tabulated(known_from, known_to, outside(opened, self.shut) if self.shut else opened)
		return self._table

	def _refuse_closed_for_ever(self) -> None:
		closed = {day.toordinal() for day in self.holidays}
		if not closed:
			return
		# Outside of a week around the holidays every week opens.
		days = range(min(closed) - 7, max(closed) + 8)
		opening = [day for day in days if self._by_weekday[(day - 1) % 7] and day not in closed]
		for before, after in pairwise(opening):
			if after - before > LONGEST_CLOSURE.days:
				raise WrongInput(
					"The holidays keep these support hours shut from {first} to {last}, more than a year",
					first=date.fromordinal(before + 1).isoformat(),
					last=date.fromordinal(after - 1).isoformat(),
				)


@lru_cache(maxsize=1024)
def shared_calendar(
	zone: str, windows: tuple[Window, ...], holidays: tuple[date, ...] = (), half_days: tuple[date, ...] = ()
) -> Calendar:
	"""The calendar with this content, one per process, so that its table is worked out once."""
	return Calendar(zone, windows, holidays, half_days)


@lru_cache(maxsize=256)
def _shared_without(hours: Calendar, shut: tuple[Span, ...]) -> Calendar:
	return Calendar(hours.zone, hours.windows, hours.holidays, hours.half_days, (*hours.shut, *shut))


_BEFORE_ALL = FIRST - 3 * 366 * DAY
_NOTHING_YET = _Table(LAST, FIRST, [], [], [0])


def _tabulated(first: int, last: int, periods: Iterable[Span]) -> _Table:
	# An empty period ahead of all others spares the folds a case.
	starts, ends, totals = [_BEFORE_ALL], [_BEFORE_ALL], [0]
	for start, end in periods:
		if start >= LAST:
			break
		starts.append(start)
		ends.append(min(end, LAST))
		totals.append(totals[-1] + ends[-1] - start)
	return _Table(first, last, starts, ends, totals)


def _passed(table: _Table, at: int) -> int:
	"""Open time from the beginning of the table to `at`."""
	period = bisect_right(table.starts, at) - 1
	end = table.ends[period]
	return table.totals[period] - (end - at if at < end else 0)


def _first_half(periods: Iterable[Span]) -> Iterator[Span]:
	"""The periods that hold the first half of the open time of all of them."""
	whole = list(disjoint(periods))
	left = sum(end - start for start, end in whole) // 2
	for start, end in whole:
		yield start, min(end, start + left)
		left -= min(end - start, left)


def week_span(window: Window) -> Span:
	"""The minutes of the week, from Monday 00:00, that a window covers; it may run over the end of Sunday."""
	weekday, start, end = window
	midnight = weekday * DAY_MINUTES
	return midnight + start, midnight + end + (end <= start) * DAY_MINUTES


def _covers_the_week(windows: tuple[Window, ...]) -> bool:
	spans = [week_span(window) for window in windows]
	# What runs over the end of Sunday belongs to the beginning of Monday.
	spans = sorted(spans + [(start - WEEK_MINUTES, end - WEEK_MINUTES) for start, end in spans])
	covered = 0
	for start, end in spans:
		if start > covered:
			return False
		covered = max(covered, end)
	return covered >= WEEK_MINUTES


def _checked_windows(windows: Iterable[Window]) -> tuple[Window, ...]:
	checked_windows = {_checked_window(row, window) for row, window in enumerate(windows, 1)}
	if not checked_windows:
		raise WrongInput("Support hours without a window never open")
	return tuple(sorted(checked_windows))


def _checked_window(row: int, window: Window) -> Window:
	try:
		weekday, start, end = window
	except (TypeError, ValueError) as error:
		raise WrongInput(
			"Window {row}: {window} is not (weekday, start, end)", row=row, window=repr(window)
		) from error
	for what, value, last in (
		("weekday", weekday, 6),
		("start", start, DAY_MINUTES - 1),
		("end", end, DAY_MINUTES),
	):
		if type(value) is not int or not 0 <= value <= last:
			raise WrongInput(
				"Window {row}: {what} {value} is not a whole number from 0 to {last}",
				row=row,
				what=what,
				value=repr(value),
				last=last,
			)
	return weekday, start, end or DAY_MINUTES


def _checked_dates(dates: Iterable[date], what: str) -> tuple[date, ...]:
	found = set()
	for day in dates:
		if not isinstance(day, date) or isinstance(day, datetime) or not FIRST_YEAR <= day.year <= LAST_YEAR:
			raise WrongInput(
				"{what} {day} is not a date from {first} to {last}",
				what=what.capitalize(),
				day=repr(day),
				first=FIRST_YEAR,
				last=LAST_YEAR,
			)
		found.add(day)
	return tuple(sorted(found))
