"""The ledger of tickets: facts are appended, clocks and breaches follow from them.

It knows a ticket by its name alone; what a ticket is, helpdesk/ knows. Nothing here computes time: `replay` does.
Whoever calls holds the lock on the ticket's own row, so that facts of one ticket come one after the other; should
two come at once all the same, the second meets a unique index (see install.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import frappe

from sla_guard import store
from sla_guard.engine import events as fact
from sla_guard.engine.clock import Clock
from sla_guard.engine.events import Event
from sla_guard.engine.replay import replay, restored
from sla_guard.engine.terms import NOT_COVERED, VOIDED, Terms
from sla_guard.site_time import to_site
from sla_guard.sla_guard.doctype.sla_breach.sla_breach import breach_of, title
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import terms_named

# An event that takes back another one; never told to the engine.
RETRACTED = "retracted"
SAVED, MAIL, BY_HAND, INFERRED = ("saved", "mail", "by hand", "inferred")


class Standing(NamedTuple):
	"""What a ticket is from a fact on: every event keeps it whole, so that the last one says all."""

	status: str = ""
	priority: str = ""
	service: str = ""
	issue_type: str = ""
	customer: str = ""
	company: str = ""
	named_contract: str = ""
	contract: str = ""
	terms: str = ""
	target: str = NOT_COVERED


class Fact(NamedTuple):
	"""One row of SLA Event. `at_us` is the instant, `standing` what the ticket is from there on."""

	sequence: int
	at_us: int
	kind: str
	standing: Standing
	answer: str = ""
	communication: str = ""
	replaces: str = ""
	name: str = ""
	cause: str = SAVED
	uncertain_from_us: int = 0
	reason: str = ""
	explanation: str = ""


# As SLA Event has them, in the order in which fact_from_row takes them.
COLUMNS = ("name", "sequence", "at_us", "kind", "answer", "communication", "replaces", *Standing._fields)
_BEFORE_STANDING = len(COLUMNS) - len(Standing._fields)
# What an event of this kind says, by the column that says it.
SAYS = {
	fact.OPENED: "status",
	fact.STATUS: "status",
	fact.PRIORITY: "priority",
	fact.ISSUE_TYPE: "issue_type",
	fact.SERVICE: "service",
	fact.CUSTOMER: "customer",
	fact.CONTRACT: "named_contract",
}


def fact_from_row(row: Sequence) -> Fact:
	"""A row of these COLUMNS as a fact."""
	name, sequence, at_us, kind, answer, communication, replaces = row[:_BEFORE_STANDING]
	standing = Standing(*(value or "" for value in row[_BEFORE_STANDING:]))
	return Fact(sequence, at_us, kind, standing, answer or "", communication or "", replaces or "", name)


def in_force(history: Iterable[Fact]) -> list[Fact]:
	"""The facts that were not taken back or replaced by a later one."""
	history = list(history)
	gone = {fact.replaces for fact in history}
	return [fact for fact in history if fact.name not in gone and fact.kind != RETRACTED]


def engine_events(history: Iterable[Fact]) -> Iterator[Event]:
	"""The history as the engine reads it."""
	for each in in_force(history):
		now = each.standing
		value = each.answer if each.kind == fact.RESPONDED else getattr(now, SAYS.get(each.kind, ""), "")
		if each.kind != fact.OPENED and each.kind not in fact.CHANGES:
			yield Event(each.at_us, each.sequence, each.kind, value)
			continue
		yield Event(
			each.at_us,
			each.sequence,
			each.kind,
			value,
			now.target,
			now.terms or NOT_COVERED,
			now.priority,
			now.service,
			now.issue_type,
			now.customer,
		)


def clocks_of(history: list[Fact], now: int) -> tuple[Clock, ...]:
	"""The clocks of a ticket with this history, at `now`."""
	return replay(engine_events(history), _terms_of(history), now)


def is_restored(history: list[Fact], at: int) -> bool:
	"""Whether the service of a ticket with this history was restored at an instant, and has not failed since."""
	return restored(engine_events(history), _terms_of(history), at)


def _terms_of(history: list[Fact]) -> dict[str, Terms]:
	names = {fact.standing.terms for fact in history if fact.standing.terms}
	return {name: terms_named(name) for name in names}


def append(ticket: str, facts: list[Fact]) -> list[Fact]:
	"""Stores new facts and returns them with their names.

	Raises frappe.db's own error for a duplicate if another transaction has recorded something of this ticket since
	its history was read.
	"""
	named = [each._replace(name=frappe.generate_hash(length=20)) for each in facts]
	by = _written_by(ticket)
	store.insert("SLA Event", [by | _event_columns(each) for each in named])
	return named


def _written_by(ticket: str) -> dict:
	moment, user = frappe.utils.now(), frappe.session.user
	return {"ticket": ticket, "creation": moment, "modified": moment, "owner": user, "modified_by": user}


def _event_columns(each: Fact) -> dict:
	return {
		"name": each.name,
		"sequence": each.sequence,
		"at": to_site(each.at_us),
		"at_us": each.at_us,
		"kind": each.kind,
		"answer": each.answer,
		"communication": each.communication,
		"replaces": each.replaces,
		"cause": each.cause,
		"uncertain_from": to_site(each.uncertain_from_us),
		"reason": each.reason,
		"explanation": each.explanation,
		**{field: value or None for field, value in each.standing._asdict().items()},
	}


# ---- clocks


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
	stopped_by: str
	customer: str
	priority: str
	service: str
	company: str


def settle(
	ticket: str, history: list[Fact], now: int, just_opened: bool = False, afresh: bool = False
) -> tuple[Clock, ...]:
	"""Brings the stored clocks and breaches of a ticket to what its history says at `now`; writes only what differs,
	`afresh` from what was committed last, not from what this transaction saw when it began."""
	clocks = clocks_of(history, now)
	stored = {} if just_opened else _stored(ticket, afresh)
	contracts = {fact.standing.terms: fact.standing.contract for fact in history}
	new = []
	for clock in clocks:
		wanted = _wanted(clock, history[-1].standing, contracts[clock.terms])
		name, before = stored.pop((clock.metric, clock.cycle), ("", None))
		if before is None:
			new.append((wanted, clock, now))
		elif before != wanted:
			_update(name, wanted, clock, now)
		_settle_breach(ticket, clock, before, history, contracts)
	_insert(ticket, new)
	_remove(ticket, stored)
	return clocks


def _stored(ticket: str, afresh: bool) -> dict[tuple[str, int], tuple[str, StoredClock]]:
	rows = frappe.db.sql(_reading(frappe.db.db_type, afresh), (ticket,))
	# NULL and "" are both "none".
	return {
		(row[1], row[2]): (row[0], StoredClock(*("" if v is None else v for v in row[1:]))) for row in rows
	}


@lru_cache
def _reading(db_type: str, afresh: bool) -> str:
	"""The text of the query, built once for each kind of database."""
	clock = frappe.qb.DocType("SLA Clock")
	query = frappe.qb.from_(clock).select(clock.name, *(clock[field] for field in StoredClock._fields))
	# In no order: sorted by name, they were read by name, with those of all tickets, after a mass of clocks had gone.
	query = query.where(clock.ticket == store.BOUND)
	return (query.for_update() if afresh else query).get_sql()


def _wanted(clock: Clock, standing: Standing, contract: str) -> StoredClock:
	return StoredClock(
		clock.metric,
		clock.cycle,
		clock.state,
		clock.verdict or "",
		contract,
		clock.terms,
		clock.target,
		clock.target_us,
		clock.started,
		clock.counted_from,
		clock.due or 0,
		clock.breached_at or 0,
		clock.stopped or 0,
		clock.stopped_by or "",
		standing.customer,
		standing.priority,
		standing.service,
		standing.company,
	)


def _columns(wanted: StoredClock, clock: Clock, now: int) -> dict:
	"""What is written of a clock: also how much was used, and the same instants for people to read."""
	return {field: value or (None if value == "" else 0) for field, value in wanted._asdict().items()} | {
		"elapsed_us": clock.elapsed_us,
		"as_of_us": now,
		# The sweep looks at this alone; see jobs.py.
		"wake_us": clock.due or 0,
		"started": to_site(clock.started),
		"due": to_site(clock.due),
		"breached_at": to_site(clock.breached_at),
		"stopped": to_site(clock.stopped),
	}


def _update(name: str, wanted: StoredClock, clock: Clock, now: int) -> None:
	# A job's look at a clock is no edit by a person, but `modified` tells when it last changed.
	changed = {"modified": frappe.utils.now(), "modified_by": frappe.session.user}
	store.update("SLA Clock", name, _columns(wanted, clock, now) | changed)


def _insert(ticket: str, new: list[tuple[StoredClock, Clock, int]]) -> None:
	by = _written_by(ticket)
	store.insert(
		"SLA Clock", [{"name": frappe.generate_hash(length=20)} | by | _columns(*each) for each in new]
	)


def _remove(ticket: str, stored: dict[tuple[str, int], tuple[str, StoredClock]]) -> None:
	"""Clocks of cycles that, after a fact was taken back, there never were."""
	for (metric, cycle), (name, _clock) in stored.items():
		if breach := breach_of(ticket, metric, cycle):
			breach.withdraw(NONE_AFTER_ALL)
		frappe.db.delete("SLA Clock", {"name": name})


# ---- breaches

WAS_VOIDED = "The ticket was voided"
NONE_AFTER_ALL = "A fact recorded later shows that there was none"


def _settle_breach(
	ticket: str, clock: Clock, before: StoredClock | None, history: list[Fact], contracts: dict
) -> None:
	counted = before.breached_us if before and before.state != VOIDED else 0
	counts = 0 if clock.state == VOIDED else clock.breached_at or 0
	if counts == counted:
		return
	breach = breach_of(ticket, clock.metric, clock.cycle)
	if counts and breach:
		breach.date(counts)
	elif counts:
		_new_breach(ticket, clock, standing_at(history, counts), contracts[clock.terms])
	elif breach:
		breach.withdraw(WAS_VOIDED if clock.state == VOIDED else NONE_AFTER_ALL)


def standing_at(history: list[Fact], at: int) -> Standing:
	"""What the ticket was at an instant, by the facts that change what it is."""
	told = [each for each in in_force(history) if each.kind in SAYS]
	told.sort(key=lambda each: (each.at_us, each.sequence))
	return [each for each in told if each.at_us <= at][-1].standing


def _new_breach(ticket: str, clock: Clock, standing: Standing, contract: str) -> None:
	breach = frappe.new_doc("SLA Breach").update(
		{
			"title": title(ticket, clock.metric),
			"ticket": ticket,
			"metric": clock.metric,
			"cycle": clock.cycle,
			"breached_at": to_site(clock.breached_at),
			"breached_us": clock.breached_at,
			"contract": contract,
			"chain": frappe.get_cached_value("SLA Contract", contract, "chain"),
			"terms": clock.terms,
			"target": clock.target,
			"target_us": clock.target_us,
			"customer": standing.customer,
			"priority": standing.priority,
			"service": standing.service,
			"company": standing.company,
		}
	)
	breach.flags.from_ledger = True
	breach.flags.ignore_links = True
	breach.insert(ignore_permissions=True)


# ---- a ticket is renamed, or goes


def rename(ticket: str) -> None:
	"""A ticket got this name, and the links to it have followed; its breaches are titled by it."""
	for name, metric in frappe.get_all("SLA Breach", {"ticket": ticket}, ["name", "metric"], as_list=True):
		frappe.db.set_value("SLA Breach", name, "title", title(ticket, metric), update_modified=False)


def forget(ticket: str, why: str) -> None:
	"""A ticket is deleted: its events and clocks go with it, its breaches stay, withdrawn."""
	for name in frappe.get_all("SLA Breach", {"ticket": ticket}, pluck="name"):
		frappe.get_doc("SLA Breach", name).outlive_ticket(why)
	for doctype in ("SLA Clock", "SLA Event"):
		frappe.db.delete(doctype, {"ticket": ticket})
