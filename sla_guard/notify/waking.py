"""After a change of the rules the clocks that run are looked at again, in a job: each keeps when it is woken next."""

from __future__ import annotations

import frappe

from sla_guard.engine.terms import RUNNING


def wake_later() -> None:
	"""Once what is being saved is committed."""
	frappe.db.after_commit.add(enqueue)


def enqueue(after: str = "") -> None:
	"""The tickets with a name after this one. Without a queue nothing is lost but time: a clock is looked at whenever its
	ticket changes, and at its due."""
	try:
		frappe.enqueue("sla_guard.jobs.wake_clocks", queue="long", after=after)
	except Exception:
		frappe.log_error(title="SLA Guard: notification rules wait for a queue")


def running(after: str, limit: int) -> list[str]:
	"""Names of tickets with a clock that runs, in their order."""
	clock = frappe.qb.DocType("SLA Clock")
	query = frappe.qb.from_(clock).select(clock.ticket).distinct()
	query = query.where((clock.state == RUNNING) & (clock.ticket > after))
	return query.orderby(clock.ticket).limit(limit).run(pluck=True)
