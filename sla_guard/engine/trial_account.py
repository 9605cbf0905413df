"""What a contract on trial costs: period by period, each customer for itself, as its statements would say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from heapq import merge
from itertools import islice
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from sla_guard.engine.penalty import Charge, Decided, Miss, PenaltyTerms, compliance
from sla_guard.engine.penalty.breaches import lines_of_breaches
from sla_guard.engine.penalty.caps import Part
from sla_guard.engine.penalty.case import Case, Draft
from sla_guard.engine.penalty.in_turn import Before, given_back, used_in_year
from sla_guard.engine.penalty.money import from_units, to_units
from sla_guard.engine.penalty.rules import Rule
from sla_guard.engine.penalty.total import merged, settled
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

	@cached_property
	def multipliers(self) -> dict[str, Rule]:
		"""The rules under which what a breach costs depends on how many others there are, by name."""
		return {rule.id: rule for rule in self.terms.rules if rule.multiplied_from}


class Due(NamedTuple):
	"""What a period comes to for a customer. `breaches`: those dated in it."""

	period: Period
	fee: Decimal
	charge: Charge
	breaches: int


class Early(NamedTuple):
	"""A breach that comes before a multiplier begins: number `ordinal` of its period under a rule."""

	rule: str
	ordinal: int
	late: Late


class Account:
	"""What one customer missed and was promised, by the places of the timeline.

	With `instead`, an account changed by some tickets costs no more than these: what the others cost is known.

	`early`: what comes before a multiplier begins, where these are not all that the customer missed.
	"""

	def __init__(
		self,
		deal: Deal,
		line: Timeline,
		missed: Iterable[Late],
		verdicts: Mapping[Verdict, int],
		early: frozenset[Early] | None = None,
	):
		self.deal, self.line, self.verdicts = deal, line, verdicts
		self.missed = list(missed)
		self.by_ticket: dict[str, list[Late]] = defaultdict(list)
		for late in self.missed:
			self.by_ticket[late.ticket].append(late)
		# Of each place, by ticket; those of a ticket that get later after the period of their breach, too.
		self.by_place: dict[int, dict[str, list[Late]]] = defaultdict(dict)
		for ticket, lates in self.by_ticket.items():
			for place in {late.place + after for late in lates for after in range(len(late.lates))}:
				self.by_place[place][ticket] = [late for late in lates if late.place <= place]
		self._early = self._early_instead() if early is None else early
		self._costs: dict[int, dict[str, list[Draft]]] = {}
		self._sums: dict[int, dict[Part, Draft]] = {}

	# ---- period by period

	def dues(self) -> list[Due]:
		"""Of each period in which something was decided or got later, the earliest first."""
		return self._in_turn(self.verdicts, self.by_place, self._lines)

	def instead(
		self, gone: Collection[str], missed: Iterable[Late], verdicts: Mapping[Verdict, int]
	) -> list[Due]:
		"""The same if these tickets had missed this instead, and these were the verdicts; of lines only the sums."""
		missed = list(missed)
		early = self._early_instead(gone, missed)
		# The others cost what they did, but for those at which a multiplier begins now, or begins no longer.
		moved = {each.late.ticket for each in self._early ^ early} - set(gone)
		kept = [late for ticket in moved for late in self.by_ticket[ticket]]
		other = Account(self.deal, self.line, [*kept, *missed], verdicts, early)
		gone = {*gone, *moved}

		def lines(place: int, case: Case) -> list[Draft]:
			return self._changed(place, case, gone, other)

		return self._in_turn(verdicts, {*self.by_place, *other.by_place}, lines)

	def _in_turn(
		self,
		verdicts: Mapping[Verdict, int],
		places: Iterable[int],
		lines: Callable[[int, Case], list[Draft]],
	) -> list[Due]:
		decided: dict[int, list[Decided]] = defaultdict(list)
		for each, count in verdicts.items():
			names = each.metric, each.priority, each.service
			decided[each.place].append(Decided(*names, each.met, count))
		before: list[Before] = []
		found = []
		for place in sorted({*places, *decided}):
			found.append(self._due(place, before, decided[place], lines))
			before.append(self._before(found[-1], decided[place]))
		return found

	def _before(self, due: Due, decided: list[Decided]) -> Before:
		metric = self.deal.earn_back[0]
		share = compliance(decided, metric) if metric else None
		return Before(due.period, due.charge.used_of_year, due.charge.total, share)

	def _due(
		self,
		place: int,
		before: Sequence[Before],
		decided: list[Decided],
		lines: Callable[[int, Case], list[Draft]],
	) -> Due:
		terms, case = self.deal.terms, self._case(place)
		charged = settled(
			case,
			lines(place, case),
			decided,
			{},
			used_in_year(terms.first, case.period, before),
			given_back(case.period, before, *self.deal.earn_back, decided),
		)
		fee = from_units(to_units(terms.fee_of(case.period), terms.decimals), terms.decimals)
		missed = sum(each.count for each in decided if not each.met)
		return Due(case.period, fee, charged, missed)

	def _case(self, place: int) -> Case:
		return Case(self.line.periods[place], [self.deal.terms], self.line.zone, explained=False)

	@cached_property
	def _numbered(self) -> dict[tuple[int, str], list[Late]]:
		return _numbered(self.deal, self.missed)

	@cached_property
	def _ordinals(self) -> dict[tuple[str, str], int]:
		return {(each.late.key, each.rule): each.ordinal for each in self._early}

	def _early_instead(self, gone: Collection[str] = (), missed: Iterable[Late] = ()) -> frozenset[Early]:
		"""What comes before a multiplier begins, if these tickets had missed this instead."""
		more = _numbered(self.deal, missed)
		found = []
		for place, rule in {*self._numbered, *more}:
			kept = (late for late in self._numbered.get((place, rule), ()) if late.ticket not in gone)
			first = merge(kept, more.get((place, rule), ()), key=_order)
			last = self.deal.multipliers[rule].multiplied_from - 1
			found += [Early(rule, ordinal, late) for ordinal, late in enumerate(islice(first, last), 1)]
		return frozenset(found)

	# ---- lines

	def _lines(self, place: int, case: Case) -> list[Draft]:
		"""Those of a period, as they are before caps, in the order of the breaches: by it cents are shared out."""
		drafts = (replace(draft) for drafts in self._costs_of(place, case).values() for draft in drafts)
		return sorted(drafts, key=lambda draft: draft.miss.order)

	def _changed(self, place: int, case: Case, gone: Collection[str], other: Account) -> list[Draft]:
		costs, sums = self._costs_of(place, case), self._sums_of(place, case)
		less = merged(case, (draft for ticket in gone for draft in costs.get(ticket, ())))
		more = other._sums_of(place, case)
		parts = sums | more
		return [
			replace(draft, gross=_gross(sums, part) - _gross(less, part) + _gross(more, part))
			for part, draft in parts.items()
		]

	def _sums_of(self, place: int, case: Case) -> dict[Part, Draft]:
		"""What the lines of a period come to, worked out once."""
		if place not in self._sums:
			costs = self._costs_of(place, case)
			self._sums[place] = merged(case, (draft for drafts in costs.values() for draft in drafts))
		return self._sums[place]

	def _costs_of(self, place: int, case: Case) -> dict[str, list[Draft]]:
		"""The lines of a period by ticket, worked out once."""
		if place not in self._costs:
			costs = self._costs[place] = {}
			for draft in lines_of_breaches(case, self._concerned(place), self._ordinals):
				costs.setdefault(draft.miss.ticket, []).append(draft)
		return self._costs[place]

	def _concerned(self, place: int) -> list[Miss]:
		"""What was missed in the period or got later in it, and all else of the same tickets so far."""
		tickets = self.by_place.get(place, {})
		return [self._miss(late, place) for lates in tickets.values() for late in lates]

	def _miss(self, late: Late, place: int) -> Miss:
		return Miss(
			late.key,
			late.ticket,
			late.metric,
			late.cycle,
			late.breached_us,
			late.priority,
			late.service,
			self.deal.terms.version,
			late.late_at_end(place - 1),
			late.late_at_end(place),
		)


def _gross(sums: Mapping[object, Draft], part: object) -> int:
	return sums[part].gross if part in sums else 0


def _numbered(deal: Deal, missed: Iterable[Late]) -> dict[tuple[int, str], list[Late]]:
	"""By period and rule that multiplies, what was missed, in the order in which it is numbered."""
	found: dict[tuple[int, str], list[Late]] = defaultdict(list)
	for late in sorted(missed, key=_order) if deal.multipliers else ():
		for rule in deal.multipliers.values():
			if rule.matches(late.metric, late.priority, late.service):
				found[late.place, rule.id].append(late)
	return found


def _order(late: Late) -> tuple:
	"""As breaches are numbered: see `Miss.order`."""
	return late.breached_us, late.ticket, late.metric, late.cycle
