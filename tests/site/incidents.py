"""The incidents of a real history, put on a site at once: their facts are written as the ledger writes them, without
the days of saves. `test_history.py` shows that living them comes to the same clocks."""

import os
from pathlib import Path

import frappe
from frappe.custom.doctype.property_setter.property_setter import make_property_setter

from benchmarks.incident_log import DONE, KNOWN_STATES, IncidentLog
from sla_guard import ledger, store
from sla_guard.engine.events import OPENED, PRIORITY, RESPONDED, STATUS, in_order
from sla_guard.engine.terms import NOT_COVERED
from sla_guard.helpdesk.contracts import coverage
from sla_guard.ledger import Fact, Standing
from tests.site.records import in_force, priority, support_hours, target

LOG = Path(os.environ.get("SLA_GUARD_DATA", "")) / "incident_event_log.csv.gz"
PAUSES = {"Awaiting User Info": "Customer", "Awaiting Evidence": "Customer", "Awaiting Vendor": "Vendor"}
TIMES = {"1 - Critical": (1, 8), "2 - High": (2, 16), "3 - Moderate": (4, 40), "4 - Low": (8, 80)}


def allow_statuses(statuses):
	"""An Issue may have these."""
	make_property_setter(
		"Issue", "status", "options", "\n".join(statuses), "Text", validate_fields_for_doctype=False
	)
	frappe.clear_cache(doctype="Issue")


def contract_for_the_log(**rest):
	"""Office hours, a target for each priority of the log."""
	allow_statuses(["Open", *KNOWN_STATES])
	rules = [{"status": status, "effect": "Stops"} for status in DONE]
	rules += [
		{"status": status, "effect": "Pauses Resolution", "reason": why} for status, why in PAUSES.items()
	]
	targets = [target(*hours, priority=priority(name)) for name, hours in TIMES.items()]
	return in_force(*targets, target(8, 80), support_hours=support_hours(), status_rules=rules, **rest)


def put_on_site(contract, count, now_us):
	"""So many incidents of the log, spread over it, as tickets of the contract's customer; returns their names."""
	log = dict(IncidentLog(LOG))
	names = list(log)[:: max(1, len(log) // count)][:count]
	tickets = {name: f"{name} {contract.customer}" for name in names}
	_issues(contract, list(tickets.values()))
	for name, ticket in tickets.items():
		events = [each for each in in_order(log[name]) if each.kind != STATUS or each.value in KNOWN_STATES]
		history = ledger.append(ticket, list(_facts(contract, events)))
		ledger.settle(ticket, history, now_us, just_opened=True)
	return list(tickets.values())


def _issues(contract, names):
	moment, customer = frappe.utils.now(), contract.customer
	for first in range(0, len(names), 500):
		some = names[first : first + 500]
		store.insert(
			"Issue",
			[
				{"name": name, "creation": moment, "modified": moment, "subject": name, "customer": customer}
				for name in some
			],
		)


def _facts(contract, events):
	standing = Standing(
		customer=contract.customer,
		company=contract.company or "",
		contract=contract.name,
		terms=contract.terms,
	)
	for sequence, event in enumerate(events):
		standing = _after(standing, event)
		answer = event.value if event.kind == RESPONDED else ""
		yield Fact(sequence, event.at, event.kind, standing, answer=answer)


def _after(standing, event):
	named = event.priority if event.kind == OPENED else event.value
	if event.kind in (OPENED, PRIORITY):
		named = named if named in TIMES else ""
		row = coverage(standing.contract).target_for(named, "", "")
		assert row != NOT_COVERED
		standing = standing._replace(priority=named, target=row)
	if event.kind in (OPENED, STATUS):
		standing = standing._replace(status=event.value)
	return standing
