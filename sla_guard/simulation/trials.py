"""SLA Contracts as trials: each as it stands now, drafts too, as if in force over all of a history."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html

from sla_guard.engine.changes import Hours
from sla_guard.engine.penalty.terms import PenaltyTerms
from sla_guard.engine.trial import Trial
from sla_guard.engine.trial_account import Deal
from sla_guard.maintenance import counted_under
from sla_guard.simulation.contract import OnTrial
from sla_guard.sla_guard.doctype.sla_contract.money import penalty_terms
from sla_guard.sla_guard.doctype.sla_contract.rows import names, statuses
from sla_guard.sla_guard.doctype.sla_contract.try_it import check

# More support hours than these are not tried, in the order of their names: each is a run of its own.
MOST_HOURS = 8
_OF_GROUP = {"Customer Group": "customer_group", "Territory": "territory"}


def on_trial(contract: str, live: bool, names_customers: bool = True) -> OnTrial:
	"""A contract as it stands now. `live`: over tickets of this site, with the announced maintenance of its services;
	otherwise over imported ones, which are all its own unless it is for one customer and they name theirs.

	Throws what a draft must say before anything can be measured by it, and PermissionError.
	"""
	document = frappe.get_doc("SLA Contract", contract)
	document.check_permission("read")
	if document.docstatus == 2:
		frappe.throw(_("Contract {0} is cancelled.").format(frappe.bold(escape_html(contract))))
	check(document)
	return OnTrial(
		contract=document.name,
		title=document.title,
		trial=Trial(
			document.name,
			document.coverage(),
			document.terms_value(),
			document.time_zone,
			document.reporting_period or "Month",
			_customers(document, live, names_customers),
			bool(document.pauses_count_late),
			_holes(document) if live else {},
		),
		deal=_deal(document),
		hours=_hours(document),
		statuses=tuple(statuses()[1:]),
		scopes={row.name: _scope(row) for row in document.targets},
	)


def _scope(row: Document) -> dict:
	return (
		dict(zip(("priority", "service", "issue_type"), names(row), strict=True)) if any(names(row)) else {}
	)


def _customers(contract: Document, live: bool, names_customers: bool) -> frozenset[str] | None:
	if contract.applies_to == "Customer":
		return frozenset([contract.customer]) if live or names_customers else None
	if not live or contract.applies_to not in _OF_GROUP:
		return None
	field = _OF_GROUP[contract.applies_to]
	below = _with_children(contract.applies_to, contract.get(field))
	return frozenset(frappe.get_all("Customer", {field: ("in", below)}, pluck="name", limit_page_length=0))


def _with_children(doctype: str, name: str) -> list[str]:
	parent, found, above = f"parent_{frappe.scrub(doctype)}", [name], [name]
	while above:
		above = frappe.get_all(doctype, {parent: ("in", above), "name": ("not in", found)}, pluck="name")
		found += above
	return found


def _holes(contract: Document) -> dict[str, tuple]:
	services = frappe.get_all("SLA Service", pluck="name", order_by="name", limit_page_length=0)
	found = {service: counted_under(contract, service) for service in services}
	return {service: spans for service, spans in found.items() if spans}


def _deal(contract: Document) -> Deal:
	terms: PenaltyTerms = penalty_terms(contract)
	if not contract.earn_back_metric:
		return Deal(terms)
	level = Decimal(str(contract.earn_back_level))
	return Deal(terms, (contract.earn_back_metric, level, int(contract.earn_back_periods)))


def _hours(contract: Document) -> Hours:
	"""Those of the site by which the rows without hours of their own could be measured; the same content once."""
	rows = frozenset(row.name for row in contract.targets if not row.support_hours)
	found: dict = {}
	names = frappe.get_all("Support Hours", pluck="name", order_by="name", limit_page_length=0)
	for name in names if rows else ():
		calendar = frappe.get_cached_doc("Support Hours", name).calendar()
		if calendar not in found.values():
			found[name] = calendar
	return Hours(rows, dict(list(found.items())[:MOST_HOURS]))


def all_on_trial(contracts: Iterable[str], live: bool, names_customers: bool) -> list[OnTrial]:
	"""The contracts of a simulation. Throws if there is none, or one of them twice."""
	names = list(contracts)
	if not names:
		frappe.throw(_("Name the contracts to be tried."), title=_("No Contract"))
	if twice := next((name for name in names if names.count(name) > 1), None):
		frappe.throw(_("Contract {0} stands there twice.").format(frappe.bold(escape_html(twice))))
	return [on_trial(name, live, names_customers) for name in names]
