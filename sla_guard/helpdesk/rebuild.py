"""The facts of a ticket that nobody recorded when they happened, worked out from what the site has kept of it.

Nothing is stored here. What comes out is what the hooks would have recorded, by the same rules: the contract is that in
force at the opening, a mail is an answer as in addresses.py, a ticket that was split off begins with its mail.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import frappe

from sla_guard import ledger
from sla_guard.engine import events as fact
from sla_guard.engine.terms import MAIL, TAKEN_IN_CHARGE
from sla_guard.helpdesk import contracts
from sla_guard.helpdesk.addresses import Whose, is_answer
from sla_guard.helpdesk.communication import makes
from sla_guard.helpdesk.records import STANDING, Lookups, Records, records_of
from sla_guard.helpdesk.ticket import WATCHED
from sla_guard.helpdesk.timeline import OPEN, STATUS, Change, Mail, Past, past_of
from sla_guard.ledger import Fact, Standing

# As it is stored; shown in the language of the reader.
FIRST_ASSIGNMENT = "First assignment"
# At the opening.
MERGED = "Another ticket was merged into this one: records of both are mixed"
_KINDS = {STANDING[Standing._fields.index(field)]: kind for kind, field in WATCHED}
# What comes first of what happened at one instant: an answer, then in the order in which the hooks record one save.
_ORDER = {field: place for place, field in enumerate(("company", *_KINDS), start=1)}


class Options(NamedTuple):
	"""What else counts: that somebody was assigned as taken in charge; the Opening Date and Time of a ticket that was
	entered on a later day, as its opening."""

	first_assignment: bool = False
	opening_date: bool = False


class _Answer(NamedTuple):
	"""What may have been an answer; `mail` is None for an assignment."""

	at_us: int
	by: str
	mail: frappe._dict | None


def facts_of(records: Records, lookups: Lookups, options: Options) -> list[Fact]:
	"""The facts of a ticket in their order, the opening first, not recorded yet."""
	past = _past(records, lookups)
	usual = min(records.created_us, records.reported_us)
	opened = min(usual, *_earlier_openings(records, past, options))
	# It was open then, whatever it was when it was entered or split off.
	first = past.first | ({STATUS: OPEN} if opened < usual else {})
	story = _Story(first, opened, records.issue.owner, lookups)
	for each in sorted(_happened(records, past, opened, options), key=_order):
		story.go_on(each)
	if records.mixed:
		story.facts[0] = story.facts[0]._replace(reason=MERGED)
	return [each._replace(sequence=place, cause=ledger.BACK_FILL) for place, each in enumerate(story.facts)]


def _past(records: Records, lookups: Lookups) -> Past:
	received = [Mail(mail.at_us, mail.owner) for mail in records.mails if mail.sent_or_received == "Received"]
	lived = (records.created_us, records.touched_us)
	return past_of(records.present, records.versions, received, *lived, _copied_status(records, lookups))


def _copied_status(records: Records, lookups: Lookups) -> str:
	"""A ticket that is split from another one is made with the status that this one has at that moment; "" for others, and
	where it was opened along with it, before anybody could see it."""
	name = "" if _is_made_open(records) else records.issue.issue_split_from
	other = records_of([name], lookups).get(name) if name else None
	if not other or other.created_us >= records.created_us:
		return ""
	return _past(other, lookups).status_before(records.created_us)


def _is_made_open(records: Records) -> bool:
	"""A copy of a ticket of the portal begins with a received mail of its own; any other one with those that are moved to
	it, the last of them first."""
	moved = [mail for mail in records.mails if mail.at_us < records.created_us]
	return bool(records.issue.via_customer_portal or (moved and moved[-1].sent_or_received == "Received"))


def _earlier_openings(records: Records, past: Past, options: Options) -> Iterator[int]:
	yield records.created_us
	for mail in records.mails:
		if mail.communication_type == "Communication" and (
			records.issue.issue_split_from or makes(mail, past.first["subject"], past.first["raised_by"])
		):
			yield mail.at_us
	if options.opening_date and _was_entered_later(records.issue):
		yield records.dated_us


def _was_entered_later(issue: frappe._dict) -> bool:
	"""The desk fills in both when a form is opened: an Opening Date of the same day says nothing."""
	day = issue.opening_date
	return bool(day) and frappe.utils.getdate(day) < frappe.utils.getdate(issue.creation)


def _happened(records: Records, past: Past, opened: int, options: Options) -> Iterator[Change | _Answer]:
	"""Also what changes nothing, in any order."""
	yield Change(records.created_us, STATUS, past.first[STATUS], records.issue.owner, since_us=opened)
	yield from past.changes
	for mail in records.mails:
		if mail.communication_type == "Communication" and mail.at_us >= opened:
			yield _Answer(mail.at_us, mail.owner, mail)
	if options.first_assignment and records.assigned:
		yield _Answer(max(records.assigned.at_us, opened), records.assigned.to, None)


def _order(each: Change | _Answer) -> tuple[int, int]:
	return each.at_us, 0 if isinstance(each, _Answer) else _ORDER.get(each.field, 0)


class _Story:
	"""A ticket as it goes on, and the facts so far."""

	def __init__(self, first: dict[str, str], opened: int, by: str, lookups: Lookups) -> None:
		self.values, self.opened, self.lookups = dict(first), opened, lookups
		self.facts: list[Fact] = []
		self._add(opened, fact.OPENED, Standing(*(first[field] for field in STANDING)), by)

	@property
	def standing(self) -> Standing:
		return self.facts[-1].standing

	def go_on(self, each: Change | _Answer) -> None:
		if isinstance(each, _Answer):
			self._answer(each)
		elif self.values[each.field] != each.value:
			self.values[each.field] = each.value
			if each.field in _KINDS:
				self._change(each)

	def _change(self, each: Change) -> None:
		named = {Standing._fields[STANDING.index(each.field)]: each.value}
		standing = self.standing._replace(**named, company=self.values["company"])
		self._add(each.at_us, _KINDS[each.field], standing, each.by, uncertain_from_us=each.since_us)

	def _answer(self, each: _Answer) -> None:
		if each.mail is None:
			said = {"answer": TAKEN_IN_CHARGE, "reason": FIRST_ASSIGNMENT}
		elif is_answer(each.mail, self._whose, self.lookups.addresses):
			said = {"answer": MAIL, "communication": each.mail.name}
		else:
			return
		self._add(each.at_us, fact.RESPONDED, self.standing, each.by, **said)

	def _whose(self) -> Whose:
		return Whose(self.values["raised_by"], self.values["contact"], self.values["customer"])

	def _add(self, at: int, kind: str, standing: Standing, by: str, **said: str | int) -> None:
		explanation = ""
		if kind in (fact.OPENED, *fact.CHANGES):
			standing, explanation = contracts.decide(kind, standing, self.opened, self.lookups.choices)
		self.facts.append(Fact(0, at, kind, standing, explanation=explanation, by=by, **said))
