from frappe.model.document import Document


class SLAContractService(Document):
	pass
