from sla_guard.sla_guard.doctype.part import Part


class SLASimulationContract(Part):
	pass
