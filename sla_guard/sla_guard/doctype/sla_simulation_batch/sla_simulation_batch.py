from frappe.model.document import Document


class SLASimulationBatch(Document):
	"""Some hundreds of tickets of a simulation: the unit of a background job."""
