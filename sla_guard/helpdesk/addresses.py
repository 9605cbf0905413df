"""Who of those that write and are written to is one of us, and who is the customer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import frappe
from frappe.model.document import Document
from frappe.utils import parse_addr


class Whose(NamedTuple):
	"""What a ticket says of its customer; empty: nothing."""

	raised_by: str
	contact: str
	customer: str


def is_answer(mail: Document | frappe._dict, whose: Callable[[], Whose], book: AddressBook) -> bool:
	"""A mail by one of us to an address of the customer on that ticket; not one to a colleague or a vendor, nor one that
	a machine sent. `whose` is asked only where it matters."""
	if mail.sent_or_received != "Sent" or not book.is_provider(mail):
		return False
	recipients = addresses(mail.recipients) | addresses(mail.cc) | addresses(mail.bcc)
	customer = book.of_customer(whose()) if recipients else set()
	return bool(recipients & customer) and not customer.intersection(_writers(mail))


class AddressBook:
	"""Remembers what it was asked; to be used for as long as it may not change."""

	def __init__(self) -> None:
		self._desk: dict[str, bool] = {}
		self._customers: dict[tuple[str, str], set[str]] = {}

	def is_provider(self, mail: Document | frappe._dict) -> bool:
		"""Whether one of us sent it, who may have left since: the sender has a desk user, or whoever sent it from a shared
		mailbox has. There are customers who have one, too; they are told by their addresses."""
		return bool(self._desk_users(_writers(mail)))

	def of_customer(self, whose: Whose) -> set[str]:
		"""Where the customer of a ticket is written to, in lower case: who raised it, and the customer's contacts and
		portal users. An agent who entered the ticket for a customer is not the customer."""
		found = addresses(whose.raised_by)
		if whose.customer or whose.contact:
			found -= self._desk_users(found)
		return found | self._known_of(whose.contact or "", whose.customer or "")

	def _known_of(self, contact: str, customer: str) -> set[str]:
		about = (contact, customer)
		if about not in self._customers:
			self._customers[about] = _of_customer(customer) | _of_contacts(contact, customer)
		return self._customers[about]

	def _desk_users(self, names: Iterable[str]) -> set[str]:
		names = set(names)
		if unknown := names - self._desk.keys():
			desk = {"name": ("in", sorted(unknown)), "user_type": "System User"}
			found = {user.lower() for user in frappe.get_all("User", desk, pluck="name")}
			self._desk |= {name: name.lower() in found for name in unknown}
		return {name for name in names if self._desk[name]}


def _of_customer(customer: str) -> set[str]:
	if not customer:
		return set()
	portal = {"parent": customer, "parenttype": "Customer"}
	users = {user.lower() for user in frappe.get_all("Portal User", portal, pluck="user") if user}
	return addresses(frappe.db.get_value("Customer", customer, "email_id")) | users


def _of_contacts(contact: str, customer: str) -> set[str]:
	contacts = {contact} if contact else set()
	if customer:
		linked = {"link_doctype": "Customer", "link_name": customer, "parenttype": "Contact"}
		contacts.update(frappe.get_all("Dynamic Link", linked, pluck="parent"))
	if not contacts:
		return set()
	mails = {"parent": ("in", sorted(contacts)), "parenttype": "Contact"}
	return {mail.lower() for mail in frappe.get_all("Contact Email", mails, pluck="email_id") if mail}


def _writers(mail: Document | frappe._dict) -> list[str]:
	return [user for user in (parse_addr(mail.sender or "")[1].lower(), mail.owner) if user]


def addresses(text: str | None) -> set[str]:
	return {
		address.lower() for part in frappe.utils.split_emails(text or "") if (address := parse_addr(part)[1])
	}
