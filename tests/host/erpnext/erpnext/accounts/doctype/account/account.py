# Stand-in for ERPNext, for tests without it.
import frappe
from frappe.model.document import Document


class Account(Document):
	def autoname(self):
		self.name = f"{self.account_name} - {frappe.db.get_value('Company', self.company, 'abbr')}"
