"""The life of a dispute: opened on a line of a locked statement, which holds that line; closed with an outcome."""

from __future__ import annotations

from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from sla_guard.engine.working_days import working_day_after
from sla_guard.site_time import now_us
from sla_guard.sla_guard.doctype.sla_dispute.sla_dispute import CHANGED, CLOSED, OPEN, WITHDRAWN, SLADispute
from sla_guard.statements import acceptance, conversation, holding
from sla_guard.statements.currencies import exact
from sla_guard.statements.states import CREDITED, lock_statement

STATEMENT, DISPUTE = "SLA Statement", "SLA Dispute"
USUAL_DAYS = 5


def begin(stated: frappe._dict, line: holding.Disputable, reason: str) -> SLADispute:
	"""Of a locked statement. Refused where that line is or was disputed, unless that was withdrawn."""
	key = f"{stated.name}|{line.key}"
	_refuse_second(key)
	dispute = _new(stated, line, reason, key)
	holding.hold(stated, exact(dispute.held))
	conversation.opened(dispute)
	return dispute


def _new(stated: frappe._dict, line: holding.Disputable, reason: str, key: str) -> SLADispute:
	about = line.ticket or stated.name
	dispute = frappe.new_doc(DISPUTE).update(
		{
			"title": f"{about} {line.title}",
			"statement": stated.name,
			"line": line.title,
			"line_key": line.key,
			"unique_key": key,
			"ticket": line.ticket,
			"breach": line.breach,
			"penalty": line.penalty,
			"amount": line.amount,
			"held": holding.to_hold(stated, line),
			"reason": reason,
			"status": OPEN,
			"opened_by": frappe.session.user,
			"opened_on": now_datetime(),
			"responsible": _responsible(stated),
			"due_on": _due_on(stated),
			**{field: stated[field] for field in ("currency", "customer", "contract", "company")},
		}
	)
	dispute.flags.from_app = dispute.flags.ignore_links = True
	return dispute.insert(ignore_permissions=True)


def _due_on(stated: frappe._dict) -> date:
	days = frappe.db.get_value("SLA Contract", stated.contract, "dispute_days")
	days = days or frappe.db.get_single_value("SLA Settings", "dispute_days") or USUAL_DAYS
	return working_day_after(acceptance.hours_of(stated), now_us(), days)


def _responsible(stated: frappe._dict) -> str | None:
	"""The one whom SLA Settings name; else the first SLA Manager who may read the statement."""
	named = frappe.db.get_single_value("SLA Settings", "dispute_responsible")
	if named and frappe.db.get_value("User", named, "enabled"):
		return named
	having = {"role": "SLA Manager", "parenttype": "User", "parent": ("!=", "Administrator")}
	managers = frappe.get_all("Has Role", having, pluck="parent", distinct=True, order_by="parent")
	document = frappe.get_doc(STATEMENT, stated.name)
	return next((user for user in managers if _reads(user, document)), None)


def _reads(user: str, document: Document) -> bool:
	enabled = frappe.db.get_value("User", user, "enabled")
	return bool(enabled and frappe.has_permission(document.doctype, "read", document, user=user))


def statement_of(dispute: str) -> str:
	return frappe.get_doc(DISPUTE, dispute).statement


def locked(dispute: str) -> tuple[SLADispute, frappe._dict]:
	"""A dispute that is not closed, and its statement; nobody else changes either until this transaction ends."""
	stated = lock_statement(statement_of(dispute))
	document = frappe.get_doc(DISPUTE, dispute, for_update=True)
	if document.is_closed:
		frappe.throw(_("{0} is closed.").format(frappe.bold(dispute)), title=_("Closed Already"))
	return document, stated


def close(dispute: SLADispute, stated: frappe._dict, outcome: str, **rest: object) -> None:
	"""With its statement locked. What it held is released where the credit note can still credit it."""
	if outcome != CHANGED and stated.status != CREDITED:
		# Nothing was credited in the meantime: the credit note credits it with the rest.
		holding.hold(stated, -exact(dispute.held))
		rest["held"] = 0
	if outcome == WITHDRAWN:
		rest |= {"cancelled_key": dispute.unique_key, "unique_key": None}
	closed = {"closed_by": frappe.session.user, "closed_on": now_datetime()}
	dispute.store(status=CLOSED, outcome=outcome, **closed, **rest)
	_redraft(stated)
	conversation.closed(dispute)


def _redraft(stated: frappe._dict) -> None:
	"""The next statement follows, where it is a draft already."""
	about = {"chain": stated.chain, "customer": stated.customer}
	frappe.enqueue("sla_guard.jobs.redraft", queue="long", enqueue_after_commit=True, **about)


def refuse_if_disputed(statement: str) -> None:
	"""Before a statement is cancelled: what is disputed is decided first, and what was changed is told by the next."""
	of_statement = {"statement": statement}
	undecided = frappe.db.get_value(DISPUTE, {**of_statement, "status": ("!=", CLOSED)})
	if undecided:
		frappe.throw(
			_("{0} disputes a line of it and is not closed.").format(frappe.bold(undecided)),
			title=_("Disputed"),
		)
	if changed := frappe.db.get_value(DISPUTE, {**of_statement, "outcome": CHANGED}):
		frappe.throw(
			_("{0} has changed a line of it: the next statement corrects it.").format(frappe.bold(changed)),
			title=_("Not to Be Changed"),
		)


def _refuse_second(key: str) -> None:
	if other := frappe.db.get_value(DISPUTE, {"unique_key": key}):
		frappe.throw(
			_("That line is disputed already: {0}.").format(frappe.bold(other)), title=_("Disputed Already")
		)
