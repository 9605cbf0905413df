# Stand-in for ERPNext, for tests without it.
from frappe.model.document import Document


class IssueType(Document):
	pass
