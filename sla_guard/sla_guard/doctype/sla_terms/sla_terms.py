from collections.abc import Iterable
from functools import lru_cache

import frappe

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.clock import Clock
from sla_guard.engine.hours import hours_as_json, hours_from_json, hours_hash
from sla_guard.engine.terms import Terms, terms_from_json
from sla_guard.sla_guard.doctype.immutable import Immutable


class SLATerms(Immutable):
	"""What clocks need of a contract version, or the hours that an availability was measured in: canonical JSON, named by
	its hash. See engine/terms.py and engine/hours.py."""


def keep(terms: Terms) -> str:
	"""Stores these terms, unless they are there, and returns their name."""
	return _keep(terms.hash, terms.json)


def keep_hours(hours: Calendar) -> str:
	"""The same of support hours."""
	return _keep(hours_hash(hours), hours_as_json(hours))


def _keep(name: str, text: str) -> str:
	if not frappe.db.exists("SLA Terms", name):
		now, user = frappe.utils.now(), frappe.session.user
		frappe.db.bulk_insert(
			"SLA Terms",
			["name", "terms_json", "creation", "modified", "owner", "modified_by"],
			[(name, text, now, now, user, user)],
			ignore_duplicates=True,
		)
	return name


@lru_cache(maxsize=1024)
def terms_named(name: str) -> Terms:
	"""The terms with this hash; they never change, so each process reads them once."""
	return terms_from_json(_text_of(name))


@lru_cache(maxsize=1024)
def hours_named(name: str) -> Calendar:
	"""The support hours with this hash."""
	return hours_from_json(_text_of(name))


def _text_of(name: str) -> str:
	text = frappe.db.get_value("SLA Terms", name, "terms_json")
	if text is None:
		raise frappe.DoesNotExistError(f"SLA Terms {name}")
	return text


def hours_of(clock: Clock) -> Calendar:
	"""The support hours that a clock was measured in, without the announced maintenance of its service."""
	return clock.hours[-1][1]


def terms_of(names: Iterable[str]) -> dict[str, Terms]:
	"""The terms with these hashes, by one query."""
	rows = frappe.get_all("SLA Terms", {"name": ("in", sorted(names))}, ["name", "terms_json"], as_list=True)
	return {name: _parsed(text) for name, text in rows}


_parsed = lru_cache(maxsize=1024)(terms_from_json)
