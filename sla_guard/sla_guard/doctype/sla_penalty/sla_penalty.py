from frappe.model.document import Document


class SLAPenalty(Document):
	pass
