"""What was reached is recorded as an SLA Alert, once for each step, as it is found; telling is a job's work."""

from __future__ import annotations

from typing import NamedTuple

import frappe
from pypika.queries import QueryBuilder

from sla_guard import store
from sla_guard.clocks import StoredClock
from sla_guard.engine.clock import Clock
from sla_guard.engine.instants import HOUR
from sla_guard.notify.steps import Look, Step, look
from sla_guard.site_time import to_site

ALERT = "SLA Alert"
# What becomes of an alert, and of each notice of it.
WAITING, BEING_TOLD, TOLD, NOT_TOLD, FAILED = ("Waiting", "Being Told", "Told", "Not Told", "Failed")
FOUND_TOO_LATE = "It was found too late"
BACK_FILLED = "It was back-filled from the history"
# What tells a step of a ticket from the others.
_STEP = ("metric", "cycle", "rule", "percent", "counted_from_us", "target_us")
# Hours, where SLA Settings says nothing.
QUIET_AFTER = 24


class Seen(NamedTuple):
	"""A clock as it is to be stored, as it was, and how it stands to the rules."""

	clock: Clock
	wanted: StoredClock
	before: StoredClock | None
	look: Look


def seen(clock: Clock, wanted: StoredClock, before: StoredClock | None, now: int) -> Seen:
	"""What fails in here stands in no ticket's way: the clock is looked at again at its due."""
	try:
		found = look(clock, wanted.contract, wanted.priority, wanted.service, now)
	except store.NOT_OURS:
		raise
	except Exception:
		frappe.log_error(title=f"SLA Guard: notification rules, {clock.metric}")
		found = Look(clock.due or 0, ())
	wanted = wanted._replace(wake_us=found.wake_us, steps=before.steps if before else "")
	return Seen(clock, wanted, before, found)


def record(
	ticket: str, all_seen: list[Seen], now: int, quietly: bool = False, afresh: bool = False
) -> list[StoredClock]:
	"""Records the steps that the clocks of a ticket have reached since they were stored; returns the clocks as they are
	to be stored now, which remember them. Tells the database nothing where nothing is new; `quietly`, nobody is told.

	What fails here leaves the ticket recorded, and the next sweep tries it again; that would tell, so not `quietly`. But
	where another transaction was first, whoever records the ticket begins again, and reads `afresh`.
	"""
	news = {(each.clock.metric, each.clock.cycle): _new_steps(each) for each in all_seen}
	if not any(news.values()):
		return [each.wanted for each in all_seen]
	try:
		with store.undone_if_it_fails():
			steps = [(each, news[each.clock.metric, each.clock.cycle]) for each in all_seen]
			_store(ticket, steps, now, quietly, afresh)
	except store.NOT_OURS:
		raise
	except Exception as error:
		if quietly or store.somebody_was_first(error):
			raise
		frappe.log_error(
			title=f"SLA Guard: alerts of {ticket}", reference_doctype="Issue", reference_name=ticket
		)
		return [
			each.wanted._replace(wake_us=now) if news[key] else each.wanted for key, each in _keyed(all_seen)
		]
	return [_remembering(each, news[key]) for key, each in _keyed(all_seen)]


def _keyed(all_seen: list[Seen]) -> list[tuple[tuple[str, int], Seen]]:
	return [((each.clock.metric, each.clock.cycle), each) for each in all_seen]


def _new_steps(each: Seen) -> list[Step]:
	known = each.wanted.steps.split()
	return [step for step in each.look.reached if step.mark not in known]


def _remembering(each: Seen, steps: list[Step]) -> StoredClock:
	marks = [*each.wanted.steps.split(), *(step.mark for step in steps)]
	return each.wanted._replace(steps=" ".join(sorted(set(marks))))


def forget(ticket: str) -> None:
	"""A ticket is deleted."""
	for doctype in ("SLA Notice", ALERT):
		frappe.db.delete(doctype, {"ticket": ticket})


# ---- stored


def _store(ticket: str, found: list[tuple[Seen, list[Step]]], now: int, quietly: bool, afresh: bool) -> None:
	# A clock that was made anew, or a rule that was renamed, remembers nothing of them.
	told = set(store.read(_told, (ticket,), afresh))
	rows = []
	for each, steps in found:
		for step in steps:
			clock = each.clock
			key = (clock.metric, clock.cycle, step.rule, step.percent, step.counted_from_us, step.target_us)
			if key not in told:
				rows.append(dict(zip(_STEP, key, strict=True)) | _about(each, step, now, quietly))
	by = store.written_by(ticket)
	store.insert(ALERT, [{"name": frappe.generate_hash(length=20)} | by | row for row in rows])


def _told() -> QueryBuilder:
	alert = frappe.qb.DocType(ALERT)
	return (
		frappe.qb.from_(alert).select(*(alert[column] for column in _STEP)).where(alert.ticket == store.BOUND)
	)


def _about(each: Seen, step: Step, now: int, quietly: bool) -> dict:
	too_late = now - step.at_us > quiet_after_us()
	why = BACK_FILLED if quietly else FOUND_TOO_LATE if too_late else None
	due_us = each.clock.due or each.clock.breached_at or 0
	return {
		"at": to_site(step.at_us),
		"at_us": step.at_us,
		"due": to_site(due_us),
		"due_us": due_us,
		"state": NOT_TOLD if why else WAITING,
		"why": why,
		# Said, since in SQLite a table that the framework has rebuilt has lost the default.
		"tries": 0,
		"again_us": 0,
		"customer": each.wanted.customer or None,
		"priority": each.wanted.priority or None,
		"service": each.wanted.service or None,
		"contract": each.wanted.contract or None,
		"company": each.wanted.company or None,
	}


def quiet_after_us() -> int:
	"""How long ago something may have been reached to be told still."""
	return (frappe.get_cached_doc("SLA Settings").quiet_after or QUIET_AFTER) * HOUR
