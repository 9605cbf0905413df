from collections.abc import Iterable
from functools import lru_cache

import frappe

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.clock import Clock
from sla_guard.engine.terms import Terms, terms_from_json
from sla_guard.sla_guard.doctype.immutable import Immutable


class SLATerms(Immutable):
	"""What clocks need of a contract version: canonical JSON, named by its hash. See engine/terms.py."""


def keep(terms: Terms) -> str:
	"""Stores these terms, unless they are there, and returns their name."""
	if not frappe.db.exists("SLA Terms", terms.hash):
		now, user = frappe.utils.now(), frappe.session.user
		frappe.db.bulk_insert(
			"SLA Terms",
			["name", "terms_json", "creation", "modified", "owner", "modified_by"],
			[(terms.hash, terms.json, now, now, user, user)],
			ignore_duplicates=True,
		)
	return terms.hash


@lru_cache(maxsize=1024)
def terms_named(name: str) -> Terms:
	"""The terms with this hash; they never change, so each process reads them once."""
	text = frappe.db.get_value("SLA Terms", name, "terms_json")
	if text is None:
		raise frappe.DoesNotExistError(f"SLA Terms {name}")
	return terms_from_json(text)


def hours_of(clock: Clock) -> Calendar:
	"""The support hours that a clock was measured in, without the announced maintenance of its service."""
	return clock.hours[-1][1]


def terms_of(names: Iterable[str]) -> dict[str, Terms]:
	"""The terms with these hashes, by one query."""
	rows = frappe.get_all("SLA Terms", {"name": ("in", sorted(names))}, ["name", "terms_json"], as_list=True)
	return {name: _parsed(text) for name, text in rows}


_parsed = lru_cache(maxsize=1024)(terms_from_json)
