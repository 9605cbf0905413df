"""/sla: what waits for the reader, the open tickets, what was kept so far, the statements, the contracts."""

from functools import partial

import frappe
from frappe import _

from sla_guard import disputes
from sla_guard.portal import compliance, contracts, lines, page, statements, tickets
from sla_guard.portal.reader import NO_PAGE

no_cache = 1


def get_context(context):
	reader, words = page.begin(context, _("Support"))
	waivers = lines.waivers(reader, words) if reader.customer else []
	back = page.path("", customer=reader.customer)
	asked_for = {each.name for each in waivers}
	page.act(context, back, consent=partial(_consent, asked_for), decline=partial(_decline, asked_for))
	start = max(frappe.utils.cint(frappe.form_dict.get("start")), 0)
	open_tickets, more = tickets.current(reader, words, start)
	context.sla.update(
		tickets=open_tickets,
		waiting=sum(bool(each.waits) for each in open_tickets),
		overdue=sum(each.state == tickets.OVERDUE for each in open_tickets),
		more=more and page.path("", customer=reader.customer, start=start + tickets.PAGE),
		waivers=waivers,
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


def _consent(asked_for: set[str]) -> None:
	disputes.consent(_waiver(asked_for))


def _decline(asked_for: set[str]) -> None:
	disputes.decline(_waiver(asked_for), frappe.form_dict.get("reason"))


def _waiver(asked_for: set[str]) -> str:
	name = frappe.form_dict.get("exclusion")
	if name not in asked_for:
		raise NO_PAGE
	return name
