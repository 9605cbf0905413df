from sla_guard.sla_guard.doctype.immutable import Immutable


class SLAPage(Immutable):
	"""One level of a call to whoever is on call for a ticket; see sla_guard/oncall/."""
