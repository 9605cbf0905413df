"""What the site has kept of the past of Issues: read for many at once, a query for each kind of record."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import frappe
from frappe.utils import get_datetime

from sla_guard.helpdesk.addresses import AddressBook
from sla_guard.helpdesk.communication import goes_later, went_at
from sla_guard.helpdesk.contracts import Choices
from sla_guard.helpdesk.merged import Other, is_own, others_of, own_versions
from sla_guard.helpdesk.renames import Names, as_now
from sla_guard.helpdesk.timeline import Version
from sla_guard.site_time import now_us, to_us

# As an Issue has them, in the order of a Standing.
STANDING = ("status", "priority", "sla_service", "issue_type", "customer", "company", "sla_contract")
# Whose answers count, and of which mail it was made.
FOLLOWED = (*STANDING, "raised_by", "contact", "subject")
LINKS = {
	"priority": "Issue Priority",
	"sla_service": "SLA Service",
	"issue_type": "Issue Type",
	"customer": "Customer",
	"company": "Company",
	"sla_contract": "SLA Contract",
	"contact": "Contact",
}
_READ = (*("name", "creation", "modified", "sla_reported_at", "opening_date", "opening_time"), *FOLLOWED)
_READ += ("issue_split_from", "via_customer_portal")
_OF_A_MAIL = ["name", "creation", "owner", "send_after", "sent_or_received", "communication_type"]
_OF_A_MAIL += ["subject", "sender", "recipients", "cc", "bcc", "reference_name"]


class Lookups:
	"""What is looked up again and again for many tickets, remembered for as long as a job."""

	def __init__(self) -> None:
		self.names = Names(LINKS)
		self.addresses = AddressBook()
		self.choices = Choices()
		self.splits: dict[str, list[frappe._dict]] = defaultdict(list)
		# No index leads from a ticket to those that were split from it.
		split = {"issue_split_from": ("is", "set")}
		for row in frappe.get_all("Issue", split, ["name", "creation", "issue_split_from"], order_by=None):
			self.splits[row.issue_split_from].append(row)


class Assignment(NamedTuple):
	at_us: int
	to: str


class Records(NamedTuple):
	"""All that is known of one Issue. `mails`: in the order in which they came or went, also those that were split off.
	`mixed`: another ticket was merged into it, whose records are left out as far as that can be told."""

	issue: frappe._dict
	versions: list[Version]
	mails: list[frappe._dict]
	assigned: Assignment | None
	mixed: bool = False

	@property
	def present(self) -> dict[str, str]:
		return {field: self.issue[field] or "" for field in FOLLOWED}

	@property
	def created_us(self) -> int:
		return to_us(self.issue.creation, near=now_us())

	@property
	def touched_us(self) -> int:
		return max(to_us(self.issue.modified, near=now_us()), self.created_us)

	@property
	def reported_us(self) -> int:
		return to_us(self.issue.sla_reported_at) if self.issue.sla_reported_at else self.created_us

	@property
	def dated_us(self) -> int:
		"""Its Opening Date and Time."""
		day, time = self.issue.opening_date, self.issue.opening_time
		return to_us(get_datetime(f"{day} {time or '00:00:00'}")) if day else self.created_us


def records_of(tickets: list[str], lookups: Lookups, assignments: bool = False) -> dict[str, Records]:
	"""Of these Issues, those that there are, by their names; who was assigned only if that counts."""
	issues = frappe.get_all("Issue", {"name": ("in", tickets)}, list(_READ), order_by="name")
	present = {row.name: row for row in issues}
	versions, mails = _versions(present, lookups.names), _mails(list(present), lookups.splits)
	assigned = _assigned(present) if assignments else {}
	found = {
		name: Records(row, versions[name], mails[name], assigned.get(name)) for name, row in present.items()
	}
	merged = others_of(list(present), FOLLOWED, lookups.names)
	return {name: _own(records, merged.get(name, [])) for name, records in found.items()}


def _own(records: Records, others: list[Other]) -> Records:
	"""Without what only others that were merged into it have left. A Version of the time before it was made tells of one
	even where nothing else does any more."""
	if not others and all(each.at_us >= records.created_us for each in records.versions):
		return records
	received = [mail.at_us for mail in records.mails if mail.sent_or_received == "Received"]
	versions = own_versions(records.versions, records.present, records.created_us, received, others)
	mails = [mail for mail in records.mails if is_own(mail, records.created_us, others)]
	return records._replace(versions=versions, mails=mails, mixed=True)


# ---- Versions


def _versions(issues: dict[str, frappe._dict], names: Names) -> dict[str, list[Version]]:
	found = defaultdict(list)
	about = {"ref_doctype": "Issue", "docname": ("in", list(issues))}
	for row in frappe.get_all("Version", about, ["docname", "creation", "owner", "data"], order_by=None):
		if changed := _changed(row.data):
			found[row.docname].append(Version(to_us(row.creation, near=now_us()), row.owner, changed))
	for ticket, its in found.items():
		present = {field: issues[ticket][field] or "" for field in FOLLOWED}
		found[ticket] = as_now(names, its, present)
	return found


def _changed(data: str | None) -> dict[str, tuple[str, str]]:
	try:
		rows = json.loads(data or "{}").get("changed") or ()
	except ValueError:
		return {}
	return {field: (str(was or ""), str(became or "")) for field, was, became in rows if field in FOLLOWED}


# ---- Communications


def _mails(tickets: list[str], splits: dict[str, list[frappe._dict]]) -> dict[str, list[frappe._dict]]:
	found = _mails_of(tickets)
	for ticket, split_off in _split_off(tickets, splits).items():
		found[ticket] += split_off
	for its in found.values():
		its.sort(key=lambda mail: (mail.at_us, mail.creation, mail.name))
	return found


def _mails_of(tickets: list[str]) -> dict[str, list[frappe._dict]]:
	found = defaultdict(list)
	about = {"reference_doctype": "Issue", "reference_name": ("in", tickets)}
	about["communication_type"] = ("!=", "Comment")
	for mail in frappe.get_all("Communication", about, _OF_A_MAIL, order_by=None):
		if not goes_later(mail):
			mail.at_us = went_at(mail)
			found[mail.reference_name].append(mail)
	return found


def _split_off(tickets: list[str], splits: dict[str, list[frappe._dict]]) -> dict[str, list[frappe._dict]]:
	"""The mails that went along with a ticket that was split from one of these, or from such a one: until then they were
	of this ticket."""
	until = {ticket: _until(ticket, splits) for ticket in tickets if ticket in splits}
	mails = _mails_of(sorted({child for its in until.values() for child in its})) if until else {}
	return {
		ticket: [mail for child, last in its.items() for mail in mails[child] if mail.creation < last]
		for ticket, its in until.items()
	}


def _until(ticket: str, splits: dict[str, list[frappe._dict]]) -> dict[str, datetime]:
	"""All that were split from a ticket, directly or not, with the instant until which their mails were of it."""
	found, left = {}, [(each, each.creation) for each in splits[ticket]]
	while left:
		child, last = left.pop()
		if child.name not in found:
			found[child.name] = last
			left += [(each, min(last, each.creation)) for each in splits.get(child.name, ())]
	return found


# ---- assignments


def _assigned(issues: Iterable[str]) -> dict[str, Assignment]:
	"""The first of each, by its ToDo, or where that was deleted by the comment that it has left."""
	found: dict[str, list[Assignment]] = defaultdict(list)
	todo = {"reference_type": "Issue", "reference_name": ("in", list(issues))}
	for row in frappe.get_all("ToDo", todo, ["reference_name", "creation", "allocated_to"], order_by=None):
		found[row.reference_name].append(Assignment(to_us(row.creation), row.allocated_to or ""))
	comment = {"reference_doctype": "Issue", "reference_name": ("in", list(issues))}
	comment["comment_type"] = "Assigned"
	for row in frappe.get_all("Comment", comment, ["reference_name", "creation", "owner"], order_by=None):
		found[row.reference_name].append(Assignment(to_us(row.creation), row.owner))
	# Of two at one instant the ToDo, which says to whom.
	return {ticket: min(its, key=lambda each: each.at_us) for ticket, its in found.items()}
