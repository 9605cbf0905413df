from sla_guard.sla_guard.doctype.immutable import Immutable


class SLAAlert(Immutable):
	"""A step of a notification rule that a clock has reached, once. Written by notify/; it goes only with its Issue."""
