"""The customer's acceptance of a contract: by whom and when, and the document that was signed. Never required, possible
before and after the contract is submitted; who recorded it stays visible."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, now_datetime

SAID = ("accepted_by", "accepted_on", "accepted_file")
RECORDED = ("acceptance_recorded_by", "acceptance_recorded_on")


def record_acceptance(contract: Document) -> None:
	"""On every save: who has recorded what is said of it now, and when. Refuses a day to come."""
	if contract.accepted_on and getdate(contract.accepted_on) > getdate():
		frappe.throw(
			_("Accepted On {0} is a day to come.").format(frappe.format(contract.accepted_on, "Date")),
			title=_("Not Accepted Yet"),
		)
	before = contract.get_doc_before_save()
	if _said(contract) == _said(before):
		recorded = [before.get(field) for field in RECORDED] if before else [None, None]
	elif any(_said(contract)):
		recorded = [frappe.session.user, now_datetime()]
	else:
		recorded = [None, None]
	contract.update(dict(zip(RECORDED, recorded, strict=True)))


def _said(contract: Document | None) -> tuple[str, ...]:
	return tuple(str((contract and contract.get(field)) or "") for field in SAID)
