from sla_guard.sla_guard.doctype.immutable import Immutable


class SLAClock(Immutable):
	"""How one commitment of a ticket stands. Written by ledger.py, always recomputable from the events."""
