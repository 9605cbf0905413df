from frappe.model.document import Document


class PriorityTarget(Document):
	pass
