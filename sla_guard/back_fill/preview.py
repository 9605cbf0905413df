"""How many tickets a back-fill would take up, and under which contracts they would come: by what they are now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import frappe

from sla_guard.back_fill import selection
from sla_guard.back_fill.selection import Wanted
from sla_guard.helpdesk.contracts import Choices
from sla_guard.ledger import Standing
from sla_guard.site_time import to_us


def look_ahead(wanted: Wanted) -> dict:
	"""`tickets` without history, `contracts` with how many of them, the most first, `none`: how many under none."""
	choices, found = Choices(), Counter()
	for row in selection.openings(wanted):
		named = Standing(
			customer=row.customer or "", service=row.sla_service or "", named_contract=row.sla_contract or ""
		)
		chosen, _explanation = choices.at(named, to_us(row.opened))
		found[chosen.name] += 1
	return {"tickets": found.total(), "contracts": list(_rows(found, wanted)), "none": found.get("", 0)}


def _rows(found: Counter, wanted: Wanted) -> Iterator[dict]:
	fields = ["name", "title", "customer", "chain", "effective_from"]
	named = {"name": ("in", [name for name in found if name])}
	known = frappe.get_list("SLA Contract", named, fields, limit_page_length=0)
	for row in sorted(known, key=lambda row: (-found[row.name], row.name)):
		if not wanted.chain or row.chain == wanted.chain:
			yield row | {"tickets": found[row.name], "from": frappe.format(row.effective_from, "Date")}
