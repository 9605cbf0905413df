"""Why a ticket is due when it is: its contract and those that do not apply, its clocks, its facts.

What people read is text in their own zone; what a picture is drawn from are instants, in microseconds.
"""

from __future__ import annotations

import json

import frappe
from frappe import _

from sla_guard import ledger
from sla_guard.engine.clock import Clock
from sla_guard.engine.terms import NOT_COVERED
from sla_guard.helpdesk import contracts
from sla_guard.helpdesk.picture import pictures_of
from sla_guard.helpdesk.rebuild import FIRST_ASSIGNMENT, MERGED
from sla_guard.helpdesk.ticket import read
from sla_guard.ledger import Fact
from sla_guard.maintenance import announced, titles
from sla_guard.site_time import now_us, readers_zone, text, to_us

# Of what there is several or none.
_PARTS = ("contracts", "clocks", "maintenance", "recomputed", "outages", "facts")


@frappe.whitelist()
def explain(ticket: str) -> dict:
	"""What the dialog on an Issue shows. Amounts are seconds of support time, in a picture microseconds."""
	frappe.get_doc("Issue", ticket).check_permission()
	found = read(ticket)
	history = found.history
	if not history:
		return {part: [] for part in _PARTS} | {"state": ""}
	now = now_us()
	clocks = ledger.clocks_of(history, now)
	pictures = pictures_of(history, clocks)
	return {
		"state": _(found.shown[0] or ""),
		"now_us": now,
		"time_zone": readers_zone().key,
		"contracts": _contracts(ticket),
		"clocks": [
			_clock(clock) | {"picture": picture} for clock, picture in zip(clocks, pictures, strict=True)
		],
		"maintenance": _maintenance(history, clocks),
		"recomputed": _recomputed(ticket),
		"outages": _outages(ticket),
		"facts": [_fact(row) for row in _facts(ticket)],
	}


def _contracts(ticket: str) -> list[dict]:
	"""The contracts that were weighed when the last one was chosen."""
	chosen = {"ticket": ticket, "explanation": ("is", "set")}
	explanation = frappe.get_all(
		"SLA Event", chosen, pluck="explanation", order_by="sequence desc", limit_page_length=1
	)
	weighed = json.loads(explanation[0]) if explanation else []
	rows = frappe.get_all(
		"SLA Contract", {"name": ("in", [row[0] for row in weighed])}, ["name", "title", "effective_from"]
	)
	known = {row.name: row for row in rows}
	return [
		{
			"contract": name,
			"title": known[name].title if name in known else name,
			"from": frappe.format(known[name].effective_from, "Date") if name in known else "",
			"level": _levels()[level],
			"outcome": _outcomes()[outcome],
			"applies": outcome == contracts.APPLIES,
		}
		for name, level, outcome in weighed
	]


def _levels() -> dict[int, str]:
	return {
		contracts.NAMED: _("named on the ticket"),
		contracts.SERVICE_AND_CUSTOMER: _("service and customer"),
		contracts.CUSTOMER: _("customer"),
		contracts.GROUP: _("customer group"),
		contracts.TERRITORY: _("territory"),
		contracts.DEFAULT: _("everybody"),
	}


def _outcomes() -> dict[str, str]:
	return {
		contracts.APPLIES: _("applies"),
		contracts.NOT_YET: _("not yet in force when the ticket was opened"),
		contracts.ENDED: _("had ended when the ticket was opened"),
		contracts.LESS_SPECIFIC: _("less specific"),
		contracts.COVERS_NOT: _("does not cover the service"),
		contracts.OLDER: _("starts earlier"),
		contracts.LATER_NAME: _("its name comes later"),
	}


def _clock(clock: Clock) -> dict:
	return {
		"key": clock.metric,
		"metric": _(clock.metric, context="SLA Clock"),
		"cycle": clock.cycle,
		"state": _(clock.state),
		"verdict": _(clock.verdict or ""),
		"started": text(clock.started),
		"due": text(clock.due),
		"breached_at": text(clock.breached_at),
		"stopped": text(clock.stopped),
		"target": clock.target_us // 1_000_000,
		"used": clock.elapsed_us // 1_000_000,
		"stretches": [
			{
				"start": text(each.start),
				"end": text(each.end),
				"start_us": each.start,
				"end_us": each.end,
				"kind": each.state,
				"state": _(each.state),
				"status": _(each.status),
				"reason": _(each.reason),
			}
			for each in clock.stretches
		],
		"promises": [
			{"due": text(each.due), "until": text(each.replaced_at), "replaced": _(each.replaced_by)}
			for each in clock.promises
		],
	}


