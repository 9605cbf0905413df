"""Who of a customer may see what: submitted statements of their own, if the contract names them, and nothing else.

Internal users are limited by the framework alone: roles, and user permissions on Company and Customer.
"""

from __future__ import annotations

from collections.abc import Iterable

import frappe
from frappe import client
from frappe.desk import reportview
from frappe.desk.form import load
from frappe.model.db_query import DatabaseQuery
from frappe.model.document import Document
from frappe.utils import get_safe_filters

STATEMENT = "SLA Statement"
CUSTOMER_ROLE = "Customer"
# What everybody has.
AUTOMATIC = {"All", "Guest", "Desk User"}
# What a customer may do with a statement.
SEEING = {"read", "select", "print"}


def customers_of(user: str) -> set[str]:
	"""The customers of a user of the portal: those of the user's contacts, and those that name the user."""
	named = frappe.get_all("Portal User", {"parenttype": "Customer", "user": user}, pluck="parent")
	linked = frappe.get_all(
		"Dynamic Link",
		{
			"parenttype": "Contact",
			"link_doctype": "Customer",
			"parent": ("in", _contacts_linked_to(user)),
		},
		pluck="link_name",
	)
	return set() if user == "Guest" else {*named, *linked}


def contacts_of(user: str) -> set[str]:
	"""The contacts that a user is: linked to it, or with its address."""
	if user == "Guest":
		return set()
	addressed = frappe.get_all("Contact Email", {"parenttype": "Contact", "email_id": user}, pluck="parent")
	return {*_contacts_linked_to(user), *addressed}


def _contacts_linked_to(user: str) -> list[str]:
	return frappe.get_all("Contact", {"user": user}, pluck="name")


def is_customer(user: str) -> bool:
	"""Whether a user may see statements as a customer only, not as one of us."""
	if user == "Administrator":
		return False
	ours = set(frappe.get_roles(user)) - AUTOMATIC - {CUSTOMER_ROLE}
	reading = {row.role for row in frappe.get_meta(STATEMENT).permissions if row.read and not row.permlevel}
	return not (ours & reading)


# ---- hooks of SLA Statement


def statement_conditions(user: str | None = None, doctype: str | None = None) -> str:
	"""permission_query_conditions."""
	user = user or frappe.session.user
	if not is_customer(user):
		return ""
	return _among(STATEMENT, "name", own_statements(user))


def own_statements(user: str) -> list[str]:
	"""The names of those that a user sees as a customer, whatever else the user is."""
	own = {
		"docstatus": 1,
		"customer": ("in", sorted(customers_of(user))),
		"contract": ("in", sorted(_contracts_naming(contacts_of(user)))),
	}
	return frappe.get_all(STATEMENT, own, pluck="name")


def may_see_statement(
	doc: Document, ptype: str | None = "read", user: str | None = None, debug: bool = False
) -> bool:
	"""has_permission."""
	user = user or frappe.session.user
	if not is_customer(user):
		return True
	# For none, the framework asks what may be done at all.
	return (ptype or "read") in SEEING and doc.docstatus == 1 and speaks_for(user, doc.customer, doc.contract)


def speaks_for(user: str, customer: str | None, contract: str | None) -> bool:
	"""Whether a user is one of a customer to whom this version of a contract shows money."""
	return (
		bool(customer and contract)
		and customer in customers_of(user)
		and contract in _contracts_naming(contacts_of(user), contract)
	)


def _contracts_naming(contacts: set[str], *contracts: str) -> set[str]:
	"""The versions of contracts that name one of these contacts as one who sees money."""
	filters = {"parenttype": "SLA Contract", "sees_money": 1, "contact": ("in", sorted(contacts))}
	if contracts:
		filters["parent"] = ("in", contracts)
	return set(frappe.get_all("SLA Contract Contact", filters, pluck="parent"))


def _among(doctype: str, field: str, names: Iterable[str]) -> str:
	listed = ", ".join(frappe.db.escape(name, percent=False) for name in names)
	return f"`tab{doctype}`.{field} in ({listed})" if listed else "1 = 0"


