"""What a contract on trial costs: period by period, each customer for itself, as its statements would say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from sla_guard.engine.penalty import Charge, Decided, Miss, PenaltyTerms, charge, compliance
from sla_guard.engine.penalty.in_turn import Before, given_back, used_in_year
from sla_guard.engine.penalty.money import from_units, to_units
from sla_guard.engine.penalty.rules import BY_COMPLIANCE
from sla_guard.engine.periods import Period
from sla_guard.engine.trial import Late, Timeline, Verdict


@dataclass(frozen=True)
class Deal:
	"""What a contract on trial says of money. `earn_back`: the metric, the level and for how many periods it is held; an
	empty metric: nothing is given back."""

	terms: PenaltyTerms
	earn_back: tuple[str, Decimal, int] = ("", Decimal(0), 0)

	def over(self, first: date) -> Deal:
		"""As if in force over the whole of a history that begins on this day: its anniversaries stay, its end and a
		ramp-up without penalties do not count."""
		begins = self.terms.first
		if begins > first:
			begins -= relativedelta(years=relativedelta(begins, first).years + 1)
		return replace(self, terms=replace(self.terms, first=begins, next=None, penalties_from=None))

	@property
	def multiplies(self) -> bool:
		"""Whether what a breach costs depends on how many others there are."""
		return any(rule.multiplied_from for rule in self.terms.rules)

	@property
	def counts_verdicts(self) -> bool:
		"""Whether what was met matters for what is due."""
		return bool(self.earn_back[0]) or any(rule.kind == BY_COMPLIANCE for rule in self.terms.rules)


class Due(NamedTuple):
	"""What a period comes to for a customer. `breaches`: those dated in it."""

	period: Period
	fee: Decimal
	charge: Charge
	breaches: int


class Account:
	"""What one customer missed and was promised, by the places of the timeline."""

	def __init__(self, deal: Deal, line: Timeline, missed: Iterable[Late], verdicts: Mapping[Verdict, int]):
		self.deal, self.line = deal, line
		self.by_place: dict[int, list[Late]] = defaultdict(list)
		self.by_ticket: dict[str, list[Late]] = defaultdict(list)
		# Those that got later in a period after that of their breach.
		self.growing: dict[int, list[Late]] = defaultdict(list)
		for late in missed:
			self._keep(late)
		self.verdicts: dict[int, list[tuple[Verdict, int]]] = defaultdict(list)
		for verdict, count in verdicts.items():
			self.verdicts[verdict.place].append((verdict, count))

	def _keep(self, late: Late) -> None:
		self.by_place[late.place].append(late)
		self.by_ticket[late.ticket].append(late)
		for after in range(1, len(late.lates)):
			self.growing[late.place + after].append(late)

	def dues(self, explained: bool = False) -> list[Due]:
		"""Of each period in which something was decided or got later, the earliest first."""
		before: list[Before] = []
		found = []
		for place in sorted({*self.by_place, *self.growing, *self.verdicts}):
			due = self._due(place, before, explained)
			found.append(due)
			decided = self._decided(place)
			share = compliance(decided, self.deal.earn_back[0]) if self.deal.earn_back[0] else None
			before.append(Before(due.period, due.charge.used_of_year, due.charge.total, share))
		return found

	def _due(self, place: int, before: Sequence[Before], explained: bool) -> Due:
		period, terms = self.line.periods[place], self.deal.terms
		decided = self._decided(place)
		charged = charge(
			period,
			[terms],
			misses=[self._miss(each, place) for each in self._concerned(place)],
			decided=decided,
			availability={},
			zone=self.line.zone,
			used_in_year=used_in_year(terms.first, period, before),
			earn_back=given_back(period, before, *self.deal.earn_back, decided),
			explained=explained,
		)
		fee = from_units(to_units(terms.fee_of(period), terms.decimals), terms.decimals)
		return Due(period, fee, charged, len(self.by_place[place]))

	def _decided(self, place: int) -> list[Decided]:
		if not self.deal.counts_verdicts:
			return []
		return [
			Decided(each.metric, each.priority, each.service, each.met)
			for each, count in self.verdicts[place]
			for _ in range(count)
		]

	def _concerned(self, place: int) -> Iterable[Late]:
		"""What was missed in the period or got later in it, all else of the same tickets so far, and, for their ordinals,
		all of the periods in which any of these is dated."""
		found = {each.key: each for each in (*self.by_place[place], *self.growing[place])}
		for ticket in {each.ticket for each in found.values()}:
			found.update((each.key, each) for each in self.by_ticket[ticket] if each.place <= place)
		if self.deal.multiplies:
			for other in {each.place for each in found.values()} - {place}:
				found.update((each.key, each) for each in self.by_place[other])
		return found.values()

	def _miss(self, late: Late, place: int) -> Miss:
		return Miss(
			*(late.key, late.ticket, late.metric, late.cycle, late.breached_us, late.priority, late.service),
			self.deal.terms.version,
			late.late_at_end(place - 1),
			late.late_at_end(place),
		)
