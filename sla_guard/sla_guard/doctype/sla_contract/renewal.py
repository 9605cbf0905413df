"""Support hours or holidays were edited: the contracts that have them get new terms."""

from __future__ import annotations

import frappe

from sla_guard.sla_guard.doctype.sla_terms.sla_terms import keep


def contracts_with(support_hours: list[str]) -> list[str]:
	"""Names of the contracts that have any of these support hours, in all or in one of their targets, of availability too."""
	if not support_hours:
		return []
	having = {"support_hours": ("in", support_hours)}
	found = set(frappe.get_all("SLA Contract", having, pluck="name"))
	rows = {**having, "parenttype": "SLA Contract"}
	for doctype in ("Priority Target", "SLA Availability Target"):
		found.update(frappe.get_all(doctype, rows, pluck="parent"))
	return sorted(found)


def renew_terms(support_hours: list[str]) -> None:
	"""After an edit of these support hours or of their holidays: submitted contracts get new terms for the facts to
	come; what was recorded under the old ones keeps them."""
	for name in contracts_with(support_hours):
		contract = frappe.get_doc("SLA Contract", name)
		if contract.docstatus == 1:
			contract.put(terms=keep(contract.terms_value()))
