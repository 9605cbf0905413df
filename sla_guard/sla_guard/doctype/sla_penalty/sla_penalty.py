import frappe
from frappe import _

from sla_guard.sla_guard.doctype.revocable import WorkedOut
from sla_guard.sla_guard.doctype.sla_breach.sla_breach import OPEN

APPROVED, CREDITED = "Approved", "Credited"


class SLAPenalty(WorkedOut):
	"""What one breach, or one period, costs by one rule. Made, changed and deleted by the app (flags.from_app) while it
	is a draft; approved (submitted) by people, and from there on only cancelled, with a reason."""

	def before_submit(self):
		state = self.breach and frappe.db.get_value("SLA Breach", self.breach, "state")
		if state and state != OPEN:
			frappe.throw(
				_("The breach is {0}: nothing is owed for it.").format(_(state)), title=_("Nothing Owed")
			)
		self.status = APPROVED

	def before_cancel(self):
		self.refuse_if_stated()
		super().before_cancel()

	def on_trash(self):
		if self.docstatus or not self.flags.from_app:
			self.refuse_deletion()

	def refuse_if_stated(self):
		"""What a customer was told stands; a later statement corrects it."""
		carried = {"penalty": self.name, "docstatus": 1, "parenttype": "SLA Statement"}
		statement = frappe.db.get_value("SLA Statement Line", carried, "parent")
		if statement or self.status == CREDITED:
			frappe.throw(
				_("{0} stands on statement {1}: the next one corrects it.").format(
					frappe.bold(self.name), frappe.bold(statement)
				)
				if statement
				else _("{0} is credited.").format(frappe.bold(self.name)),
				title=_("Not to Be Changed"),
			)
