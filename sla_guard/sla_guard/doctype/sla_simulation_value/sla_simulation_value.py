from sla_guard.sla_guard.doctype.part import Part


class SLASimulationValue(Part):
	pass
