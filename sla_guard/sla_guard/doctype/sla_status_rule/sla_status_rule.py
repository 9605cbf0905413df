from frappe.model.document import Document


class SLAStatusRule(Document):
	pass
