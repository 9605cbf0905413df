"""A call begins: the row that says that somebody is to be called is written along with the fact that asks for it.

So no call is lost and none is made twice, whatever becomes of a worker; see following.py for what the job makes of it.
"""

from __future__ import annotations

from functools import partial

import frappe
from pypika.queries import QueryBuilder

from sla_guard import store
from sla_guard.engine.clock import Clock
from sla_guard.engine.oncall import FIRST_LEVEL
from sla_guard.engine.terms import RESPONSE, RUNNING
from sla_guard.ledger import Fact
from sla_guard.oncall.rosters import is_in_use
from sla_guard.site_time import now_us
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import terms_named

PAGE = "SLA Page"
TO_BE_CALLED, CALLED, ACKNOWLEDGED = "To Be Called", "Called", "Acknowledged"
NOT_ACKNOWLEDGED, NOBODY = "Not Acknowledged", "Nobody on Duty"
ANSWERED, CALLED_OFF = "Answered", "Called Off"


def response_of(clocks: tuple[Clock, ...]) -> Clock | None:
	return next((clock for clock in clocks if clock.metric == RESPONSE), None)


def never_closes(clock: Clock) -> bool:
	"""Whether the answer is promised around the clock, announced maintenance aside."""
	return terms_named(clock.terms).target(clock.target).calendar.never_closes


def unanswered(clocks: tuple[Clock, ...]) -> Clock | None:
	"""The Response clock for which somebody on call is called: it runs, in hours that never close."""
	clock = response_of(clocks)
	return clock if clock and clock.state == RUNNING and never_closes(clock) else None


def is_due(ticket: str, just_opened: bool, afresh: bool) -> bool:
	"""Whether a call has to begin for a ticket that is unanswered: none goes on, and rosters are in use here."""
	if not just_opened and store.read(_going_on, (ticket,), afresh):
		return False
	return is_in_use()


def _going_on() -> QueryBuilder:
	page = frappe.qb.DocType(PAGE)
	return frappe.qb.from_(page).select(page.name).where((page.closed_us == 0) & (page.ticket == store.BOUND))


def begin(ticket: str, last: Fact, clock: Clock) -> None:
	"""Somebody is to be called since this fact: by the job that is told of it, or by the next that looks."""
	insert(ticket, last.name, FIRST_LEVEL, last.standing, clock, state=TO_BE_CALLED, wake_us=now_us())
	frappe.db.after_commit.add(partial(_soon, ticket))


def insert(ticket: str, call: str, level: int, standing, clock: Clock, **columns) -> None:
	"""A row of the call that a fact began, of which each level has one."""
	about = {
		"name": frappe.generate_hash(length=20),
		"call": call,
		"unique_key": f"{call}|{level}",
		"level": level,
		"target": clock.target,
		"contract": standing.contract or None,
		"customer": standing.customer or None,
		"company": standing.company or None,
	}
	zero = dict.fromkeys(("paged_us", "wake_us", "acknowledged_us", "closed_us"), 0)
	store.insert(PAGE, [store.written_by(ticket) | about | zero | columns])


def _soon(ticket: str) -> None:
	"""The ticket is saved by now: nothing here may look as if it were not. A job looks every minute anyway."""
	try:
		frappe.enqueue("sla_guard.jobs.call_for", queue="short", ticket=ticket)
	except Exception:
		frappe.logger("sla_guard").exception("No job to call somebody for %s", ticket)


def forget(ticket: str) -> None:
	"""A ticket is deleted."""
	frappe.db.delete(PAGE, {"ticket": ticket})
