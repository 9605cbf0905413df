"""Caps: first each part of a period by itself, then the period, then the contract year.

A part is a version in a time of its cap: where a statement is for a quarter and the cap for a month, each month; where
versions follow each other in a period, each of them. A breach falls under the part in which it is dated, one carried
over from an earlier period under the first. Lines about the period as a whole fall under its total alone.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from sla_guard.engine.penalty import steps
from sla_guard.engine.penalty.case import Case, Draft, Miss, starts_at
from sla_guard.engine.penalty.money import spread, to_units, to_units_down
from sla_guard.engine.penalty.steps import step
from sla_guard.engine.penalty.terms import PenaltyTerms
from sla_guard.engine.periods import MONTH, Period

Part = tuple[str, Period]


def limit(case: Case, drafts: list[Draft], used_in_year: Decimal) -> None:
	"""Cuts the amounts of the lines down to what the caps leave of them, in the order of the lines."""
	parts = {(terms.version, span) for terms in case.sections for span in _spans(case, terms)}
	for draft in drafts:
		draft.group = part_of(case, draft.miss) if draft.miss else None
	parts |= {draft.group for draft in drafts if draft.group}
	caps = {part: case.by_name[part[0]].cap_of(part[1]) for part in sorted(parts)}
	if len(caps) > 1:
		_limit_parts(case, drafts, caps)
	_limit_total(case, drafts, caps)
	_limit_year(case, drafts, used_in_year)


def _spans(case: Case, terms: PenaltyTerms) -> list[Period]:
	"""The times for each of which a version has a cap in the period."""
	spans = case.period.months() if terms.cap_every == MONTH else (case.period,)
	return [span for span in spans if terms.parts(span)]


def part_of(case: Case, miss: Miss) -> Part:
	"""Of an earlier breach: its version's part at the start of the period, or whichever version's that is then."""
	if miss.breached_us < case.start:
		own = case.terms_of(miss)
		begins = [terms for terms in case.sections if terms.parts(_span(case, terms, case.start))]
		terms = own if own in begins or not begins else begins[0]
		return terms.version, _span(case, terms, case.start)
	terms = case.section_of(miss, _span(case, case.terms_of(miss), miss.breached_us))
	return terms.version, _span(case, terms, miss.breached_us)


def _span(case: Case, terms: PenaltyTerms, at: int) -> Period:
	if terms.cap_every != MONTH:
		return case.period
	months = reversed(case.period.months())
	return next(month for month in months if at >= starts_at(case.zone, month))


def _limit_parts(case: Case, drafts: list[Draft], caps: dict[Part, Fraction | None]) -> None:
	for part, cap in caps.items():
		if cap is not None:
			version, span = part
			terms = case.by_name[version]
			common = span.common(terms.first, terms.next) or span
			days = {"first_day": common.first.isoformat(), "last_day": common.last.isoformat()}
			lines = [draft for draft in drafts if draft.group == part]
			_cut(case, lines, to_units_down(cap, case.decimals), steps.CAP_PART, **days)


def _limit_total(case: Case, drafts: list[Draft], caps: dict[Part, Fraction | None]) -> None:
	"""The lines of versions that have a cap together cost no more than their caps together."""
	capped = [part for part, cap in caps.items() if cap is not None]
	if capped:
		lines = [draft for draft in drafts if _has_cap(case, draft)]
		# Rounded as one: an amendment that changes no cap loses no cent of it.
		cap = sum((caps[part] for part in capped), Fraction())
		_cut(case, lines, to_units_down(cap, case.decimals), steps.CAP)


def _has_cap(case: Case, draft: Draft) -> bool:
	return bool(case.by_name[draft.group[0] if draft.group else draft.version].period_cap)


def _limit_year(case: Case, drafts: list[Draft], used_in_year: Decimal) -> None:
	cap = case.at_end.cap_of_year()
	if cap is not None:
		units, used = to_units_down(cap, case.decimals), to_units(used_in_year, case.decimals)
		whole = {"cap": case.money(units), "used": case.money(used)}
		_cut(case, drafts, max(units - used, 0), steps.YEAR_CAP, **whole)


def _cut(case: Case, drafts: list[Draft], limit: int, template: str, **values: Decimal | str) -> None:
	whole = sum(draft.amount for draft in drafts)
	if whole <= limit:
		return
	values = {"cap": case.money(limit), "sum": case.money(whole)} | values
	for draft, left in zip(drafts, spread([draft.amount for draft in drafts], limit), strict=True):
		if draft.amount and case.explained:
			draft.steps.append(step(template, **values, amount=case.money(left)))
		draft.amount = left
