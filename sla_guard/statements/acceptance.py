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
from sla_guard.site_time import now_us, to_site, to_us
from sla_guard.statements.sales_invoice import CREDITED

ACCEPTED = "Accepted"
BY_CUSTOMER, BY_SILENCE = "By the Customer", "By Silence"


def silent_until(statement: Document | frappe._dict) -> int | None:
	"""The instant from which on silence is acceptance; None where the contract does not say so, or it was not sent."""
	if not (statement.sent_on and statement.docstatus == 1):
		return None
	days = frappe.db.get_value("SLA Contract", statement.contract, "acceptance_days")
	return end_of_working_day_after(hours_of(statement), to_us(statement.sent_on), days) if days else None


def hours_of(statement: Document | frappe._dict) -> Calendar:
	"""Those of its contract: its working days are theirs."""
	name = frappe.db.get_value("SLA Contract", statement.contract, "support_hours")
	return frappe.get_doc("Support Hours", name).calendar()


def accept(statement: frappe._dict) -> None:
	"""A customer does, of a locked statement. Once: accepting it again changes nothing."""
	if not statement.accepted_on:
		_store(statement, BY_CUSTOMER, now_datetime(), frappe.session.user)


def accept_by_silence(statement: frappe._dict) -> None:
	"""A locked statement, if its time is over: at the end of that time, whenever it is found."""
	until = silent_until(statement)
	if until and until <= now_us() and not statement.accepted_on:
		_store(statement, BY_SILENCE, to_site(until), None)


def refuse_if_accepted(statement: frappe._dict) -> None:
	until = silent_until(statement)
	if statement.accepted_on or (until and until <= now_us()):
		frappe.throw(
			_("Statement {0} is accepted: its lines are not disputed any more.").format(
				frappe.bold(statement.name)
			),
			title=_("Accepted Already"),
		)


def _store(statement: frappe._dict, how: str, on: object, by: str | None) -> None:
	values = {"accepted_on": on, "accepted_how": how, "accepted_by": by}
	if statement.status != CREDITED:
		values["status"] = ACCEPTED
	frappe.db.set_value("SLA Statement", statement.name, values)
	statement.update(values)
