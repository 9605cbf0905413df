from sla_guard.sla_guard.doctype.immutable import Immutable


class SLAReopening(Immutable):
	"""A stop of a clock that a reopening ended: by it a commitment met in June counts in June, whatever July brings.
	Written by ledger.py, always recomputable from the events."""
