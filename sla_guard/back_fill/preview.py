"""How many tickets a back-fill would take up, and under which contracts they would come: by what they are now."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator

import frappe

from sla_guard.back_fill import selection
from sla_guard.back_fill.selection import Wanted
from sla_guard.helpdesk import contracts
from sla_guard.ledger import Standing
from sla_guard.site_time import to_us


def look_ahead(wanted: Wanted) -> dict:
	"""`tickets` without history, `contracts` with how many of them, the most first, `none`: how many under none."""
	choices, found = _Choices(), Counter()
	for row in selection.openings(wanted):
		chosen = choices.at(
			row.customer or "", row.sla_service or "", row.sla_contract or "", to_us(row.opened)
		)
		found[chosen] += 1
	return {"tickets": found.total(), "contracts": list(_rows(found, wanted)), "none": found.get("", 0)}


def _rows(found: Counter, wanted: Wanted) -> Iterator[dict]:
	fields = ["name", "title", "customer", "chain", "effective_from"]
	known = frappe.get_all("SLA Contract", {"name": ("in", [name for name in found if name])}, fields)
	for row in sorted(known, key=lambda row: (-found[row.name], row.name)):
		if not wanted.chain or row.chain == wanted.chain:
			yield row | {"tickets": found[row.name], "from": frappe.format(row.effective_from, "Date")}


class _Choices:
	"""Which contract is chosen changes only where one begins or ends: between two such instants it is asked once."""

	def __init__(self) -> None:
		self.bounds: dict[tuple[str, str, str], list[int]] = {}
		self.chosen: dict[tuple, str] = {}

	def at(self, customer: str, service: str, named: str, at: int) -> str:
		whose = (customer, service, named)
		standing = Standing(customer=customer, service=service, named_contract=named)
		if whose not in self.bounds:
			self.bounds[whose] = contracts.bounds(standing)
		place = (*whose, bisect_right(self.bounds[whose], at))
		if place not in self.chosen:
			self.chosen[place] = contracts.choose(standing, at)[0].name
		return self.chosen[place]
