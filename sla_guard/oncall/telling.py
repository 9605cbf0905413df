"""What is said to those who are called, and to the SLA Managers when there is nobody left to call."""

from __future__ import annotations

from functools import partial

import frappe
from frappe import _
from frappe.utils import get_url

from sla_guard.engine.clock import Clock
from sla_guard.engine.oncall import FIRST_LEVEL, MANAGERS, Step
from sla_guard.helpdesk.ticket import Ticket, opening_of
from sla_guard.notify.telling import tell
from sla_guard.oncall.rosters import Roster
from sla_guard.site_time import text

# Who is told when nobody answers a call: the first of these roles of which anybody could be told.
LAST_RESORT = ("SLA Manager", "System Manager")


def tell_of(ticket: Ticket, clock: Clock, step: Step, roster: Roster, somebody_was_called: bool) -> None:
	"""Tells whoever is called now: in the desk and by mail."""
	if step.level == MANAGERS:
		subject = partial(_nobody, ticket.name, somebody_was_called)
		_tell_managers(ticket, clock, subject)
	else:
		_tell(step.user, ticket, clock, partial(_called, ticket.name, step.level), roster.minutes)
	changed(ticket.name)


def changed(ticket: str) -> None:
	"""Forms of this ticket that are open show it."""
	frappe.publish_realtime(
		"sla_guard_on_call", {"ticket": ticket}, doctype="Issue", docname=ticket, after_commit=True
	)


def _tell_managers(ticket: Ticket, clock: Clock, subject) -> None:
	for role in LAST_RESORT:
		having = {"role": role, "parenttype": "User", "parent": ("!=", "Administrator")}
		users = sorted(set(frappe.get_all("Has Role", having, pluck="parent", order_by=None)))
		# All of them, so no any(): that would stop at the first.
		if any([_tell(user, ticket, clock, subject) for user in users]):
			return


def _tell(user: str, ticket: Ticket, clock: Clock, subject, minutes: int = 0) -> bool:
	return bool(
		tell(
			user,
			lambda _language: subject(),
			lambda _language: _body(user, ticket, clock, minutes),
			reference_doctype="Issue",
			reference_name=ticket.name,
			email=True,
		)
	)


# ---- the words


def _called(ticket: str, level: int) -> str:
	about = frappe.db.get_value("Issue", ticket, "subject")
	if level == FIRST_LEVEL:
		return _("On call: {0}, {1}").format(ticket, about)
	return _("On call, level {0}: {1}, {2}").format(level, ticket, about)


def _nobody(ticket: str, somebody_was_called: bool) -> str:
	about = frappe.db.get_value("Issue", ticket, "subject")
	if somebody_was_called:
		return _("Nobody has acknowledged the call for {0}, {1}").format(ticket, about)
	return _("Nobody is on call for {0}, {1}").format(ticket, about)


def _body(user: str, ticket: Ticket, clock: Clock, minutes: int) -> str:
	standing = ticket.history[-1].standing
	sentences = [_("Acknowledging is no answer to the customer: the clock goes on until there is one.")]
	if minutes:
		sentences.insert(0, _("Acknowledge within {0} minutes, or the next level is called.").format(minutes))
	shown = {
		"rows": (
			(_("Customer"), standing.customer),
			(_("Priority"), standing.priority),
			(_("Service"), standing.service),
			(_("Opened"), text(opening_of(ticket.history), user)),
			(_("Response Due"), text(clock.breached_at or clock.due, user)),
		),
		"sentences": sentences,
		"url": get_url(f"/sla_call?ticket={frappe.utils.quote(ticket.name)}"),
		"button": _("Acknowledge"),
	}
	return frappe.render_template("sla_guard/templates/oncall/call.html", shown)


# ---- the mail goes at once


def send_at_once(ticket: str) -> None:
	"""The framework sends what is queued every few minutes only; what fails here it tries again."""
	waiting = {
		"reference_doctype": "Issue",
		"reference_name": ticket,
		"status": "Not Sent",
		"send_after": ("is", "not set"),
	}
	for name in frappe.get_all("Email Queue", waiting, pluck="name", order_by="creation"):
		try:
			frappe.get_doc("Email Queue", name).send()
		except Exception:
			frappe.db.rollback()
			frappe.log_error("SLA Guard: on call", reference_doctype="Issue", reference_name=ticket)
		frappe.db.commit()