def _maintenance(history: list[Fact], clocks: tuple[Clock, ...]) -> list[dict]:
	"""The announced maintenance that clocks of the ticket stood still in, or will before they are due."""
	if not clocks:
		return []
	over = max(clock.due or clock.stretches[-1].end for clock in clocks)
	standings = {(each.standing.contract, each.standing.service) for each in history}
	found = {
		(*span, service)
		for contract, service in standings
		if contract and service
		for span in announced(contract, service, clocks[0].started, over)
	}
	return [
		{
			"start": text(start),
			"end": text(end),
			"service": service,
			"title": ", ".join(titles(service, (start, end))),
		}
		for start, end, service in sorted(found)
	]


def _recomputed(ticket: str) -> list[dict]:
	"""What recomputes have changed: when each clock was due, or missed, by the hours of before and by those of after."""
	line, recompute = frappe.qb.DocType("SLA Recompute Line"), frappe.qb.DocType("SLA Recompute")
	instants = [line[f"{what}_{when}_us"] for what in ("due", "breached") for when in ("before", "after")]
	query = frappe.qb.from_(line).join(recompute).on(recompute.name == line.recompute)
	query = query.where((line.ticket == ticket) & (line.state == "Applied") & (line.difference != ""))
	query = query.select(line.metric, line.cycle, line.difference, *instants)
	query = query.select(recompute.name.as_("recompute"), recompute.applied_by, recompute.applied_on)
	return [
		{
			"metric": _(row.metric, context="SLA Clock"),
			"cycle": row.cycle,
			"difference": _(row.difference),
			"before": text(row.due_before_us or row.breached_before_us),
			"after": text(row.due_after_us or row.breached_after_us),
			"recompute": row.recompute,
			"by": row.applied_by,
			"at": text(to_us(row.applied_on)),
		}
		for row in query.orderby(recompute.applied_on, line.metric, line.cycle).run(as_dict=True)
	]


def _outages(ticket: str) -> list[dict]:
	fields = ["name", "service", "started_us", "restored_us", "partial", "withdrawn_because"]
	rows = frappe.get_all("SLA Outage", {"ticket": ticket}, fields, order_by="started_us, name")
	return [
		{
			"name": row.name,
			"service": row.service,
			"start": text(row.started_us),
			"end": text(row.restored_us),
			"remark": _(row.withdrawn_because or "") or (_("Partial") if row.partial else ""),
		}
		for row in rows
	]


def _facts(ticket: str) -> list[frappe._dict]:
	fields = ["name", "at_us", "kind", "cause", "owner", "reason", "answer", "status", "priority", "service"]
	fields += ["issue_type", "customer", "named_contract", "target", "replaces", "uncertain_from"]
	return frappe.get_all("SLA Event", {"ticket": ticket}, fields, order_by="at_us, sequence")


def _fact(row: frappe._dict) -> dict:
	says = row.answer or row.get(ledger.SAYS.get(row.kind, ""), "")
	return {
		"name": row.name,
		"at": text(row.at_us),
		"at_us": row.at_us,
		"kind": _(row.kind),
		"says": _(says or ""),
		"since": text(to_us(row.uncertain_from)) if row.uncertain_from else "",
		"cause": _("back-filled from the history") if row.cause == ledger.BACK_FILL else _(row.cause),
		"by_hand": row.cause == ledger.BY_HAND and row.kind != ledger.RETRACTED,
		"by": row.owner,
		"reason": _reason(row.reason or ""),
		"replaces": row.replaces or "",
		"covered": row.target != NOT_COVERED,
	}


def _reason(reason: str) -> str:
	"""In the reader's language where the app gave it."""
	ours = {
		FIRST_ASSIGNMENT: _("First assignment"),
		MERGED: _("Another ticket was merged into this one: records of both are mixed"),
	}
	return ours.get(reason, reason)
