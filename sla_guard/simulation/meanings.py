"""What the values of a file mean on this site: what is known here, and what is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import frappe

from sla_guard.simulation.columns import Meanings
from sla_guard.sla_guard.doctype.sla_contract.rows import statuses

_NAMED_BY = {
	"Priority": "Issue Priority",
	"Service": "SLA Service",
	"Issue Type": "Issue Type",
	"Customer": "Customer",
}
# Words that other systems have for the usual statuses of an Issue.
_USUAL = {
	"Open": "new open active reopened assigned inprogress workinprogress nouveau encours ouvert",
	"On Hold": "onhold pending waiting awaiting enattente suspended",
	"Resolved": "resolved solved fixed done resolu",
	"Closed": "closed cancelled canceled ferme clos cloture",
}
# Of these, which say that somebody has begun.
_BEGUN = ("active", "assigned", "inprogress", "workinprogress", "encours")


def known_names() -> dict[str, frozenset[str]]:
	"""The names that there are on this site, by kind. A foreign customer is nothing strange."""
	named = {
		kind: frozenset(frappe.get_all(doctype, pluck="name", limit_page_length=0))
		for kind, doctype in _NAMED_BY.items()
		if kind != "Customer"
	}
	return {"Status": frozenset(statuses()), **named}


def meanings(means: Mapping[tuple[str, str], str], answers: Iterable[str]) -> Meanings:
	"""`means`: by kind and value; an empty one is not known. `answers`: statuses of the file."""
	by_kind: dict[str, dict[str, str]] = {}
	for (kind, found), name in means.items():
		if name:
			by_kind.setdefault(kind, {})[found] = name
	first = frappe.get_meta("Issue").get_field("status").default or statuses()[0]
	return Meanings(by_kind, known_names(), frozenset(answers), first)


def guess(kind: str, found: str, known: Mapping[str, frozenset[str]]) -> str:
	"""The name here that a value of a file most probably means; empty for none."""
	names = known.get(kind)
	if names is None or found in names:
		return found
	by_plain = {_plain(name): name for name in sorted(names)}
	# "3 - Moderate" is Moderate, "P1: Critical" is Critical.
	for text in (found, *re.split(r"\s*[-–:]\s+", found, maxsplit=1)[1:]):
		if name := by_plain.get(_plain(text)):
			return name
	return _usual_status(found, names) if kind == "Status" else ""


def _usual_status(found: str, names: frozenset[str]) -> str:
	for name, words in _USUAL.items():
		if name in names and any(_plain(found) == word or _waits(found, word) for word in words.split()):
			return name
	return ""


def _waits(found: str, word: str) -> bool:
	return word in ("awaiting", "waiting", "pending", "enattente") and _plain(found).startswith(word)


def is_begun(found: str) -> bool:
	"""Whether a status says that somebody has taken the ticket in charge."""
	return _plain(found) in _BEGUN


def _plain(text: str) -> str:
	return re.sub(r"[\W_]", "", text.lower().replace("é", "e").replace("ô", "o"))
