# Stand-in for ERPNext, for tests without it.
import frappe
from frappe.model.document import Document
from frappe.model.naming import set_name_by_naming_series


class Customer(Document):
	def autoname(self):
		"""By the customer's name, as ERPNext's Selling Settings say unless changed."""
		self.name = self.customer_name
		if frappe.db.exists("Customer", self.name):
			set_name_by_naming_series(self)
