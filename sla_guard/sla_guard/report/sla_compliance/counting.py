"""How many commitments were met and missed, counted by the database from clocks, breaches and reopenings.

The same as a replay of every ticket up to the end of each period would say (engine/figures.py). The rows of a contract
belong to the days of its own zone: the database counts them by the parts into which the days of all zones cut the time,
and each part is then given to the period in which it lies for that contract. One query a table, however many rows.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

import frappe
from frappe.query_builder.functions import Count
from pypika.queries import Table
from pypika.terms import Case, Field, NullValue, Term, ValueWrapper

from sla_guard.engine.clock import MET, MISSED
from sla_guard.engine.figures import EXCLUDED, WAIVED
from sla_guard.engine.periods import MONTH, QUARTER, Period, period_of
from sla_guard.reporting import Asked, agent_of, with_clock

# What a state of SLA Breach counts as; a withdrawn one counts as nothing.
OUTCOMES = {"Open": MISSED, "Excluded": EXCLUDED, "Waived": WAIVED}
TRENDS = (MONTH, QUARTER)


class Decided(NamedTuple):
	"""So many commitments of a contract that were decided in a part of the time, which begins at `since`."""

	contract: str
	group: str
	since: int
	outcome: str
	count: int


class Undone(NamedTuple):
	"""A commitment that stood as met from then until it was reopened. `breached`: when it was missed; 0: not."""

	contract: str
	group: str
	decided: int
	reopened: int
	breached: int


class Found(NamedTuple):
	decided: list[Decided]
	undone: list[Undone]


def periods(asked: Asked) -> list[Period]:
	"""The months or quarters of the days asked for, or all of these days, where no trend is asked for."""
	whole = asked.period
	if asked.filters.group_by not in TRENDS:
		return [whole]
	found = [period_of(asked.filters.group_by, whole.first).common(*whole)]
	while found[-1].next < whole.next:
		found.append(period_of(asked.filters.group_by, found[-1].next).common(*whole))
	return found


def find(asked: Asked) -> Found:
	"""What was decided in the days asked for, group by group."""
	cuts = sorted({at for each in asked.bounds(periods(asked)).values() for at in chain(*each)})
	return Found([*_met(asked, cuts), *_missed(asked, cuts)], list(_undone(asked)))


def tally(asked: Asked, found: Found, periods: list[Period]) -> dict[tuple[Period, str], Counter]:
	"""By period and group, how many of each outcome. A commitment counts in each period that it was decided in, so that
	a quarter is not the sum of its months."""
	tallies: dict[tuple[Period, str], Counter] = defaultdict(Counter)
	bounds = asked.bounds(periods)
	for each in found.decided:
		index = _which(bounds[asked.contracts[each.contract].zone], each.since)
		if index is not None:
			tallies[periods[index], each.group][each.outcome] += each.count
	for each in found.undone:
		its = bounds[asked.contracts[each.contract].zone]
		index = _which(its, each.decided)
		if index is not None and _met_at(each, its[index][1]):
			tallies[periods[index], each.group][MET] += 1
	return tallies


def _which(bounds: list[tuple[int, int]], at: int) -> int | None:
	"""Which of these periods, one after the other, an instant lies in."""
	index = bisect_right(bounds, (at + 1,)) - 1
	return index if index >= 0 and at < bounds[index][1] else None


def _met_at(each: Undone, end: int) -> bool:
	"""Whether it stood so at the end of a period, and had not been missed by then."""
	return each.reopened >= end and (not each.breached or each.breached >= end)


# ---- rows


def _met(asked: Asked, cuts: list[int]) -> Iterator[Decided]:
	clock = frappe.qb.DocType("SLA Clock")
	since, group = _part(clock.decided_us, cuts), _group(asked, clock)
	rows = (
		frappe.qb.from_(clock)
		.select(clock.contract, group.as_("grouped"), since.as_("since"), Count("*"))
		.where((clock.verdict == MET) & (clock.decided_us >= cuts[0]) & (clock.decided_us < cuts[-1]))
		.where(asked.rows("SLA Clock"))
		.groupby(clock.contract, Field("grouped"), Field("since"))
	).run()
	for contract, name, at, count in rows:
		yield Decided(contract, name or "", at, MET, count)


def _missed(asked: Asked, cuts: list[int]) -> Iterator[Decided]:
	breach = frappe.qb.DocType("SLA Breach")
	query, since = frappe.qb.from_(breach), _part(breach.breached_us, cuts)
	if asked.filters.group_by == "Agent":
		query, clock = with_clock(query, breach)
		group = agent_of(breach, clock)
	else:
		group = _group(asked, breach)
	rows = (
		query.select(breach.contract, group.as_("grouped"), since.as_("since"), breach.state, Count("*"))
		.where(breach.state.isin([*OUTCOMES]))
		.where((breach.breached_us >= cuts[0]) & (breach.breached_us < cuts[-1]))
		.where(asked.rows("SLA Breach"))
		.groupby(breach.contract, Field("grouped"), Field("since"), breach.state)
	).run()
	for contract, name, at, state, count in rows:
		yield Decided(contract, name or "", at, OUTCOMES[state], count)


def _undone(asked: Asked) -> Iterator[Undone]:
	row = frappe.qb.DocType("SLA Reopening")
	rows = (
		frappe.qb.from_(row)
		.select(row.contract, _group(asked, row), row.stopped_us, row.reopened_us, row.breached_us)
		.where(asked.anywhere(row.stopped_us))
		.where(asked.rows("SLA Reopening"))
	).run()
	for contract, name, *instants in rows:
		yield Undone(contract, name or "", *instants)


def _group(asked: Asked, table: Table) -> Term:
	by = asked.filters.group_by
	return NullValue() if by in TRENDS else table[by.lower()]


def _part(instant: Field, cuts: list[int]) -> Term:
	"""The last of these instants that is not later than `instant`, found by halves: there may be hundreds."""
	if len(cuts) == 1:
		return ValueWrapper(cuts[0])
	middle = len(cuts) // 2
	earlier, later = _part(instant, cuts[:middle]), _part(instant, cuts[middle:])
	return Case().when(instant < cuts[middle], earlier).else_(later)
