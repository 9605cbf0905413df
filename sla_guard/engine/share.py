"""Shares: percentages that are compared exactly and shown with the fraction that they come from."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple


class Share(NamedTuple):
	"""`part` of `whole`, whole numbers. A share of nothing is no data: it has no percentage and reaches no level."""

	part: int
	whole: int

	@property
	def fraction(self) -> Fraction | None:
		return Fraction(self.part, self.whole) if self.whole else None

	@property
	def percent(self) -> Decimal | None:
		"""With two decimals, truncated: what is below 95 % never reads 95.00."""
		return Decimal(self.part * 10_000 // self.whole).scaleb(-2) if self.whole else None

	def reaches(self, level: Decimal) -> bool:
		"""Whether it is at least this many percent."""
		return self.whole > 0 and self.part * 100 >= Fraction(level) * self.whole


def percent_text(part: int, whole: int) -> str:
	"""'94.97 % (189/199)'; nothing for a share of nothing."""
	share = Share(part, whole)
	return f"{share.percent} % ({part}/{whole})" if whole else ""
