"""The periods of a contract in turn: what those before a period leave of its year's cap, and what it gives back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sla_guard.engine.penalty.case import Decided, compliance
from sla_guard.engine.penalty.total import earned_back
from sla_guard.engine.periods import Period, counted_year
from sla_guard.engine.share import Share


class Before(NamedTuple):
	"""An earlier period: what it took of the year's cap, what it credited, and its compliance in the metric by which is
	earned back; None where that is of no matter."""

	period: Period
	used: Decimal
	credited: Decimal
	share: Share | None = None


def used_in_year(starts: date, period: Period, before: Iterable[Before], over: date | None = None) -> Decimal:
	"""What earlier periods took of the cap of a period's contract year. `over`: the first day without contract."""
	year = counted_year(starts, period, over)
	return sum((each.used for each in before if counted_year(starts, each.period, over) == year), Decimal(0))


def given_back(
	period: Period,
	before: Sequence[Before],
	metric: str,
	level: Decimal,
	count: int,
	decided: Iterable[Decided],
) -> Decimal:
	"""What the period so many periods ago credited, if the level was held in all since; `decided` is of this one."""
	if not metric or len(before) < count:
		return Decimal(0)
	named = before[-count]
	if named.period.shifted(count) != period:
		return Decimal(0)
	later = [each.share for each in before[len(before) - count + 1 :]]
	return earned_back(named.credited, [*later, compliance(decided, metric)], level, count)
