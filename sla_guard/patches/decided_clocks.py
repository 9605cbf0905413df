"""Clocks tell since when they are decided, and who stopped them; those that were stored before do not yet.

Each ticket is measured again, in a transaction of its own: what differs is written, so a patch that was cut off goes on
where it was.
"""

import frappe
from frappe.utils import update_progress_bar

from sla_guard.engine.terms import STOPPED
from sla_guard.helpdesk import ticket as tickets


def execute():
	names = frappe.get_all(
		"SLA Clock", {"state": STOPPED, "decided_us": 0}, pluck="ticket", distinct=True, order_by=None
	)
	for place, name in enumerate(names):
		update_progress_bar("Clocks", place, len(names))
		if ticket := tickets.read(name, lock=True):
			tickets.refresh(ticket)
		frappe.db.commit()
