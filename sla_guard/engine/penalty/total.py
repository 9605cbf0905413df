"""The charge of a period: from what was missed to what is due, line by line, in the order in which a contract says it.

Rule amount × multiplier, cap per breach, cumulation over a ticket, cap of the period, cap of the contract year, less
what is earned back, minimum payable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from sla_guard.engine.availability import Availability
from sla_guard.engine.errors import WrongInput
from sla_guard.engine.penalty import steps
from sla_guard.engine.penalty.breaches import lines_of_breaches
from sla_guard.engine.penalty.caps import Part, limit, part_of
from sla_guard.engine.penalty.case import Case, Decided, Draft, Miss
from sla_guard.engine.penalty.money import to_units
from sla_guard.engine.penalty.steps import Step, step
from sla_guard.engine.penalty.terms import PenaltyTerms
from sla_guard.engine.penalty.whole_periods import lines_of_period
from sla_guard.engine.periods import Period
from sla_guard.engine.share import Share


class Line(NamedTuple):
	"""What one breach, or the period as a whole, costs under one rule.

	`key`, `ticket`: of the breach; empty for the period. `gross`: after the cap per breach and the cumulation over the
	ticket. `amount`: what the caps of period and year leave of it. `steps`: how it was worked out.
	"""

	rule: str
	kind: str
	version: str
	key: str
	ticket: str
	service: str
	gross: Decimal
	amount: Decimal
	steps: tuple[Step, ...]


class Charge(NamedTuple):
	"""What a period costs. The lines add up to `gross` and, capped, to `capped`; total = capped − earn_back − lapsed.

	`steps`: how the total follows from the lines, where it is not their sum.
	"""

	lines: tuple[Line, ...]
	gross: Decimal
	capped: Decimal
	earn_back: Decimal
	lapsed: Decimal
	total: Decimal
	steps: tuple[Step, ...]

	@property
	def used_of_year(self) -> Decimal:
		"""What this period takes of the year's cap. What is earned back later makes no room again."""
		return self.capped if not self.lapsed else Decimal(0)


def charge(
	period: Period,
	versions: Iterable[PenaltyTerms],
	misses: Iterable[Miss],
	decided: Iterable[Decided],
	availability: Mapping[str, Availability],
	zone: str,
	used_in_year: Decimal = Decimal(0),
	earn_back: Decimal = Decimal(0),
	explained: bool = True,
) -> Charge:
	"""What a period costs under the versions of a contract; in any order they and the misses give the same.

	`versions`: all of the contract, also those before and after the period. `misses`: all dated in the period, those
	still late when it began, all others of the same tickets, and all of the periods in which any of these is dated (for
	their ordinals); more of them, excluded ones apart, change nothing. `decided`: the commitments met and missed in the
	period. `availability`: by service. `used_in_year`: what `used_of_year` of the earlier periods of the contract year
	adds up to. `earn_back`: see `earned_back`. `explained`: whether the lines of breaches say how they were worked out.

	Raises WrongInput where the parts do not fit together.
	"""
	case = Case(period, versions, zone, explained)
	of_breaches = lines_of_breaches(case, misses)
	return settled(case, of_breaches, decided, availability, used_in_year, earn_back)


def settled(
	case: Case,
	of_breaches: list[Draft],
	decided: Iterable[Decided],
	availability: Mapping[str, Availability],
	used_in_year: Decimal,
	earn_back: Decimal,
) -> Charge:
	"""What a period costs where the lines of its breaches are known, before caps; see `charge`."""
	drafts = of_breaches + lines_of_period(case, decided, availability)
	limit(case, drafts, used_in_year)
	return _total(case, drafts, to_units(earn_back, case.decimals))


def merged(case: Case, of_breaches: Iterable[Draft]) -> dict[Part, Draft]:
	"""Of lines of breaches one for each part of the period that has a cap of its own. They come to the same total; what
	is whose is not told any more."""
	found: dict[Part, Draft] = {}
	for draft in of_breaches:
		part = part_of(case, draft.miss)
		if part in found:
			found[part].gross += draft.gross
		else:
			found[part] = replace(draft)
	return found


def _total(case: Case, drafts: list[Draft], offered: int) -> Charge:
	gross, capped = (sum(getattr(draft, name) for draft in drafts) for name in ("gross", "amount"))
	returned = min(offered, capped)
	left = capped - returned
	lapsed = left if left < to_units(case.at_end.minimum_payable, case.decimals) else 0
	told = []
	if offered:
		told.append(step(steps.EARN_BACK, amount=case.money(returned), sum=case.money(offered)))
	if lapsed:
		minimum = case.shown(case.at_end.minimum_payable)
		told.append(step(steps.LAPSED, sum=minimum, amount=case.money(lapsed)))
	amounts = (gross, capped, returned, lapsed, left - lapsed)
	return Charge(tuple(_line(case, draft) for draft in drafts), *map(case.money, amounts), tuple(told))


def _line(case: Case, draft: Draft) -> Line:
	miss = draft.miss
	return Line(
		draft.rule.id,
		draft.rule.kind,
		draft.version,
		miss.key if miss else "",
		miss.ticket if miss else "",
		miss.service if miss else draft.rule.service,
		case.money(draft.gross),
		case.money(draft.amount),
		tuple(draft.steps),
	)


def earned_back(credited: Decimal, later: Sequence[Share], level: Decimal, periods: int) -> Decimal:
	"""What a period gives back of what an earlier one credited: all of it, or nothing.

	`later`: the compliance of the periods after that one, this one the last. Each of them must have reached `level`
	percent, and there must be `periods` of them; one without data has reached nothing. What is more than this period
	costs lapses: `charge` sees to that.

	Raises WrongInput for a level held for no period at all.
	"""
	if periods < 1:
		raise WrongInput("A level must be held for one period at least, not {periods}", periods=periods)
	held = len(later) == periods and all(share.reaches(level) for share in later)
	return credited if held else Decimal(0)
