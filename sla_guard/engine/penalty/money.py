"""Amounts of money: exact fractions until a line is rounded, whole units of the currency from there on.

A unit is the smallest amount that a currency writes: a cent, a yen, a fils. What is counted in them needs no rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction


def to_units(amount: Fraction | Decimal, decimals: int) -> int:
	"""Rounded half up; of amounts that are not below 0."""
	part, whole = amount.as_integer_ratio()
	return (2 * part * 10**decimals + whole) // (2 * whole)


def to_units_down(amount: Fraction | Decimal, decimals: int) -> int:
	"""Rounded down: what a limit allows. Of amounts that are not below 0."""
	part, whole = amount.as_integer_ratio()
	return part * 10**decimals // whole


def from_units(units: int, decimals: int) -> Decimal:
	return Decimal(units).scaleb(-decimals)


def spread(units: Sequence[int], limit: int) -> list[int]:
	"""Amounts cut down pro rata to a limit on their sum, by largest remainder; ties go to those that come first.

	None gets more than it had, and together they are the limit exactly, or as they were if they keep it.
	"""
	whole = sum(units)
	if whole <= limit:
		return list(units)
	shares = [divmod(each * limit, whole) for each in units]
	cut = [share for share, _rest in shares]
	by_rest = sorted(range(len(units)), key=lambda place: -shares[place][1])
	for place in by_rest[: limit - sum(cut)]:
		cut[place] += 1
	return cut
