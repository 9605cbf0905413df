# Stand-in for ERPNext, for tests without it.
from frappe.model.document import Document


class UOM(Document):
	pass
