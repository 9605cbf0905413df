"""What a ticket was at each instant of its past, worked out backwards from what it is: pure, no frappe.

A saved document leaves a Version of the fields that changed, with what they were and what they became. A received mail
opens its ticket and leaves none, nor does what was written past the document. So the values are followed from one
Version to the next: where one begins with another value than the one before it has left, something happened in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

# What the framework sets an Issue to when a mail about it is received, whatever it was.
STATUS, OPEN = "status", "Open"
# Of so many saves at one instant, which no clock tells apart, all orders are tried.
TOGETHER = 7


class Version(NamedTuple):
	"""A save at an instant, by a user: of each field that changed, what it was and what it became."""

	at_us: int
	by: str
	changed: Mapping[str, tuple[str, str]]


class Mail(NamedTuple):
	"""A received mail, at the instant at which it opened the ticket."""

	at_us: int
	by: str


class Change(NamedTuple):
	"""A field has this value from an instant on. `since_us`, unless 0: it got it at some time after that one; `by` is
	empty then."""

	at_us: int
	field: str
	value: str
	by: str = ""
	since_us: int = 0


class Past(NamedTuple):
	"""What each field was at first, and its changes in their order."""

	first: dict[str, str]
	changes: list[Change]

	def status_before(self, at_us: int) -> str:
		"""What the status was just before an instant."""
		told = [each.value for each in self.changes if each.field == STATUS and each.at_us < at_us]
		return told[-1] if told else self.first[STATUS]


def past_of(
	present: Mapping[str, str],
	versions: Iterable[Version],
	mails: Iterable[Mail],
	created_us: int,
	touched_us: int,
	first_status: str = "",
) -> Past:
	"""The past of a ticket that was created at one instant and last written to at another; `present` are the values that
	it has now, which the last change of each field comes to. `first_status`: as it was created, if that is known."""
	ordered = in_order(versions, present)
	told = {field: list(_told(field, ordered)) for field in present}
	told[STATUS] = sorted([*_opened(mails, created_us), *told[STATUS]], key=lambda each: each.at_us)
	first = {
		field: _first(field, its, present[field], touched_us > created_us) for field, its in told.items()
	}
	first[STATUS] = first_status or first[STATUS]
	changes = []
	for field, its in told.items():
		changes += _followed(field, first[field], present[field], its, (created_us, touched_us))
	# Stable: the changes of one field stay in the order in which they were followed.
	return Past(first, sorted(changes, key=lambda each: each.at_us))


class _Told(NamedTuple):
	"""What the history says of one field: what it was, None where that is not said, and what it became."""

	at_us: int
	was: str | None
	became: str
	by: str


def _told(field: str, versions: list[Version]) -> Iterator[_Told]:
	for each in versions:
		if field in each.changed:
			yield _Told(each.at_us, *each.changed[field], each.by)


def _opened(mails: Iterable[Mail], created_us: int) -> Iterator[_Told]:
	# One that came before the ticket was made was moved to it then.
	return (_Told(max(each.at_us, created_us), None, OPEN, each.by) for each in mails)


def _first(field: str, told: list[_Told], present: str, touched: bool) -> str:
	if told and told[0].was is not None:
		return told[0].was
	# A ticket is made open; if no Version tells of it, and it was written to since, it is taken to have been.
	return OPEN if field == STATUS and (told or touched) else present


def _followed(
	field: str, first: str, present: str, told: list[_Told], known: tuple[int, int]
) -> Iterator[Change]:
	"""What is not told happened by the instant at which it is seen, after the last one at which it was not so yet."""
	value, (since, touched) = first, known
	for each in told:
		if each.was is not None and each.was != value:
			yield Change(each.at_us, field, each.was, since_us=since)
			value = each.was
		if each.became != value:
			yield Change(each.at_us, field, each.became, each.by)
			value = each.became
		since = each.at_us
	if value != present:
		yield Change(max(touched, since), field, present, since_us=since)


def in_order(versions: Iterable[Version], present: Mapping[str, str]) -> list[Version]:
	"""By their instants; of those of one instant each comes after the one whose values it begins with, which only the
	way back from the present shows."""
	values, backwards = dict(present), []
	by_instant = groupby(sorted(versions, key=lambda each: each.at_us), key=lambda each: each.at_us)
	for _at, together in reversed([(at, list(some)) for at, some in by_instant]):
		for each in _back_from(values, together) or together[::-1]:
			backwards.append(each)
			values.update(_before(each))
	return backwards[::-1]


def _back_from(values: dict[str, str], together: list[Version]) -> list[Version] | None:
	"""These in an order, the last first, in which each leaves what the one after it begins with; None if there is none."""
	if len(together) > TOGETHER:
		return None
	if not together:
		return []
	for place, each in enumerate(together):
		if _ends_in(each, values):
			others = _back_from(values | _before(each), together[:place] + together[place + 1 :])
			if others is not None:
				return [each, *others]
	return None


def _before(version: Version) -> dict[str, str]:
	return {field: was for field, (was, _became) in version.changed.items()}


def _ends_in(version: Version, values: Mapping[str, str]) -> bool:
	return all(values.get(field, became) == became for field, (_was, became) in version.changed.items())
