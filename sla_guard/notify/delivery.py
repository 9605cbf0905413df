"""What was recorded is told: in a job, each alert to whoever its rule names, each of them in a transaction of its own.

All that telling does is rows (a notification, a mail in the queue, a ToDo), so that it is done and remembered in one
transaction, or not at all. Two workers at one alert or one reader wait for each other, and the second finds it done.
"""

from __future__ import annotations

from collections.abc import Iterable

import frappe
from frappe.model.document import Document
from pypika.terms import Criterion

from sla_guard import store
from sla_guard.engine.instants import MINUTE
from sla_guard.engine.terms import PAUSED, STOPPED, VOIDED, WITHDRAWN
from sla_guard.notify.alerts import ALERT, BEING_TOLD, FAILED, NOT_TOLD, TOLD, WAITING
from sla_guard.notify.readers import Reader, names_nobody, readers_of
from sla_guard.notify.rules import RULE
from sla_guard.notify.steps import DUE
from sla_guard.site_time import now_us

NOTICE = "SLA Notice"
# So many at once, of alerts and of one reader's notices; the rest a minute later.
BATCH = 200
# How often something that fails is tried: after 2, 4, 8 … minutes, within some hours.
TRIES = 8

NOBODY = "There is nobody to be told"
RULE_IS_OFF = "The rule was switched off"
NOTHING_OWED = "Nothing is owed any more"
OTHER_TARGET = "Another target holds now"
IN_TIME = "It was done in time"
IT_FAILED = "It failed; see the Error Log"


# ---- which


def alerts_waiting(now: int) -> list[str]:
	"""Names of alerts whose readers are to be found, the first reached first. Quiet while a clock that is not missed
	stands still: it is told of when it runs again."""
	alert, clock = frappe.qb.DocType(ALERT), frappe.qb.DocType("SLA Clock")
	query = frappe.qb.from_(alert).left_join(clock).on(_its_clock(alert, clock)).select(alert.name)
	query = query.where((alert.state == WAITING) & (alert.again_us <= now))
	query = query.where(clock.state.isnull() | (clock.state != PAUSED) | (alert.percent >= DUE))
	return query.orderby(alert.at_us).orderby(alert.name).limit(BATCH).run(pluck=True)


def _its_clock(alert, clock) -> Criterion:
	return (clock.ticket == alert.ticket) & (clock.metric == alert.metric) & (clock.cycle == alert.cycle)


def readers_waiting(now: int) -> list[str]:
	"""Keys of readers for whom notices wait."""
	notice = frappe.qb.DocType(NOTICE)
	query = frappe.qb.from_(notice).select(notice.reader).distinct()
	return (
		query.where((notice.state == WAITING) & (notice.again_us <= now))
		.orderby(notice.reader)
		.run(pluck=True)
	)


def alerts_told() -> list[str]:
	"""Names of alerts of which no notice waits any more."""
	alert, notice = frappe.qb.DocType(ALERT), frappe.qb.DocType(NOTICE)
	waits = (notice.alert == alert.name) & (notice.state == WAITING)
	query = frappe.qb.from_(alert).left_join(notice).on(waits).select(alert.name)
	return query.where((alert.state == BEING_TOLD) & notice.name.isnull()).limit(BATCH).run(pluck=True)


# ---- to whom


def address(name: str) -> None:
	"""Finds out who is told of an alert, and lets webhooks hear of it."""
	alert = locked(ALERT, name)
	if not alert or alert.state != WAITING:
		return
	rule = frappe.get_cached_doc(RULE, alert.rule)
	why = RULE_IS_OFF if not rule.enabled else why_not(alert, clock_of(alert))
	if why:
		store.update(ALERT, name, {"state": NOT_TOLD, "why": why})
		return
	readers = readers_of(rule, alert)
	_insert_notices(alert, readers)
	nobody = not readers and not names_nobody(rule)
	said = {"state": NOT_TOLD, "why": NOBODY} if nobody else {"state": BEING_TOLD}
	store.update(ALERT, name, said)
	# The last of all: what waits for the commit to call a webhook outlives a transaction that fails.
	_announce(alert)


