"""What jobs work off one by one, each in a transaction of its own, and when another one takes up what was left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import frappe
from frappe.utils import add_to_date, now_datetime

from sla_guard.store import BEGIN_AGAIN

# Minutes without a sign of life, after which what is under way was left alone: its worker was killed, or the queue emptied.
SILENT = 10


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


def silent_since() -> datetime:
	"""What has not moved since then is taken up by another job."""
	return add_to_date(now_datetime(), minutes=-SILENT)
