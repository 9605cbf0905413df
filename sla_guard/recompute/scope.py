"""Which contracts and tickets a recompute is about: those measured in other hours than their contract has now."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, get_datetime, getdate
from pypika.functions import Count
from pypika.queries import QueryBuilder, Table

from sla_guard import ledger
from sla_guard.engine.events import OPENED
from sla_guard.engine.terms import PAUSED, RUNNING
from sla_guard.helpdesk.contracts import MANAGERS
from sla_guard.helpdesk.ticket import opening_of
from sla_guard.ledger import Fact
from sla_guard.sight import ALL, Sight, sight_of, sight_of_author
from sla_guard.site_time import to_us
from sla_guard.sla_guard.doctype.sla_contract.renewal import contracts_with

BATCH = 100


class Scope(NamedTuple):
	"""What is asked for. `terms`: by contract, those that its tickets are to be measured by; `hours`: by contract and row,
	those of its availability targets. `from_us`, `until_us` (0: no end): of the days from `first` to `last` on the site."""

	terms: dict[str, str]
	hours: dict[str, dict[str, str]]
	from_us: int = 0
	until_us: int = 0
	only_open: bool = False
	sight: Sight = ALL
	first: date | None = None
	last: date | None = None

	def holds(self, history: list[Fact]) -> bool:
		"""Whether a ticket with this history is one of them."""
		opened_us = opening_of(history)
		then = self.from_us <= opened_us and not (self.until_us and opened_us >= self.until_us)
		return then and self.sight.holds(history)


def scope_of(recompute: Document) -> Scope:
	"""As it was previewed."""
	first, last = recompute.opened_from, recompute.opened_to
	return Scope(
		frappe.parse_json(recompute.basis or "{}"),
		frappe.parse_json(recompute.hours_basis or "{}"),
		to_us(get_datetime(first)) if first else 0,
		to_us(get_datetime(add_days(last, 1))) if last else 0,
		bool(recompute.only_open),
		sight_of_author(recompute),
		first and getdate(first),
		last and getdate(last),
	)


# ---- contracts


def present_terms(recompute: Document) -> dict[str, str]:
	"""The terms that the contracts asked for have now, of those that the session's user may see."""
	filters = {"docstatus": 1}
	names = _asked_for(recompute)
	if names is not None:
		filters["name"] = ("in", sorted(names))
	rows = frappe.get_list("SLA Contract", filters, ["name", "terms"], limit_page_length=0, order_by="name")
	return {row.name: row.terms for row in rows}


def _asked_for(recompute: Document) -> set[str] | None:
	"""Each of what is named narrows it down; None: all."""
	found = [
		set(contracts_of(doctype, name))
		for doctype, name in (
			("Support Hours", recompute.support_hours),
			("Holiday List", recompute.holiday_list),
			("SLA Contract", recompute.contract),
		)
		if name
	]
	return set.intersection(*found) if found else None


def contracts_of(doctype: str, name: str) -> list[str]:
	"""The contracts that have these support hours or this holiday list, or are it."""
	if doctype == "SLA Contract":
		return [name]
	if doctype == "Support Hours":
		return contracts_with([name])
	return contracts_with(frappe.get_all("Support Hours", {"holiday_list": name}, pluck="name"))


# ---- tickets


def stale_tickets(scope: Scope, after: str, limit: int = BATCH) -> list[str]:
	"""Names of tickets after this one, in their order, with facts that are measured by other terms than their contract
	has now; and few others, whose facts of that kind were replaced."""
	if not scope.terms:
		return []
	query, event = _measured_otherwise(scope)
	query = query.select(event.ticket).distinct().where(event.ticket > after)
	return query.orderby(event.ticket).limit(limit).run(pluck=True)


def _measured_otherwise(scope: Scope) -> tuple[QueryBuilder, Table]:
	event, contract = frappe.qb.DocType("SLA Event"), frappe.qb.DocType("SLA Contract")
	later = frappe.qb.DocType("SLA Event").as_("later")
	recomputed = (later.ticket == event.ticket) & (later.contract == event.contract)
	recomputed &= (later.kind == ledger.RECOMPUTED) & (later.sequence > event.sequence)
	query = frappe.qb.from_(event).join(contract).on(contract.name == event.contract)
	query = query.left_join(later).on(recomputed).where(later.name.isnull())
	query = query.where(event.contract.isin(sorted(scope.terms)) & (event.terms != contract.terms))
	return _opened_then(_open_only(query, event, scope), event, scope), event


def _open_only(query: QueryBuilder, event: Table, scope: Scope) -> QueryBuilder:
	if not scope.only_open:
		return query
	clock = frappe.qb.DocType("SLA Clock")
	return query.join(clock).on((clock.ticket == event.ticket) & clock.state.isin((RUNNING, PAUSED)))


def _opened_then(query: QueryBuilder, event: Table, scope: Scope) -> QueryBuilder:
	"""One whose opening was replaced is found by either; its history decides."""
	if not (scope.from_us or scope.until_us):
		return query
	opening = frappe.qb.DocType("SLA Event").as_("opening")
	query = query.join(opening).on((opening.ticket == event.ticket) & (opening.kind == OPENED))
	query = query.where(opening.at_us >= scope.from_us)
	return query.where(opening.at_us < scope.until_us) if scope.until_us else query


# ---- the note on forms


@frappe.whitelist()
def kept(doctype: str, name: str) -> int:
	"""How many open tickets are measured in other hours than the contracts with these support hours, with this holiday
	list, or this contract have now. 0 for whoever could not recompute them."""
	if doctype not in ("Support Hours", "Holiday List", "SLA Contract"):
		frappe.throw(_("{0} has no support hours.").format(_(doctype)))
	frappe.has_permission(doctype, "read", name, throw=True)
	if not set(MANAGERS) & set(frappe.get_roles()):
		return 0
	return _count_open(contracts_of(doctype, name))


# What a clock says of a Standing, too.
_ON_CLOCKS = {each: each for each in ("customer", "company", "priority", "service", "contract")}


def _count_open(contracts: list[str]) -> int:
	"""By their clocks, which are fewer than their facts."""
	if not contracts:
		return 0
	clock, contract = frappe.qb.DocType("SLA Clock"), frappe.qb.DocType("SLA Contract")
	query = frappe.qb.from_(clock).join(contract).on(contract.name == clock.contract)
	query = query.where(clock.contract.isin(contracts) & clock.state.isin((RUNNING, PAUSED)))
	query = query.where(sight_of(frappe.session.user).where(clock, _ON_CLOCKS))
	return query.where(clock.terms != contract.terms).select(Count(clock.ticket).distinct()).run()[0][0]
