"""/sla/ticket?name=…: one ticket, its deadlines and what happened to them."""

import frappe
from frappe import _

from sla_guard.portal import page, tickets
from sla_guard.portal.life import life

no_cache = 1


def get_context(context):
	reader, words = page.begin(context, _("Ticket"))
	ticket = tickets.one(reader, words, frappe.form_dict.get("name"))
	# Not its subject, which anybody may have written in a mail: the framework's templates would take it for HTML.
	context.title = ticket.name
	context.sla.update(
		ticket=ticket,
		life=life(ticket, words),
		conversation=tickets.conversation(ticket),
		back=page.path("", customer=ticket.customer) if ticket.customer in reader.customers else "/sla",
	)
