"""The tickets of this site as histories: their facts, without those that were taken back."""

from __future__ import annotations

from collections.abc import Iterator

import frappe

from sla_guard.engine import events as fact
from sla_guard.engine.history import KINDS, Told, in_order
from sla_guard.ledger import Fact
from sla_guard.sight import ALL, Sight
from sla_guard.statements.commitments import histories

_AT_ONCE = 500


def tickets(
	first_us: int, last_us: int, customer: str = "", sight: Sight = ALL
) -> Iterator[tuple[str, list[Told]]]:
	"""Each ticket opened in [first_us, last_us) within this sight, by name; with a customer, those that ever were this
	one's."""
	after = ""
	while names := _opened(first_us, last_us, customer, after):
		for ticket, facts in sorted(histories(names)):
			if not sight.holds(facts):
				continue
			told = in_order(_told(each) for each in facts if each.kind in KINDS)
			# Of its openings the one that stands may be another than the one that was asked for.
			if told and told[0].kind == fact.OPENED and first_us <= told[0].at < last_us:
				yield ticket, told
		after = names[-1]


def _opened(first_us: int, last_us: int, customer: str, after: str) -> list[str]:
	event = frappe.qb.DocType("SLA Event")
	query = frappe.qb.from_(event).select(event.ticket).distinct()
	query = query.where((event.kind == fact.OPENED) & (event.ticket > after))
	query = query.where((event.at_us >= first_us) & (event.at_us < last_us))
	if customer:
		theirs = frappe.qb.DocType("SLA Event").as_("theirs")
		its = frappe.qb.from_(theirs).select(theirs.ticket).where(theirs.customer == customer)
		query = query.where(event.ticket.isin(its))
	return query.orderby(event.ticket).limit(_AT_ONCE).run(pluck=True)


def _told(each: Fact) -> Told:
	its = each.standing
	names = (its.status, its.priority, its.service, its.issue_type, its.customer)
	return Told(each.at_us, each.sequence, each.kind, *names, each.answer)
