"""What breaches cost: each under the rules of its version, cumulative since it began, less what was charged before.

Nothing that was charged is looked up: what a breach had cost by the start of the period and what by its end are both
worked out, in the same way, and the difference is the charge.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.penalty import steps
from sla_guard.engine.penalty.case import Case, Draft, Miss
from sla_guard.engine.penalty.money import spread, to_units_down
from sla_guard.engine.penalty.one_rule import UnderRule, under_rule
from sla_guard.engine.penalty.steps import Step, step
from sla_guard.engine.penalty.terms import HIGHEST, PenaltyTerms

Ordinals = dict[tuple[str, str], int]


@dataclass
class _Cost:
	"""What one breach costs under all its rules, by the start and by the end of the period.

	`charged`: what is taken off as charged before, of the whole ticket where only its highest breach costs something.
	`among`: how many breaches of the ticket it is the highest of; 0, if another one is.
	"""

	miss: Miss
	terms: PenaltyTerms
	under: list[UnderRule]
	before: int
	after: int
	charged: int
	among: int = 1

	@property
	def due(self) -> int:
		return self.after - self.charged if self.among else 0


def lines_of_breaches(case: Case, misses: Iterable[Miss], ordinals: Ordinals | None = None) -> list[Draft]:
	"""A line for each rule that each breach falls under: those dated in the period, earlier ones that cost more now.

	In the order of the breaches, then of the names of the rules: ties are decided by it. `ordinals`: of the breaches that
	come before their rule multiplies, where `misses` are not all of their periods; else they are counted.
	"""
	known = sorted((miss for miss in misses if miss.breached_us < case.end), key=lambda miss: miss.order)
	_refuse_twice(known)
	if ordinals is None:
		ordinals = _ordinals(case, known)
	costs = [_cost(case, miss, ordinals) for miss in known]
	_charge_highest(cost for cost in costs if cost.terms.cumulation == HIGHEST)
	return [draft for cost in costs for draft in _drafts(case, cost)]


def _refuse_twice(misses: list[Miss]) -> None:
	for key, count in Counter(miss.key for miss in misses).items():
		if count > 1:
			raise WrongInput("Breach {key} is given twice", key=key)


def _ordinals(case: Case, misses: list[Miss]) -> Ordinals:
	"""The how-manieth each breach is of its period under each of its rules, whatever version has the rule."""
	counted: Counter = Counter()
	found = {}
	for miss in misses:
		period = case.own_period(miss)
		for rule in case.rules_for(miss):
			counted[period, rule.id] += 1
			found[miss.key, rule.id] = counted[period, rule.id]
	return found


# ---- one breach


def _cost(case: Case, miss: Miss, ordinals: Ordinals) -> _Cost:
	terms = case.terms_of(miss)
	under = [
		under_rule(case, miss, rule, ordinals.get((miss.key, rule.id), rule.multiplied_from))
		for rule in case.rules_for(miss)
	]
	before, after = sum(each.before for each in under), sum(each.after for each in under)
	if terms.breach_cap:
		cap = to_units_down(terms.breach_cap.of(case.fee_of(miss)), case.decimals)
		before, after = min(before, cap), min(after, cap)
	return _Cost(miss, terms, under, before, after, charged=before)


def _charge_highest(costs: Iterable[_Cost]) -> None:
	"""Of each ticket the breach that costs most, less what the ticket had cost before, whichever breach that was for."""
	tickets: dict[str, list[_Cost]] = defaultdict(list)
	for cost in costs:
		tickets[cost.miss.ticket].append(cost)
	for breaches in tickets.values():
		highest = max(breaches, key=lambda cost: cost.after)
		for cost in breaches:
			cost.among = len(breaches) if cost is highest else 0
		highest.charged = max(cost.before for cost in breaches)


# ---- its lines


def _drafts(case: Case, cost: _Cost) -> list[Draft]:
	"""The lines of a breach. What is due is less than its rules add up to where a cap or another breach took some."""
	added = [each.after - each.before for each in cost.under]
	fresh = cost.miss.breached_us >= case.start
	return [
		Draft(
			each.rule,
			cost.terms.version,
			part,
			[*each.steps, *_told(case, cost, each, part)] if case.explained else [],
			cost.miss,
		)
		for each, part in zip(cost.under, spread(added, cost.due), strict=True)
		if part or fresh
	]


def _told(case: Case, cost: _Cost, each: UnderRule, part: int) -> list[Step]:
	if not cost.among:
		return [step(steps.NOT_HIGHEST)]
	highest = [step(steps.HIGHEST_COUNTS, amount=case.money(cost.after))] if cost.among > 1 else []
	if cost.due == sum(each.after - each.before for each in cost.under):
		return [*highest, *_before(case, each.before, part)]
	parts = [step(steps.PART_OF_BREACH, amount=case.money(part))] if len(cost.under) > 1 else []
	return [*_whole(case, cost), *highest, *_before(case, cost.charged, cost.due), *parts]


def _whole(case: Case, cost: _Cost) -> list[Step]:
	"""What a breach comes to, where that is not what its one rule says."""
	whole = sum(each.after for each in cost.under)
	if cost.after < whole:
		return [step(steps.BREACH_CAP, sum=case.money(whole), cap=case.money(cost.after))]
	return [step(steps.ALL_RULES, sum=case.money(whole))] if len(cost.under) > 1 else []


def _before(case: Case, charged: int, now: int) -> list[Step]:
	return [step(steps.BEFORE, before=case.money(charged), amount=case.money(now))] if charged else []
