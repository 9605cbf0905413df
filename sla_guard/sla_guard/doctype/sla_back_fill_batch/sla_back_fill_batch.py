from frappe.model.document import Document


class SLABackfillBatch(Document):
	"""Tickets of a back-fill that one job works off, by name from the first to the last; see back_fill/work.py."""
