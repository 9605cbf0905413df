"""Names of the past: a Version keeps what a record was called when it was saved; what counts is what it is called now.

The framework leaves a comment on each record that was renamed or that another one was merged into.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import NamedTuple

import frappe

from sla_guard.helpdesk.timeline import Version
from sla_guard.site_time import to_us

# The old name and the new one stand in it in bold, in whatever language.
_BOLD = re.compile(r"<(strong|b)>(.*?)</\1>", re.DOTALL)


class Renamed(NamedTuple):
	at_us: int
	old: str
	new: str


class Names:
	"""The records of some DocTypes, by the names that they had."""

	def __init__(self, doctypes: Mapping[str, str]) -> None:
		"""`doctypes` by the fields that link to them."""
		self.doctypes = doctypes
		self.renamed = {doctype: sorted(_renamed(doctype)) for doctype in set(doctypes.values())}
		self._known: dict[tuple[str, str], bool] = {}

	def now(self, field: str, name: str, at_us: int) -> str:
		"""What the record is called now that a field named at an instant; as it was called, if nothing tells."""
		doctype = self.doctypes.get(field)
		if not doctype or not name:
			return name
		for each in self.renamed[doctype]:
			if each.at_us > at_us and each.old == name:
				name = each.new
		return name

	def is_known(self, field: str, name: str) -> bool:
		"""Whether there is such a record still; any other value is known."""
		doctype = self.doctypes.get(field)
		if not doctype or not name:
			return True
		if (doctype, name) not in self._known:
			self._known[doctype, name] = bool(frappe.db.exists(doctype, name))
		return self._known[doctype, name]


def _renamed(doctype: str) -> Iterator[Renamed]:
	about = {"reference_doctype": doctype, "comment_type": "Edit"}
	for row in frappe.get_all("Comment", about, ["creation", "content"]):
		if names := names_in(row.content):
			yield Renamed(to_us(row.creation), *names)


def names_in(comment: str | None) -> list[str]:
	"""The old name and the new one, of a comment on what was renamed or merged; none of any other."""
	names = [unescape(name) for _tag, name in _BOLD.findall(comment or "")]
	return names if len(names) == 2 else []


def as_now(names: Names, versions: list[Version], present: Mapping[str, str]) -> list[Version]:
	"""Versions with the names that their records have now. What a field named last and names no more, though no save has
	changed it, was renamed where no comment tells of it; what there is no more otherwise is named no more."""
	mender = _Mender(names, present)
	return [mender.mend(each) for each in sorted(versions, key=lambda each: each.at_us, reverse=True)][::-1]


class _Mender:
	"""Goes back from the present."""

	def __init__(self, names: Names, present: Mapping[str, str]) -> None:
		self.names = names
		self.then = dict(present)
		self.alias: dict[tuple[str, str], str] = {}

	def mend(self, version: Version) -> Version:
		changed = {}
		for field, (was, became) in version.changed.items():
			became = self._name(field, became, version.at_us)
			self.then[field] = self._name(field, was, version.at_us, renamed=False)
			changed[field] = self.then[field], became
		return version._replace(changed=changed)

	def _name(self, field: str, name: str, at_us: int, renamed: bool = True) -> str:
		name = self.names.now(field, name, at_us)
		if self.names.is_known(field, name):
			return name
		if renamed and self.then[field]:
			self.alias.setdefault((field, name), self.then[field])
		return self.alias.get((field, name), "")
