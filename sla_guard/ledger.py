"""The ledger of tickets: facts are appended, clocks and breaches follow from them.

It knows a ticket by its name alone; what a ticket is, helpdesk/ knows. Nothing here computes time: `replay` does.
Whoever calls holds the lock on the ticket's own row, so that facts of one ticket come one after the other; should
two come at once all the same, the second meets a unique index (see install.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import frappe

from sla_guard import breaches, maintenance, reopenings, store
from sla_guard import clocks as stored_clocks
from sla_guard.clocks import StoredClock
from sla_guard.engine import events as fact
from sla_guard.engine.clock import Clock
from sla_guard.engine.events import Event
from sla_guard.engine.replay import replay, restored
from sla_guard.engine.terms import NOT_COVERED, VOIDED, Terms
from sla_guard.notify import alerts
from sla_guard.reopenings import Reopening
from sla_guard.site_time import to_site
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import terms_named

# Events that are never told to the engine. The first takes back another one; the second says by which terms all facts
# before it under its contract are measured from then on.
RETRACTED, RECOMPUTED = ABOUT_FACTS = ("retracted", "recomputed")
SAVED, MAIL, BY_HAND, INFERRED = ("saved", "mail", "by hand", "inferred")
BACK_FILL, RECOMPUTE = ("back-fill", "recompute")


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
	by: str = ""


# As SLA Event has them, in the order in which fact_from_row takes them.
_OF_THE_FACT = ("name", "sequence", "at_us", "kind", "answer", "communication", "replaces", "owner")
COLUMNS = (*_OF_THE_FACT, *Standing._fields)
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
	name, sequence, at_us, kind, answer, communication, replaces, by = row[: len(_OF_THE_FACT)]
	standing = Standing(*(value or "" for value in row[len(_OF_THE_FACT) :]))
	said = (answer or "", communication or "", replaces or "")
	return Fact(sequence, at_us, kind, standing, *said, name, by=by)


def in_force(history: Iterable[Fact]) -> list[Fact]:
	"""The facts that were not taken back or replaced by a later one, by the terms that hold for them now."""
	history = list(history)
	gone = {fact.replaces for fact in history}
	told = [fact for fact in history if fact.name not in gone and fact.kind not in ABOUT_FACTS]
	recomputed = [fact for fact in history if fact.kind == RECOMPUTED]
	return [_by_terms_of_now(fact, recomputed) for fact in told] if recomputed else told


def _by_terms_of_now(fact: Fact, recomputed: list[Fact]) -> Fact:
	under = fact.standing.contract
	later = [each for each in recomputed if each.sequence > fact.sequence and each.standing.contract == under]
	if not later:
		return fact
	last = max(later, key=lambda each: each.sequence)
	return fact._replace(standing=fact.standing._replace(terms=last.standing.terms))


def as_if_recorded(facts: Iterable[Fact]) -> list[Fact]:
	"""Facts that are not recorded, for a replay of what they would change: one without a name would be what every other
	one replaces."""
	return [each._replace(name=f"not yet {number}") for number, each in enumerate(facts)]


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
	told = in_force(history)
	standings = {each.standing for each in told}
	holes = maintenance.holes((each.terms, each.service, each.contract) for each in standings)
	return replay(engine_events(told), _terms_of(told), now, holes)


def is_restored(history: list[Fact], at: int) -> bool:
	"""Whether the service of a ticket with this history was restored at an instant, and has not failed since."""
	told = in_force(history)
	return restored(engine_events(told), _terms_of(told), at)


def _terms_of(history: list[Fact]) -> dict[str, Terms]:
	names = {fact.standing.terms for fact in history if fact.standing.terms}
	return {name: terms_named(name) for name in names}


def append(ticket: str, facts: list[Fact]) -> list[Fact]:
	"""Stores new facts and returns them with their names; whoever is at work has told them, unless they say who.

	Raises frappe.db's own error for a duplicate if another transaction has recorded something of this ticket since
	its history was read.
	"""
	by = store.written_by(ticket)
	named = [each._replace(name=frappe.generate_hash(length=20), by=each.by or by["owner"]) for each in facts]
	store.insert("SLA Event", [by | _event_columns(each) for each in named])
	return named


def _event_columns(each: Fact) -> dict:
	return {
		"name": each.name,
		"owner": each.by,
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


def settle(
	ticket: str,
	history: list[Fact],
	now: int,
	just_opened: bool = False,
	afresh: bool = False,
	quietly: bool = False,
) -> tuple[Clock, ...]:
	"""Brings the stored clocks and breaches of a ticket to what its history says at `now`; writes only what differs,
	`afresh` from what was committed last, not from what this transaction saw when it began. With `quietly`, nobody is
	told of what is found, as it is long past."""
	clocks = clocks_of(history, now)
	stored = {} if just_opened else stored_clocks.stored(ticket, afresh)
	contracts = {fact.standing.terms: fact.standing.contract for fact in in_force(history)}
	names, seen, new = [], [], []
	for clock in clocks:
		name, before = stored.pop((clock.metric, clock.cycle), ("", None))
		wanted = _wanted(clock, history, contracts[clock.terms])
		names.append(name)
		seen.append(alerts.seen(clock, wanted, before, now))
	for name, each, wanted in zip(
		names, seen, alerts.record(ticket, seen, now, quietly, afresh), strict=True
	):
		if each.before is None:
			new.append((wanted, each.clock, now))
		elif each.before != wanted:
			stored_clocks.update(name, wanted, each.clock, now)
		if breaches.is_news(each.clock, each.before):
			standing = standing_at(history, each.clock.breached_at or now)
			breaches.settle(ticket, each.clock, standing, contracts, quietly)
	stored_clocks.insert(ticket, new)
	_remove(ticket, stored)
	# Read only of a ticket that was reopened, or of which a fact was taken back: that may have been a reopening.
	if any(clock.undone for clock in clocks) or any(each.replaces for each in history):
		reopenings.settle(ticket, _reopenings(clocks, history, contracts), afresh)
	return clocks


def _wanted(clock: Clock, history: list[Fact], contract: str) -> StoredClock:
	# A stopped clock tells of the ticket as it was when it stopped, whatever it becomes.
	standing, agent = history[-1].standing, ""
	if clock.stopped:
		standing = standing_at(history, clock.decided)
		agent = who_stopped(history, clock.stopped, clock.stopped_by)
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
		clock.decided or 0,
		clock.stopped_by or "",
		standing.customer,
		standing.priority,
		standing.service,
		standing.company,
		agent,
		# As alerts.seen finds them.
		wake_us=0,
		steps="",
	)


def _reopenings(
	clocks: tuple[Clock, ...], history: list[Fact], contracts: dict[str, str]
) -> Iterator[Reopening]:
	"""As each of them stood when it was stopped; of what was no ticket, nothing."""
	for clock in clocks:
		for each in clock.undone if clock.state != VOIDED else ():
			standing = standing_at(history, each.decided)
			yield Reopening(
				clock.metric,
				clock.cycle,
				each.decided,
				each.reopened,
				clock.breached_at or 0,
				contracts[each.terms],
				standing.customer,
				standing.priority,
				standing.service,
				standing.company,
				who_stopped(history, each.stopped, each.stopped_by),
			)


def _remove(ticket: str, stored: dict[tuple[str, int], tuple[str, StoredClock]]) -> None:
	"""Clocks of cycles that, after a fact was taken back, there never were."""
	for (metric, cycle), (name, _clock) in stored.items():
		breaches.withdraw(ticket, metric, cycle)
		frappe.db.delete("SLA Clock", {"name": name})


# ---- what a history says of an instant


def standing_at(history: list[Fact], at: int) -> Standing:
	"""What the ticket was at an instant, by the facts that change what it is."""
	told = [each for each in in_force(history) if each.kind in SAYS]
	told.sort(key=lambda each: (each.at_us, each.sequence))
	return [each for each in told if each.at_us <= at][-1].standing


def who_stopped(history: list[Fact], at: int, by: str) -> str:
	"""The user who recorded the fact that stopped a clock at an instant, by this status, answer or restoration."""
	told = [each for each in in_force(history) if each.at_us == at]
	said = [each for each in told if by in (each.answer, each.kind, each.standing.status)]
	return next((each.by for each in said or told), "")


# ---- a ticket goes


def forget(ticket: str, why: str) -> None:
	"""A ticket is deleted: its events, clocks and reopenings go with it, its breaches stay, withdrawn."""
	breaches.forget(ticket, why)
	alerts.forget(ticket)
	for doctype in ("SLA Recompute Line", "SLA Reopening", "SLA Clock", "SLA Event"):
		frappe.db.delete(doctype, {"ticket": ticket})
