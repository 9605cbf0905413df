from sla_guard.sla_guard.doctype.immutable import Immutable


class SLANotice(Immutable):
	"""That somebody was told of an SLA Alert, or is to be. Written by notify/; it goes only with its Issue."""
