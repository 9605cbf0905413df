import frappe
from frappe import _

from sla_guard.sla_guard.doctype.revocable import Revocable

OPEN, ANSWERED, CLOSED = "Open", "Answered", "Closed"
KEPT, CHANGED, WITHDRAWN = "Kept", "Changed", "Withdrawn"
# What people set on the form while it is not closed.
EDITABLE = ("responsible", "due_on")


class SLADispute(Revocable):
	"""A customer says that a line of a statement is not right. Opened, answered and closed by `disputes.py`
	(flags.from_app); never deleted, and not changed once it is closed."""

	def validate(self):
		if self.flags.from_app:
			return
		if self.is_new():
			frappe.throw(_("A dispute is opened on a line of a statement."), frappe.PermissionError)
		self.refuse_changes(but=() if self.get_db_value("status") == CLOSED else EDITABLE)

	def on_trash(self):
		self.refuse_deletion()

	@property
	def is_closed(self) -> bool:
		return self.status == CLOSED

	def store(self, **values: object) -> None:
		self.update(values)
		self.flags.from_app = True
		# A user or a ticket may have gone since.
		self.flags.ignore_links = True
		self.save(ignore_permissions=True)
