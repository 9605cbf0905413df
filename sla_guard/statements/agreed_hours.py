"""In which hours the availability of a service is measured in a period.

Those that its target has now, until the statement of the period is submitted. From then on those that it was told in, or
those that a recompute has put in their place since: an edit of hours or holidays alone rewrites no period that was told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

import frappe
from frappe.model.document import Document

from sla_guard.engine.availability import Availability, availability
from sla_guard.engine.calendar import Calendar
from sla_guard.engine.periods import Period
from sla_guard.maintenance import announced
from sla_guard.outages import outages_of
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import hours_named

LINE = "SLA Recompute Line"


def hours_now(contract: Document) -> dict[str, Calendar]:
	"""Of each availability target of a version of a contract, by row."""
	return {row.name: contract.calendar_of(row) for row in contract.availability_targets}


def measured_in(version: Document, chain: str, customer: str, period: Period) -> dict[str, Calendar]:
	"""Those in which a period of a customer is measured under a version of a contract, by row of its targets."""
	if not version.availability_targets:
		return {}
	submitted = {"chain": chain, "customer": customer, "period_start": period.first, "docstatus": 1}
	statement = frappe.db.get_value("SLA Statement", submitted)
	told = told_in(statement) if statement else {}
	return hours_now(version) | {row: hours_named(name) for row, name in told.items()}


def told_in(statement: str) -> dict[str, str]:
	"""The names of the hours by which a submitted statement is measured, by row. One of the time before these were stored
	has none."""
	figures = json.loads(frappe.db.get_value("SLA Statement", statement, "figures") or "{}")
	told = {each["row"]: each["hours"] for each in figures.get("availability", ()) if each.get("hours")}
	applied = {"statement": statement, "state": "Applied"}
	later = frappe.get_all(LINE, applied, ["target", "hours"], order_by="modified, recompute")
	return told | {each.target: each.hours for each in later}


def recomputed_since(contracts: Iterable[str], customer: str, since: datetime) -> bool:
	"""Whether a recompute has put other hours in the place of those of a statement."""
	about = {"contract": ("in", list(contracts)), "customer": customer, "modified": (">=", since)}
	return bool(frappe.get_all(LINE, {**about, "state": "Applied", "statement": ("is", "set")}, limit=1))


def available(
	contract: str, customer: str, service: str, hours: Calendar, span: tuple[int, int]
) -> Availability:
	"""What a service was to a customer from one instant to another, by what is known now of outages and maintenance."""
	down = outages_of(service, customer, *span)
	return availability(hours, *span, down, announced(contract, service, *span))


def availability_of(
	version: Document, customer: str, hours: Mapping[str, Calendar], span: tuple[int, int]
) -> dict[str, Availability]:
	"""Of each service with a target in a version of a contract, each in its own hours."""
	return {
		row.service: available(version.name, customer, row.service, hours[row.name], span)
		for row in version.availability_targets
	}
