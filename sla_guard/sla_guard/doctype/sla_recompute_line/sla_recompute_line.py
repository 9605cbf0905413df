from sla_guard.sla_guard.doctype.immutable import Immutable


class SLARecomputeLine(Immutable):
	"""What a recompute changes about one clock; of a ticket without clocks a line that names none. Written by recompute/."""
