"""What a customer says to a statement: a line is not right, it is accepted, a claimed waiver is consented to or declined;
and what we answer. Called by the pages of the portal and by the desk; each asks whether the session's user may.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from sla_guard import permissions
from sla_guard.site_time import to_site
from sla_guard.sla_guard.doctype.sla_dispute.sla_dispute import (
	ANSWERED,
	CHANGED,
	KEPT,
	WITHDRAWN,
	SLADispute,
)
from sla_guard.statements import acceptance, conversation, disputing, holding
from sla_guard.statements.currencies import decimals_of
from sla_guard.statements.states import lock_statement

STATEMENT, DISPUTE = "SLA Statement", "SLA Dispute"
# Of what people write.
LONGEST_TEXT = 5000
DECIDING = {"SLA Manager", "SLA Approver", "System Manager"}


# ---- by the customer


@frappe.whitelist(methods=["POST"])
def open_dispute(statement: str, line_key: str, reason: str) -> str:
	"""Disputes a line of a submitted statement, which is held from then on; returns the name of the dispute.

	By a customer who may read the statement, or for one by somebody of us who may write it. Refused where the statement
	is accepted, and where that line is or was disputed, unless that was withdrawn.
	"""
	document = _may_speak_of(statement)
	reason = _said(reason, _("Say what is not right."))
	stated = lock_statement(statement)
	_refuse_unsubmitted(stated)
	acceptance.refuse_if_accepted(stated)
	return disputing.begin(stated, holding.line_of(document, line_key), reason).name


@frappe.whitelist(methods=["POST"])
def withdraw(dispute: str) -> None:
	"""Takes back a dispute that is not closed yet: the line stands as it is. By those who may open it."""
	_may_speak_of(disputing.statement_of(dispute))
	disputing.close(*disputing.locked(dispute), WITHDRAWN)


@frappe.whitelist(methods=["POST"])
def accept_statement(statement: str) -> None:
	"""A customer who may read a statement accepts it, but for the lines that are holding."""
	_may_accept(statement)
	stated = lock_statement(statement)
	_refuse_unsubmitted(stated)
	acceptance.accept(stated)


@frappe.whitelist(methods=["POST"])
def consent(exclusion: str) -> None:
	"""A customer consents to a waiver that we have claimed and that nobody has decided on. By a contact to whom the
	contract shows money. Once: consenting again changes nothing."""
	_may_answer(exclusion).consented()


@frappe.whitelist(methods=["POST"])
def decline(exclusion: str, reason: str) -> None:
	"""A customer does not consent to a waiver that we have claimed, and says why: nothing is forgiven. By those who may
	consent. Once: declining again changes nothing."""
	document = _may_answer(exclusion)
	document.declined(_said(reason, _("Say why you do not consent.")))


# ---- by us


@frappe.whitelist(methods=["POST"])
def answer(
	dispute: str, answer: str, outcome: str | None = None, new_amount: str | float | None = None
) -> None:
	"""Answers a dispute in writing and, with an outcome (Kept, or Changed to a new amount), closes it. By somebody who
	may write it; the outcome is decided by an SLA Manager or an SLA Approver."""
	frappe.get_doc(DISPUTE, dispute).check_permission("write")
	answer = _said(answer, _("Write an answer to the customer."))
	if outcome:
		_may_decide()
	document, stated = disputing.locked(dispute)
	said = {"answer": answer, "answered_by": frappe.session.user, "answered_on": now_datetime()}
	if not outcome:
		document.store(status=ANSWERED, **said)
		conversation.answered(document)
	elif outcome == CHANGED:
		disputing.close(document, stated, CHANGED, new_amount=_amount(new_amount, document.currency), **said)
	elif outcome == KEPT:
		disputing.close(document, stated, KEPT, **said)
	else:
		frappe.throw(_("{0} is no outcome.").format(frappe.bold(frappe.utils.escape_html(outcome))))


# ---- what there is


@frappe.whitelist()
def disputes_of(statement: str) -> list[dict]:
	"""The disputes of a statement that the session's user may read, the earliest first."""
	frappe.get_doc(STATEMENT, statement).check_permission()
	names = frappe.get_all(DISPUTE, {"statement": statement}, pluck="name", order_by="creation, name")
	return [_shown(frappe.get_doc(DISPUTE, name)) for name in names]


