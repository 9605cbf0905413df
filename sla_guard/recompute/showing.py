"""A recompute as its form shows it, and what the form asks for. Instants and words are those of the reader."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard.recompute import lines, work
from sla_guard.recompute.compare import DIFFERENCES
from sla_guard.site_time import text

# So many lines are shown; all of them are in their list.
SHOWN = 200
_FIELDS = ("ticket", "customer", "metric", "cycle", "difference", "decision", "statements", "state")
_OF_PERIODS = ("statement", "service", "available_before", "available_after")
_AMOUNTS = ("late_before", "late_after", "agreed_before", "agreed_after", "down_before", "down_after")
_INSTANTS = ("due_before", "due_after", "breached_before", "breached_after")


@frappe.whitelist()
def preview(name: str) -> None:
	"""Begins to find what would change."""
	work.begin_preview(_writable(name))
	work.enqueue(name)


@frappe.whitelist()
def apply(name: str) -> None:
	"""Begins to measure anew what was previewed."""
	work.begin_applying(_writable(name))
	work.enqueue(name)


@frappe.whitelist()
def try_again(name: str) -> None:
	"""Begins with what could not be worked off."""
	work.begin_again(_writable(name))
	work.enqueue(name)


def _writable(name: str) -> Document:
	recompute = frappe.get_doc(work.RECOMPUTE, name, for_update=True)
	recompute.check_permission("write")
	return recompute


@frappe.whitelist()
def progress(name: str) -> dict:
	"""How far it has got."""
	frappe.has_permission(work.RECOMPUTE, "read", name, throw=True)
	status, tickets = frappe.db.get_value(work.RECOMPUTE, name, ["status", "tickets"])
	return {"status": status, "tickets": tickets or 0, "waiting": lines.in_state(name, lines.PREVIEWED)}


@frappe.whitelist()
def summary(name: str) -> dict:
	"""What a recompute changes: how many lines by what changes, the statements that stay as they are, and the first lines
	that differ, those that matter most first."""
	recompute = frappe.get_doc(work.RECOMPUTE, name)
	recompute.check_permission()
	counts = lines.differences(name)
	return {
		"tickets": recompute.tickets or 0,
		"differing": recompute.differing or 0,
		"clocks": lines.clocks(name),
		"periods": lines.periods(name),
		"failed": lines.in_state(name, lines.FAILED),
		"stale": recompute.status == work.READY and bool(work.changed_since(recompute)),
		"differences": [
			{"key": each, "label": _(each), "count": counts[each]} for each in DIFFERENCES if counts.get(each)
		],
		"statements": lines.statements(name),
		"lines": [_line(row) for row in _rows(name)],
	}


def _rows(name: str) -> list[frappe._dict]:
	"""Those that the reader may see."""
	fields = [*_FIELDS, *_OF_PERIODS, *(f"{each}_us" for each in (*_INSTANTS, *_AMOUNTS))]
	rows = []
	for difference in DIFFERENCES:
		some = {"recompute": name, "difference": difference}
		if left := SHOWN - len(rows):
			rows += frappe.get_list(
				lines.LINE, some, fields, order_by="ticket, statement, metric, cycle", limit=left
			)
	return rows


def _line(row: frappe._dict) -> dict:
	return {
		"ticket": row.ticket or "",
		"statement": row.statement or "",
		"customer": row.customer or "",
		"clock": _clock(row),
		"difference": row.difference,
		"label": _(row.difference),
		"decision": _(row.decision or ""),
		"statements": (row.statements or "").split(", ") if row.statements else [],
		"failed": row.state == lines.FAILED,
		**{each: text(row[f"{each}_us"]) for each in _INSTANTS},
		**{each: row[f"{each}_us"] or 0 for each in _AMOUNTS},
		"available_before": row.available_before or "",
		"available_after": row.available_after or "",
	}


def _clock(row: frappe._dict) -> str:
	"""What is measured; of a period, for which service."""
	if row.statement:
		return f"{_(row.metric)}, {row.service}"
	return f"{_(row.metric, context='SLA Clock')}{f' {row.cycle}' if row.cycle > 1 else ''}"
