"""What a back-fill has filled that is worth a look: tickets that another one was merged into."""

from __future__ import annotations

import frappe

from sla_guard import ledger
from sla_guard.back_fill.batches import BATCH, SHOWN
from sla_guard.engine import events as fact
from sla_guard.helpdesk.rebuild import MERGED


def mixed(back_fill: str) -> list[str]:
	"""Names of those among its tickets, the first of them, as far as the reader may see them."""
	rows = frappe.get_all(BATCH, {"back_fill": back_fill}, ["after_ticket", "last_ticket"], order_by="place")
	if not rows:
		return []
	filters = [
		["ticket", ">", rows[0].after_ticket or ""],
		["ticket", "<=", rows[-1].last_ticket],
		["kind", "=", fact.OPENED],
		["cause", "=", ledger.BACK_FILL],
		["reason", "=", MERGED],
	]
	return frappe.get_list("SLA Event", filters, pluck="ticket", order_by="ticket", limit_page_length=SHOWN)
