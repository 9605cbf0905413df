"""What a period costs as a whole: tiers by compliance and by availability, under the version in force at its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from sla_guard.engine.availability import Availability
from sla_guard.engine.lateness import duration_text
from sla_guard.engine.penalty import steps
from sla_guard.engine.penalty.case import Case, Decided, Draft, compliance
from sla_guard.engine.penalty.money import to_units
from sla_guard.engine.penalty.one_rule import plain, price_steps
from sla_guard.engine.penalty.rules import BY_COMPLIANCE, Rule, Tier
from sla_guard.engine.penalty.steps import Step, step
from sla_guard.engine.share import Share

_NO_DATA = Share(0, 0)


def lines_of_period(
	case: Case, decided: Iterable[Decided], availability: Mapping[str, Availability]
) -> list[Draft]:
	"""A line for each rule about the period, also where no tier applies: the steps say why."""
	decided = list(decided)
	rules = sorted((rule for rule in case.at_end.rules if rule.of_a_period), key=lambda rule: rule.id)
	return [_line(case, rule, *_measured(case, rule, decided, availability)) for rule in rules]


def _measured(
	case: Case, rule: Rule, decided: list[Decided], availability: Mapping[str, Availability]
) -> tuple[Share, list[Step]]:
	"""The share that decides the tier, no data where there is to be none, and the steps that say so."""
	free_until = case.at_end.penalties_from
	if free_until and case.period.first < free_until:
		return _NO_DATA, [step(steps.FREE_PERIOD, day=free_until.isoformat())]
	if rule.kind == BY_COMPLIANCE:
		return _compliance(case.at_end.minimum_sample, rule, decided)
	return _availability(availability.get(rule.service, Availability(0, 0)))


def _compliance(minimum: int, rule: Rule, decided: list[Decided]) -> tuple[Share, list[Step]]:
	share = compliance(decided, rule.metric, rule.priority, rule.service)
	if not share.whole:
		return share, [step(steps.NOTHING_DECIDED)]
	told = step(steps.COMPLIANCE, percent=share.percent, met=share.part, decided=share.whole)
	if share.whole < minimum:
		return _NO_DATA, [told, step(steps.SMALL_SAMPLE, decided=share.whole, minimum=minimum)]
	return share, [told]


def _availability(found: Availability) -> tuple[Share, list[Step]]:
	share = found.share
	if not share.whole:
		return share, [step(steps.NO_AGREED_TIME)]
	up, agreed = (duration_text(amount) for amount in (found.agreed_us - found.down_us, found.agreed_us))
	return share, [step(steps.AVAILABILITY, percent=share.percent, up=up, agreed=agreed)]


def _line(case: Case, rule: Rule, share: Share, told: list[Step]) -> Draft:
	tier = _tier(rule, share)
	fee = sum((terms.fee_of(case.period) for terms in case.sections), Fraction())
	gross = to_units(tier.amount.of(fee), case.decimals) if tier else 0
	if tier:
		told = [*told, _bounds(tier), *price_steps(case, tier.amount, case.sections, case.period)]
		told.append(step(steps.OF_RULE, amount=case.money(gross)))
	elif share.whole:
		told = [*told, step(steps.NO_SHARE_TIER)]
	return Draft(rule, case.at_end.version, gross, told)


def _tier(rule: Rule, share: Share) -> Tier | None:
	tier = next((tier for tier in reversed(rule.tiers) if share.reaches(Decimal(tier.low))), None)
	beyond = tier is not None and tier.high is not None and share.reaches(Decimal(tier.high))
	return None if beyond else tier


def _bounds(tier: Tier) -> Step:
	low = plain(Decimal(tier.low))
	if tier.high is None:
		return step(steps.BEST_SHARE_TIER, low_percent=low)
	return step(steps.SHARE_TIER, low_percent=low, high_percent=plain(Decimal(tier.high)))
