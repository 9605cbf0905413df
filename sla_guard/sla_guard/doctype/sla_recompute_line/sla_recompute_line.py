from sla_guard.sla_guard.doctype.immutable import Immutable


class SLARecomputeLine(Immutable):
	"""What a recompute changes about one clock; of a ticket without clocks a line that names none; or
	about the availability of a service in a period that was told. Written by recompute/."""
