"""There are rules by which people are told of deadlines, and each clock that runs is woken for them.

Each ticket in a transaction of its own; a patch that was cut off does the same again.
"""

import frappe
from frappe.utils import update_progress_bar

from sla_guard.helpdesk import ticket as tickets
from sla_guard.notify import defaults, waking

BATCH = 500


def execute():
	defaults.make()
	frappe.db.commit()
	done, names = 0, waking.running("", BATCH)
	total = frappe.db.count("SLA Clock", {"state": "running"})
	while names:
		for name in names:
			update_progress_bar("Clocks", min(done, total), total)
			if ticket := tickets.read(name, lock=True):
				tickets.refresh(ticket)
			frappe.db.commit()
			done += 1
		names = waking.running(names[-1], BATCH)
