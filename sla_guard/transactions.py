"""What jobs work off one by one, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable

import frappe

from sla_guard.store import BEGIN_AGAIN


def transaction(verb: Callable, *about: object) -> None:
	"""Carries this out and commits it, and before it what was written so far. Where another transaction was first nothing
	of it is written: the next run finds it again."""
	# Begun with a lock, so that what is read afterwards is what was committed last.
	frappe.db.commit()
	try:
		verb(*about)
		frappe.db.commit()
	except BEGIN_AGAIN:
		frappe.db.rollback()
