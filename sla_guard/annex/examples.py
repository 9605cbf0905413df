"""A worked example for each penalty rule of a contract: what the engine says of a case that is made up for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from math import ceil
from types import MappingProxyType
from typing import NamedTuple

from frappe import _
from frappe.model.document import Document

from sla_guard.annex.naming import what_is_missed
from sla_guard.engine.availability import Availability
from sla_guard.engine.instants import DAY, HOUR, MINUTE
from sla_guard.engine.lateness import Lateness
from sla_guard.engine.penalty import NO_AMOUNT, Charge, Decided, Miss, PenaltyTerms, Rule, Tier, charge
from sla_guard.engine.penalty.rules import BY_AVAILABILITY, BY_COMPLIANCE, BY_LATENESS, PER_UNIT
from sla_guard.engine.periods import MONTH, Period, period_of
from sla_guard.engine.terms import RESOLUTION
from sla_guard.sla_guard.doctype.sla_contract.money import penalty_terms
from sla_guard.statements.sentences import sentences, stored
from sla_guard.statements.words import Words

# How many commitments an example of compliance has: the fewest with which its tier can be told.
SAMPLES = (10, 20, 50, 100, 200, 500, 1000, 10_000)


class Example(NamedTuple):
	"""The case in a sentence, the arithmetic, a sentence a step, and what it comes to."""

	case: str
	steps: list[str]
	result: str


class _Case(NamedTuple):
	"""What is given to the engine; `about` says it."""

	about: str
	misses: Sequence[Miss] = ()
	decided: Sequence[Decided] = ()
	availability: Mapping[str, Availability] = MappingProxyType({})


def example_of(contract: Document, rule: Rule, words: Words) -> Example | None:
	"""Of one rule alone, before the caps of period and year; None where none of its tiers can be reached."""
	terms = penalty_terms(contract)
	alone = replace(
		terms, rules=(rule,), period_cap=NO_AMOUNT, year_cap=NO_AMOUNT, minimum_payable=Decimal(0)
	)
	period = period_for(contract, terms)
	case = _case(contract, alone, rule, period, words)
	if case is None:
		return None
	found = charge(period, [alone], case.misses, case.decided, case.availability, contract.time_zone)
	return _told(found, case, words)


def period_for(contract: Document, terms: PenaltyTerms) -> Period:
	"""The first whole period in which penalties are due; the one in which they begin, where no whole one follows."""
	begins = max(filter(None, (terms.first, terms.penalties_from)))
	period = period_of(contract.reporting_period or MONTH, begins)
	whole = period if period.first == begins else period.shifted(1)
	return whole if terms.next is None or whole.next <= terms.next else period


def _told(found: Charge, case: _Case, words: Words) -> Example:
	line = found.lines[-1]
	steps = sentences(stored(line.steps), words)
	return Example(case.about, steps, _("Penalty: {0}").format(words.money(line.amount)))


def _case(contract: Document, terms: PenaltyTerms, rule: Rule, period: Period, words: Words) -> _Case | None:
	if rule.kind == BY_COMPLIANCE:
		return _of_compliance(contract, terms, rule, period, words)
	if rule.kind == BY_AVAILABILITY:
		return _of_availability(contract, terms, rule, period, words)
	return _of_breaches(contract, terms, rule, period, words)


def _name(contract: Document, period: Period, words: Words) -> str:
	return words.period(contract.reporting_period or MONTH, period.first, period.last)


# ---- a breach


def _of_breaches(contract: Document, terms: PenaltyTerms, rule: Rule, period: Period, words: Words) -> _Case:
	"""As many as it takes for the multiplier, the last one told."""
	count = max(rule.multiplied_from, 1)
	start, end = period.instants(contract.time_zone)
	first = start + min(9 * DAY, (end - start) // 2)
	misses = [
		Miss(
			str(number),
			str(number),
			rule.metric or RESOLUTION,
			1,
			first + number * MINUTE,
			rule.priority,
			rule.service,
			terms.version,
			late_at_end=Lateness(*[_late(rule)] * 2),
		)
		for number in range(count)
	]
	what = what_is_missed(rule.metric or RESOLUTION, rule.priority, rule.service)
	when = _name(contract, period, words)
	once = _("Example: {0} is missed in {1}.").format(what, when)
	often = _("Example: {0} is missed {1} times in {2}; the last of them:").format(what, count, when)
	return _Case(once if count == 1 else often, misses)


def _late(rule: Rule) -> int:
	"""Some units and a started one; the middle of the second tier, if there are two."""
	if rule.kind == PER_UNIT:
		return rule.unit_us * 5 // 2
	if rule.kind == BY_LATENESS:
		tier = rule.tiers[min(1, len(rule.tiers) - 1)]
		return (tier.low + tier.high) // 2 if tier.high else tier.low + HOUR
	return HOUR


# ---- a period


def _priced(terms: PenaltyTerms, rule: Rule, period: Period) -> Iterator[Tier]:
	"""The tiers that cost something, the mildest first."""
	fee = terms.fee_of(period)
	return (tier for tier in reversed(rule.tiers) if tier.amount.of(fee))


def _of_compliance(
	contract: Document, terms: PenaltyTerms, rule: Rule, period: Period, words: Words
) -> _Case | None:
	for tier in _priced(terms, rule, period):
		for whole in SAMPLES:
			met = _most_below(tier.high, whole)
			if whole >= terms.minimum_sample and met * 100 >= Decimal(tier.low) * whole:
				about = _("Example: in {0}, {1} of {2} commitments are met.")
				decided = [
					Decided(rule.metric, rule.priority, rule.service, number < met) for number in range(whole)
				]
				name = _name(contract, period, words)
				return _Case(about.format(name, words.number(met), words.number(whole)), decided=decided)
	return None


def _most_below(percent: Decimal | None, whole: int) -> int:
	"""The largest number of a whole that is below a percentage of it."""
	return whole if percent is None else ceil(Decimal(percent) * whole / 100) - 1


def _of_availability(
	contract: Document, terms: PenaltyTerms, rule: Rule, period: Period, words: Words
) -> _Case | None:
	target = next((row for row in contract.availability_targets if row.service == rule.service), None)
	tier = next(_priced(terms, rule, period), None)
	if not (target and tier):
		return None
	agreed = contract.calendar_of(target).between(*period.instants(contract.time_zone))
	middle = (Decimal(tier.low) + Decimal(100 if tier.high is None else tier.high)) / 2
	down = int(agreed * (100 - middle) / 100)
	# In whole minutes where these lie in the tier.
	down = down // MINUTE * MINUTE or down
	about = _("Example: in {0}, {1} is down for {2}.")
	name = _name(contract, period, words)
	return _Case(
		about.format(name, _(rule.service), words.span(down)),
		availability={rule.service: Availability(agreed, down)},
	)
