"""Finds and makes good what got past the hooks on Issue and Communication."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_

import frappe
from pypika.functions import Coalesce, Max

from sla_guard import ledger
from sla_guard.engine.terms import PAUSED, RUNNING
from sla_guard.helpdesk import communication
from sla_guard.helpdesk.showing import NOTHING
from sla_guard.helpdesk.ticket import ERROR, Ticket, observe, read, refresh
from sla_guard.site_time import now_us, to_us

DONE = ("Resolved", "Closed")
# What is compared: field of the Issue, column of its last event.
COMPARED = {
	"status": "status",
	"priority": "priority",
	"sla_service": "service",
	"issue_type": "issue_type",
	"customer": "customer",
	"sla_contract": "named_contract",
}


def overlooked() -> Iterator[str]:
	"""Names of tickets that differ from their last fact or have none, of those that are open or have a clock that is
	not stopped, and of those on which we failed."""
	yield from dict.fromkeys(
		[*_failed(), *_without_facts(), *_open_and_different(), *_clocked_and_different()]
	)


def catch_up(ticket: Ticket) -> None:
	"""Records what was missed. It happened between the last fact and `modified`; that is taken, unless it is older than
	the last fact."""
	last = max((each.at_us for each in ticket.history), default=0)
	modified = to_us(frappe.db.get_value("Issue", ticket.name, "modified"), near=now_us())
	observe(ticket, ledger.INFERRED, at=modified if modified > last else now_us())
	ticket = read(ticket.name)
	if ticket.history:
		communication.catch_up(ticket)
		refresh(read(ticket.name), mended=True)
	elif ticket.shown[0]:
		# It need not be tracked after all.
		frappe.db.set_value("Issue", ticket.name, NOTHING, update_modified=False)


def _failed() -> list[str]:
	return frappe.get_all("Issue", {"sla_state": ERROR}, pluck="name")


def _without_facts() -> list[str]:
	issue, event = frappe.qb.DocType("Issue"), frappe.qb.DocType("SLA Event")
	query = frappe.qb.from_(issue).left_join(event).on(event.ticket == issue.name).select(issue.name)
	query = query.where(event.name.isnull() & issue.status.notin(DONE))
	if tracked_from := frappe.get_cached_doc("SLA Settings").tracked_from:
		query = query.where(issue.creation >= tracked_from)
		query = query.where(issue.sla_reported_at.isnull() | (issue.sla_reported_at >= tracked_from))
	return query.run(pluck=True)


def _open_and_different() -> list[str]:
	issue = frappe.qb.DocType("Issue")
	return _different(issue, frappe.qb.from_(issue).where(issue.status.notin(DONE)))


def _clocked_and_different() -> list[str]:
	issue, clock = frappe.qb.DocType("Issue"), frappe.qb.DocType("SLA Clock")
	query = frappe.qb.from_(clock).join(issue).on(issue.name == clock.ticket)
	return _different(issue, query.where(clock.state.isin((RUNNING, PAUSED))))


def _different(issue, query) -> list[str]:
	event, newest = frappe.qb.DocType("SLA Event"), frappe.qb.DocType("SLA Event").as_("newest")
	last = frappe.qb.from_(newest).select(Max(newest.sequence)).where(newest.ticket == issue.name)
	differs = (Coalesce(issue[mine], "") != Coalesce(event[its], "") for mine, its in COMPARED.items())
	query = query.join(event).on((event.ticket == issue.name) & (event.sequence == last))
	return query.where(reduce(or_, differs)).select(issue.name).run(pluck=True)
