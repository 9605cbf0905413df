"""Somebody acknowledges a call: no other level is called any more. The customer has no answer by that."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard.helpdesk.ticket import read
from sla_guard.oncall import telling
from sla_guard.oncall.calling import ACKNOWLEDGED, CALLED, PAGE, TO_BE_CALLED
from sla_guard.oncall.duty import name_of
from sla_guard.oncall.following import pages_of, present
from sla_guard.site_time import now_us, text, to_site
from sla_guard.store import NOT_OURS, update

WAITING = (TO_BE_CALLED, CALLED)


@frappe.whitelist(methods=["POST"])
def acknowledge(ticket: str) -> dict:
	"""The session's user takes care of a ticket for which somebody is being called; whoever was first stays the one.
	Returns how the call stands, as call_of does."""
	frappe.has_permission("Issue", "read", ticket, throw=True)
	read(ticket, lock=True)
	# The request has read before it had the lock.
	pages = pages_of(ticket, afresh=True)
	waiting = present(pages)
	if waiting is None:
		frappe.throw(_("Nobody is being called for ticket {0}.").format(frappe.bold(ticket)))
	if not _may(pages):
		frappe.throw(
			_("Only those who are called, and those who may change the ticket, acknowledge the call."),
			frappe.PermissionError,
			title=_("Not Permitted"),
		)
	if waiting.state in WAITING:
		now = now_us()
		by = {"acknowledged_us": now, "acknowledged_at": to_site(now), "acknowledged_by": frappe.session.user}
		update(PAGE, waiting.name, {"state": ACKNOWLEDGED, "wake_us": 0, **by})
		telling.changed(ticket)
	return _shown(pages_of(ticket, afresh=True))


@frappe.whitelist()
def call_of(ticket: str) -> dict | None:
	"""How the call for a ticket stands that goes on: who was called and who has acknowledged it; None if there is none."""
	frappe.has_permission("Issue", "read", ticket, throw=True)
	return _shown(pages_of(ticket))


def onload(issue: Document, method: str | None = None) -> None:
	"""onload of Issue: the form asks for nothing more, and opens all the same should this fail."""
	try:
		issue.set_onload("sla_on_call", _shown(pages_of(issue.name)))
	except NOT_OURS:
		raise
	except Exception:
		frappe.log_error(
			title=f"SLA Guard: on call, {issue.name}", reference_doctype="Issue", reference_name=issue.name
		)


def _shown(pages: list[frappe._dict]) -> dict | None:
	current = present(pages)
	if current is None:
		return None
	return {
		"waiting": current.state in WAITING,
		"may_acknowledge": current.state in WAITING and _may(pages),
		"level": current.level,
		"called": name_of(current.user) if current.user else "",
		"called_at": text(current.paged_us),
		"next_at": text(current.wake_us) if current.state == CALLED else "",
		"office_until": text(current.wake_us) if _waits_for_the_evening(current) else "",
		"acknowledged_by": name_of(current.acknowledged_by) if current.acknowledged_by else "",
		"acknowledged_at": text(current.acknowledged_us),
	}


def _waits_for_the_evening(page: frappe._dict) -> bool:
	"""The office is staffed: somebody is called when it closes."""
	return page.state == TO_BE_CALLED and page.wake_us > now_us()


def _may(pages: list[frappe._dict]) -> bool:
	called = {page.user for page in pages}
	return frappe.session.user in called or bool(frappe.has_permission("Issue", "write", pages[0].ticket))
