"""What the picture of each clock of a ticket is drawn from. All instants and amounts in microseconds."""

from __future__ import annotations

from datetime import date

import frappe
from frappe import _
from frappe.utils import strip_html

from sla_guard.engine.clock import Clock
from sla_guard.engine.life import Life, life
from sla_guard.ledger import Fact, standing_at
from sla_guard.maintenance import titles


def pictures_of(history: list[Fact], clocks: tuple[Clock, ...]) -> list[dict]:
	"""For each clock its life (see engine/life.py), what it comes to, and holidays and maintenance by their names."""
	lives = [life(clock) for clock in clocks]
	names = _holidays({day.day for told in lives for day in told.days_off}, history)
	return [_picture(clock, told, names, history) for clock, told in zip(clocks, lives, strict=True)]


def _picture(clock: Clock, told: Life, names: dict[date, str], history: list[Fact]) -> dict:
	return {
		"start": told.start,
		"end": told.end,
		"open": told.open,
		"holidays": [(each.start, each.end, names.get(each.day) or _("Holiday")) for each in told.days_off],
		"maintenance": [(*span, _maintenance(history, span)) for span in told.shut],
		"used": told.used,
		"ahead": told.ahead,
		"counted_from": clock.counted_from,
		"target": clock.target_us,
		"due": clock.due,
		"breached": clock.breached_at,
		"stopped": clock.stopped,
	}


def _maintenance(history: list[Fact], span: tuple[int, int]) -> str:
	service = standing_at(history, span[0]).service
	return ", ".join(titles(service, span)) or _("Maintenance")


def _holidays(days: set[date], history: list[Fact]) -> dict[date, str]:
	"""What the holiday lists of the contracts of a ticket call these days."""
	contracts = {each.standing.contract for each in history if each.standing.contract}
	if not days or not contracts:
		return {}
	hours = frappe.get_all("SLA Contract", {"name": ("in", contracts)}, pluck="support_hours")
	hours += frappe.get_all("Priority Target", {"parent": ("in", contracts)}, pluck="support_hours")
	lists = frappe.get_all("Support Hours", {"name": ("in", {*filter(None, hours)})}, pluck="holiday_list")
	filters = {"parent": ("in", {*filter(None, lists)}), "holiday_date": ("in", sorted(days))}
	rows = frappe.get_all("Holiday", filters, ["holiday_date", "description"], order_by="parent, idx")
	return {row.holiday_date: strip_html(row.description or "") for row in rows}
