"""The tickets as a table for a terminal: a line each, with its clocks and breaches."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import frappe
from frappe.utils import get_system_timezone

HEAD = ("Ticket", "Subject", "Customer", "Prio", "SLA", "Response", "Resolution", "Breached at")
SUBJECT = 1
GAP = "  "


def lines(tickets: list[str], width: int) -> Iterator[str]:
	rows = [HEAD, *(row(name) for name in tickets)]
	widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
	spare = width - sum(widths) - len(GAP) * (len(widths) - 1)
	widths[SUBJECT] = max(widths[SUBJECT] + min(spare, 0), len(HEAD[SUBJECT]) + 8)
	yield line(HEAD, widths)
	yield line(["─" * each for each in widths], widths)
	yield from (line(each, widths) for each in rows[1:])
	yield f"\nTimes of the site, {get_system_timezone()}."


STATEMENT_HEAD = ("Statement", "Customer", "Period", "Status", "Compliance", "Penalties", "Amount due")


def statement_lines(statements: list[str]) -> Iterator[str]:
	rows = [STATEMENT_HEAD, *map(statement_row, statements)]
	widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
	yield from (line(each, widths) for each in [rows[0], ["─" * each for each in widths], *rows[1:]])


def statement_row(statement: str) -> tuple[str, ...]:
	told = frappe.get_doc("SLA Statement", statement)
	amounts = (f"{amount:,.2f} {told.currency}" for amount in (told.gross, told.amount_due))
	return told.name, told.customer, f"{told.period_start:%B %Y}", told.status, told.compliance, *amounts


def line(cells: Iterable[str], widths: list[int]) -> str:
	return GAP.join(fit(cell, width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def fit(text: str, width: int) -> str:
	return text.ljust(width) if len(text) <= width else f"{text[: width - 1]}…"


def row(ticket: str) -> tuple[str, ...]:
	fields = ["subject", "customer", "priority", "sla_state"]
	about = frappe.db.get_value("Issue", ticket, fields)
	return ticket, *about, clock(ticket, "Response"), clock(ticket, "Resolution"), breaches(ticket)


def clock(ticket: str, metric: str) -> str:
	"""Its last cycle: when it is due, or when it stopped and how."""
	fields = ["state", "verdict", "due", "stopped"]
	found = frappe.get_all(
		"SLA Clock", {"ticket": ticket, "metric": metric}, fields, order_by="cycle desc", limit=1
	)
	if not found:
		return "–"
	last = found[0]
	if last.verdict:
		return f"{last.verdict} {short(last.stopped)}"
	if last.state == "running":
		return f"due {short(last.due)}" if last.due else "overdue"
	return last.state


def breaches(ticket: str) -> str:
	found = frappe.get_all(
		"SLA Breach", {"ticket": ticket, "state": "Open"}, pluck="breached_at", order_by="breached_us"
	)
	return ", ".join(map(short, found))


def short(moment: datetime) -> str:
	return f"{moment:%d %b %H:%M}"
