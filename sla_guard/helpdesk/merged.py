"""Tickets that another one was merged into: the framework gives the records of both to the one that is left.

It leaves a comment on that one, and of the one that went all that it was, as a deleted document. So it is known from when
to when the other one lived and what it came to; a record that only the other one can have left is none of this one's.
What fits both is taken for this one's, since nothing tells.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import frappe
from frappe.utils import get_datetime

from sla_guard.engine.instants import HOUR
from sla_guard.helpdesk.renames import Names, names_in
from sla_guard.helpdesk.timeline import OPEN, STATUS, Version
from sla_guard.site_time import to_us

# The comment is written before the other one is deleted, in one transaction.
WITHIN = HOUR


class Other(NamedTuple):
	"""A ticket that was merged into another one: from when to when it lived, and what it was in the end."""

	name: str
	created_us: int
	merged_us: int
	present: dict[str, str]

	def lived(self, at: int) -> bool:
		return self.created_us <= at <= self.merged_us


def others_of(tickets: list[str], fields: Iterable[str], names: Names) -> dict[str, list[Other]]:
	"""By ticket, those that were merged into it, with these fields by the names that their records have now. A deleted
	document that was cleared away since tells nothing any more."""
	told = _told(tickets)
	deleted = _deleted({old for _ticket, old, _at in told}) if told else {}
	found: dict[str, list[Other]] = defaultdict(list)
	for ticket, old, at in told:
		gone = next((each for each in deleted.get(old, ()) if at <= each.at_us <= at + WITHIN), None)
		if gone:
			found[ticket].append(_other(gone, list(fields), names))
	return found


def _told(tickets: list[str]) -> list[tuple[str, str, int]]:
	"""Ticket, name of the other one, and when that went. A renaming is told in the same way. What was merged into the other
	one before is told of that one, or by now of this one."""
	whose, told, look = {each: each for each in tickets}, [], list(tickets)
	while look:
		found, look = _comments(look), []
		for named, old, at in found:
			told.append((whose[named], old, at))
			if old not in whose:
				whose[old] = whose[named]
				look.append(old)
	return told


def _comments(names: list[str]) -> list[tuple[str, str, int]]:
	about = {"reference_doctype": "Issue", "reference_name": ("in", names), "comment_type": "Edit"}
	rows = frappe.get_all("Comment", about, ["reference_name", "creation", "content"], order_by=None)
	both = [(row, names_in(row.content)) for row in rows]
	return [(row.reference_name, two[0], to_us(get_datetime(row.creation))) for row, two in both if two]


def _deleted(names: set[str]) -> dict[str, list[frappe._dict]]:
	about = {"deleted_doctype": "Issue", "deleted_name": ("in", sorted(names))}
	found = defaultdict(list)
	for row in frappe.get_all("Deleted Document", about, ["deleted_name", "creation", "data"], order_by=None):
		row.at_us = to_us(get_datetime(row.creation))
		found[row.deleted_name].append(row)
	return found


def _other(gone: frappe._dict, fields: list[str], names: Names) -> Other:
	was = json.loads(gone.data)
	present = {field: names.now(field, str(was.get(field) or ""), gone.at_us) for field in fields}
	return Other(gone.deleted_name, to_us(get_datetime(was["creation"])), gone.at_us, present)


# ---- whose a record is


class _Life:
	"""A ticket followed back from what it came to."""

	def __init__(self, present: Mapping[str, str], span: tuple[int, float]) -> None:
		self.span = span
		self.values: dict[str, str | None] = dict(present)

	def fits(self, version: Version) -> bool:
		return all(
			self.values.get(field) in (None, became) for field, (_was, became) in version.changed.items()
		)

	def before(self, version: Version) -> None:
		self.values.update({field: was for field, (was, _became) in version.changed.items()})

	def before_mail(self) -> None:
		"""A received mail opens a ticket whatever it was."""
		if self.values.get(STATUS) == OPEN:
			self.values[STATUS] = None


def own_versions(
	versions: Iterable[Version],
	present: Mapping[str, str],
	created_us: int,
	received: Iterable[int],
	others: list[Other],
) -> list[Version]:
	"""Those that were left by the ticket that is left, in their order. `received`: when mails came, of any of them."""
	mine = _Life(present, (created_us, float("inf")))
	lives = [mine, *(_Life(each.present, (each.created_us, each.merged_us)) for each in others)]
	mails, own = sorted(received), []
	for each in sorted(versions, key=lambda version: version.at_us, reverse=True):
		while mails and mails[-1] > each.at_us:
			mails.pop()
			for life in lives:
				life.before_mail()
		whose = _whose(each, lives)
		whose.before(each)
		if whose is mine:
			own.append(each)
	return own[::-1]


def _whose(version: Version, lives: list[_Life]) -> _Life:
	"""This one's, unless only another one can have left it; nobody's where none of these was there."""
	alive = [each for each in lives if each.span[0] <= version.at_us <= each.span[1]]
	return next((each for each in alive if each.fits(version)), alive[0] if alive else _Life({}, (0, 0)))


def is_own(mail: frappe._dict, created_us: int, others: list[Other]) -> bool:
	"""Whether a mail may be one of the ticket that is left: none that names another one in its subject, as the desk does
	in what it sends, nor one that came when there was only another one."""
	if any(f"(#{other.name})" in (mail.subject or "") for other in others):
		return False
	return mail.at_us >= created_us or not any(other.lived(mail.at_us) for other in others)
