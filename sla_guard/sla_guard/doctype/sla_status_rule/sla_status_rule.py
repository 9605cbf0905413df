from sla_guard.sla_guard.doctype.part import Part


class SLAStatusRule(Part):
	pass
