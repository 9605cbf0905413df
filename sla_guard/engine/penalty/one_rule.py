"""What one breach costs under one rule, and the steps that lead there."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sla_guard.engine.lateness import SUPPORT, Lateness, duration_text
from sla_guard.engine.penalty import steps
from sla_guard.engine.penalty.case import Case, Miss
from sla_guard.engine.penalty.money import to_units
from sla_guard.engine.penalty.rules import BY_LATENESS, PER_UNIT, Amount, Rule, Tier
from sla_guard.engine.penalty.steps import Step, step
from sla_guard.engine.penalty.terms import PenaltyTerms
from sla_guard.engine.periods import MONTHS_IN, Period
from sla_guard.engine.wall_clock import day_start


@dataclass
class UnderRule:
	"""What one breach costs under one rule, in units, by the start and by the end of the period."""

	rule: Rule
	before: int
	after: int
	steps: list[Step]


def under_rule(case: Case, miss: Miss, rule: Rule, ordinal: int) -> UnderRule:
	"""Of a breach that is number `ordinal` of its period under that rule."""
	free_until = case.terms_of(miss).penalties_from
	if free_until and miss.breached_us < day_start(case.zone, free_until):
		return UnderRule(rule, 0, 0, [step(steps.FREE, day=free_until.isoformat())])
	# A calendar that was corrected since may make it less late than was charged; nothing is given back here.
	late = Lateness(*map(max, miss.late_at_start, miss.late_at_end))
	after = _units(case, miss, rule, late, ordinal)
	before = _units(case, miss, rule, miss.late_at_start, ordinal) if miss.breached_us < case.start else 0
	if not case.explained:
		return UnderRule(rule, before, after, [])
	explained = [
		*_explained(case, miss, rule, late),
		*_ordinal(rule, ordinal),
		step(steps.OF_RULE, amount=case.money(after)),
	]
	return UnderRule(rule, before, after, explained)


def _units(case: Case, miss: Miss, rule: Rule, late: Lateness, ordinal: int) -> int:
	amount = _amount(rule, late, case.fee_of(miss))
	if rule.multiplied_from and ordinal >= rule.multiplied_from:
		amount *= Fraction(rule.multiplier)
	return to_units(amount, case.decimals)


def _amount(rule: Rule, late: Lateness, fee: Fraction) -> Fraction:
	if rule.kind == PER_UNIT:
		return _started(rule, late) * rule.amount.of(fee)
	if rule.kind == BY_LATENESS:
		tier = _tier(rule, late)
		return tier.amount.of(fee) if tier else Fraction()
	return rule.amount.of(fee)


def _started(rule: Rule, late: Lateness) -> int:
	return -(-late.by(rule.measure) // rule.unit_us)


def _tier(rule: Rule, late: Lateness) -> Tier | None:
	amount = late.by(rule.measure)
	return next((tier for tier in reversed(rule.tiers) if amount > tier.low), None)


# ---- explained


def _explained(case: Case, miss: Miss, rule: Rule, late: Lateness) -> list[Step]:
	if rule.kind == PER_UNIT:
		units = _started(rule, late)
		started = step(steps.STARTED, unit=duration_text(rule.unit_us), units=units)
		return [_late(rule, late), started, *_price(case, miss, rule.amount, units=units)]
	if rule.kind == BY_LATENESS:
		tier = _tier(rule, late)
		if tier is None:
			return [_late(rule, late), step(steps.BEFORE_TIERS, low=duration_text(rule.tiers[0].low))]
		return [_late(rule, late), _bounds(tier), *_price(case, miss, tier.amount)]
	return _price(case, miss, rule.amount)


def _late(rule: Rule, late: Lateness) -> Step:
	template = steps.LATE_SUPPORT if rule.measure == SUPPORT else steps.LATE_ELAPSED
	return step(template, lateness=duration_text(late.by(rule.measure)))


def _bounds(tier: Tier) -> Step:
	low = duration_text(tier.low)
	if tier.high is None:
		return step(steps.LAST_TIER, low=low)
	return step(steps.TIER, low=low, high=duration_text(tier.high))


def _price(case: Case, miss: Miss, amount: Amount, units: int | None = None) -> list[Step]:
	period = case.own_period(miss)
	return price_steps(case, amount, [case.section_of(miss, period)], period, units)


def price_steps(
	case: Case, amount: Amount, sections: list[PenaltyTerms], period: Period, units: int | None = None
) -> list[Step]:
	"""What one breach, one unit, one period costs; of a percentage also where the fee comes from."""
	counted = {} if units is None else {"units": units}
	if amount.money is not None:
		template = steps.ONE_MONEY if units is None else steps.UNITS_MONEY
		return [step(template, amount=case.shown(amount.money), **counted)]
	fee = sum((terms.fee_of(period) for terms in sections), Fraction())
	template = steps.ONE_PERCENT if units is None else steps.UNITS_PERCENT
	parts = [part for terms in sections for part in _fee_parts(case, terms, period)]
	return [*parts, step(template, percent=plain(amount.percent), fee=case.shown(fee), **counted)]


def _fee_parts(case: Case, terms: PenaltyTerms, period: Period) -> list[Step]:
	monthly = Fraction(terms.fee or 0) / MONTHS_IN[terms.fee_frequency]
	return [
		step(
			steps.FEE_PART,
			fee=case.shown(monthly),
			days=part.days,
			of=part.of,
			day=part.month.first.isoformat(),
		)
		for part in terms.parts(period)
	]


def plain(number: Decimal) -> Decimal:
	"""Without zeros at the end: 5.0 as 5, and 10 not as 1E+1."""
	return Decimal(f"{number.normalize():f}")


def _ordinal(rule: Rule, ordinal: int) -> list[Step]:
	if not rule.multiplied_from:
		return []
	numbers = {"ordinal": ordinal, "from_ordinal": rule.multiplied_from}
	if ordinal < rule.multiplied_from:
		return [step(steps.NOT_MULTIPLIED, **numbers)]
	return [step(steps.MULTIPLIED, multiplier=plain(rule.multiplier), **numbers)]
