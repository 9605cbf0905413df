from frappe.model.document import Document

from sla_guard import maintenance
from sla_guard.oncall import rosters


class SLAService(Document):
	def before_rename(self, old, new, merge=False):
		if merge:
			rosters.refuse_merge(old, new)

	def after_rename(self, old, new, merge=False):
		"""Its announced maintenance and its rosters are stored by its name; merged, it has the maintenance of both."""
		for name in (old, new):
			maintenance.forget(name)
		rosters.follow_service(new)
