"""ERPNext's Sales Invoice where it credits a statement: it gives back what the statement owes, all of it and once.

The invoice names the statement, and nothing names the invoice: with links both ways neither could be cancelled.
"""

from __future__ import annotations

from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import fmt_money

from sla_guard import store
from sla_guard.statements import acceptance
from sla_guard.statements.currencies import exact
from sla_guard.statements.holding import corrected_penalties, creditable, held_penalties
from sla_guard.statements.states import ACCEPTED, APPROVED, CREDITED, NOT_SENT, SENT, lock_statement

# ---- doc_events


def keep_free_of_taxes(invoice: Document, method: str | None = None) -> None:
	"""before_validate: an indemnity has no taxes, a price reduction those of the fee, of which there may be none. Empty,
	and not unset: else ERPNext finds a template for the customer and may add its taxes to an invoice that has none."""
	if invoice.get("sla_statement") and not invoice.taxes:
		invoice.taxes_and_charges = ""


def check(invoice: Document, method: str | None = None) -> None:
	"""validate: what a person or an amendment made of the draft still credits the statement, nothing else and nothing
	more, and no other invoice does."""
	if not invoice.get("sla_statement"):
		return
	statement = lock_statement(invoice.sla_statement)
	refuse_if_not_owed(statement)
	refuse_second(statement.name, crediting(statement.name, invoice.name, lock=True))
	_check_party(invoice, statement)
	_check_amount(invoice, statement)
	if invoice.return_against:
		_check_left(invoice)
	elif invoice.taxes:
		frappe.throw(_("An indemnity has no taxes: remove them."), title=_("Taxes on an Indemnity"))


def credited(invoice: Document, method: str | None = None) -> None:
	"""on_submit."""
	if invoice.get("sla_statement"):
		_set_status(lock_statement(invoice.sla_statement).name, CREDITED, CREDITED)


def not_credited(invoice: Document, method: str | None = None) -> None:
	"""on_cancel: the statement is where it was before, and may be credited by another invoice."""
	if invoice.get("sla_statement"):
		statement = lock_statement(invoice.sla_statement)
		_set_status(statement.name, _before_credit(statement), APPROVED)


def _before_credit(statement: frappe._dict) -> str:
	if statement.accepted_on:
		return ACCEPTED
	not_sent = NOT_SENT if statement.not_sent_because else APPROVED
	return SENT if statement.sent_on else not_sent


# ---- the statement


def refuse_if_not_owed(statement: frappe._dict) -> None:
	if statement.docstatus != 1:
		frappe.throw(
			_("Statement {0} is not approved: only an approved one is credited.").format(
				frappe.bold(statement.name)
			),
			title=_("Not Approved"),
		)
	if exact(statement.amount_due) <= 0:
		frappe.throw(
			_("Statement {0} owes nothing.").format(frappe.bold(statement.name)), title=_("Nothing Owed")
		)
	if creditable(statement) <= 0:
		frappe.throw(
			_("All that statement {0} owes is disputed.").format(frappe.bold(statement.name)),
			title=_("Nothing Owed"),
		)
	acceptance.refuse_unaccepted(statement)


def refuse_second(statement: str, other: str | None) -> None:
	"""Where another invoice, a draft too, credits the statement already."""
	if other:
		frappe.throw(
			_("Statement {0} is credited by {1} already. Delete or cancel that invoice first.").format(
				frappe.bold(statement), frappe.bold(other)
			),
			title=_("Credited Already"),
		)


def refuse_if_credited(statement: str) -> None:
	"""Before a statement is cancelled."""
	store.lock("SLA Statement", statement)
	if other := crediting(statement, lock=True):
		frappe.throw(
			_("{0} credits this statement: cancel it, or delete it while it is a draft, first.").format(
				frappe.bold(other)
			),
			frappe.LinkExistsError,
			title=_("Statement Is Credited"),
		)


def crediting(statement: str, but: str | None = None, lock: bool = False) -> str | None:
	"""The invoice that credits a statement, other than this one.

	With `lock`, one that was committed since this transaction began as well. That locks the place of an invoice to
	come, too: only once this transaction has the number of its own, for which others wait who want to enter one.
	"""
	invoice = frappe.qb.DocType("Sales Invoice")
	query = frappe.qb.from_(invoice).select(invoice.name)
	query = query.where((invoice.sla_statement == statement) & (invoice.docstatus < 2))
	found = (query.for_update() if lock else query).run()
	return next((name for (name,) in found if name != but), None)


def _set_status(statement: str, status: str, of_penalties: str) -> None:
	frappe.db.set_value("SLA Statement", statement, "status", status)
	lines = {"parent": statement, "parenttype": "SLA Statement", "penalty": ("is", "set")}
	penalties = set(frappe.get_all("SLA Statement Line", lines, pluck="penalty"))
	if penalties := (penalties - held_penalties(statement)) | corrected_penalties(statement):
		submitted = {"name": ("in", sorted(penalties)), "docstatus": 1}
		frappe.db.set_value("SLA Penalty", submitted, "status", of_penalties)


# ---- what it gives back


def left_of(fee_invoice: str, but: str | None = None) -> Decimal:
	"""What an invoice comes to before tax, less what other credit notes against it, drafts too, have taken."""
	invoice = frappe.qb.DocType("Sales Invoice")
	query = frappe.qb.from_(invoice).select(invoice.name, invoice.net_total)
	returns = (invoice.return_against == fee_invoice) & (invoice.is_return == 1) & (invoice.docstatus < 2)
	taken = (exact(net) for name, net in query.where(returns).for_update().run() if name != but)
	return exact(frappe.db.get_value("Sales Invoice", fee_invoice, "net_total")) + sum(taken)


def _check_party(invoice: Document, statement: frappe._dict) -> None:
	for field in ("customer", "company", "currency"):
		wanted = statement.get(field)
		if wanted and invoice.get(field) != wanted:
			frappe.throw(
				_("Statement {0} is for {1}, not for {2}.").format(
					frappe.bold(statement.name), frappe.bold(wanted), frappe.bold(invoice.get(field))
				),
				title=_("Another Statement"),
			)


def _check_amount(invoice: Document, statement: frappe._dict) -> None:
	given, owed = -exact(invoice.net_total), creditable(statement)
	if invoice.is_return and given == owed:
		return
	why = _("Statement {0} owes {1} before tax, this invoice credits {2}.").format(
		frappe.bold(statement.name), _money(owed, invoice), _money(given, invoice)
	)
	if held := exact(statement.held):
		why += " " + _("{0} is held: disputed, or left to the next statement.").format(_money(held, invoice))
	frappe.throw(why, title=_("Another Amount"))


def _check_left(invoice: Document) -> None:
	store.lock("Sales Invoice", invoice.return_against)
	left = left_of(invoice.return_against, invoice.name)
	if -exact(invoice.net_total) > left:
		frappe.throw(
			_("Of {0} there is {1} left to be credited, less than {2}. Choose another invoice.").format(
				frappe.bold(invoice.return_against),
				_money(left, invoice),
				_money(-exact(invoice.net_total), invoice),
			),
			title=_("More Than the Fee"),
		)


def _money(amount: Decimal, invoice: Document) -> str:
	return frappe.bold(fmt_money(amount, invoice.precision("net_total"), invoice.currency))