# ---- hooks of rows


def conditions_of_rows(user: str | None = None, doctype: str | None = None) -> str:
	"""permission_query_conditions of a DocType of rows: those of documents that the user may see. Asked for the rows
	alone, the framework of version 15 gives those of all documents."""
	tables = {"fieldtype": ("in", frappe.model.table_fields), "options": doctype}
	parent = frappe.get_all("DocField", tables, pluck="parent")[0]
	conditions = DatabaseQuery(parent, user=user).build_match_conditions()
	if not conditions:
		return ""
	seen = f"`tab{doctype}`.parent in (select `tab{parent}`.name from `tab{parent}` where {conditions})"
	return f"(`tab{doctype}`.parenttype != {frappe.db.escape(parent)} or {seen})"


# ---- hooks of what is seen along with the document that it names

SEEN_WITH = {
	"SLA Notice": ("alert", "SLA Alert"),
	"SLA Recompute Line": ("recompute", "SLA Recompute"),
	"SLA Back-fill Batch": ("back_fill", "SLA Back-fill"),
	"SLA Simulation Batch": ("simulation", "SLA Simulation"),
}


def conditions_along(user: str | None = None, doctype: str | None = None) -> str:
	"""permission_query_conditions: those of documents that the user may see, which say whose they are."""
	field, other = SEEN_WITH[doctype]
	conditions = DatabaseQuery(other, user=user).build_match_conditions()
	if not conditions:
		return ""
	return f"`tab{doctype}`.{field} in (select `tab{other}`.name from `tab{other}` where {conditions})"


def may_see_along(
	doc: Document, ptype: str | None = "read", user: str | None = None, debug: bool = False
) -> bool:
	"""has_permission."""
	field, other = SEEN_WITH[doc.doctype]
	return bool(frappe.has_permission(other, "read", doc.get(field), user=user))


# ---- instead of the framework's


@frappe.whitelist()
def get_count(doctype: str, filters: object = None, debug: bool = False, cache: bool = False) -> int:
	"""frappe.client.get_count. Of version 15 it counts for everybody what nobody lets them read, and a filter makes the
	count tell what stands in it."""
	if frappe.get_meta(doctype).module != "SLA Guard":
		return client.get_count(doctype, filters, debug, cache)
	frappe.local.form_dict = frappe._dict(doctype=doctype, filters=get_safe_filters(filters) or [])
	return reportview.get_count()


@frappe.whitelist()
def getdoc(doctype: str, name: str) -> None:
	"""frappe.desk.form.load.getdoc, which answers for everybody who may read a document with all that is noted on it."""
	load.getdoc(doctype, name)
	_keep_notes_from_customers(doctype)


@frappe.whitelist()
def get_docinfo(doc: object = None, doctype: str | None = None, name: str | None = None) -> dict:
	"""frappe.desk.form.load.get_docinfo, as above."""
	load.get_docinfo(doc, doctype, name)
	_keep_notes_from_customers(doctype)
	return frappe.response["docinfo"]


@frappe.whitelist()
def get_communications(doctype: str, name: str, start: int = 0, limit: int = 20) -> list:
	"""frappe.desk.form.load.get_communications, as above."""
	return [] if _are_kept_from_reader(doctype) else load.get_communications(doctype, name, start, limit)


# What a form needs; the rest are comments, versions, mails: what is said among us.
NO_NOTES = {"doctype", "name", "permissions", "attachments"}


def _keep_notes_from_customers(doctype: str | None) -> None:
	if _are_kept_from_reader(doctype) and (docinfo := frappe.response.get("docinfo")):
		frappe.response["docinfo"] = frappe._dict(
			{what: value if what in NO_NOTES else type(value)() for what, value in docinfo.items()}
		)


def _are_kept_from_reader(doctype: str | None) -> bool:
	return doctype == STATEMENT and is_customer(frappe.session.user)
