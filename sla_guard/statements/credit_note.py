"""The credit note for a statement: a draft of ERPNext's Sales Invoice that a person checks and submits.

As the contract says, an indemnity (one line on an account of its own, no taxes) or a price reduction (against the
invoice of the fee, with its taxes). Neither is guessed. The line names no item: ERPNext takes an item for something
that the customer sends back, and counts what is left of its quantity.
"""

from __future__ import annotations

from typing import NamedTuple

import frappe
from frappe import _
from frappe.model import table_fields
from frappe.model.document import Document
from frappe.utils import formatdate

from sla_guard.statements import sales_invoice
from sla_guard.statements.currencies import decimals_of
from sla_guard.statements.holding import creditable
from sla_guard.statements.states import lock_statement

INDEMNITY, PRICE_REDUCTION = "Indemnity", "Price reduction"
# What a line and the invoice itself take over from the invoice of the fee, beside fields that the site has added.
OF_LINE = ("uom", "conversion_factor", "income_account", "cost_center", "item_tax_template", "project")
OF_INVOICE = (
	*("conversion_rate", "debit_to", "cost_center", "project", "language", "letter_head", "company_address"),
	*("customer_address", "contact_person", "tax_category", "taxes_and_charges"),
	*("selling_price_list", "price_list_currency", "plc_conversion_rate"),
)
OF_TAX = ("charge_type", "row_id", "account_head", "description", "rate", "cost_center")
# Taxes that do not follow the price: a lower price leaves them as they are.
FIXED_TAXES = ("Actual", "On Item Quantity")
ROUNDED = ("total", "net_total", "grand_total"), ("rate", "amount", "net_amount")


class Agreed(NamedTuple):
	"""What the contract says of credit notes."""

	contract: str
	company: str | None
	credit_as: str | None
	credit_account: str | None


@frappe.whitelist()
def make_credit_note(statement: str, fee_invoice: str | None = None) -> str:
	"""A draft of the invoice that credits a submitted statement, all that it owes and is not disputed; returns its name.

	`fee_invoice` is the one whose price is reduced, if the contract says so. Refused, with what is missing, where the
	contract does not say how to credit, where the invoice would be rounded, and where there is one already.
	"""
	_check_permission(statement)
	locked = lock_statement(statement)
	sales_invoice.refuse_if_not_owed(locked)
	sales_invoice.refuse_second(statement, sales_invoice.crediting(statement))
	agreed = _agreed(locked)
	if agreed.credit_as == PRICE_REDUCTION:
		values = _price_reduction(locked, agreed, fee_invoice)
	else:
		values = _indemnity(locked, agreed)
	invoice = frappe.new_doc("Sales Invoice").update(values)
	_check_precision(invoice)
	return invoice.insert().name


@frappe.whitelist()
def asked_for_credit_note(statement: str) -> dict:
	"""What a person is asked before it is made: for a price reduction, of which invoice, with the filters of those that
	are possible and the latest of the time since the period began; else nothing. Not asked where it would be refused."""
	_check_permission(statement)
	stated = frappe.db.get_value("SLA Statement", statement, "*", as_dict=True)
	sales_invoice.refuse_if_not_owed(stated)
	sales_invoice.refuse_second(statement, sales_invoice.crediting(statement))
	agreed = _agreed(stated)
	if agreed.credit_as != PRICE_REDUCTION:
		return {}
	possible = _possible(stated, agreed)
	since = possible | {"posting_date": (">=", stated.period_start)}
	latest = frappe.get_list(
		"Sales Invoice", since, pluck="name", order_by="posting_date desc, creation desc", limit_page_length=1
	)
	return {"fee_invoices": possible, "fee_invoice": next(iter(latest), None)}


def _check_permission(statement: str) -> None:
	frappe.has_permission("SLA Statement", "read", statement, throw=True)
	frappe.has_permission("Sales Invoice", "create", throw=True)


# ---- what was agreed


def _agreed(statement: frappe._dict) -> Agreed:
	"""By the version of the statement and, where it is silent, by the latest one: a submitted contract does not change,
	so what was forgotten in it is said in the next. The account is none of the customer's business: the latest one
	that can be used."""
	fields = ["name", "company", "credit_as", "credit_account"]
	of_chain = {"chain": statement.chain, "docstatus": 1}
	latest_first = frappe.get_all("SLA Contract", of_chain, fields, order_by="starts_us desc")
	own_first = sorted(latest_first, key=lambda version: version.name != statement.contract)

	def said(field: str) -> str | None:
		return next((version[field] for version in own_first if version[field]), None)

	company = statement.company or said("company")
	accounts = [version.credit_account for version in latest_first if version.credit_account]
	usable = (account for account in accounts if not _unusable(account, company))
	account = next(usable, next(iter(accounts), None))
	agreed = Agreed(statement.contract, company, said("credit_as"), account)
	_refuse_silence(agreed)
	return agreed


def _refuse_silence(agreed: Agreed) -> None:
	contract = frappe.bold(agreed.contract)
	if not agreed.company:
		_refuse(_("Contract {0} names no company.").format(contract))
	if not agreed.credit_as:
		_refuse(
			_("Contract {0} does not say whether to credit an indemnity or a price reduction.").format(
				contract
			)
		)
	if agreed.credit_as == INDEMNITY and not agreed.credit_account:
		_refuse(_("Contract {0} names no account of indemnities.").format(contract))