@frappe.whitelist()
def lines_of(statement: str) -> list[dict]:
	"""The lines of a statement that may be disputed, each with its dispute: the latest one, None if there is none."""
	document = frappe.get_doc(STATEMENT, statement)
	document.check_permission()
	latest = {each["line_key"]: each for each in disputes_of(statement)}
	may = acceptance.may_be_disputed(document)
	return [
		{
			**line._asdict(),
			"currency": document.currency,
			"dispute": (about := latest.get(line.key)),
			"may_dispute": may and (about is None or about["outcome"] == WITHDRAWN),
		}
		for line in holding.lines_of(document)
	]


@frappe.whitelist()
def acceptance_of(statement: str) -> dict:
	"""Whether and how a statement was accepted, until when it may be disputed, and whether the session's user may
	accept it."""
	document = frappe.get_doc(STATEMENT, statement)
	document.check_permission()
	return {
		"accepted_on": document.accepted_on,
		"accepted_how": document.accepted_how,
		"accepted_by": _full_name(document.accepted_by),
		"until": to_site(acceptance.silent_until(document)),
		"may_accept": not document.accepted_on and document.docstatus == 1 and _is_customer(),
	}


@frappe.whitelist()
def waivers_waiting() -> list[dict]:
	"""The claimed waivers that wait for the consent of the session's user, the earliest breach first."""
	user = frappe.session.user
	fields = ["name", "breach", "ticket", "metric", "breached_at", "customer", "contract", "reason"]
	waiting = {"kind": "Waiver", "status": "Claimed", "docstatus": 0}
	waiting |= dict.fromkeys(("consented_by", "declined_by", "consent"), ("is", "not set"))
	theirs = {"customer": ("in", sorted(permissions.customers_of(user)))}
	rows = frappe.get_all(
		"SLA Exclusion", waiting | theirs, fields, order_by="breached_at, name", limit_page_length=0
	)
	return [row for row in rows if permissions.speaks_for(user, row.customer, row.contract)]


def _shown(dispute: SLADispute) -> dict:
	fields = (
		"name",
		"line_key",
		"line",
		"ticket",
		"status",
		"outcome",
		"reason",
		"amount",
		"held",
		"new_amount",
	)
	fields = (*fields, "currency", "opened_on", "due_on", "answer", "answered_on", "closed_on")
	return {field: dispute.get(field) for field in fields} | {
		"opened_by": _full_name(dispute.opened_by),
		"responsible": _full_name(dispute.responsible),
		"may_withdraw": not dispute.is_closed,
	}


def _full_name(user: str | None) -> str:
	return (user and frappe.db.get_value("User", user, "full_name")) or ""


# ---- who


def _is_customer() -> bool:
	return permissions.is_customer(frappe.session.user)


def _may_speak_of(statement: str) -> Document:
	"""A customer who sees the statement; of us, who may write it."""
	document = frappe.get_doc(STATEMENT, statement)
	document.check_permission("read" if _is_customer() else "write")
	return document


def _may_accept(statement: str) -> None:
	frappe.get_doc(STATEMENT, statement).check_permission()
	if not _is_customer():
		frappe.throw(_("Only the customer accepts a statement."), frappe.PermissionError)


def _may_answer(exclusion: str) -> Document:
	document = frappe.get_doc("SLA Exclusion", exclusion, for_update=True)
	if not permissions.speaks_for(frappe.session.user, document.customer, document.contract):
		raise frappe.PermissionError
	return document


def _may_decide() -> None:
	if not DECIDING.intersection(frappe.get_roles()):
		frappe.throw(_("An SLA Manager or an SLA Approver decides on the outcome."), frappe.PermissionError)


# ---- checks


def _said(text: str | None, otherwise: str) -> str:
	text = (text or "").strip()
	if not text:
		frappe.throw(otherwise, frappe.MandatoryError, title=_("Nothing Said"))
	if len(text) > LONGEST_TEXT:
		frappe.throw(_("Say it in {0} characters at most.").format(LONGEST_TEXT), title=_("Too Long"))
	return text


def _refuse_unsubmitted(stated: frappe._dict) -> None:
	if stated.docstatus != 1:
		frappe.throw(_("Statement {0} is not submitted.").format(frappe.bold(stated.name)))


def _amount(amount: str | float | None, currency: str) -> Decimal:
	"""As a number of the currency, not below zero."""
	try:
		exact = Decimal(str(amount))
	except InvalidOperation:
		exact = Decimal("NaN")
	if not exact.is_finite() or exact < 0:
		frappe.throw(_("Say the new amount of the line."), title=_("No Amount"))
	if -exact.normalize().as_tuple().exponent > decimals_of(currency):
		frappe.throw(_("{0} has {1} decimals.").format(currency, decimals_of(currency)), title=_("No Amount"))
	return exact
