from frappe.model.document import Document


class SLASettings(Document):
	pass
