"""A statement's numbers: what the commitments of a customer came to in a period, and what that costs.

Everything is worked out from the facts as they are known now; nothing is written. The same facts give the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple
from zoneinfo import ZoneInfo

import frappe
from frappe.model.document import Document

from sla_guard.engine.availability import Availability
from sla_guard.engine.calendar import Calendar
from sla_guard.engine.clock import MET, MISSED
from sla_guard.engine.instants import moment
from sla_guard.engine.lateness import NOT_LATE, lateness
from sla_guard.engine.penalty import Charge, Decided, Miss, PenaltyTerms, charge
from sla_guard.engine.penalty.money import from_units, to_units
from sla_guard.engine.periods import Period, period_of
from sla_guard.site_time import now_us
from sla_guard.sla_guard.doctype.sla_contract.money import penalty_terms
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import hours_of
from sla_guard.statements.agreed_hours import availability_of, measured_in
from sla_guard.statements.commitments import Breach, Missed, Reading, breaches_dated, read


class Chain(NamedTuple):
	"""The submitted versions of a contract, the earliest first, and what each says of money."""

	name: str
	versions: tuple[Document, ...]
	terms: tuple[PenaltyTerms, ...]

	@property
	def names(self) -> list[str]:
		return [version.name for version in self.versions]

	@property
	def starts(self) -> date:
		return self.terms[0].first

	@property
	def over(self) -> date | None:
		"""The first day on which no version is in force any more; None: no end is known."""
		return self.terms[-1].next

	def version_on(self, day: date) -> Document:
		"""The version in force on a day; outside of all of them the nearest one."""
		begun = [
			version for version, terms in zip(self.versions, self.terms, strict=True) if terms.first <= day
		]
		return begun[-1] if begun else self.versions[0]

	def pauses_count(self, version: str) -> bool:
		"""Whether a pause after a breach is late, under a version."""
		return bool(next(each for each in self.versions if each.name == version).pauses_count_late)

	def period_of(self, day: date) -> Period:
		"""The reporting period that holds a day."""
		return period_of(self.version_on(day).reporting_period, day)

	def period_at(self, at: int) -> Period:
		"""The reporting period that holds an instant."""
		return self.period_of(moment(at).astimezone(ZoneInfo(self.versions[-1].time_zone)).date())

	def at_end_of(self, period: Period) -> Document:
		return self.version_on(period.last)

	def instants(self, period: Period) -> tuple[int, int]:
		return period.instants(self.at_end_of(period).time_zone)


class Computed(NamedTuple):
	"""The numbers of a customer's statement for a period, before what earlier statements bring along. `until`: the
	instant at which its clocks were read; `hours`: of each availability target, by row."""

	chain: Chain
	customer: str
	period: Period
	reading: Reading
	hours: dict[str, Calendar]
	availability: dict[str, Availability]
	charge: Charge
	until: int

	@property
	def version(self) -> Document:
		return self.chain.at_end_of(self.period)

	@property
	def fee(self) -> Decimal:
		"""Of all versions in force, for their days in the period."""
		exact = sum((terms.fee_of(self.period) for terms in self.chain.terms), Fraction())
		return rounded(exact, self.chain.terms[-1].decimals)

	@property
	def instants(self) -> tuple[int, int]:
		return self.chain.instants(self.period)


def rounded(amount: Fraction, decimals: int) -> Decimal:
	"""Half up, to so many decimals."""
	return from_units(to_units(amount, decimals), decimals)


def read_chain(name: str) -> Chain:
	names = frappe.get_all(
		"SLA Contract", {"chain": name, "docstatus": 1}, pluck="name", order_by="effective_from, name"
	)
	versions = tuple(frappe.get_doc("SLA Contract", each) for each in names)
	return Chain(name, versions, tuple(map(penalty_terms, versions)))


def compute(
	chain: Chain,
	customer: str,
	period: Period,
	used_in_year: Decimal,
	earn_back: Callable[[Reading], Decimal],
) -> Computed:
	"""The numbers of a period. `used_in_year`: what the periods before it in its contract year came to. `earn_back`:
	what is to be given back at most, by what was read of the period."""
	start, until = _so_far(chain, period)
	reading = read(chain.names, customer, start, until)
	version = chain.at_end_of(period)
	hours = measured_in(version, chain.name, customer, period)
	available = availability_of(version, customer, hours, chain.instants(period))
	charged = charge(
		period,
		chain.terms,
		misses=_misses(chain, customer, period, reading, until),
		decided=decided(reading),
		availability=available,
		zone=version.time_zone,
		used_in_year=used_in_year,
		earn_back=earn_back(reading),
	)
	return Computed(chain, customer, period, reading, hours, available, charged, until)


def _so_far(chain: Chain, period: Period) -> tuple[int, int]:
	"""The instants from which to which a period is read: one that is not over, to the present. What still runs has not
	been missed by then, nor is it late by what is yet to come."""
	start, end = chain.instants(period)
	return start, min(end, max(start, now_us()))


def decided(reading: Reading) -> list[Decided]:
	"""What was met and missed, excluded and waived ones apart."""
	return [
		Decided(each.clock.metric, each.priority, each.service, each.outcome == MET)
		for each in reading.commitments
		if each.outcome in (MET, MISSED)
	]


# ---- what was missed


def _misses(chain: Chain, customer: str, period: Period, reading: Reading, until: int) -> list[Miss]:
	start, _end = chain.instants(period)
	found = {each.breach.name: _late_miss(chain, each, start, until) for each in reading.missed}
	# The n-th breach of its period is so by those that were missed with it, whatever became of them.
	for other in {chain.period_at(miss.breached_us) for miss in found.values()} - {period}:
		for breach in breaches_dated(chain.names, customer, *chain.instants(other)):
			found.setdefault(breach.name, _miss(breach))
	return list(found.values())


def _late_miss(chain: Chain, late: Missed, start: int, end: int) -> Miss:
	pauses_count = chain.pauses_count(late.breach.contract)

	def at(clock, instant):
		if clock is None:
			return NOT_LATE
		calendar = hours_of(clock)
		return lateness(clock, calendar, instant, pauses_count)

	return _miss(late.breach)._replace(late_at_start=at(late.before, start), late_at_end=at(late.clock, end))


def _miss(breach: Breach) -> Miss:
	return Miss(
		key=breach.name,
		ticket=breach.ticket,
		metric=breach.metric,
		cycle=breach.cycle,
		breached_us=breach.breached_us,
		priority=breach.priority,
		service=breach.service,
		version=breach.contract,
	)
