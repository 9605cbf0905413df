"""What it costs: the fee, each penalty rule with a worked example, and the caps."""

from __future__ import annotations

from collections.abc import Iterator

from frappe import _
from frappe.model.document import Document

from sla_guard.annex.examples import example_of
from sla_guard.annex.naming import what_is_missed
from sla_guard.annex.parts import Part, Section, points
from sla_guard.engine.lateness import SUPPORT
from sla_guard.engine.penalty import Amount, PenaltyTerms, Rule, Tier
from sla_guard.engine.penalty.rules import (
	BY_AVAILABILITY,
	BY_COMPLIANCE,
	BY_LATENESS,
	FIXED,
	PER_UNIT,
	PERCENT,
	WITH_TIERS,
)
from sla_guard.engine.penalty.terms import HIGHEST
from sla_guard.sla_guard.doctype.sla_contract.money import penalty_terms
from sla_guard.statements.cells import LEFT, RIGHT, Column, Table, metric_text
from sla_guard.statements.words import Words


def sections(contract: Document, words: Words) -> Iterator[Section]:
	terms = penalty_terms(contract)
	yield Section(_("Fee and Penalties"), list(_penalties(contract, terms, words)))
	if terms.rules:
		yield Section(_("Caps"), [_caps(contract, terms, words)])


# ---- fee and rules


def _penalties(contract: Document, terms: PenaltyTerms, words: Words) -> Iterator[Part]:
	if terms.fee:
		yield Part(
			text=_("Fee: {0} per {1}, before tax.").format(
				words.money(terms.fee), _(terms.fee_frequency).lower()
			)
		)
	if not terms.rules:
		agreed = contract.no_penalties or contract.docstatus
		yield Part(text=_("No penalties are agreed.") if agreed else _("Penalties are still to be agreed."))
		return
	yield points(*_about_all(contract, terms, words))
	for rule in terms.rules:
		yield from _rule(contract, terms, rule, words)


def _about_all(contract: Document, terms: PenaltyTerms, words: Words) -> Iterator[str]:
	if terms.penalties_from:
		yield _("Penalties are due for what is missed from {0} on.").format(words.day(terms.penalties_from))
	if any(rule.kind in (PER_UNIT, BY_LATENESS) for rule in terms.rules):
		yield _("Lateness is counted from the instant of the miss until the commitment is fulfilled.")
		yield (
			_("A pause after the miss does not stop the lateness.")
			if contract.pauses_count_late
			else _("A pause after the miss does not count as late.")
		)
	if terms.minimum_sample and any(rule.kind == BY_COMPLIANCE for rule in terms.rules):
		yield _("With fewer than {0} decided commitments in a period no tier by compliance applies.").format(
			words.number(terms.minimum_sample)
		)


def _rule(contract: Document, terms: PenaltyTerms, rule: Rule, words: Words) -> Iterator[Part]:
	multiplied = rule.multiplied_from and _("From breach number {0} of a period on: × {1}.").format(
		words.number(rule.multiplied_from), words.number(rule.multiplier)
	)
	yield Part(
		heading=rule.id,
		text=" ".join(filter(None, [_costs(rule, words), multiplied])),
		table=_tiers(rule, words) if rule.kind in WITH_TIERS else None,
		example=example_of(contract, rule, words),
	)


def _costs(rule: Rule, words: Words) -> str:
	what = what_is_missed(rule.metric, rule.priority, rule.service)
	if rule.kind == FIXED:
		return _("Each miss costs {0}: {1}.").format(_amount(rule.amount, words), what)
	if rule.kind == PERCENT:
		return _("Each miss costs {0} of the fee of its period: {1}.").format(
			_amount(rule.amount, words), what
		)
	if rule.kind == PER_UNIT:
		return _("Each started unit of {0} by which it is late costs {1}: {2}. Counted in {3}.").format(
			words.span(rule.unit_us), _amount(rule.amount, words), what, _measure(rule)
		)
	if rule.kind == BY_LATENESS:
		return _("Each miss costs by how late it is: {0}. Counted in {1}.").format(what, _measure(rule))
	if rule.kind == BY_AVAILABILITY:
		return _("A period costs by the availability of {0}.").format(_(rule.service))
	what = what_is_missed(rule.metric, rule.priority, rule.service)
	return _("A period costs by its compliance, commitments met in percent of those decided: {0}.").format(
		what
	)


def _measure(rule: Rule) -> str:
	return _("support time") if rule.measure == SUPPORT else _("elapsed time")


def _amount(amount: Amount, words: Words) -> str:
	if amount.money is not None:
		return words.money(amount.money)
	return words.percent(amount.percent or 0, places=0)


def _tiers(rule: Rule, words: Words) -> Table:
	late = rule.kind == BY_LATENESS
	heads = (_("Later than"), _("Up to")) if late else (_("From"), _("Below"))
	columns = [*(Column(head, LEFT) for head in heads), Column(_("Costs"), RIGHT)]
	return Table("", columns, [_tier(tier, late, words) for tier in rule.tiers])


def _tier(tier: Tier, late: bool, words: Words) -> list[str]:
	def bound(value: object) -> str:
		if value is None:
			return ""
		return words.span(value) if late else words.percent(value, places=0)

	cost = _amount(tier.amount, words)
	if tier.amount.percent is not None:
		cost = _("{0} of the fee").format(cost)
	return [bound(tier.low), bound(tier.high), cost]


# ---- caps


def _caps(contract: Document, terms: PenaltyTerms, words: Words) -> Part:
	every = _(terms.cap_every).lower()
	return points(
		terms.breach_cap
		and _("One breach costs at most {0}.").format(_cap(terms.breach_cap, words, _("of the fee"))),
		terms.period_cap
		and _("All penalties of a {0} together cost at most {1}.").format(
			every, _cap(terms.period_cap, words, _("of its fee"))
		),
		terms.year_cap
		and _("All penalties of a contract year together cost at most {0}.").format(
			_cap(terms.year_cap, words, _("of the year's fee"))
		),
		"" if terms.period_cap or terms.year_cap else _("The total of the penalties has no cap."),
		_("Of several breaches of one ticket only the one that costs most counts.")
		if terms.cumulation == HIGHEST
		else _("Several breaches of one ticket count each."),
		terms.minimum_payable
		and _("A total below {0} is not due and lapses.").format(words.money(terms.minimum_payable)),
		_earn_back(contract, words),
	)


def _cap(cap: Amount, words: Words, of: str) -> str:
	return words.money(cap.money) if cap.money is not None else f"{_amount(cap, words)} {of}"


def _earn_back(contract: Document, words: Words) -> str:
	if not contract.earn_back_metric:
		return ""
	return _(
		"What a period cost is given back where the compliance of {0} is at least {1} in the {2} periods after it."
	).format(
		metric_text(contract.earn_back_metric),
		words.percent(str(contract.earn_back_level), places=0),
		words.number(contract.earn_back_periods),
	)
