"""/sla/statement?name=…: one statement, its lines, and what the customer says to them."""

from functools import partial

import frappe
from frappe import _

from sla_guard import disputes
from sla_guard.portal import lines, page, statements
from sla_guard.portal.reader import NO_PAGE

no_cache = 1


def get_context(context):
	reader, words = page.begin(context, _("Statement"))
	doc = reader.statement(frappe.form_dict.get("name"))
	page.act(
		context,
		page.path("/statement", name=doc.name),
		accept=partial(disputes.accept_statement, doc.name),
		dispute=partial(_dispute, doc.name),
		withdraw=partial(_withdraw, doc.name),
	)
	view = statements.view_statement(doc, words)
	penalties, excused = lines.view_lines(doc, reader, words)
	context.title = f"{view['heading']}, {view['period']}"
	context.sla.update(
		name=doc.name,
		statement=view,
		penalties=penalties,
		excused=excused,
		acceptance=lines.acceptance(doc, words),
		back=page.path("", customer=doc.customer),
	)


def _dispute(statement: str) -> None:
	asked = frappe.form_dict
	disputes.open_dispute(statement, asked.get("line_key") or "", asked.get("reason") or "")


def _withdraw(statement: str) -> None:
	dispute = frappe.form_dict.get("dispute")
	if dispute not in lines.names_of_disputes(statement):
		raise NO_PAGE
	disputes.withdraw(dispute)
