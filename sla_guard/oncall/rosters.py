"""The rosters as values: which one is for a ticket, and who of it is on duty."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import frappe

from sla_guard.engine.oncall import Shift, holding, on_duty
from sla_guard.ledger import Standing

ROSTER = "SLA On-Call Roster"


class Roster(NamedTuple):
	"""An enabled roster; its shifts are those of users who can be called. `chain` and `service`: empty, any."""

	name: str
	title: str
	chain: str
	service: str
	minutes: int
	shifts: tuple[Shift, ...]

	@property
	def scope(self) -> tuple[str, str]:
		return self.chain, self.service


NONE = Roster("", "", "", "", 0, ())


def is_in_use() -> bool:
	"""Whether there is any roster here: without one, nobody is called and no gap is told."""
	return bool(frappe.db.exists(ROSTER, {"enabled": 1}))


def rosters(since: int) -> dict[tuple[str, str], Roster]:
	"""All that are enabled, by what they are for, with the shifts that are not over at an instant."""
	fields = ["name", "title", "chain", "service", "minutes_to_acknowledge"]
	rows = frappe.get_all(ROSTER, {"enabled": 1}, fields, order_by="creation, name", as_list=True)
	shifts = _shifts([row[0] for row in rows], since)
	found = (
		Roster(name, title, chain or "", service or "", minutes, tuple(shifts[name]))
		for name, title, chain, service, minutes in rows
	)
	return {each.scope: each for each in found}


def _shifts(names: list[str], since: int) -> dict[str, list[Shift]]:
	ours = {"parenttype": ROSTER, "parent": ("in", names), "ends_us": (">", since)}
	fields = ["parent", "level", "starts_us", "ends_us", "user"]
	rows = frappe.get_all("SLA On-Call Shift", ours, fields, order_by="starts_us, idx", as_list=True)
	present = reachable(user for *_shift, user in rows)
	found = defaultdict(list)
	for parent, *shift in rows:
		if shift[-1] in present:
			found[parent].append(Shift(*shift))
	return found


def reachable(users: Iterable[str]) -> set[str]:
	"""Those of these users who can be called: they are enabled, and may read tickets."""
	enabled = frappe.get_all("User", {"name": ("in", sorted(set(users))), "enabled": 1}, pluck="name")
	return {user for user in enabled if frappe.has_permission("Issue", "read", user=user)}


def roster_for(known: dict[tuple[str, str], Roster], contract: str | None, service: str | None) -> Roster:
	"""The one for tickets of this version of a contract and this service; NONE without any."""
	chain = frappe.get_cached_value("SLA Contract", contract, "chain") if contract else ""
	scope = holding(known, chain or "", service or "")
	return known[scope] if scope else NONE


def on_duty_for(standing: Standing, at: int) -> dict[int, str]:
	"""Level → user of those who are on call at an instant for a ticket that stands so."""
	return on_duty(roster_for(rosters(at), standing.contract, standing.service).shifts, at)
