"""Issues show state and due of each metric, what is left, at risk, missed, urgent; those with clocks of before do not yet.

Each ticket is measured again, in a transaction of its own: one that shows it already is left alone, so a patch that was
cut off goes on where it was.
"""

import frappe
from frappe.utils import update_progress_bar
from frappe.utils.fixtures import sync_fixtures

from sla_guard.helpdesk import ticket as tickets


def execute():
	# The fields themselves come only after all patches.
	sync_fixtures("sla_guard")
	names = _not_yet_shown()
	for place, name in enumerate(names):
		update_progress_bar("Issues", place, len(names))
		if ticket := tickets.read(name, lock=True):
			tickets.refresh(ticket)
		frappe.db.commit()


def _not_yet_shown():
	issue, clock = frappe.qb.DocType("Issue"), frappe.qb.DocType("SLA Clock")
	query = frappe.qb.from_(issue).join(clock).on(clock.ticket == issue.name).select(issue.name).distinct()
	return query.where(issue.sla_response.isnull() & issue.sla_resolution.isnull()).run(pluck=True)
