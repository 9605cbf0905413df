"""What breaches cost: each under the rules of its version, cumulative since it began, less what was charged before.

Nothing that was charged is looked up: what a breach had cost by the start of the period and what by its end are both
worked out, in the same way, and the difference is the charge.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.penalty import steps
from sla_guard.engine.penalty.case import Case, Draft, Miss
from sla_guard.engine.penalty.money import spread, to_units_down
from sla_guard.engine.penalty.one_rule import UnderRule, fee_of, under_rule
from sla_guard.engine.penalty.rules import Rule
from sla_guard.engine.penalty.steps import Step, step
from sla_guard.engine.penalty.terms import HIGHEST, PenaltyTerms

Ordinals = dict[tuple[str, str], int]


@dataclass
class _Cost:
	"""What one breach costs, by the start and by the end of the period, and what of it is charged now."""

	miss: Miss
	terms: PenaltyTerms
	under: list[UnderRule]
	before: int
	after: int
	due: int = 0
	steps: list[Step] = field(default_factory=list)


def lines_of_breaches(case: Case, misses: Iterable[Miss]) -> list[Draft]:
	"""A line for each rule that each breach falls under: those dated in the period, earlier ones that cost more now."""
	known = sorted((miss for miss in misses if miss.breached_us < case.end), key=lambda miss: miss.order)
	_refuse_twice(known)
	ordinals = _ordinals(case, known)
	costs = [_cost(case, miss, ordinals) for miss in known]
	_charge_every(case, [cost for cost in costs if cost.terms.cumulation != HIGHEST])
	_charge_highest(case, [cost for cost in costs if cost.terms.cumulation == HIGHEST])
	return [draft for cost in costs for draft in _drafts(case, cost)]


def _refuse_twice(misses: list[Miss]) -> None:
	for key, count in Counter(miss.key for miss in misses).items():
		if count > 1:
			raise WrongInput("Breach {key} is given twice", key=key)


def _rules_for(case: Case, miss: Miss) -> list[Rule]:
	found = [
		rule
		for rule in case.terms_of(miss).rules
		if not rule.of_a_period and rule.matches(miss.metric, miss.priority, miss.service)
	]
	return sorted(found, key=lambda rule: rule.id)


def _ordinals(case: Case, misses: list[Miss]) -> Ordinals:
	"""The how-manieth each breach is of its period under each of its rules, whatever version has the rule."""
	counted: Counter = Counter()
	found = {}
	for miss in misses:
		period = case.own_period(miss)
		for rule in _rules_for(case, miss):
			counted[period, rule.id] += 1
			found[miss.key, rule.id] = counted[period, rule.id]
	return found


# ---- one breach


def _cost(case: Case, miss: Miss, ordinals: Ordinals) -> _Cost:
	terms = case.terms_of(miss)
	under = [under_rule(case, miss, rule, ordinals[miss.key, rule.id]) for rule in _rules_for(case, miss)]
	cost = _Cost(miss, terms, under, sum(each.before for each in under), sum(each.after for each in under))
	if terms.breach_cap:
		_cap(case, cost)
	return cost


def _cap(case: Case, cost: _Cost) -> None:
	cap = to_units_down(cost.terms.breach_cap.of(fee_of(case, cost.miss)), case.decimals)
	if cost.after > cap:
		cost.steps.append(step(steps.BREACH_CAP, sum=case.money(cost.after), cap=case.money(cap)))
	cost.before, cost.after = min(cost.before, cap), min(cost.after, cap)


# ---- several breaches of a ticket


def _charge_every(case: Case, costs: list[_Cost]) -> None:
	for cost in costs:
		_charge(case, cost, cost.before)


def _charge_highest(case: Case, costs: list[_Cost]) -> None:
	"""Of each ticket the breach that costs most, less what the ticket had cost before, whichever breach that was for."""
	tickets: dict[str, list[_Cost]] = defaultdict(list)
	for cost in costs:
		tickets[cost.miss.ticket].append(cost)
	for breaches in tickets.values():
		highest = max(breaches, key=lambda cost: cost.after)
		for cost in breaches:
			if cost is not highest:
				cost.steps.append(step(steps.NOT_HIGHEST))
		if len(breaches) > 1:
			highest.steps.append(step(steps.HIGHEST_COUNTS, amount=case.money(highest.after)))
		_charge(case, highest, max(cost.before for cost in breaches))


def _charge(case: Case, cost: _Cost, before: int) -> None:
	cost.due = cost.after - before
	if before:
		cost.steps.append(step(steps.BEFORE, before=case.money(before), amount=case.money(cost.due)))


def _drafts(case: Case, cost: _Cost) -> list[Draft]:
	"""The lines of a breach. What is due is less than its rules add up to where a cap or another breach took some."""
	added = [each.after - each.before for each in cost.under]
	parts = spread(added, cost.due)
	fresh = cost.miss.breached_us >= case.start
	return [
		Draft(
			each.rule,
			cost.terms.version,
			(*cost.miss.order, each.rule.id),
			part,
			[*each.steps, *cost.steps, *_part(case, cost, part)],
			cost.miss,
		)
		for each, part in zip(cost.under, parts, strict=True)
		if part or fresh
	]


def _part(case: Case, cost: _Cost, part: int) -> list[Step]:
	shared = len(cost.under) > 1 and cost.steps and cost.due
	return [step(steps.PART_OF_BREACH, amount=case.money(part))] if shared else []
