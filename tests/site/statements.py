"""What the database is told, with and without what the app does on a document's events."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe

WRITES = ("insert", "update", "delete", "replace")


@contextmanager
def statements() -> Iterator[list[str]]:
	"""All that are told in here, save points too."""
	said, tell = [], frappe.db.sql

	def listen(query: object, *args: object, **options: object) -> object:
		said.append(str(query).strip())
		return tell(query, *args, **options)

	frappe.db.sql = listen
	try:
		yield said
	finally:
		del frappe.db.sql


def writes(said: list[str]) -> list[str]:
	return [each for each in said if each.lower().startswith(WRITES)]


@contextmanager
def without_the_app() -> Iterator[None]:
	"""Documents are saved as if the app were not installed."""
	hooks = frappe.get_doc_hooks()
	frappe.local.doc_events_hooks = {
		doctype: {
			event: [each for each in handlers if not each.startswith("sla_guard.")]
			for event, handlers in events.items()
		}
		for doctype, events in hooks.items()
	}
	try:
		yield
	finally:
		frappe.local.doc_events_hooks = hooks
