"""A ticket that is late and names no service is among those to be qualified; those of before do not say it yet.

Each ticket is measured again, in a transaction of its own: one that says it already is left alone.
"""

import frappe
from frappe.utils import update_progress_bar
from frappe.utils.fixtures import sync_fixtures

from sla_guard.helpdesk import ticket as tickets


def execute():
	# The field itself comes only after all patches.
	sync_fixtures("sla_guard")
	without = {"sla_state": ("in", ("Breached", "To Be Qualified")), "sla_service": ("is", "not set")}
	names = frappe.get_all("Issue", without, pluck="name", order_by=None, limit_page_length=0)
	for place, name in enumerate(names):
		update_progress_bar("Issues", place, len(names))
		ticket = tickets.read(name, lock=True)
		# One whose facts are gone has no clock to be late by; a migrate does not fail for it.
		if ticket and ticket.history:
			tickets.refresh(ticket)
		frappe.db.commit()
