"""What one version of a contract says about penalties: its rules, fee and caps, checked once, as an immutable value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.penalty.rules import NO_AMOUNT, Amount, Rule, check_amount
from sla_guard.engine.periods import (
	FREQUENCIES,
	MONTH,
	MONTHS_IN,
	QUARTER,
	MonthPart,
	Period,
	parts_in_force,
	share_of,
)

ALL, HIGHEST = CUMULATIONS = ("All", "Highest per ticket")


@dataclass(frozen=True)
class PenaltyTerms:
	"""What one version of a contract says about penalties.

	In force from `first` up to `next` (None: no end is known). `fee` before tax, for each `fee_frequency`. `breach_cap`
	limits what one breach ever costs; `period_cap` what each `cap_every` does; `year_cap` a contract year. Breaches
	dated before `penalties_from` cost nothing. A total below `minimum_payable` is not due; with fewer commitments
	than `minimum_sample` no tier by compliance applies. `decimals`: those of its currency.

	Raises WrongInput for what contradicts itself.
	"""

	version: str
	first: date
	next: date | None = None
	rules: tuple[Rule, ...] = ()
	currency: str = ""
	decimals: int = 2
	fee: Decimal | None = None
	fee_frequency: str = MONTH
	breach_cap: Amount = NO_AMOUNT
	period_cap: Amount = NO_AMOUNT
	cap_every: str = MONTH
	year_cap: Amount = NO_AMOUNT
	cumulation: str = ALL
	minimum_payable: Decimal = Decimal(0)
	minimum_sample: int = 0
	penalties_from: date | None = None

	def __post_init__(self) -> None:
		for check in (_check_rule_ids, _check_amounts, _check_choices, _check_fee, _check_dates):
			check(self)

	def parts(self, period: Period) -> tuple[MonthPart, ...]:
		"""Which days of a period's months it is in force."""
		return parts_in_force(period, self.first, self.next)

	def holds(self, day: date) -> bool:
		return self.first <= day and (self.next is None or day < self.next)

	def fee_of(self, period: Period) -> Fraction:
		"""The fee for its days in a period; 0 where there is none."""
		return share_of(self.fee or 0, self.fee_frequency, self.parts(period))

	def cap_of(self, period: Period) -> Fraction | None:
		"""The period cap for its days in a period, pro rata like the fee; None: no cap."""
		if not self.period_cap:
			return None
		if self.period_cap.money is None:
			return self.period_cap.of(self.fee_of(period))
		return share_of(self.period_cap.money, self.cap_every, self.parts(period))

	def cap_of_year(self) -> Fraction | None:
		"""The cap of a contract year, a whole one with twelve months of this version's fee; None: no cap."""
		if not self.year_cap:
			return None
		return self.year_cap.of(Fraction(self.fee or 0) * 12 / MONTHS_IN[self.fee_frequency])


def check_reporting(terms: PenaltyTerms, frequency: str) -> None:
	"""Raises WrongInput for a cap per quarter where each month has a statement of its own: it would not know the rest."""
	if terms.period_cap and MONTHS_IN[terms.cap_every] > MONTHS_IN[frequency]:
		raise WrongInput("A cap per quarter needs a statement every quarter")


# ---- checks


def _check_rule_ids(terms: PenaltyTerms) -> None:
	seen: set[str] = set()
	for rule in terms.rules:
		if rule.id in seen:
			raise WrongInput("Two penalty rules have the name {rule}", rule=rule.id)
		seen.add(rule.id)


def _caps(terms: PenaltyTerms) -> tuple[Amount, ...]:
	return terms.breach_cap, terms.period_cap, terms.year_cap


def _check_amounts(terms: PenaltyTerms) -> None:
	amounts = [terms.fee, terms.minimum_payable, *(value for cap in _caps(terms) for value in cap)]
	for amount in amounts:
		if amount is not None:
			check_amount(amount, terms.version)
	if any(None not in cap for cap in _caps(terms)):
		raise WrongInput("A cap is an amount or a percentage of the fee, not both")


def _check_choices(terms: PenaltyTerms) -> None:
	for value, allowed in (
		(terms.fee_frequency, FREQUENCIES),
		(terms.cap_every, (MONTH, QUARTER)),
		(terms.cumulation, CUMULATIONS),
	):
		if value not in allowed:
			raise WrongInput("{value} is none of {allowed}", value=value or "?", allowed=", ".join(allowed))
	for count in (terms.decimals, terms.minimum_sample):
		if type(count) is not int or count < 0:
			raise WrongInput("{value} is not a whole number from 0", value=repr(count))


def _check_fee(terms: PenaltyTerms) -> None:
	if terms.fee:
		return
	for rule in terms.rules:
		if any(amount.percent is not None for amount in rule.amounts):
			raise WrongInput("Rule {rule} is a percentage of a fee, and there is no fee", rule=rule.id)
	if any(cap.percent is not None for cap in _caps(terms)):
		raise WrongInput("A cap is a percentage of a fee, and there is no fee")


def _check_dates(terms: PenaltyTerms) -> None:
	if terms.next is not None and terms.next <= terms.first:
		raise WrongInput("In force from {first} and over on {next}", first=terms.first, next=terms.next)
