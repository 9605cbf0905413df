from frappe.model.document import Document


class SLAStatement(Document):
	pass
