"""SLA Breaches: what was missed, how late it was or still is, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

import frappe
from frappe import _
from frappe.utils import formatdate

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.instants import moment
from sla_guard.engine.terms import METRICS, PAUSED, RUNNING
from sla_guard.engine.wall_clock import zone_named
from sla_guard.maintenance import holes
from sla_guard.reporting import (
	Asked,
	agent_of,
	card,
	chart,
	column,
	duration,
	in_words,
	link,
	seconds,
	total,
	with_clock,
)
from sla_guard.site_time import now_us
from sla_guard.sla_guard.doctype.sla_breach.sla_breach import OPEN, WITHDRAWN
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import terms_of

OF_BREACH = (
	"name",
	"ticket",
	"metric",
	"breached_at",
	"breached_us",
	"state",
	"cause_class",
	"cause",
	"contract",
	"customer",
)
OF_BREACH += ("priority", "service", "company", "target_us")
OF_CLOCK = ("late_us", "as_of_us", "terms", "target")
A_MONTH = 31


def execute(filters: dict | None = None) -> tuple:
	asked = Asked(filters)
	found = find(asked)
	rows = [_row(each, late) for each, late in zip(found, _late(found), strict=True)]
	in_words(rows, "metric", "clock", "state", "cause_class")
	columns = _columns()
	return columns, [*rows, *_total(columns, rows)], None, _chart(asked, found), _cards(found, rows)


def find(asked: Asked) -> list[frappe._dict]:
	"""The breaches that the filters ask for and the reader may see, the earliest first."""
	breach = frappe.qb.DocType("SLA Breach")
	query, clock = with_clock(frappe.qb.from_(breach), breach)
	state = asked.filters.state
	rows = (
		query.select(*(breach[field] for field in OF_BREACH), *(clock[field] for field in OF_CLOCK))
		.select(clock.state.as_("clock"), agent_of(breach, clock).as_("agent"))
		.select(clock.service.as_("its_service"), clock.contract.as_("its_contract"))
		.where(breach.state == state if state else breach.state != WITHDRAWN)
		.where(asked.anywhere(breach.breached_us))
		.where(asked.rows("SLA Breach"))
		.orderby(breach.breached_us)
		.orderby(breach.name)
	).run(as_dict=True)
	return [each for each in rows if asked.holds(each.contract, each.breached_us)]


def _late(found: list[frappe._dict]) -> Iterator[int]:
	"""How late each is, in µs of support time; one whose clock has not stopped, as of now."""
	now, owed = now_us(), [each for each in found if each.clock in (RUNNING, PAUSED)]
	hours = _hours({(each.terms, each.target, each.its_service, each.its_contract) for each in owed})
	for each in found:
		late = each.late_us or 0
		if each.clock in (RUNNING, PAUSED):
			its = hours[each.terms, each.target, each.its_service, each.its_contract]
			late += its.between(each.as_of_us, now)
		yield late


def _hours(promised: set[tuple[str, str, str, str]]) -> dict[tuple[str, str, str, str], Calendar]:
	"""The support hours of these targets, without the announced maintenance of the service."""
	terms = terms_of({each[0] for each in promised})
	shut = holes((terms, service, contract) for terms, _target, service, contract in promised)
	return {
		each: terms[each[0]].target(each[1]).calendar.without(shut.get((each[0], each[2]), ()))
		for each in promised
	}


def _row(each: frappe._dict, late_us: int) -> dict:
	return {
		"ticket": each.ticket,
		"customer": each.customer,
		"metric": each.metric,
		"priority": each.priority,
		"service": each.service,
		"breached_at": each.breached_at,
		"target": seconds(each.target_us),
		"late": seconds(late_us),
		"clock": each.clock,
		"state": each.state,
		"agent": each.agent,
		"cause_class": each.cause_class,
		"cause": each.cause,
		"contract": each.contract,
		"company": each.company,
		"breach": each.name,
	}


def _total(columns: list[dict], rows: list[dict]) -> list[dict]:
	late = sum(row["late"] for row in rows)
	return [total(columns, ticket=_("Total"), late=late)] if rows else []


def _columns() -> list[dict]:
	return [
		link("ticket", _("Ticket"), "Issue", 170),
		link("customer", _("Customer"), "Customer", 160),
		column("metric", _("Metric"), width=170),
		link("priority", _("Priority"), "Issue Priority", 90),
		link("service", _("Service"), "SLA Service", 150),
		column("breached_at", _("Breached At"), "Datetime", 190),
		duration("target", _("Target")),
		duration("late", _("Late")),
		column("clock", _("Clock"), width=110),
		column("state", _("State"), width=100),
		link("agent", _("Agent"), "User"),
		column("cause_class", _("Kind of Cause"), width=150),
		column("cause", _("Cause"), width=200),
		link("contract", _("Contract"), "SLA Contract"),
		link("company", _("Company"), "Company"),
		link("breach", _("Breach"), "SLA Breach", 110),
	]


def _chart(asked: Asked, found: list[frappe._dict]) -> dict | None:
	"""How many of each metric, a day or a month after the other."""
	if not found:
		return None
	daily = asked.period.days <= A_MONTH
	counts = Counter((each.metric, _when(asked, each, daily)) for each in found)
	days = sorted({day for _metric, day in counts})
	labels = [formatdate(day, None if daily else "MMM yyyy") for day in days]
	series = {_(metric): [counts[metric, day] for day in days] for metric in METRICS}
	return chart("bar", labels, series, ["orange", "red"])


def _when(asked: Asked, each: frappe._dict, daily: bool) -> date:
	"""The day of a breach where its contract is, or the first one of that month."""
	day = moment(each.breached_us).astimezone(zone_named(asked.contracts[each.contract].zone)).date()
	return day if daily else day.replace(day=1)


def _cards(found: list[frappe._dict], rows: list[dict]) -> list[dict]:
	states = Counter(each.state for each in found)
	return [
		card(_("Missed"), states[OPEN], "red"),
		card(_("Excluded"), states["Excluded"], "gray"),
		card(_("Waived"), states["Waived"], "gray"),
		card(_("Not Done Yet"), sum(each.clock in (RUNNING, PAUSED) for each in found), "orange"),
		card(_("Longest Lateness"), max((row["late"] for row in rows), default=0), "orange", "Duration"),
	]
