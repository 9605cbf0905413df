from sla_guard.sla_guard.doctype.part import Part


class SLANotificationUser(Part):
	pass