def _refuse(why: str) -> None:
	frappe.throw(
		_("{0} Say it in a new version of the contract, then make the credit note.").format(why),
		title=_("Not Agreed"),
	)


# ---- an indemnity


def _indemnity(statement: frappe._dict, agreed: Agreed) -> dict:
	if why := _unusable(agreed.credit_account, agreed.company):
		_refuse(why)
	line = {
		"item_name": _("Penalties for missed commitments", _language(statement)),
		"uom": frappe.db.get_single_value("Stock Settings", "stock_uom"),
		"income_account": agreed.credit_account,
		"cost_center": _cost_center(agreed.company),
	}
	return _invoice(statement, agreed, line)


def _unusable(account: str, company: str) -> str | None:
	"""Why nothing of this company can be booked on this account."""
	found = frappe.db.get_value("Account", account, ["company", "is_group", "disabled"], as_dict=True)
	named = frappe.bold(account)
	if not found or found.company != company:
		return _("Account {0} is not one of company {1}.").format(named, frappe.bold(company))
	if found.is_group:
		return _("Account {0} is a group: nothing is booked on it.").format(named)
	return _("Account {0} is disabled.").format(named) if found.disabled else None


def _cost_center(company: str) -> str:
	return frappe.db.get_value("Company", company, "cost_center") or frappe.throw(
		_("Company {0} has no default cost center, which a credit note needs.").format(frappe.bold(company)),
		title=_("No Cost Center"),
	)


# ---- a price reduction


def _price_reduction(statement: frappe._dict, agreed: Agreed, fee_invoice: str | None) -> dict:
	fee = _fee(statement, agreed, fee_invoice)
	# The fee itself, should there be something else on the invoice.
	main = max(fee.items, key=lambda row: row.net_amount)
	line = _taken(main, OF_LINE) | {
		"item_name": _("Price reduction for missed commitments", _language(statement)),
	}
	values = _invoice(statement, agreed, line) | _taken(fee, OF_INVOICE)
	return values | {"return_against": fee.name, "taxes": [_tax(row) for row in fee.taxes]}


def _possible(statement: frappe._dict, agreed: Agreed) -> dict:
	of_party = {"customer": statement.customer, "company": agreed.company, "currency": statement.currency}
	return {"docstatus": 1, "is_return": 0, **of_party}


def _fee(statement: frappe._dict, agreed: Agreed, name: str | None) -> Document:
	if not name:
		frappe.throw(
			_("Choose the invoice of the fee, whose price is reduced."), title=_("No Invoice of the Fee")
		)
	fee = frappe.get_doc("Sales Invoice", name)
	fee.check_permission("read")
	if any(fee.get(field) != value for field, value in _possible(statement, agreed).items()):
		frappe.throw(
			_("{0} is not a submitted invoice of {1} to {2} in {3}.").format(
				frappe.bold(name),
				frappe.bold(agreed.company),
				frappe.bold(statement.customer),
				statement.currency,
			),
			title=_("Not the Fee of This Statement"),
		)
	return fee


def _tax(row: Document) -> dict:
	"""Of a row of the fee's taxes, with the same effect on a price before tax."""
	tax = _taken(row, OF_TAX) | {"included_in_print_rate": 0}
	if row.charge_type in FIXED_TAXES:
		# Still there, since other rows name it by its number.
		tax |= {"rate": 0, "tax_amount": 0}
	return tax


def _taken(source: Document, fields: tuple[str, ...]) -> dict:
	added = (field for field in source.meta.get_custom_fields() if field.fieldtype not in table_fields)
	names = (*fields, *(field.fieldname for field in added if not field.no_copy))
	return {name: source.get(name) for name in names if source.get(name) is not None}


# ---- the invoice


def _invoice(statement: frappe._dict, agreed: Agreed, line: dict) -> dict:
	language = _language(statement)
	words = _("Statement {0}, {1} to {2}", language).format(
		statement.name, formatdate(statement.period_start), formatdate(statement.period_end)
	)
	return {
		"customer": statement.customer,
		"company": agreed.company,
		"currency": statement.currency,
		"is_return": 1,
		"sla_statement": statement.name,
		"remarks": words,
		"ignore_pricing_rule": 1,
		"disable_rounded_total": 1,
		"items": [{"qty": -1, "rate": float(creditable(statement)), "description": words, **line}],
	}


def _language(statement: frappe._dict) -> str | None:
	"""In which the customer reads the invoice."""
	return frappe.db.get_value("Customer", statement.customer, "language")


def _check_precision(invoice: Document) -> None:
	"""Where the site rounds an invoice to fewer decimals than its currency has, it would credit another amount."""
	of_invoice, of_line = ROUNDED
	kept = [invoice.precision(field) for field in of_invoice]
	kept += [invoice.items[0].precision(field) for field in of_line]
	if min(kept) < decimals_of(invoice.currency):
		frappe.throw(
			_(
				"Amounts in {0} have {1} decimals, of which the site keeps {2} on an invoice. Raise Currency Precision in System Settings."
			).format(frappe.bold(invoice.currency), decimals_of(invoice.currency), min(kept)),
			title=_("Amount Would Be Rounded"),
		)
