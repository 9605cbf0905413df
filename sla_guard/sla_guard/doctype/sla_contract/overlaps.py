"""Of one party and one service only one contract is in force at a time; a later one supersedes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard import store

PARTIES = {"Customer": "customer", "Customer Group": "customer_group", "Territory": "territory"}


class Version(NamedTuple):
	"""A submitted contract, as far as it can stand in another one's way."""

	name: str
	title: str
	whom: str
	supersedes: str | None
	effective_from: date | str
	starts_us: int
	ends_us: int
	services: frozenset[str]

	def clashes(self, other: Version) -> bool:
		"""Whether both are in force for the same service at the same time. One that lists services goes before one of
		the same party that lists none: these two may stand side by side."""
		if bool(self.services) != bool(other.services) or (
			self.services and not self.services & other.services
		):
			return False
		return (not other.ends_us or self.starts_us < other.ends_us) and (
			not self.ends_us or other.starts_us < self.ends_us
		)


def party_of(contract: Document) -> tuple[str, str]:
	"""The kind of party that a contract applies to, and which one; "" for everybody."""
	return contract.applies_to, contract.get(PARTIES.get(contract.applies_to, "")) or ""


def lock_party(applies_to: str, party: str) -> None:
	"""Contracts of one party are submitted, cancelled and merged one after the other, so that each sees the others."""
	store.lock(*((applies_to, party) if party else ("DocType", "SLA Contract")))


def versions_of(applies_to: str, party: str) -> list[Version]:
	"""The submitted contracts of a party, as they were committed last and not as this transaction saw them when it
	began: another one may have been submitted since."""
	contract = frappe.qb.DocType("SLA Contract")
	query = frappe.qb.from_(contract).where((contract.docstatus == 1) & (contract.applies_to == applies_to))
	if party:
		query = query.where(contract[PARTIES[applies_to]] == party)
	fields = ("name", "title", "supersedes", "effective_from", "starts_us", "ends_us")
	rows = query.select(*(contract[field] for field in fields)).for_update().run(as_dict=True)
	services = _services([row.name for row in rows])
	whom = party or _("Everybody")
	return [Version(whom=whom, services=frozenset(services.get(row.name, ())), **row) for row in rows]


def refuse_clash(one: Version, others: Iterable[Version]) -> None:
	if other := next(filter(one.clashes, others), None):
		frappe.throw(
			_(
				"{0} ({1}) is in force for {2} from {3} already, at the same time as {4}. A new version supersedes it."
			).format(
				frappe.bold(other.name),
				other.title,
				other.whom,
				frappe.format(other.effective_from, "Date"),
				frappe.bold(one.name),
			),
			title=_("Two Versions in Force"),
		)


def _services(contracts: list[str]) -> dict[str, set[str]]:
	found: dict[str, set[str]] = {}
	if contracts:
		row = frappe.qb.DocType("SLA Contract Service")
		query = frappe.qb.from_(row).select(row.parent, row.service).where(row.parent.isin(contracts))
		for parent, service in query.where(row.parenttype == "SLA Contract").for_update().run():
			found.setdefault(parent, set()).add(service)
	return found
