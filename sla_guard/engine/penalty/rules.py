"""One penalty rule of a contract, checked once, as an immutable value.

The amounts are those of one currency, as `Decimal`; what they come to for a period is worked out in `total`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.instants import HOUR
from sla_guard.engine.lateness import MEASURES, SUPPORT, duration_text
from sla_guard.engine.terms import METRICS

FIXED = "Fixed per breach"
PERCENT = "Percent of fee per breach"
PER_UNIT = "Per started unit late"
BY_LATENESS = "Tiers by lateness"
BY_COMPLIANCE = "Tiers by compliance"
BY_AVAILABILITY = "Tiers by availability"
KINDS = (FIXED, PERCENT, PER_UNIT, BY_LATENESS, BY_COMPLIANCE, BY_AVAILABILITY)
OF_A_PERIOD = (BY_COMPLIANCE, BY_AVAILABILITY)
WITH_TIERS = (BY_LATENESS, *OF_A_PERIOD)


class Amount(NamedTuple):
	"""An amount, or so many percent of a fee; neither: none."""

	money: Decimal | None = None
	percent: Decimal | None = None

	def __bool__(self) -> bool:
		return self != NO_AMOUNT

	def of(self, fee: Fraction) -> Fraction:
		"""What it is where the fee is this; 0 if it is none."""
		if self.money is not None:
			return Fraction(self.money)
		return Fraction(self.percent or 0) * fee / 100


NO_AMOUNT = Amount()


class Tier(NamedTuple):
	"""What it costs from one bound to another.

	By lateness, in microseconds: later than `low`, up to and with `high` (None: without end). By compliance and
	availability, in percent: at least `low`, below `high` (None: up to 100). Just on a bound it is the tier that costs
	less.
	"""

	low: int | Decimal
	high: int | Decimal | None
	amount: Amount


@dataclass(frozen=True)
class Rule:
	"""One rule. `id` names it within its contract, in all its versions.

	`amount` is that of a breach, or of a started unit; rules with `tiers` have one in each tier. `unit_us`: how long a
	unit is; a day of support time is as long as the contract says. `measure`: in which time lateness counts. From
	breach number `multiplied_from` of a period on, a breach costs `multiplier` times as much; 0: none does.
	`metric`, `priority`, `service`: what it is for; empty, for any.

	Raises WrongInput, naming the rule, for one that leaves open what something costs.
	"""

	id: str
	kind: str
	metric: str = ""
	priority: str = ""
	service: str = ""
	amount: Amount = NO_AMOUNT
	unit_us: int = HOUR
	measure: str = SUPPORT
	tiers: tuple[Tier, ...] = ()
	multiplier: Decimal = Decimal(1)
	multiplied_from: int = 0

	def __post_init__(self) -> None:
		object.__setattr__(self, "tiers", tuple(sorted(self.tiers, key=lambda tier: tier.low)))
		for check in (_check_scope, _check_amounts_of, _check_unit, _check_multiplier, _check_tiers):
			check(self)

	@property
	def of_a_period(self) -> bool:
		"""Whether it is about a period as a whole, not about one breach."""
		return self.kind in OF_A_PERIOD

	@property
	def amounts(self) -> tuple[Amount, ...]:
		return tuple(tier.amount for tier in self.tiers) if self.kind in WITH_TIERS else (self.amount,)

	def matches(self, metric: str, priority: str, service: str) -> bool:
		mine = (self.metric, self.priority, self.service)
		return all(
			wanted in ("", given) for wanted, given in zip(mine, (metric, priority, service), strict=True)
		)


# ---- checks


def _check_scope(rule: Rule) -> None:
	if not isinstance(rule.id, str) or not rule.id:
		raise WrongInput("A penalty rule has no name")
	if rule.kind not in KINDS:
		raise WrongInput("Rule {rule}: {kind} is no kind of penalty", rule=rule.id, kind=rule.kind or "?")
	if rule.metric not in ("", *METRICS):
		raise WrongInput("Rule {rule}: {metric} is no metric", rule=rule.id, metric=rule.metric)
	if rule.kind == BY_COMPLIANCE and not rule.metric:
		raise WrongInput("Rule {rule}: compliance is that of one metric; name it", rule=rule.id)
	if rule.kind == BY_AVAILABILITY:
		_check_scope_of_availability(rule)


def _check_scope_of_availability(rule: Rule) -> None:
	if not rule.service:
		raise WrongInput("Rule {rule}: availability is that of one service; name it", rule=rule.id)
	if rule.metric or rule.priority:
		raise WrongInput("Rule {rule}: availability has no metric and no priority", rule=rule.id)


def _check_amounts_of(rule: Rule) -> None:
	for amount in rule.amounts:
		for value in filter(lambda value: value is not None, amount):
			check_amount(value, rule.id)
	if rule.kind in WITH_TIERS:
		if rule.amount:
			raise WrongInput("Rule {rule}: what it costs stands in its tiers, not beside them", rule=rule.id)
		return
	if rule.kind == FIXED and rule.amount.money is None:
		raise WrongInput("Rule {rule}: an amount is missing", rule=rule.id)
	if rule.kind == PERCENT and rule.amount.percent is None:
		raise WrongInput("Rule {rule}: a percentage of the fee is missing", rule=rule.id)
	_check_one_amount(rule, rule.amount)


def _check_one_amount(rule: Rule, amount: Amount) -> None:
	if None not in amount:
		raise WrongInput("Rule {rule}: an amount or a percentage of the fee, not both", rule=rule.id)
	if not amount:
		raise WrongInput("Rule {rule}: neither an amount nor a percentage of the fee", rule=rule.id)


def _check_unit(rule: Rule) -> None:
	if type(rule.unit_us) is not int or rule.unit_us <= 0:
		raise WrongInput("Rule {rule}: a unit of lateness must be longer than nothing", rule=rule.id)
	if rule.measure not in MEASURES:
		raise WrongInput(
			"Rule {rule}: lateness is in support time or elapsed time, not {measure}",
			rule=rule.id,
			measure=rule.measure,
		)


def _check_multiplier(rule: Rule) -> None:
	check_amount(rule.multiplier, rule.id)
	if not rule.multiplied_from and rule.multiplier == 1:
		return
	if rule.of_a_period:
		raise WrongInput("Rule {rule}: a period is no breach that could be multiplied", rule=rule.id)
	if type(rule.multiplied_from) is not int or rule.multiplied_from < 2:
		raise WrongInput("Rule {rule}: a multiplier begins at the second breach or later", rule=rule.id)
	if rule.multiplier < 1:
		raise WrongInput("Rule {rule}: a multiplier below 1 would make later breaches cheaper", rule=rule.id)


def _check_tiers(rule: Rule) -> None:
	if rule.kind not in WITH_TIERS:
		if rule.tiers:
			raise WrongInput("Rule {rule} is of a kind without tiers", rule=rule.id)
		return
	if not rule.tiers:
		raise WrongInput("Rule {rule} has no tiers", rule=rule.id)
	for tier in rule.tiers:
		_check_one_amount(rule, tier.amount)
		_check_bounds(rule, tier)
	if len({amount.money is None for amount in rule.amounts}) > 1:
		raise WrongInput("Rule {rule}: its tiers are all amounts or all percentages of the fee", rule=rule.id)
	_check_neighbours(rule)
	_check_ends(rule)


def _check_bounds(rule: Rule, tier: Tier) -> None:
	kinds = int if rule.kind == BY_LATENESS else (int, Decimal)
	for bound in (tier.low, tier.high):
		if bound is not None and not (isinstance(bound, kinds) and bound >= 0):
			raise WrongInput("Rule {rule}: {bound} is no bound of a tier", rule=rule.id, bound=bound)
	if rule.of_a_period and (tier.high or tier.low) > 100:
		raise WrongInput("Rule {rule}: {bound} is more than 100 %", rule=rule.id, bound=tier.high or tier.low)
	if tier.high is not None and tier.high <= tier.low:
		raise WrongInput(
			"Rule {rule}: a tier from {low} to {high} is empty",
			rule=rule.id,
			low=_bound(rule, tier.low),
			high=_bound(rule, tier.high),
		)


def _check_neighbours(rule: Rule) -> None:
	for one, other in pairwise(rule.tiers):
		if one.high is None or one.high > other.low:
			raise WrongInput(
				"Rule {rule}: two tiers overlap at {bound}", rule=rule.id, bound=_bound(rule, other.low)
			)
		if one.high < other.low:
			raise WrongInput(
				"Rule {rule}: no tier from {low} to {high}",
				rule=rule.id,
				low=_bound(rule, one.high),
				high=_bound(rule, other.low),
			)
		better, worse = (one, other) if rule.kind == BY_LATENESS else (other, one)
		if worse.amount.of(Fraction(100)) < better.amount.of(Fraction(100)):
			raise WrongInput(
				"Rule {rule}: the tier from {low} costs less than a better one",
				rule=rule.id,
				low=_bound(rule, worse.low),
			)


def _check_ends(rule: Rule) -> None:
	if rule.kind == BY_LATENESS and rule.tiers[-1].high is not None:
		raise WrongInput("Rule {rule}: the last tier must have no end", rule=rule.id)
	if rule.of_a_period and rule.tiers[0].low != 0:
		raise WrongInput("Rule {rule}: the lowest tier must begin at 0 %", rule=rule.id)


def _bound(rule: Rule, value: int | Decimal) -> str:
	return duration_text(value) if rule.kind == BY_LATENESS else f"{value} %"


def check_amount(value: object, whose: str) -> None:
	if not isinstance(value, Decimal) or not value.is_finite():
		raise WrongInput("{whose}: {value} is not a decimal number", whose=whose, value=repr(value))
	if value < 0:
		raise WrongInput("{whose}: {value} is below 0", whose=whose, value=value)
