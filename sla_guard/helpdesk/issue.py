"""ERPNext's Issue: its hooks, which tell the ledger what happens to one, and safe ways to set its status.

Its own SLA fields are never read nor written.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime

from sla_guard import breaches, ledger, outages
from sla_guard.helpdesk import contracts
from sla_guard.helpdesk.showing import NOTHING, SHOWN
from sla_guard.helpdesk.ticket import just_made, never_in_the_way, observe, read
from sla_guard.oncall import calling
from sla_guard.site_time import now_us, text, to_site, to_us

# What is entered once, when an Issue is made.
ENTERED_ONCE = ("sla_reported_at",)


# ---- doc_events


def clear_copied(issue: Document, method: str | None = None) -> None:
	"""before_insert: splitting an Issue copies all fields, ours too."""
	issue.update({**NOTHING, "sla_outage": 0})
	if issue.issue_split_from:
		issue.update(dict.fromkeys((*ENTERED_ONCE, "sla_contract")))


def check(issue: Document, method: str | None = None) -> None:
	"""before_save: a form that was open for long would put old values back."""
	before = issue.get_doc_before_save()
	if before:
		issue.update({field: before.get(field) for field in (*SHOWN, "sla_outage", *ENTERED_ONCE)})
	_check_reported_at(issue)
	if (issue.get("sla_contract") or "") != ((before and before.get("sla_contract")) or ""):
		contracts.check_named(issue)


def record(issue: Document, method: str | None = None) -> None:
	"""on_change: after each insert, save and db_set. Writes nothing where nothing is new."""
	# Told once more of an Issue that is being deleted, its row still there: it would be opened anew.
	if issue.flags.in_delete:
		return
	with never_in_the_way(issue.name):
		if issue.flags.in_insert:
			shown = observe(just_made(issue), _cause())
		else:
			ticket = read(issue.name)
			shown = (
				observe(ticket, ledger.INFERRED if ticket.missed_something else _cause()) if ticket else {}
			)
		# The form that was saved gets its timers back at once.
		issue.update(shown)


def forget(issue: Document, method: str | None = None) -> None:
	"""on_trash."""
	_forget(issue.name, f"Ticket {issue.name} was deleted")


def before_rename(issue: Document, method: str, old: str, new: str, merge: bool = False) -> None:
	"""Merged into another one, this Issue goes as if it were deleted: that one has its own history."""
	if merge:
		_forget(old, f"Ticket {old} was merged into {new}")


def after_rename(issue: Document, method: str, old: str, new: str, merge: bool = False) -> None:
	breaches.rename(new)


def _forget(ticket: str, why: str) -> None:
	ledger.forget(ticket, why)
	outages.forget(ticket, why)
	calling.forget(ticket)


def _check_reported_at(issue: Document) -> None:
	if (
		issue.get("sla_reported_at")
		and issue.is_new()
		and get_datetime(issue.sla_reported_at) > get_datetime(to_site(now_us()))
	):
		frappe.throw(
			_(
				"Reported At {0} is in the future: a ticket opens when it is reported, or when it is entered."
			).format(frappe.bold(text(to_us(issue.sla_reported_at)))),
			title=_("Not Reported Yet"),
		)


def _cause() -> str:
	"""A mail that is being saved sets the status of its Issue."""
	saving = {doctype for doctype, _name in frappe.flags.currently_saving or ()}
	return ledger.MAIL if "Communication" in saving else ledger.SAVED


# ---- safe ways to set a status from the list


@frappe.whitelist()
def set_status(name: str, status: str) -> None:
	"""Instead of ERPNext's own, which writes past the document and asks for no permission."""
	issue = frappe.get_doc("Issue", name)
	issue.check_permission("write")
	issue.status = status
	issue.save()


@frappe.whitelist()
def set_multiple_status(names: str | list, status: str) -> None:
	"""All of them or, with a message that names the one, none."""
	for name in frappe.parse_json(names):
		set_status(name, status)
