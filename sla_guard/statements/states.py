"""What becomes of a submitted statement, as its field Status says it; and how one is held while that changes."""

import frappe

from sla_guard import store

APPROVED, SENT, NOT_SENT, ACCEPTED, CREDITED = "Approved", "Sent", "Not Sent", "Accepted", "Credited"


def lock_statement(name: str) -> frappe._dict:
	"""The fields of a statement as it was committed last; nobody else credits it, disputes it or cancels it until this
	transaction ends. Without its lines, whose locks would keep statements of others from being drafted."""
	store.lock("SLA Statement", name)
	return frappe.db.get_value("SLA Statement", name, "*", as_dict=True, for_update=True)
