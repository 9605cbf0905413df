from sla_guard.sla_guard.doctype.part import Part


class SLAPenaltyRule(Part):
	pass
