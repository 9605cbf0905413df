import frappe
from frappe.model.document import Document

from sla_guard.simulation import importing, running


class SLASimulation(Document):
	"""What contracts would have come to over a history of tickets, imported or of this site. See docs/simulation.md."""

	def validate(self):
		running.keep_what_it_found(self)
		running.check(self)

	def get_title(self) -> str:
		"""Of its pages and PDFs, the customer's, too: what it is called among us is not for the customer."""
		return self.name

	def on_trash(self):
		running.forget(self.name)

	@frappe.whitelist()
	def preview(self, limit: int = 20) -> dict:
		"""How the file would be read: its first rows, what was guessed, and what they tell. Writes nothing."""
		self.check_permission("read")
		return importing.preview(self, frappe.utils.cint(limit))

	@frappe.whitelist()
	def read_values(self) -> None:
		"""Lists the values of the whole file with a guess of what they mean; what was entered stays."""
		self.check_permission("write")
		importing.read_values(self)

	@frappe.whitelist()
	def start(self) -> None:
		"""Checks, and begins in the background; one that was cut off goes on where it was."""
		self.check_permission("write")
		running.start(self)

	@frappe.whitelist()
	def stop(self) -> None:
		"""Stops before the next batch; it may be started again."""
		self.check_permission("write")
		running.stop(self)
