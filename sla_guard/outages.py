"""Outages of services, and how those of a ticket follow it.

An outage lasts to the instant at which the service was *restored*, which a ticket says before it is closed; pauses of
the ticket do not stop it. A restoration that failed, and a ticket that is opened again, begin another one.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

import frappe
from frappe.model.document import Document
from pypika.functions import Coalesce
from pypika.queries import QueryBuilder

from sla_guard import ledger, store
from sla_guard.breaches import NONE_AFTER_ALL, WAS_VOIDED
from sla_guard.engine import events as fact
from sla_guard.engine.availability import Outage
from sla_guard.engine.terms import Terms
from sla_guard.ledger import Fact, Standing
from sla_guard.site_time import now_us
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import terms_named

_TELLS = (fact.OPENED, fact.STATUS, fact.RESTORED, fact.RESTORATION_FAILED)


def outages_of(service: str, customer: str, from_us: int, to_us: int) -> list[Outage]:
	"""The outages of a service that touch a customer between two instants: of that customer and of everybody, those that
	do not count left out. One that goes on while that time does lasts to now."""
	outage = frappe.qb.DocType("SLA Outage")
	rows = (
		frappe.qb.from_(outage)
		.select(outage.started_us, outage.restored_us, outage.partial)
		.where((outage.service == service) & Coalesce(outage.customer, "").isin(["", customer]))
		.where(Coalesce(outage.withdrawn_because, "") == "")
		.where((outage.started_us < to_us) & ((outage.restored_us == 0) | (outage.restored_us > from_us)))
		.orderby(outage.started_us)
	).run()
	now = now_us()
	so_far = now if now < to_us else None
	return [Outage(started, restored or so_far, bool(partial)) for started, restored, partial in rows]


# ---- when the service of a ticket was down


def down_times(history: Iterable[Fact], since: int) -> list[tuple[int, int]]:
	"""From when to when (0: not yet) the service of a ticket was down that was so at `since`, by its facts."""
	told = sorted((each for each in ledger.in_force(history)), key=lambda each: (each.at_us, each.sequence))
	if any(each.kind == fact.VOID for each in told):
		return []
	found, state = [(since, 0)], _State()
	for each in told:
		if each.kind not in _TELLS:
			continue
		state = state.after(each)
		if each.at_us <= since:
			# Whatever the ticket said before: this is what somebody says who knows.
			state = state._replace(restored=False)
		elif state.up and not found[-1][1]:
			found[-1] = found[-1][0], each.at_us
		elif not state.up and found[-1][1]:
			found.append((each.at_us, 0))
	return found


class _State(NamedTuple):
	done: bool = False
	restored: bool = False

	@property
	def up(self) -> bool:
		return self.done or self.restored

	def after(self, each: Fact) -> _State:
		if each.kind in (fact.RESTORED, fact.RESTORATION_FAILED):
			return self._replace(restored=each.kind == fact.RESTORED)
		done = each.standing.status in _stops(each.standing)
		return _State(done, self.restored and (done or not self.done))


def _stops(standing: Standing) -> frozenset[str]:
	"""The statuses that end a ticket, by its contract, or where there is none, as the helpdesk means them."""
	return terms_named(standing.terms).stops if standing.terms else Terms.stops


# ---- the outages of a ticket follow it


def entered(outage: Document) -> None:
	"""An outage that names a ticket was entered or edited: it follows the ticket, unless another one of the same service
	and customer does."""
	# As all that records something of a ticket; so nobody says meanwhile that it was restored.
	frappe.db.get_value("Issue", outage.ticket, "name", for_update=True)
	history = sorted(ledger.fact_from_row(row) for row in store.read(_facts, (outage.ticket,), afresh=True))
	if not history:
		return
	if not outage.down_from_us and not _is_followed(outage):
		outage.db_set("down_from_us", outage.started_us, update_modified=False)
	store.update("Issue", outage.ticket, {"sla_outage": 1})
	follow(outage.ticket, history)
	outage.load_from_db()


def _is_followed(outage: Document) -> bool:
	same = {
		"ticket": outage.ticket,
		"service": outage.service,
		"customer": outage.customer or ("is", "not set"),
	}
	return bool(frappe.db.exists("SLA Outage", {**same, "down_from_us": (">", 0)}))


def _facts() -> QueryBuilder:
	event = frappe.qb.DocType("SLA Event")
	return (
		frappe.qb.from_(event)
		.select(*(event[column] for column in ledger.COLUMNS))
		.where(event.ticket == store.BOUND)
	)


def follow(ticket: str, history: list[Fact]) -> None:
	"""Brings the outages of a ticket to what its facts say."""
	rows = frappe.get_all(
		"SLA Outage", {"ticket": ticket}, pluck="name", order_by="service, customer, started_us, name"
	)
	outages = [frappe.get_doc("SLA Outage", name) for name in rows]
	void = any(each.kind == fact.VOID for each in ledger.in_force(history))
	for outage in outages:
		if not outage.down_from_us:
			outage.count_unless(WAS_VOIDED if void else "")
	following = (each for each in outages if each.down_from_us)
	for _whose, some in groupby(following, key=lambda each: (each.service, each.customer or "")):
		_follow(list(some), history, WAS_VOIDED if void else NONE_AFTER_ALL)


def _follow(outages: list, history: list[Fact], otherwise: str) -> None:
	by_start = {each.down_from_us: each for each in outages}
	for start, end in down_times(history, min(by_start)):
		if outage := by_start.pop(start, None):
			outage.end(end)
		else:
			outages[0].again(start, end)
	for outage in by_start.values():
		outage.count_unless(otherwise)


def tickets_still_down() -> list[str]:
	"""Names of tickets with an outage that goes on: one may have been entered while the ticket said that it was over."""
	ongoing = {"ticket": ("is", "set"), "down_from_us": (">", 0), "restored_us": 0}
	ongoing["withdrawn_because"] = ("is", "not set")
	return frappe.get_all("SLA Outage", ongoing, pluck="ticket", distinct=True, order_by="ticket")


def forget(ticket: str, why: str) -> None:
	"""A ticket is deleted: its outages stay, and count no more."""
	for name in frappe.get_all("SLA Outage", {"ticket": ticket}, pluck="name"):
		outage = frappe.get_doc("SLA Outage", name)
		outage.put(ticket=None, withdrawn_because=outage.withdrawn_because or why)
