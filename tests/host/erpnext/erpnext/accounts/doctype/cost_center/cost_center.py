# Stand-in for ERPNext, for tests without it.
import frappe
from frappe.model.document import Document


class CostCenter(Document):
	def autoname(self):
		self.name = f"{self.cost_center_name} - {frappe.db.get_value('Company', self.company, 'abbr')}"