def why_not(alert: Document | frappe._dict, clock: frappe._dict | None) -> str:
	"""Why nobody is to be told of it any more; "" if somebody is."""
	if not clock or clock.state in (WITHDRAWN, VOIDED):
		return NOTHING_OWED
	if (clock.counted_from_us, clock.target_us) != (alert.counted_from_us, alert.target_us):
		return OTHER_TARGET
	missed = bool(clock.breached_us)
	if (alert.percent >= DUE and not missed) or (clock.state == STOPPED and alert.percent < DUE):
		return IN_TIME
	return ""


def clock_of(alert: Document) -> frappe._dict | None:
	about = {"ticket": alert.ticket, "metric": alert.metric, "cycle": alert.cycle}
	fields = ["state", "counted_from_us", "target_us", "breached_us", "due_us"]
	return frappe.db.get_value("SLA Clock", about, fields, as_dict=True)


def _announce(alert: Document) -> None:
	"""As if it had been inserted now: Frappe's own webhooks, notifications and server scripts hear of it. What they do
	wrong is theirs."""
	try:
		with store.undone_if_it_fails():
			alert.run_method("after_insert")
	except store.NOT_OURS:
		raise
	except Exception:
		frappe.log_error(
			title=f"SLA Guard: alert {alert.name}", reference_doctype="Issue", reference_name=alert.ticket
		)


def _insert_notices(alert: Document, readers: dict[Reader, frozenset[str]]) -> None:
	by = store.written_by(alert.ticket)
	rows = [
		{
			"name": frappe.generate_hash(length=20),
			**by,
			"alert": alert.name,
			"reader": reader.key,
			"user": reader.user or None,
			"address": reader.address or None,
			"ways": " ".join(sorted(ways)),
			"state": WAITING,
			**dict.fromkeys(("in_app", "email", "todo", "tries", "again_us"), 0),
		}
		for reader, ways in readers.items()
	]
	store.insert(NOTICE, rows)


# ---- done


def finish(name: str) -> None:
	"""An alert says what became of its notices."""
	alert = locked(ALERT, name)
	if not alert or alert.state != BEING_TOLD:
		return
	notices = frappe.get_all(NOTICE, {"alert": name}, ["state", "why"], order_by="creation")
	states = {notice.state for notice in notices}
	state = next((each for each in (WAITING, TOLD, FAILED, NOT_TOLD) if each in states), TOLD)
	if state != WAITING:
		why = next((notice.why for notice in notices if notice.state == state), None)
		store.update(ALERT, name, {"state": state, "why": why})


def try_again(doctype: str, names: Iterable[str], now: int) -> None:
	"""Something failed with these: they are tried again later, and at last given up."""
	for name in sorted(names):
		row = locked(doctype, name)
		if row and row.state == WAITING:
			store.update(doctype, name, again(row, now))


def again(row: Document | frappe._dict, now: int) -> dict:
	"""The columns of a row that is to be tried once more, or was tried often enough."""
	tries = (row.tries or 0) + 1
	if tries >= TRIES:
		return {"tries": tries, "state": FAILED, "why": IT_FAILED}
	return {"tries": tries, "again_us": now + MINUTE * 2**tries, "why": IT_FAILED}


def locked(doctype: str, name: str) -> Document | None:
	"""A row as it was committed last, which nobody else changes meanwhile; None if it is gone."""
	store.lock(doctype, name)
	table = frappe.qb.DocType(doctype)
	rows = frappe.qb.from_(table).select("*").where(table.name == name).for_update().run(as_dict=True)
	return frappe.get_doc({"doctype": doctype, **rows[0]}) if rows else None


def waiting_for(reader: str) -> list[str]:
	"""Names of the notices that wait for a reader."""
	waiting = {"reader": reader, "state": WAITING, "again_us": ("<=", now_us())}
	return sorted(frappe.get_all(NOTICE, waiting, pluck="name", order_by="creation, name", limit=BATCH))
