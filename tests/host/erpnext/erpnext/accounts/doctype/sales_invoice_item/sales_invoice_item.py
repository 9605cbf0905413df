# Stand-in for ERPNext, for tests without it.
from frappe.model.document import Document


class SalesInvoiceItem(Document):
	pass
