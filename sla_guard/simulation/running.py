"""A simulation from its start to its result, in background jobs."""

from __future__ import annotations

import frappe
from frappe.model.document import Document


def check(simulation: Document) -> None:
	"""What is refused on every save."""


def keep_what_it_found(simulation: Document) -> None:
	"""A form that was opened before does not undo what a job has written."""


def start(simulation: Document) -> None:
	"""Checks it, and enqueues the reading of its history."""


def stop(simulation: Document) -> None:
	"""The next batch is not begun."""


def forget(simulation: str) -> None:
	"""It is deleted: its batches go with it."""
	frappe.db.delete("SLA Simulation Batch", {"simulation": simulation})
