"""A customer accepts a statement, or is silent for so long that it counts as accepted.

What is accepted is no longer disputed; lines that are disputed at that moment are not accepted by it.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.working_days import end_of_working_day_after
from sla_guard.site_time import now_us, text, to_site, to_us
from sla_guard.statements.states import ACCEPTED, CREDITED, lock_statement

BY_CUSTOMER, BY_SILENCE = "By the Customer", "By Silence"


def silent_until(statement: Document | frappe._dict) -> int | None:
	"""The instant from which on silence is acceptance; None where the contract does not say so, or it was not sent."""
	if not (statement.sent_on and statement.docstatus == 1):
		return None
	return _silent_until(statement, to_us(statement.sent_on))


def silent_until_if_sent_now(statement: Document) -> int | None:
	"""As the mail tells it that is about to bring the statement."""
	return None if statement.accepted_on else _silent_until(statement, now_us())


def _silent_until(statement: Document | frappe._dict, sent_us: int) -> int | None:
	days = frappe.db.get_value("SLA Contract", statement.contract, "acceptance_days")
	return end_of_working_day_after(hours_of(statement), sent_us, days) if days else None


def hours_of(statement: Document | frappe._dict) -> Calendar:
	"""Those of its contract: its working days are theirs."""
	name = frappe.db.get_value("SLA Contract", statement.contract, "support_hours")
	return frappe.get_doc("Support Hours", name).calendar()


def accept(statement: frappe._dict) -> None:
	"""A customer does, of a locked statement. Once: accepting it again changes nothing."""
	if not statement.accepted_on:
		_store(statement, BY_CUSTOMER, now_datetime(), frappe.session.user)


def silent() -> list[str]:
	"""The statements whose time is over, and that nobody has accepted."""
	statement, contract = frappe.qb.DocType("SLA Statement"), frappe.qb.DocType("SLA Contract")
	rows = (
		frappe.qb.from_(statement)
		.join(contract)
		.on(contract.name == statement.contract)
		.select(statement.name, statement.contract, statement.sent_on, statement.docstatus)
		.where((statement.docstatus == 1) & statement.accepted_on.isnull() & statement.sent_on.isnotnull())
		.where(contract.acceptance_days > 0)
	).run(as_dict=True)
	return [row.name for row in rows if is_over(row)]


def accept_by_silence(name: str) -> None:
	"""If its time is over: at the end of that time, whenever it is found. Once."""
	statement = lock_statement(name)
	if is_over(statement) and not statement.accepted_on:
		_store(statement, BY_SILENCE, to_site(silent_until(statement)), None)


def is_over(statement: Document | frappe._dict) -> bool:
	until = silent_until(statement)
	return until is not None and until <= now_us()


def may_be_disputed(statement: Document | frappe._dict) -> bool:
	return statement.docstatus == 1 and not statement.accepted_on and not is_over(statement)


def refuse_if_accepted(statement: frappe._dict) -> None:
	if statement.accepted_on or is_over(statement):
		frappe.throw(
			_("Statement {0} is accepted: its lines are not disputed any more.").format(
				frappe.bold(statement.name)
			),
			title=_("Accepted Already"),
		)


def refuse_unaccepted(statement: frappe._dict) -> None:
	"""It is credited once it is accepted, where the contract gives the customer time for that."""
	days = frappe.db.get_value("SLA Contract", statement.contract, "acceptance_days")
	if not days or statement.accepted_on:
		return
	until = silent_until(statement)
	if not until:
		why = _("Statement {0} is not sent: only an accepted one is credited.")
	elif until > now_us():
		why = _("Statement {0} is not accepted yet. Without a word of the customer it will be on {1}.")
	else:
		return
	frappe.throw(why.format(frappe.bold(statement.name), text(until)), title=_("Not Accepted"))


def _store(statement: frappe._dict, how: str, on: object, by: str | None) -> None:
	values = {"accepted_on": on, "accepted_how": how, "accepted_by": by}
	if statement.status != CREDITED:
		values["status"] = ACCEPTED
	frappe.db.set_value("SLA Statement", statement.name, values)
	statement.update(values)
