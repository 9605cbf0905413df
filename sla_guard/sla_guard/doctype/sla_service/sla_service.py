from frappe.model.document import Document


class SLAService(Document):
	pass
