"""/sla: what waits for the reader, the open tickets, what was kept so far, the statements, the contracts."""

import frappe
from frappe import _

from sla_guard.portal import compliance, contracts, page, statements, tickets

no_cache = 1


def get_context(context):
	reader, words = page.begin(context, _("Support"))
	start = frappe.utils.cint(frappe.form_dict.get("start"))
	open_tickets, more = tickets.current(reader, words, max(start, 0))
	context.sla.update(
		tickets=open_tickets,
		waiting=[each for each in open_tickets if each.waits],
		overdue=sum(each.state == tickets.OVERDUE for each in open_tickets),
		more=more and page.path("", customer=reader.customer, start=max(start, 0) + tickets.PAGE),
		start=start,
		finished=tickets.recent(reader, words),
	)
	if reader.customer:
		context.sla.update(_of_the_customer(reader, words))


def _of_the_customer(reader, words) -> dict:
	names = contracts.in_force(reader.customer, words.now)
	return {
		"compliance": compliance.by_month(reader.customer, words),
		"statements": statements.listed(reader),
		"contracts": [contracts.view_contract(name, words) for name in names],
	}
