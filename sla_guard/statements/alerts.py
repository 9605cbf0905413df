"""Who is told that a customer has not heard of a statement: those who manage and those who approve."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import frappe
from dateutil.relativedelta import relativedelta
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, getdate, today

from sla_guard.notify.telling import tell
from sla_guard.statements.words import day_text

ROLES = ("SLA Manager", "SLA Approver")


def not_sent(statement: Document, why: str) -> None:
	_tell(statement, lambda: _("Statement {0} was not sent"), why)


def not_sent_to_all(statement: Document, why: str) -> None:
	_tell(statement, lambda: _("Statement {0} was not sent to all contacts"), why)


def overdue() -> None:
	"""Statements that were to be sent before today, drafts too. Once: not where somebody was told of one since that
	day. Commits."""
	for name, by in _overdue(getdate(today())):
		if not told_since("SLA Statement", name, by):
			statement = frappe.get_doc("SLA Statement", name)
			_tell(statement, lambda: _("Statement {0} is overdue: it was to be sent by {1}"), "", by)
			frappe.db.commit()


def _overdue(day: date) -> Iterator[tuple[str, date]]:
	"""Names of statements with the day by which they were to be sent."""
	statement, contract = frappe.qb.DocType("SLA Statement"), frappe.qb.DocType("SLA Contract")
	rows = (
		frappe.qb.from_(statement)
		.join(contract)
		.on(contract.name == statement.contract)
		.select(statement.name, statement.period_end, contract.statement_sent_by)
		.where((statement.docstatus < 2) & statement.sent_on.isnull() & (contract.statement_sent_by > 0))
	).run()
	tracked = frappe.db.get_single_value("SLA Settings", "tracked_from")
	for name, period_end, sent_by in rows:
		# What ended before tickets were tracked was drafted by a back-fill: it was promised to nobody by that day.
		back_filled = tracked and getdate(period_end) < getdate(tracked)
		by = sent_by_day(getdate(period_end), sent_by)
		if by < day and not back_filled:
			yield name, by


def sent_by_day(period_end: date, sent_by: int) -> date:
	"""That day of the month after a period; its last one where it has fewer."""
	following = period_end + timedelta(days=1)
	return following + relativedelta(day=sent_by)


def told_since(doctype: str, name: str, by: date) -> bool:
	"""Whether anybody was told of a document after that day."""
	told = {
		"document_type": doctype,
		"document_name": name,
		"creation": (">", by + timedelta(days=1)),
	}
	return bool(frappe.db.exists("Notification Log", told))


def _tell(statement: Document, subject: Callable[[], str], why: str, by: date | None = None) -> None:
	def said(language: str) -> str:
		return subject().format(statement.name, by and day_text(by, language))

	for user in managers():
		tell(
			user,
			said,
			lambda _language: escape_html(why),
			reference_doctype=statement.doctype,
			reference_name=statement.name,
		)


def managers() -> list[str]:
	"""Those who manage and those who approve; whoever tells them asks whether they may read it."""
	roles = {"role": ("in", ROLES), "parenttype": "User"}
	return sorted(set(frappe.get_all("Has Role", roles, pluck="parent", order_by=None)))
