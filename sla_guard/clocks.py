"""The clocks of tickets as rows: read, and written where they differ."""

from __future__ import annotations

from typing import NamedTuple

import frappe
from pypika.queries import QueryBuilder

from sla_guard import store
from sla_guard.engine.clock import Clock
from sla_guard.engine.lateness import lateness
from sla_guard.site_time import to_site
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import hours_of


class StoredClock(NamedTuple):
	"""A row of SLA Clock but for what changes with every look at it."""

	metric: str
	cycle: int
	state: str
	verdict: str
	contract: str
	terms: str
	target: str
	target_us: int
	started_us: int
	counted_from_us: int
	due_us: int
	breached_us: int
	stopped_us: int
	decided_us: int
	stopped_by: str
	customer: str
	priority: str
	service: str
	company: str
	agent: str
	# When the sweep looks at it next, and the steps of the notification rules that were recorded; see notify/.
	wake_us: int
	steps: str


def stored(ticket: str, afresh: bool) -> dict[tuple[str, int], tuple[str, StoredClock]]:
	rows = store.read(_clocks, (ticket,), afresh)
	# NULL and "" are both "none".
	return {
		(row[1], row[2]): (row[0], StoredClock(*("" if v is None else v for v in row[1:]))) for row in rows
	}


def _clocks() -> QueryBuilder:
	clock = frappe.qb.DocType("SLA Clock")
	query = frappe.qb.from_(clock).select(clock.name, *(clock[field] for field in StoredClock._fields))
	# In no order: sorted by name, they were read by name, with those of all tickets, after a mass of clocks had gone.
	return query.where(clock.ticket == store.BOUND)


def update(name: str, wanted: StoredClock, clock: Clock, now: int) -> None:
	# A job's look at a clock is no edit by a person, but `modified` tells when it last changed.
	changed = {"modified": frappe.utils.now(), "modified_by": frappe.session.user}
	store.update("SLA Clock", name, _columns(wanted, clock, now) | changed)


def insert(ticket: str, new: list[tuple[StoredClock, Clock, int]]) -> None:
	by = store.written_by(ticket)
	store.insert(
		"SLA Clock", [{"name": frappe.generate_hash(length=20)} | by | _columns(*each) for each in new]
	)


def _columns(wanted: StoredClock, clock: Clock, now: int) -> dict:
	"""What is written of a clock: also how much was used, how late it is, and the same instants for people to read."""
	return {field: value or (None if value == "" else 0) for field, value in wanted._asdict().items()} | {
		"elapsed_us": clock.elapsed_us,
		"late_us": late_us(clock, now),
		"as_of_us": now,
		"started": to_site(clock.started),
		"due": to_site(clock.due),
		"breached_at": to_site(clock.breached_at),
		"stopped": to_site(clock.stopped),
	}


def late_us(clock: Clock, now: int) -> int:
	"""Support time from the breach of a clock on, 0 for none."""
	if not clock.breached_at:
		return 0
	return lateness(clock, hours_of(clock), now).support_us
