from frappe.model.document import Document

from sla_guard import maintenance


class SLAService(Document):
	def after_rename(self, old, new, merge=False):
		"""Its announced maintenance is stored by its name; merged, it has that of both."""
		for name in (old, new):
			maintenance.forget(name)
