"""Dates and times as files write them, as instants.

A date like 1/2/2016 says nothing by itself: which of its numbers is the day is told by the other dates of its column,
or by whoever imports it; it is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.instants import instant
from sla_guard.engine.wall_clock import zone_named
from sla_guard.simulation.kinds import WrongFile

DAY_FIRST, MONTH_FIRST, YEAR_FIRST = ORDERS = ("Day First", "Month First", "Year First")
# Days since this one, as spreadsheets count them; the numbers of the years 1954 to 2119.
_SERIAL_ZERO = datetime(1899, 12, 30)
_SERIALS = (20_000, 80_500)
_DATE = re.compile(
	r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})"
	r"(?:[T ,]+(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp])?\.?(?:[Mm]\.?)?)?"
	r"\s*([A-Za-z]{1,4}|(?:UTC|GMT)?\s*[+-]\d{1,2}(?::?\d{2})?)?"
)
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
_REMEMBERED = 1 << 16


class Dates:
	"""What the dates of one column tell of the order of day and month; `only[order]`: the first that has no other."""

	def __init__(self, column: str) -> None:
		self.column = column
		self.only: dict[str, str] = {}
		self.either = ""

	def see(self, text: str) -> None:
		parts = _DATE.match(text)
		if not parts or len(parts[1]) > 2:
			return
		one, other = int(parts[1]), int(parts[3])
		if one <= 12 and other <= 12:
			self.either = self.either or (text if one != other else "")
		elif one <= 31 and other <= 12:
			self.only.setdefault(DAY_FIRST, text)
		elif one <= 12 and other <= 31:
			self.only.setdefault(MONTH_FIRST, text)

	@property
	def order(self) -> str:
		"""The only one in which all of them can be read; YEAR_FIRST if they do not ask; empty if it is not known."""
		if len(self.only) == 1:
			return next(iter(self.only))
		return "" if self.only or self.either else YEAR_FIRST


def order_of(columns: list[Dates]) -> dict[str, str]:
	"""The order of each column. One that could be read in two ways follows the others, where those agree.

	Raises WrongFile where that cannot be known: it must be said then.
	"""
	known = {each.order for each in columns} - {"", YEAR_FIRST}
	found = {}
	for each in columns:
		order = each.order or (known.copy().pop() if len(known) == 1 and not each.only else "")
		if not order:
			_refuse(each)
		found[each.column] = order
	return found


def _refuse(dates: Dates) -> None:
	if dates.only:
		raise WrongFile(
			"Column {column}: {one} has its day first, {other} its month. Say which it is under Dates; the others cannot be read then.",
			column=dates.column,
			one=dates.only[DAY_FIRST],
			other=dates.only[MONTH_FIRST],
		)
	raise WrongFile(
		"Column {column}: {value} may have its day or its month first, and no other date of the column tells. Say which it is under Dates.",
		column=dates.column,
		value=dates.either,
	)


class Unreadable(ValueError):
	"""Not an instant. `zone`: because of its time zone."""

	def __init__(self, zone: bool = False) -> None:
		self.zone = zone


def reader(order: str, zone: str) -> Callable[[str, str], int]:
	"""Reads the text of an instant and that of its zone, empty for `zone`: to microseconds. Raises Unreadable."""
	usual = zone_of(zone)

	@lru_cache(maxsize=_REMEMBERED)
	def read(text: str, its_zone: str = "") -> int:
		moment = _moment(text, order)
		if moment.tzinfo is None:
			# In the hour that a clock change repeats, the first one.
			moment = moment.replace(tzinfo=zone_of(its_zone) if its_zone else usual)
		return instant(moment)

	return read


@lru_cache(maxsize=1024)
def zone_of(name: str) -> tzinfo:
	"""A time zone by its name, or by its offset from UTC. Raises Unreadable."""
	if name.upper() in ("Z", "UTC", "GMT"):
		return timezone.utc
	if parts := _OFFSET.fullmatch(name):
		hours, minutes = int(parts[2]), int(parts[3] or 0)
		if hours <= 14 and minutes < 60:
			offset = timedelta(hours=hours, minutes=minutes)
			return timezone(offset if parts[1] == "+" else -offset)
	try:
		return zone_named(name)
	except WrongInput as error:
		raise Unreadable(zone=True) from error


def _moment(text: str, order: str) -> datetime:
	parts = _DATE.fullmatch(text)
	if not parts:
		return _serial(text)
	first, _mark, second, third, hour, minute, second_, fraction, half, zone = parts.groups()
	try:
		day = _day(first, second, third, order)
		clock = (
			_hour(hour, half),
			int(minute or 0),
			int(second_ or 0),
			int((fraction or "0")[:6].ljust(6, "0")),
		)
		moment = datetime(*day, *clock)
	except ValueError as error:
		raise Unreadable from error
	return moment.replace(tzinfo=zone_of(zone)) if zone else moment


def _day(first: str, second: str, third: str, order: str) -> tuple[int, int, int]:
	if len(first) > 2:
		return int(first), int(second), int(third)
	if len(third) not in (2, 4):
		raise ValueError(third)
	year = int(third) + 2000 * (len(third) == 2)
	if order == MONTH_FIRST:
		return year, int(first), int(second)
	if order == DAY_FIRST:
		return year, int(second), int(first)
	# Without an order only where it is of no matter.
	if first.lstrip("0") != second.lstrip("0"):
		raise ValueError(first)
	return year, int(first), int(second)


def _hour(hour: str | None, half: str | None) -> int:
	if not half:
		return int(hour or 0)
	if not 1 <= int(hour) <= 12:
		raise ValueError(hour)
	return int(hour) % 12 + 12 * (half in "pP")


def _serial(text: str) -> datetime:
	"""Of a spreadsheet: days with a fraction, to the second that it shows."""
	try:
		days = float(text.replace(",", "."))
	except ValueError as error:
		raise Unreadable from error
	if not _SERIALS[0] <= days <= _SERIALS[1]:
		raise Unreadable
	return _SERIAL_ZERO + timedelta(seconds=round(days * 86400))
