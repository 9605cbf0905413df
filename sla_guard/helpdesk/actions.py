"""What people say about a ticket by a button: facts with who, when and why."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint

from sla_guard import ledger
from sla_guard.engine import events as fact
from sla_guard.engine.terms import TAKEN_IN_CHARGE
from sla_guard.helpdesk import contracts
from sla_guard.helpdesk.ticket import Ticket, fact_now, opening_of, read, record_facts
from sla_guard.ledger import Fact
from sla_guard.site_time import now_us, text, to_site, to_us


@frappe.whitelist()
def take_in_charge(ticket: str, at: str | None = None, reason: str | None = None) -> None:
	"""The customer was answered, by telephone, on site, remotely: now, or earlier with a reason."""
	_record(ticket, lambda current: [_by_hand(current, fact.RESPONDED, at, reason, answer=TAKEN_IN_CHARGE)])


@frappe.whitelist()
def restore_service(ticket: str, at: str | None = None, reason: str | None = None) -> None:
	"""The service works again, by a workaround maybe; the ticket stays open."""

	def restored(current: Ticket) -> list[Fact]:
		said = _by_hand(current, fact.RESTORED, at, reason)
		_refuse_if(
			ledger.is_restored(current.history, said.at_us),
			_("The service of this ticket is restored already."),
		)
		return [said]

	_record(ticket, restored)


@frappe.whitelist()
def restoration_failed(ticket: str, at: str | None = None, reason: str | None = None) -> None:
	"""The service that was restored does not work after all."""

	def failed(current: Ticket) -> list[Fact]:
		said = _by_hand(current, fact.RESTORATION_FAILED, at, reason)
		_refuse_if(
			not ledger.is_restored(current.history, said.at_us),
			_("The service of this ticket has not been restored."),
		)
		return [said]

	_record(ticket, failed)


@frappe.whitelist()
def report_outage(
	ticket: str, at: str | None = None, everybody: int = 0, partial: int = 0, note: str | None = None
) -> str:
	"""The service of this ticket is down, since its opening or since the instant given; returns the outage's name."""
	current = _locked(ticket)
	service = current.standing.service
	_refuse_if(current.void, _("This ticket is void already."))
	_refuse_if(not service, _("Name the service of the ticket first: it is that which is down."))
	ongoing = {"ticket": ticket, "service": service, "restored_us": 0, "withdrawn_because": ("is", "not set")}
	known = frappe.db.get_value("SLA Outage", ongoing)
	_refuse_if(bool(known), _("{0} says already that it is down.").format(frappe.bold(known)))
	started = to_us(at, near=now_us()) if at else opening_of(current.history)
	customer = "" if cint(everybody) else current.standing.customer
	outage = frappe.new_doc("SLA Outage").update(
		{"ticket": ticket, "service": service, "customer": customer, "partial": cint(partial), "note": note}
	)
	outage.update({"started_us": started, "started": to_site(started)})
	return outage.insert(ignore_permissions=True).name


@frappe.whitelist()
def void(ticket: str, reason: str) -> None:
	"""It is no ticket (spam, a duplicate): it counts nowhere. Once something was missed only an SLA Manager may say so."""
	_refuse_if(not (reason or "").strip(), _("Say why the ticket does not count."))

	def voided(current: Ticket) -> list[Fact]:
		_refuse_if(current.void, _("This ticket is void already."))
		# Also what the job has not found yet.
		if any(clock.breached_at for clock in ledger.clocks_of(current.history, now_us())):
			_only_managers(_("Something was missed on this ticket: only an SLA Manager may void it now."))
		return [_by_hand(current, fact.VOID, None, reason)]

	_record(ticket, voided)


@frappe.whitelist()
def take_back(ticket: str, event: str, reason: str) -> None:
	"""Takes back what was recorded by hand by mistake; both stay readable."""
	_only_managers(_("Only an SLA Manager may take back what was recorded."))
	_refuse_if(not (reason or "").strip(), _("Say why it is taken back."))

	def taken_back(current: Ticket) -> list[Fact]:
		cause = frappe.db.get_value("SLA Event", {"name": event, "ticket": ticket}, "cause")
		known = {each.name for each in ledger.in_force(current.history)}
		_refuse_if(
			event not in known or cause != ledger.BY_HAND,
			_("Only a fact recorded by hand can be taken back."),
		)
		back = fact_now(
			current, ledger.RETRACTED, replaces=event, cause=ledger.BY_HAND, reason=reason.strip()
		)
		return [back]

	_record(ticket, taken_back)


def _record(name: str, find: Any) -> None:
	record_facts(_locked(name), find)


def _locked(name: str) -> Ticket:
	frappe.has_permission("Issue", "write", name, throw=True)
	ticket = read(name, lock=True)
	_refuse_if(
		not ticket.history,
		_("Ticket {0} is not tracked: it was opened before SLA Guard watched.").format(name),
	)
	return ticket


def _by_hand(ticket: Ticket, kind: str, at: str | None, reason: str | None, **values: str) -> Fact:
	now = now_us()
	at_us = to_us(at, near=now) if at else now
	reason = (reason or "").strip()
	opened = opening_of(ticket.history)
	_refuse_if(at_us > now, _("{0} is in the future.").format(frappe.bold(text(at_us))))
	_refuse_if(at_us < opened, _("{0} is before the ticket was opened.").format(frappe.bold(text(at_us))))
	_refuse_if(bool(at) and not reason, _("Say why it is recorded only now."))
	return fact_now(ticket, kind, at_us=at_us, cause=ledger.BY_HAND, reason=reason, **values)


def _refuse_if(wrong: bool, message: str) -> None:
	if wrong:
		frappe.throw(message)


def _only_managers(message: str) -> None:
	if not set(contracts.MANAGERS) & set(frappe.get_roles()):
		frappe.throw(message, frappe.PermissionError, title=_("Not Permitted"))
