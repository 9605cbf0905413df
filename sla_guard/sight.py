"""What somebody may see whom user permissions limit, told of a ticket by its facts.

A job that works many tickets off is done by a worker, and gone on with by the scheduler: it keeps to the sight of the
author of the document that asks for it. What it found is seen by the author, and by those whom nothing limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import frappe
from frappe.core.doctype.user_permission.user_permission import get_user_permissions
from frappe.model.document import Document
from frappe.permissions import get_allowed_docs_for_doctype
from pypika.functions import Coalesce
from pypika.queries import Table
from pypika.terms import Criterion, EmptyCriterion

from sla_guard.ledger import Fact, Standing

EVENT = "SLA Event"


class Sight(NamedTuple):
	"""`allowed`: by field of a Standing, the names that user permissions name; other fields limit nothing. `strict`: as in
	the System Settings, what names none is not seen either."""

	allowed: Mapping[str, frozenset[str]]
	strict: bool = False

	@property
	def is_limited(self) -> bool:
		return bool(self.allowed)

	def holds(self, history: Iterable[Fact]) -> bool:
		"""Whether a ticket was within it all its life."""
		return not self.allowed or all(
			self._sees(standing) for standing in {each.standing for each in history}
		)

	def _sees(self, standing: Standing) -> bool:
		return all(self._allows(getattr(standing, field), names) for field, names in self.allowed.items())

	def _allows(self, value: str, names: frozenset[str]) -> bool:
		return value in names if value else not self.strict

	def where(self, table: Table, columns: Mapping[str, str]) -> Criterion:
		"""The same of the rows of a table, by those of its columns that say something of a Standing."""
		found = EmptyCriterion()
		for field, names in self.allowed.items():
			if field in columns:
				none = [] if self.strict else [""]
				found &= Coalesce(table[columns[field]], "").isin([*none, *sorted(names)])
		return found


# Of somebody whom nothing limits.
ALL = Sight({})


def sight_of(user: str | None) -> Sight:
	permissions = get_user_permissions(user)
	if not permissions:
		return ALL
	links = {each.fieldname: each.options for each in frappe.get_meta(EVENT).get_link_fields()}
	allowed = {
		field: frozenset(get_allowed_docs_for_doctype(permissions.get(links.get(field), []), EVENT))
		for field in Standing._fields
	}
	strict = bool(frappe.get_system_settings("apply_strict_user_permissions"))
	return Sight({field: names for field, names in allowed.items() if names}, strict)


def sight_of_author(document: Document) -> Sight:
	"""Of one that is not saved yet, the session's user is the author."""
	return sight_of(document.owner or frappe.session.user)


# ---- hooks of the documents that ask for such a job


def onload(document: Document, method: str | None = None) -> None:
	"""The form says so."""
	if sight_of_author(document).is_limited:
		document.set_onload("sla_limited_to", frappe.utils.get_fullname(document.owner))


def conditions(user: str | None = None, doctype: str | None = None) -> str:
	"""permission_query_conditions."""
	user = user or frappe.session.user
	return (
		f"`tab{doctype}`.owner = {frappe.db.escape(user, percent=False)}" if sight_of(user).is_limited else ""
	)


def may_see(doc: Document, ptype: str | None = "read", user: str | None = None, debug: bool = False) -> bool:
	"""has_permission."""
	user = user or frappe.session.user
	return not doc.owner or doc.owner == user or not sight_of(user).is_limited
