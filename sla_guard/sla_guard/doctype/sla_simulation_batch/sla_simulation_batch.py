from frappe.model.document import Document


class SLASimulationBatch(Document):
	"""A thousand tickets of a simulation: the unit of a background job."""
