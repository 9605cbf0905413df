"""What the form asks of a file before it is simulated."""

from __future__ import annotations

from frappe.model.document import Document


def preview(simulation: Document, limit: int) -> dict:
	"""The first rows of the file, what was guessed, and what they tell."""
	return {"columns": [], "guess": {}, "rows": [], "told": [], "faults": []}


def read_values(simulation: Document) -> None:
	"""Fills `found_values` with what the file holds and a guess of what each means."""
