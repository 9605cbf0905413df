"""/sla/statement?name=…: one statement."""

import frappe
from frappe import _

from sla_guard.portal import page, statements

no_cache = 1


def get_context(context):
	reader, words = page.begin(context, _("Statement"))
	doc = reader.statement(frappe.form_dict.get("name"))
	view = statements.view_statement(doc, words)
	context.title = f"{view['heading']}, {view['period']}"
	context.sla.update(
		name=doc.name,
		statement=view,
		lines=statements.lines(doc, reader),
		back=page.path("", customer=doc.customer),
	)
