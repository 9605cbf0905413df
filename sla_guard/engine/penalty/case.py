"""What a penalty is worked out from: what was missed and decided in a period, and the versions of the contract."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.lateness import NOT_LATE, Lateness
from sla_guard.engine.penalty.money import from_units, to_units
from sla_guard.engine.penalty.rules import Rule
from sla_guard.engine.penalty.steps import Step
from sla_guard.engine.penalty.terms import PenaltyTerms
from sla_guard.engine.periods import Period
from sla_guard.engine.share import Share
from sla_guard.engine.wall_clock import day_start


class Miss(NamedTuple):
	"""A breach that is neither excluded, waived nor withdrawn.

	`key` names it. `breached_us`: its instant. `priority`, `service`: those at the breach. `version`: that of its clock.
	`late_at_start`, `late_at_end`: how late it was when the period began (nothing, if it was not missed by then) and when
	it was over.
	"""

	key: str
	ticket: str
	metric: str
	cycle: int
	breached_us: int
	priority: str
	service: str
	version: str
	late_at_start: Lateness = NOT_LATE
	late_at_end: Lateness = NOT_LATE

	@property
	def order(self) -> tuple:
		return self.breached_us, self.ticket, self.metric, self.cycle


class Decided(NamedTuple):
	"""A commitment that was met or missed in the period, excluded and waived ones apart; or `count` of them alike."""

	metric: str
	priority: str
	service: str
	met: bool
	count: int = 1


def compliance(decided: Iterable[Decided], metric: str = "", priority: str = "", service: str = "") -> Share:
	"""Met ÷ (met + missed), of those that match; an empty name matches any."""
	wanted = (metric, priority, service)
	found = [
		each for each in decided if all(name in ("", its) for name, its in zip(wanted, each[:3], strict=True))
	]
	return Share(sum(each.count for each in found if each.met), sum(each.count for each in found))


@dataclass
class Draft:
	"""A line in the making: amounts in units of the currency. `group`: whose cap it falls under, see `caps`."""

	rule: Rule
	version: str
	gross: int
	steps: list[Step]
	miss: Miss | None = None
	group: tuple[str, Period] | None = None
	amount: int = field(init=False)

	def __post_init__(self) -> None:
		self.amount = self.gross


class Case:
	"""A period and the versions of a contract: which of them is in force when, and in which currency they count.
	`explained`: whether the lines tell how they were worked out, which takes most of the time.

	Raises WrongInput for no version, two of one name and versions in two currencies.
	"""

	def __init__(
		self, period: Period, versions: Iterable[PenaltyTerms], zone: str, explained: bool = True
	) -> None:
		self.period, self.zone, self.explained = period, zone, explained
		self.start, self.end = period.instants(zone)
		self.versions = sorted(versions, key=lambda terms: (terms.first, terms.version))
		self.by_name = {terms.version: terms for terms in self.versions}
		if len(self.by_name) < max(len(self.versions), 1):
			raise WrongInput("No version of the contract, or one of them twice")
		if len({(terms.currency, terms.decimals) for terms in self.versions}) > 1:
			raise WrongInput("The versions of the contract are not in one currency")
		self.decimals = self.versions[0].decimals
		# In force on some day of the period, the earliest first.
		self.sections = [terms for terms in self.versions if terms.parts(period)]
		self.at_end = (self.sections or self.versions)[-1]
		# This period and, as they are asked for, those before it, with their beginnings; the earliest first.
		self._periods, self._starts = [period], [self.start]
		# Asked for each breach, alike for most.
		self._fees: dict[tuple[str, Period], Fraction] = {}
		self._rules: dict[tuple[str, str, str, str], list[Rule]] = {}

	def money(self, units: int) -> Decimal:
		return from_units(units, self.decimals)

	def shown(self, amount: Decimal | Fraction) -> Decimal:
		"""An amount as a step shows it: with the decimals of the currency, with more only where the contract says more."""
		rounded = self.money(to_units(amount, self.decimals))
		return amount if isinstance(amount, Decimal) and amount != rounded else rounded

	def terms_of(self, miss: Miss) -> PenaltyTerms:
		"""The version of the clock that was missed. Raises WrongInput if it was not given."""
		if miss.version not in self.by_name:
			raise WrongInput(
				"Breach {key} is under {version}, which is not given", key=miss.key, version=miss.version
			)
		return self.by_name[miss.version]

	def rules_for(self, miss: Miss) -> list[Rule]:
		"""Those that a breach falls under, in the order of their names."""
		key = miss.version, miss.metric, miss.priority, miss.service
		if key not in self._rules:
			rules = (
				rule for rule in self.terms_of(miss).rules if not rule.of_a_period and rule.matches(*key[1:])
			)
			self._rules[key] = sorted(rules, key=lambda rule: rule.id)
		return self._rules[key]

	def section_of(self, miss: Miss, span: Period) -> PenaltyTerms:
		"""The version whose fee and cap of a time a breach falls under: its own.

		Where that one was over before, as for a clock that was started under it and missed under the next: the last
		that had begun at the breach.
		"""
		own = self.terms_of(miss)
		return own if own.parts(span) else self._begun_at(miss.breached_us) or own

	def own_period(self, miss: Miss) -> Period:
		"""The period in which a breach is dated: this one or an earlier one."""
		return self._period_of(miss.breached_us)

	def _period_of(self, at: int) -> Period:
		while at < self._starts[0]:
			earlier = self._periods[0].shifted(-1)
			self._periods.insert(0, earlier)
			self._starts.insert(0, starts_at(self.zone, earlier))
		return self._periods[bisect_right(self._starts, at) - 1]

	def fee_of(self, miss: Miss) -> Fraction:
		"""The fee that a percentage is of: that of the breach's own section in the breach's own period."""
		period = self.own_period(miss)
		section = self.section_of(miss, period)
		key = section.version, period
		if key not in self._fees:
			self._fees[key] = section.fee_of(period)
		return self._fees[key]

	def _begun_at(self, at: int) -> PenaltyTerms | None:
		begun = [terms for terms in self.versions if day_start(self.zone, terms.first) <= at]
		return begun[-1] if begun else None


@lru_cache(maxsize=1024)
def starts_at(zone: str, period: Period) -> int:
	return period.instants(zone)[0]
