# Stand-in for ERPNext, for tests without it.
from frappe.model.document import Document


class SalesTaxesandCharges(Document):
	pass
