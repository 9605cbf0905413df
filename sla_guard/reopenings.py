"""The stops of a ticket's clocks that a reopening ended, so that reports count them without a replay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import frappe
from pypika.queries import QueryBuilder

from sla_guard import store
from sla_guard.site_time import to_site


class Reopening(NamedTuple):
	"""A row of SLA Reopening: how a clock stood stopped, from the instant at which that was decided (see Clock) until it
	was reopened. The first three fields tell it from the others of its ticket. `breached_us`: when the same clock was missed, before or after; 0: not."""

	metric: str
	cycle: int
	stopped_us: int
	reopened_us: int
	breached_us: int
	contract: str
	customer: str
	priority: str
	service: str
	company: str
	agent: str

	@property
	def key(self) -> tuple:
		return self[:3]


def settle(ticket: str, reopenings: Iterable[Reopening], afresh: bool) -> None:
	"""Brings the stored reopenings of a ticket to these; writes only what differs."""
	wanted = {each.key: each for each in reopenings}
	for row in store.read(_stored, (ticket,), afresh):
		name, stored = row[0], Reopening(*("" if value is None else value for value in row[1:]))
		now = wanted.pop(stored.key, None)
		if now is None:
			frappe.db.delete("SLA Reopening", {"name": name})
		elif now != stored:
			store.update("SLA Reopening", name, _columns(now))
	by = store.written_by(ticket)
	store.insert(
		"SLA Reopening",
		[{"name": frappe.generate_hash(length=20)} | by | _columns(each) for each in wanted.values()],
	)


def _stored() -> QueryBuilder:
	row = frappe.qb.DocType("SLA Reopening")
	fields = ("name", *Reopening._fields)
	return frappe.qb.from_(row).select(*(row[field] for field in fields)).where(row.ticket == store.BOUND)


def _columns(each: Reopening) -> dict:
	return {field: None if value == "" else value for field, value in each._asdict().items()} | {
		"chain": frappe.get_cached_value("SLA Contract", each.contract, "chain"),
		"stopped": to_site(each.stopped_us),
		"reopened": to_site(each.reopened_us),
	}
