"""Records that are merged: what was two for a contract, or for two contracts, would be one."""

from __future__ import annotations

from collections.abc import Iterator

import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard.sla_guard.doctype.sla_contract.overlaps import Version, lock_party, refuse_clash, versions_of
from sla_guard.sla_guard.doctype.sla_contract.rows import for_the_same_tickets
from sla_guard.sla_guard.doctype.sla_contract.sla_contract import SLAContract

# By which field a target names it.
NAMED_BY = {"Issue Priority": "priority", "SLA Service": "service", "Issue Type": "issue_type"}


def check_parties(party: Document, method: str, old: str, new: str, merge: bool = False) -> None:
	"""before_rename of Customer, Customer Group and Territory: two that are merged may not bring two contracts that are
	in force for the same service at the same time."""
	if not merge:
		return
	for each in sorted((old, new)):
		lock_party(party.doctype, each)
	theirs = versions_of(party.doctype, new)
	for mine in versions_of(party.doctype, old):
		refuse_clash(mine, theirs)


def check_names(record: Document, method: str, old: str, new: str, merge: bool = False) -> None:
	"""before_rename of Issue Priority, Issue Type and SLA Service: two that are merged may not leave a contract with two
	targets for one ticket, nor a service with two contracts of one party."""
	if not merge:
		return
	field = NAMED_BY[record.doctype]
	for contract in _submitted_with("Priority Target", field, old):
		_check_targets(contract, field, old, new)
	if field == "service":
		for contract in _submitted_with("SLA Contract Service", field, old):
			others = (_with_service(other, old, new) for other in contract.others_of_party())
			refuse_clash(_with_service(contract.version(), old, new), others)


def _submitted_with(doctype: str, field: str, name: str) -> Iterator[SLAContract]:
	rows = {field: name, "parenttype": "SLA Contract", "docstatus": 1}
	for contract in sorted(set(frappe.get_all(doctype, rows, pluck="parent"))):
		yield frappe.get_doc("SLA Contract", contract)


def _check_targets(contract: SLAContract, field: str, old: str, new: str) -> None:
	for row in contract.targets:
		if row.get(field) == old:
			row.set(field, new)
	if two := for_the_same_tickets(contract.targets):
		frappe.throw(
			_("Contract {0} has a target for {1} and one for {2} (rows {3} and {4}).").format(
				frappe.bold(contract.name), frappe.bold(old), frappe.bold(new), *(row.idx for row in two)
			),
			title=_("Two Targets for One Ticket"),
		)


def _with_service(version: Version, old: str, new: str) -> Version:
	services = frozenset(new if service == old else service for service in version.services)
	return version._replace(services=services)
