from frappe.model.document import Document


class SupportHoursWindow(Document):
	pass
