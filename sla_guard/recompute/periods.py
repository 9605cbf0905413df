"""What other hours make of the availability in periods whose statement is submitted. Nothing is written here.

No statement changes: what is applied says by which hours its period is worked out from then on, and the next statement has
the difference as a correction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import frappe
from frappe.model.document import Document

from sla_guard.engine.availability import Availability
from sla_guard.engine.calendar import Calendar
from sla_guard.engine.hours import hours_hash
from sla_guard.recompute.compare import AVAILABILITY
from sla_guard.recompute.scope import BATCH, Scope
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import hours_named, keep_hours
from sla_guard.statements.agreed_hours import available, hours_now, told_in

_FIELDS = ("name", "customer", "contract", "company", "starts_us", "ends_us")


class ComparedPeriod(NamedTuple):
	"""A service in a period, by the hours that it was told in and by those asked for, whose name is `hours`. `target`: the
	row of the contract."""

	statement: frappe._dict
	target: str
	service: str
	hours: str
	before: Availability
	after: Availability

	@property
	def difference(self) -> str:
		return AVAILABILITY if self.before != self.after else ""


def present_hours(contracts: Iterable[str], keep: bool = False) -> dict[str, dict[str, str]]:
	"""The names of the hours that the availability targets of these contracts have now, by contract and row. With `keep`,
	they are stored."""
	promising = {"parent": ("in", sorted(contracts)), "parenttype": "SLA Contract"}
	names = set(frappe.get_all("SLA Availability Target", promising, pluck="parent"))
	name_of = keep_hours if keep else hours_hash
	return {name: _named(frappe.get_doc("SLA Contract", name), name_of) for name in sorted(names)}


def _named(contract: Document, name_of: Callable[[Calendar], str]) -> dict[str, str]:
	return {row: name_of(hours) for row, hours in hours_now(contract).items()}


def statements_of(scope: Scope, after: str, limit: int = BATCH) -> list[str]:
	"""Names of submitted statements after this one, in their order, of contracts that promise availability and of periods
	with any of the days asked for."""
	if scope.only_open or not scope.hours:
		return []
	statement = frappe.qb.DocType("SLA Statement")
	query = frappe.qb.from_(statement).select(statement.name).where(statement.name > after)
	query = query.where((statement.docstatus == 1) & statement.contract.isin(sorted(scope.hours)))
	query = query.where(statement.period_end >= str(scope.first)) if scope.first else query
	query = query.where(statement.period_start <= str(scope.last)) if scope.last else query
	query = query.where(scope.sight.where(statement, _ON_STATEMENTS))
	return query.orderby(statement.name).limit(limit).run(pluck=True)


# What a statement says of a Standing, too.
_ON_STATEMENTS = {each: each for each in ("customer", "company", "contract")}


def compare_periods(name: str, scope: Scope) -> Iterator[ComparedPeriod]:
	"""The services of a statement, if it is submitted still, that are measured in other hours than those asked for."""
	statement = frappe.db.get_value("SLA Statement", {"name": name, "docstatus": 1}, _FIELDS, as_dict=True)
	if not statement:
		return
	told, asked = told_in(name), scope.hours[statement.contract]
	for row in frappe.get_cached_doc("SLA Contract", statement.contract).availability_targets:
		new = asked[row.name]
		if told.get(row.name) != new:
			# One of the time before they were stored is measured in those of now.
			old = told.get(row.name, new)
			both = (_available(statement, row.service, hours) for hours in (old, new))
			yield ComparedPeriod(statement, row.name, row.service, new, *both)


def _available(statement: frappe._dict, service: str, hours: str) -> Availability:
	span = statement.starts_us, statement.ends_us
	return available(statement.contract, statement.customer, service, hours_named(hours), span)
