"""Where the mail to somebody on call leads: the call for one ticket, to be acknowledged by one tap on a telephone.

By a form of the page, not by opening it: what opens links in mails by itself acknowledges nothing. No script is needed.
"""

import frappe
from frappe import _
from frappe.sessions import get_csrf_token
from frappe.utils import get_url_to_form, quote

from sla_guard import ledger
from sla_guard.helpdesk.actions import take_in_charge
from sla_guard.helpdesk.ticket import now_for, opening_of, read
from sla_guard.oncall.acknowledging import acknowledge, call_of
from sla_guard.oncall.calling import unanswered
from sla_guard.site_time import text

no_cache = 1
SEE_OTHER = 303
VERBS = {"acknowledge": acknowledge, "take_in_charge": take_in_charge}


def get_context(context: frappe._dict) -> None:
	# Else the framework would remember for everybody that there is no page at an address that one may not see.
	frappe.local.no_cache = 1
	ticket = frappe.form_dict.get("ticket") or ""
	if frappe.session.user == "Guest":
		_go_to("/login?redirect-to=" + quote(f"/sla_call?ticket={ticket}", safe=""))
	if not frappe.has_permission("Issue", "read") or not frappe.db.exists("Issue", ticket):
		raise frappe.PageDoesNotExistError
	frappe.has_permission("Issue", "read", ticket, throw=True)
	if frappe.request.method == "POST":
		_act(ticket)
	_show(context, ticket)


def _act(ticket: str) -> None:
	"""Does what was tapped, and shows the page anew: loaded once more, it does nothing."""
	verb = VERBS.get(frappe.form_dict.get("act"))
	# A second tap, or somebody else's, finds it done.
	if verb and _is_open(ticket):
		verb(ticket)
	_go_to(f"/sla_call?ticket={quote(ticket)}")


def _is_open(ticket: str) -> bool:
	return bool(_waiting_clock(read(ticket)) and call_of(ticket))


def _waiting_clock(ticket):
	return unanswered(ledger.clocks_of(ticket.history, now_for(ticket))) if ticket.history else None


def _go_to(path: str) -> None:
	frappe.local.flags.redirect_location = path
	raise frappe.Redirect(SEE_OTHER)


def _show(context: frappe._dict, name: str) -> None:
	ticket = read(name)
	clock = _waiting_clock(ticket)
	call = call_of(name) if clock else None
	issue = frappe.db.get_value(
		"Issue", name, ["subject", "customer", "priority", "sla_service"], as_dict=True
	)
	context.update(
		{
			"title": _("On Call"),
			"no_breadcrumbs": True,
			"ticket": name,
			"subject": issue.subject,
			"rows": [
				(_("Customer"), issue.customer),
				(_("Priority"), issue.priority),
				(_("Service"), issue.sla_service),
				(_("Opened"), text(opening_of(ticket.history)) if ticket.history else ""),
				(_("Response Due"), text(clock.breached_at or clock.due) if clock else ""),
			],
			"waiting": bool(call and call["waiting"]),
			"may_acknowledge": bool(call and call["may_acknowledge"]),
			"may_answer": bool(call) and bool(frappe.has_permission("Issue", "write", name)),
			"stands": _how_it_stands(call),
			"form_url": get_url_to_form("Issue", name),
			"csrf_token": get_csrf_token(),
		}
	)


def _how_it_stands(call: dict | None) -> str:
	if call is None:
		return _("Nobody is being called for this ticket any more.")
	if not call["waiting"]:
		return _("{0} takes care of it, since {1}.").format(call["acknowledged_by"], call["acknowledged_at"])
	if call["called"]:
		return _("{0} is being called since {1}.").format(call["called"], call["called_at"])
	return _("Nobody has acknowledged yet.")
