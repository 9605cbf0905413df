"""What a contract says of money: its fee, penalty rules and caps as the engine's values, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.instants import HOUR
from sla_guard.engine.penalty import Amount, PenaltyTerms, Rule, Tier, check_reporting
from sla_guard.engine.penalty.rules import BY_AVAILABILITY, BY_LATENESS, PERCENT, WITH_TIERS
from sla_guard.engine.periods import MONTH
from sla_guard.statements.currencies import decimals_of

INDEMNITY = "Indemnity"
LAST_DAY = 28


# ---- checks


def check_money(contract: Document) -> None:
	"""On every save: what contradicts itself. What is missing is asked for when the contract is submitted."""
	if contract.no_penalties and contract.penalty_rules:
		_refuse(_("No Penalties Agreed is ticked, and there are penalty rules."))
	_check_tier_rows(contract)
	_check_currency(contract)
	_check_same_currency(contract)
	_check_days(contract)
	_check_earn_back(contract)
	try:
		check_reporting(penalty_terms(contract), contract.reporting_period or MONTH)
	except WrongInput as refusal:
		_refuse(_(refusal.template).format(**refusal.values))
	_check_services(contract)


def check_complete(contract: Document) -> None:
	"""Before it is submitted: with penalty rules, how they are credited is no matter for a guess."""
	if not contract.penalty_rules:
		return
	wanted = ["company", "credit_as"] + (["credit_account"] if contract.credit_as == INDEMNITY else [])
	for field in wanted:
		if not contract.get(field):
			_refuse(
				_("{0} is missing: without it a penalty cannot be credited.").format(
					frappe.bold(_(contract.meta.get_label(field)))
				)
			)


def _check_tier_rows(contract: Document) -> None:
	with_tiers = {rule.rule_name for rule in contract.penalty_rules if rule.kind in WITH_TIERS}
	for tier in contract.penalty_tiers:
		if tier.rule not in with_tiers:
			_refuse(
				_("Tiers, row {0}: there is no penalty rule {1} with tiers.").format(
					tier.idx, frappe.bold(frappe.utils.escape_html(tier.rule))
				)
			)


def _check_currency(contract: Document) -> None:
	if (contract.fee or contract.penalty_rules) and not contract.currency:
		_refuse(_("Name the currency of the fee and of the penalties."))


def _check_same_currency(contract: Document) -> None:
	before = contract.supersedes and frappe.db.get_value("SLA Contract", contract.supersedes, "currency")
	if before and contract.currency and before != contract.currency:
		_refuse(
			_("{0} is in {1}: another currency needs a contract of its own, not a new version.").format(
				frappe.bold(contract.supersedes), before
			)
		)


def _check_days(contract: Document) -> None:
	for field in ("statement_day", "statement_sent_by"):
		if contract.get(field) and not 1 <= contract.get(field) <= LAST_DAY:
			_refuse(
				_("{0} is {1}: a day from 1 to {2}, which every month has.").format(
					frappe.bold(_(contract.meta.get_label(field))), contract.get(field), LAST_DAY
				)
			)
	if contract.statement_day and 0 < (contract.statement_sent_by or 0) < contract.statement_day:
		_refuse(_("A statement cannot be sent before it is drafted."))


def _check_earn_back(contract: Document) -> None:
	if not contract.earn_back_metric:
		contract.earn_back_level = contract.earn_back_periods = None
	elif not (0 < (contract.earn_back_level or 0) <= 100 and contract.earn_back_periods):
		_refuse(_("Earn-back needs a level up to 100 % and a number of periods."))


def _check_services(contract: Document) -> None:
	covered = {row.service for row in contract.services}
	targets = {row.service for row in contract.availability_targets}
	for row in contract.penalty_rules:
		if row.service and covered and row.service not in covered:
			_refuse(_("Rule {0}: the contract does not cover {1}.").format(row.rule_name, row.service))
		if row.kind == BY_AVAILABILITY and row.service not in targets:
			_refuse(_("Rule {0}: {1} has no availability target.").format(row.rule_name, row.service))


def _refuse(message: str) -> None:
	frappe.throw(message, title=_("Not a Penalty"))


# ---- values


def penalty_terms(contract: Document) -> PenaltyTerms:
	"""The engine's value of what this version says. Raises WrongInput for what contradicts itself."""
	return PenaltyTerms(
		version=contract.name,
		first=getdate(contract.effective_from),
		next=_over(contract),
		rules=tuple(_rule(row, contract.penalty_tiers) for row in contract.penalty_rules),
		currency=contract.currency or "",
		decimals=decimals_of(contract.currency),
		fee=_decimal(contract.fee),
		fee_frequency=contract.fee_frequency or MONTH,
		breach_cap=_amount(contract.cap_per_breach),
		period_cap=_amount(contract.cap_amount, contract.cap_percent),
		cap_every=contract.cap_every or MONTH,
		year_cap=_amount(contract.year_cap_amount, contract.year_cap_percent),
		cumulation=contract.cumulation or "All",
		minimum_payable=_decimal(contract.minimum_payable) or Decimal(0),
		minimum_sample=int(contract.minimum_sample or 0),
		penalties_from=getdate(contract.penalties_from) if contract.penalties_from else None,
	)


def _over(contract: Document) -> date | None:
	"""The first day on which it is no longer in force: after its last one, or the first of its successor."""
	ends = [getdate(contract.effective_to) + timedelta(days=1)] if contract.effective_to else []
	if contract.name:
		followed = {"supersedes": contract.name, "docstatus": 1}
		ends += map(getdate, frappe.get_all("SLA Contract", followed, pluck="effective_from"))
	return min(ends, default=None)


def _rule(row: Document, tiers: list[Document]) -> Rule:
	mine = [tier for tier in tiers if tier.rule == row.rule_name]
	amount = {} if row.kind in WITH_TIERS else {"amount": _own_amount(row)}
	hours = Decimal(str(row.day_hours or 24)) if row.unit == "Day" else 1
	return Rule(
		id=row.rule_name or "",
		kind=row.kind or "",
		metric=row.metric or "",
		priority=row.priority or "",
		service=row.service or "",
		unit_us=int(hours * HOUR),
		measure=row.time or "Support time",
		tiers=tuple(_tier(row.kind, tier) for tier in mine),
		multiplier=_decimal(row.multiplier) or Decimal(1),
		multiplied_from=int(row.multiplier_from or 0),
		**amount,
	)


def _own_amount(row: Document) -> Amount:
	# The form hides the one that is not of this kind; what it held stays behind.
	return _amount(percent=row.percent) if row.kind == PERCENT else _amount(row.amount)


def _tier(kind: str, row: Document) -> Tier:
	low, high = (_decimal(value) for value in (row.from_value, row.to_value))
	if kind == BY_LATENESS:
		return Tier(_hours(low) or 0, _hours(high), _amount(row.amount, row.percent))
	return Tier(low or Decimal(0), high, _amount(row.amount, row.percent))


def _hours(hours: Decimal | None) -> int | None:
	return None if hours is None else int(hours * HOUR)


def _amount(money: float | None = None, percent: float | None = None) -> Amount:
	return Amount(_decimal(money), _decimal(percent))


def _decimal(value: float | str | None) -> Decimal | None:
	"""As it was entered: the database returns floats, whose shortest text is what was typed. An empty field is 0."""
	return Decimal(str(value)) if value and Decimal(str(value)) else None
