from sla_guard.sla_guard.doctype.immutable import Immutable


class SLAEvent(Immutable):
	"""One fact about a ticket, append-only. Written by ledger.py; it goes only with its Issue."""
