"""Whom a rule tells: one of us by name, by role, as assignee or on call, and the contacts of the customer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import frappe
from frappe.model.document import Document

from sla_guard.ledger import Standing
from sla_guard.notify.telling import EMAIL, IN_APP, TODO
from sla_guard.oncall.rosters import on_duty_for
from sla_guard.statements.delivery import recipients_of

# A role is not held by who holds them all.
NOBODY = ("Administrator", "Guest")


class Reader(NamedTuple):
	"""A user, or an address of the customer."""

	user: str = ""
	address: str = ""

	@property
	def key(self) -> str:
		return f"user:{self.user}" if self.user else f"mail:{self.address.lower()}"


def readers_of(rule: Document, alert: Document) -> dict[Reader, frozenset[str]]:
	"""Who is told of an alert by its rule, and how."""
	wanted = {IN_APP: rule.in_app, EMAIL: rule.email, TODO: rule.todo}
	ways = frozenset(way for way in wanted if wanted[way])
	found = {Reader(user=user): ways for user in _users(rule, alert) if user not in ("", "Guest")}
	if rule.to_customer:
		addresses = recipients_of(alert, "hears_of_deadlines").addresses
		found |= {Reader(address=address): frozenset({EMAIL}) for address in addresses}
	return found


def names_nobody(rule: Document) -> bool:
	"""It is for webhooks alone."""
	return not (rule.to_assignees or rule.to_on_call or rule.to_customer or rule.role or rule.users)


def _users(rule: Document, alert: Document) -> Iterator[str]:
	if rule.to_assignees:
		yield from assignees(alert.ticket)
	if rule.to_on_call:
		standing = Standing(contract=alert.contract or "", service=alert.service or "")
		yield from on_duty_for(standing, alert.at_us).values()
	if rule.role:
		having = {"role": rule.role, "parenttype": "User", "parent": ("not in", NOBODY)}
		yield from frappe.get_all("Has Role", having, pluck="parent", order_by=None)
	yield from (row.user for row in rule.users)


def assignees(ticket: str) -> list[str]:
	about = {"reference_type": "Issue", "reference_name": ticket, "status": "Open"}
	return frappe.get_all("ToDo", {**about, "allocated_to": ("is", "set")}, pluck="allocated_to")
