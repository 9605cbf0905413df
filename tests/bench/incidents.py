"""Incidents of the real log (SLA_GUARD_DATA), lived as Issues with or without the app: a save for each change of state
and priority, a mail where somebody began to work."""

from __future__ import annotations

import frappe

from benchmarks.incident_log import DONE, KNOWN_STATES, IncidentLog
from sla_guard.engine.events import RESPONDED, STATUS, in_order
from sla_guard.engine.instants import moment
from tests.bench.lives import STATUSES, Life
from tests.site.incidents import LOG, PAUSES, TIMES, allow_statuses
from tests.site.records import change, customer, in_force, issue, priority, stop, support_hours, target
from tests.site.routes import as_user, mail_out

CUSTOMER, ADDRESS = "The Log", "someone@log.example"


def there_are() -> bool:
	return LOG.is_file()


def world() -> None:
	customer(CUSTOMER)
	allow_statuses([*STATUSES, *KNOWN_STATES])
	for name in TIMES:
		priority(name)


def contract() -> None:
	rules = [*map(stop, DONE)]
	rules += [{"status": each, "effect": "Pauses Resolution", "reason": why} for each, why in PAUSES.items()]
	targets = [target(*hours, priority=name) for name, hours in TIMES.items()]
	in_force(
		*(*targets, target(8, 80)),
		customer=CUSTOMER,
		support_hours=support_hours(),
		status_rules=rules,
		effective_from="2016-01-01",
	)


def lives(count: int) -> list[Life]:
	"""So many, spread over the whole log."""
	log = dict(IncidentLog(LOG))
	return [_live(log[name]) for name in list(log)[:: max(1, len(log) // count)][:count]]


def _live(events: list) -> Life:
	opening, *rest = in_order(each for each in events if each.kind != STATUS or each.value in KNOWN_STATES)
	values = {"customer": CUSTOMER, "raised_by": ADDRESS, "status": opening.value}
	ticket = issue(_when(opening), priority=_known(opening.priority), **values)
	for event in rest:
		with as_user("agent@example.com"):
			if event.kind == RESPONDED:
				mail_out(ticket, ADDRESS, when=_when(event))
			else:
				named = {"status": event.value} if event.kind == STATUS else {"priority": _known(event.value)}
				change(ticket, _when(event), **named)
		frappe.db.commit()
	return Life([ticket.name], [], [])


def _known(name: str) -> str | None:
	return name if name in TIMES else None


def _when(event) -> str:
	return moment(event.at).strftime("%Y-%m-%d %H:%M:%S")
