"""Short ways to make what people decide on: claims about breaches, penalties, statements."""

import frappe

from sla_guard.sla_guard.doctype.sla_exclusion.sla_exclusion import EXCLUSION, WAIVER
from tests.site.records import change, issue, us
from tests.site.routes import as_user
from tests.site.sample_statement import figures


def breach(metric="Response", **values):
	"""A breach of Monday, the 5th of January, at 10:00: Acme's ticket was not answered within an hour."""
	ticket = issue("2026-01-05 09:00", **values)
	change(ticket, "2026-01-05 11:00", status="On Hold")
	return frappe.get_doc("SLA Breach", {"ticket": ticket.name, "metric": metric})


def proof(name="proof.txt"):
	"""The address of a private file that somebody has uploaded."""
	content = f"{name} {frappe.generate_hash(length=8)}"
	file = frappe.new_doc("File").update({"file_name": name, "content": content, "is_private": 1})
	return file.insert(ignore_permissions=True).file_url


def claim(about, kind=EXCLUSION, **rest):
	"""What the form of a claim sends: not yet saved."""
	values = {"breach": about.name, "kind": kind, "reason": "The customer's line was cut"}
	if kind == EXCLUSION:
		values |= {"ground": "Customer's Fault", "evidence": proof()}
	if kind == WAIVER:
		values["consent"] = proof("consent.txt")
	return frappe.new_doc("SLA Exclusion").update(values | rest)


def claimed(about, by, kind=EXCLUSION, **rest):
	"""A claim that this user has saved."""
	with as_user(by):
		return claim(about, kind, **rest).insert()


def approved(about, by, approver, kind=EXCLUSION):
	"""An exclusion or a waiver that the second of these users has approved."""
	exclusion = claimed(about, by, kind)
	with as_user(approver):
		exclusion = frappe.get_doc("SLA Exclusion", exclusion.name)
		exclusion.submit()
	return exclusion


def penalty(contract, about=None, amount=100, **rest):
	"""A draft as the app makes it, of January."""
	values = {
		"title": "Late",
		"customer": "Acme",
		"contract": contract.name,
		"chain": contract.chain,
		"company": contract.company,
		"currency": "EUR",
		"period_start": "2026-01-01",
		"period_end": "2026-01-31",
		"amount": amount,
		"rule_name": "Late",
		"kind": "Fixed per breach",
		"breach": about and about.name,
		"ticket": about and about.ticket,
		"unique_key": frappe.generate_hash(length=12),
		**rest,
	}
	document = frappe.new_doc("SLA Penalty").update(values)
	document.flags.from_app = True
	return document.insert(ignore_permissions=True)


def statement(contract, customer="Acme", docstatus=1, ticket=None, **rest):
	"""A statement of January in this state, past all that is worked out for it and checked."""
	values = {
		"title": f"{customer} 2026-01",
		"customer": customer,
		"contract": contract.name,
		"chain": contract.chain,
		"company": contract.company,
		"currency": "EUR",
		"period_start": "2026-01-01",
		"period_end": "2026-01-31",
		"starts_us": us("2026-01-01"),
		"ends_us": us("2026-02-01"),
		"amount_due": 100,
		"figures": frappe.as_json(figures()),
		"unique_key": frappe.generate_hash(length=12),
		**rest,
	}
	document = frappe.new_doc("SLA Statement").update(values)
	document.append(
		"lines",
		{"rule_name": "Late", "gross": 100, "amount": 100, "penalty": rest.get("penalty"), "ticket": ticket},
	)
	document.flags.from_app = True
	document.insert(ignore_permissions=True)
	status = {0: "Draft", 1: "Approved", 2: "Cancelled"}[docstatus]
	frappe.db.set_value("SLA Statement", document.name, {"docstatus": docstatus, "status": status})
	frappe.db.set_value("SLA Statement Line", {"parent": document.name}, "docstatus", docstatus)
	return frappe.get_doc("SLA Statement", document.name)
