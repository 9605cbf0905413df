"""Mails about an Issue: which of them are answers to the customer, and where a split ticket begins."""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from sla_guard import ledger
from sla_guard.engine import events as fact
from sla_guard.engine.terms import MAIL
from sla_guard.helpdesk import addresses, contracts
from sla_guard.helpdesk.addresses import AddressBook, Whose
from sla_guard.helpdesk.ticket import (
	Ticket,
	fact_now,
	never_in_the_way,
	observe,
	opening_of,
	read,
	record_facts,
)
from sla_guard.ledger import Fact
from sla_guard.site_time import now_us, to_us


def record(mail: Document, method: str | None = None) -> None:
	"""on_change. Each mail counts once for a ticket, however often it is saved; one that is to go later when it goes."""
	_is_saved()
	if (
		mail.reference_doctype != "Issue"
		or not mail.reference_name
		or mail.communication_type != "Communication"
	):
		return
	with never_in_the_way(mail.reference_name):
		ticket = None if goes_later(mail) else read(mail.reference_name)
		if ticket and ticket.history:
			_record(ticket, mail, _begins_with(ticket, mail))


def _is_saved() -> None:
	"""The framework lists a new document as being saved before it has a name, and leaves it on the list: what is saved
	after it would look as if a mail had caused it."""
	saving = frappe.flags.currently_saving or []
	saving[:] = [each for each in saving if each != ("Communication", None)]


def catch_up(ticket: Ticket) -> None:
	"""Records what is to be recorded of all mails of a ticket, some of which were missed."""
	about = {
		"reference_doctype": "Issue",
		"reference_name": ticket.name,
		"communication_type": "Communication",
	}
	for name in frappe.get_all("Communication", about, pluck="name", order_by="creation"):
		mail = frappe.get_doc("Communication", name)
		if not goes_later(mail):
			_record(read(ticket.name), mail, bool(ticket.split_from) or _was_made_from(ticket, mail))


def goes_later(mail: Document | frappe._dict) -> bool:
	return bool(mail.send_after) and to_us(mail.send_after) > now_us()


def went_at(mail: Document | frappe._dict) -> int:
	"""The instant at which a mail came, or went."""
	return max(to_us(mail.creation, near=now_us()), to_us(mail.send_after) if mail.send_after else 0)


def _record(ticket: Ticket, mail: Document, begins: bool) -> None:
	at = went_at(mail)
	if begins:
		record_facts(ticket, lambda current: _earlier_opening(current, at))
		# What it has become since the message, to the end of the history, whose last fact says all.
		observe(read(ticket.name), ledger.MAIL, at=opening_of(ticket.history))
		ticket = read(ticket.name)
	if is_answer(mail, ticket):
		record_facts(ticket, lambda current: _answer(current, mail.name, at))


def _answer(ticket: Ticket, mail: str, at: int) -> list[Fact]:
	if at < opening_of(ticket.history) or any(each.communication == mail for each in ticket.history):
		return []
	return [fact_now(ticket, fact.RESPONDED, at_us=at, answer=MAIL, communication=mail, cause=ledger.MAIL)]


# ---- what is an answer


def is_answer(mail: Document, ticket: Ticket) -> bool:
	"""As in addresses.py, for the customer whom the ticket is now of."""

	def whose() -> Whose:
		raised_by, contact = frappe.db.get_value("Issue", ticket.name, ["raised_by", "contact"])
		return Whose(raised_by, contact, ticket.standing.customer)

	return addresses.is_answer(mail, whose, AddressBook())


# ---- the mail that a ticket begins with


def _begins_with(ticket: Ticket, mail: Document) -> bool:
	"""Whether this mail has just been moved here from the ticket that this one was split from, or belonged to none
	until a ticket was made from it."""
	before = mail.get_doc_before_save()
	if not before or before.reference_name == ticket.name:
		return False
	if ticket.split_from:
		return before.reference_name == ticket.split_from
	return not before.reference_name and len(ticket.history) == 1 and _was_made_from(ticket, mail)


def _was_made_from(ticket: Ticket, mail: Document) -> bool:
	return makes(mail, *frappe.db.get_value("Issue", ticket.name, ["subject", "raised_by"]))


def makes(mail: Document | frappe._dict, subject: str, raised_by: str) -> bool:
	"""Whether a ticket that says so was made from this mail."""
	return mail.sent_or_received == "Received" and (mail.subject, mail.sender) == (subject, raised_by)


def _earlier_opening(ticket: Ticket, at: int) -> list[Fact]:
	"""A ticket starts at the message that it was split or made from, the first of those moved. It was open then,
	whatever became of the one that it was split from."""
	opening = next(each for each in ledger.in_force(ticket.history) if each.kind == fact.OPENED)
	if at >= opening.at_us or not contracts.is_tracked(at):
		return []
	standing, explanation = contracts.decide(
		fact.OPENED, opening.standing._replace(status="Open", contract="", terms=""), at
	)
	earlier = Fact(
		ticket.history[-1].sequence + 1,
		at,
		fact.OPENED,
		standing,
		replaces=opening.name,
		cause=ledger.MAIL,
		explanation=explanation,
	)
	return [earlier]
