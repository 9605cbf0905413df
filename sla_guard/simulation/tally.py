"""The batches of a simulation put together, in any order: what a contract on trial comes to, and what a change saves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from sla_guard.engine.changes import Change
from sla_guard.engine.penalty.rules import BY_COMPLIANCE
from sla_guard.engine.trial import Late, Timeline, Verdict
from sla_guard.engine.trial_account import Account, Deal, Due
from sla_guard.simulation.measuring import missed_of, unpacked, verdicts_of

# So many tickets and changes are shown.
DEAREST = 10
CHANGES = 10

Batches = Callable[[], Iterable[dict]]


class Saved(NamedTuple):
	"""What a contract would have come to with one change, and by how much less that is."""

	change: Change
	total: Decimal
	saved: Decimal
	breaches: int
	breaches_saved: int


class Tally:
	"""One contract over all batches. `batches` gives their results under it, as often as it is asked."""

	def __init__(self, deal: Deal, line: Timeline, batches: Batches) -> None:
		self.deal, self.line, self.batches = deal, line, batches
		self.counts: Counter[str] = Counter()
		self.verdicts: dict[str, Counter[Verdict]] = defaultdict(Counter)
		self.missed: dict[str, list[Late]] = defaultdict(list)
		for batch in batches():
			self.counts.update(batch["counts"])
			self._add(*unpacked(batch["found"]))
		self.accounts = {
			customer: Account(deal, line, self.missed[customer], self.verdicts[customer])
			for customer in sorted({*self.verdicts, *self.missed})
		}
		self.dues = {customer: account.dues() for customer, account in self.accounts.items()}

	def _add(self, verdicts: list, missed: list) -> None:
		for verdict, count in verdicts_of(verdicts):
			self.verdicts[verdict.customer][verdict] += count
		for late in missed_of(missed):
			self.missed[late.customer].append(late)

	@property
	def total(self) -> Decimal:
		return _total(self.dues.values())

	@property
	def gross(self) -> Decimal:
		return sum((due.charge.gross for dues in self.dues.values() for due in dues), Decimal(0))

	@property
	def breaches(self) -> int:
		return sum(map(len, self.missed.values()))

	# ---- by ticket

	def by_ticket(self) -> dict[str, tuple[Decimal, Decimal]]:
		"""What each ticket costs, after caps and before them."""
		costs: dict[str, tuple[Decimal, Decimal]] = defaultdict(lambda: (Decimal(0), Decimal(0)))
		for line in self._lines():
			if line.ticket:
				amount, gross = costs[line.ticket]
				costs[line.ticket] = amount + line.amount, gross + line.gross
		return costs

	def _lines(self) -> Iterator:
		return (line for dues in self.dues.values() for due in dues for line in due.charge.lines)

	def dearest(self) -> list[tuple[str, Decimal, Decimal, list[Late]]]:
		"""The tickets that cost most, with what they missed."""
		costs = self.by_ticket().items()
		first = sorted(costs, key=lambda item: (-item[1][0], -item[1][1], item[0]))[:DEAREST]
		wanted: dict[str, list[Late]] = {ticket: [] for ticket, _costs in first}
		for late in (late for missed in self.missed.values() for late in missed):
			if late.ticket in wanted:
				wanted[late.ticket].append(late)
		return [(ticket, *costs, wanted[ticket]) for ticket, costs in first]

	# ---- changes

	def saved(self, changes: list[Change]) -> list[Saved]:
		"""The changes that save most, exactly; those that save nothing are left out.

		Worked out in the order of what each can save at most, until the next one cannot come among those shown.
		"""
		found: list[Saved] = []
		for most, place in sorted(self._bounds(changes), key=lambda bound: (-bound[0], bound[1])):
			worst = sorted((each.saved for each in found), reverse=True)[CHANGES - 1 : CHANGES]
			if most <= (worst[0] if worst else 0):
				break
			each = self._with(changes[place], place)
			if each.saved > 0:
				found.append(each)
		found.sort(key=lambda each: (-each.saved, -each.breaches_saved, each.change))
		return found[:CHANGES]

	def _bounds(self, changes: list[Change]) -> Iterator[tuple[Decimal, int]]:
		"""What each change saves at most: all that the tickets cost, before caps, that come to something else by it."""
		costs = self.by_ticket()
		touched: dict[int, Decimal] = dict.fromkeys(range(len(changes)), Decimal(0))
		counts: Counter[int] = Counter()
		for batch in self.batches():
			for place, tickets in enumerate(unpacked(batch["touched"])):
				counts[place] += len(tickets)
				touched[place] += sum((costs[each][1] for each in tickets if each in costs), Decimal(0))
		whole = self.total
		for place, cost in touched.items():
			if counts[place]:
				yield (whole if self._hangs_together else min(whole, cost + self._of_periods)), place

	@property
	def _hangs_together(self) -> bool:
		"""Whether one ticket less may make others, or later periods, cheaper too."""
		terms = self.deal.terms
		return bool(self.deal.multipliers) or bool(self.deal.earn_back[0]) or terms.minimum_payable > 0

	@property
	def _of_periods(self) -> Decimal:
		"""What the periods as a whole cost, before caps."""
		return sum((line.gross for line in self._lines() if line.kind == BY_COMPLIANCE), Decimal(0))

	def _with(self, change: Change, place: int) -> Saved:
		gone, verdicts, missed = self._changed(place)
		customers = {
			*verdicts,
			*missed,
			*(each.customer for each in self._all_missed() if each.ticket in gone),
		}
		dues, breaches = dict(self.dues), self.breaches
		for customer in customers:
			account = self.accounts.get(customer) or Account(self.deal, self.line, (), {})
			counts = Counter(self.verdicts.get(customer, ()))
			counts.update(verdicts[customer])
			dues[customer] = account.instead(gone, missed[customer], +counts)
			breaches += len(missed[customer]) - sum(late.ticket in gone for late in account.missed)
		total = _total(dues.values())
		return Saved(change, total, self.total - total, breaches, self.breaches - breaches)

	def _all_missed(self) -> Iterator[Late]:
		return (late for missed in self.missed.values() for late in missed)

	def _changed(self, place: int) -> tuple[set[str], dict[str, Counter[Verdict]], dict[str, list[Late]]]:
		"""The tickets that come to something else; by customer, the verdicts more and less, and all that they miss then."""
		gone, verdicts, missed = set(), defaultdict(Counter), defaultdict(list)
		for batch in self.batches():
			more = batch["changes"][place]
			tickets, rows, lates = unpacked(more) if more else ((), (), ())
			gone.update(tickets)
			for verdict, count in verdicts_of(rows):
				verdicts[verdict.customer][verdict] += count
			for late in missed_of(lates):
				missed[late.customer].append(late)
		return gone, verdicts, missed


def _total(dues: Iterable[list[Due]]) -> Decimal:
	return sum((due.charge.total for each in dues for due in each), Decimal(0))
