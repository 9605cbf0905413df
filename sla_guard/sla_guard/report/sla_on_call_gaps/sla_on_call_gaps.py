"""SLA On-Call Gaps: when nobody is on call for a row of a contract that promises an answer around the clock."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.utils import add_days, get_datetime, get_system_timezone, getdate

from sla_guard.engine.wall_clock import day_start
from sla_guard.oncall.gaps import Gap, gaps
from sla_guard.oncall.rosters import is_in_use
from sla_guard.reporting import Asked, column, duration, link, seconds
from sla_guard.site_time import to_site


def execute(filters: dict | None = None) -> tuple:
	asked = Asked(filters)
	return _columns(), [_row(gap) for gap in _find(asked)], _hint()


def _find(asked: Asked) -> list[Gap]:
	"""From the first of these days to the end of the last, on the wall clock of the site."""
	zone = get_system_timezone()
	first = day_start(zone, getdate(asked.filters.from_date))
	last = day_start(zone, getdate(add_days(asked.filters.to_date, 1)))
	# As the reader may see them: by roles and user permissions.
	contracts = set(frappe.get_list("SLA Contract", {"docstatus": 1}, pluck="name", limit_page_length=0))
	found = gaps(first, last, contracts.intersection(asked.contracts))
	customer = asked.filters.customer
	return [gap for gap in found if not customer or gap.promise.customer == customer]


def _row(gap: Gap) -> dict:
	return {
		"starts": get_datetime(to_site(gap.start)),
		"ends": get_datetime(to_site(gap.end)),
		"length": seconds(gap.end - gap.start),
		"contract": gap.promise.contract,
		"title": gap.promise.title,
		"customer": gap.promise.customer,
		"priority": gap.promise.priority,
		"service": gap.promise.service,
		"roster": gap.roster,
		"roster_title": gap.roster_title or _("No roster is for these tickets"),
	}


def _columns() -> list[dict]:
	return [
		column("starts", _("From"), "Datetime", 190),
		column("ends", _("To"), "Datetime", 190),
		duration("length", _("Length")),
		link("contract", _("Contract"), "SLA Contract", 150),
		column("title", _("Title"), width=160),
		link("customer", _("Customer"), "Customer"),
		column("priority", _("Priority"), width=90),
		column("service", _("Service")),
		link("roster", _("Roster"), "SLA On-Call Roster", 110),
		column("roster_title", _("Title of the Roster"), width=200),
	]


def _hint() -> str:
	return "" if is_in_use() else _("No on-call roster is in use: nobody is called for these tickets.")
