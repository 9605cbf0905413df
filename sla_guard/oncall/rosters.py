"""The rosters as values: which one is for a ticket, and who of it is on duty."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import frappe
from frappe import _
from frappe.utils import escape_html

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.instants import DAY
from sla_guard.engine.oncall import Shift, holding, on_duty
from sla_guard.engine.spans import Span
from sla_guard.ledger import Standing

ROSTER = "SLA On-Call Roster"
# Office hours that go on for longer are looked at again by then.
LONGEST_OFFICE_DAY = 7 * DAY


class Roster(NamedTuple):
	"""An enabled roster; its shifts are those of users who can be called. `chain` and `service`: empty, any. `staffed`:
	when somebody is at work anyway, None: never."""

	name: str
	title: str
	chain: str
	service: str
	minutes: int
	shifts: tuple[Shift, ...]
	staffed: Calendar | None = None

	def staffed_until(self, at: int) -> int | None:
		"""The end of the office hours that go on at an instant; None if the office is closed then."""
		hours = staffed_between(self.staffed, at, at + LONGEST_OFFICE_DAY)
		return hours[0][1] if hours and hours[0][0] == at else None

	@property
	def scope(self) -> tuple[str, str]:
		return self.chain, self.service


NONE = Roster("", "", "", "", 0, ())


def scope_key(chain: str | None, service: str | None) -> str:
	"""Unique among the rosters that are enabled: for each ticket there is one."""
	return f"{chain or ''}|{service or ''}"


def refuse_merge(old: str, new: str) -> None:
	"""Before two services become one: their tickets would have two rosters."""
	theirs = {}
	for roster in frappe.get_all(
		ROSTER, {"enabled": 1, "service": ("in", (old, new))}, ["name", "title", "chain"]
	):
		other = theirs.setdefault(roster.chain or "", roster)
		if other is not roster:
			frappe.throw(
				_(
					"Rosters {0} ({1}) and {2} ({3}) would be for the same tickets: disable one of them."
				).format(
					*(frappe.bold(other.name), escape_html(other.title)),
					*(frappe.bold(roster.name), escape_html(roster.title)),
				),
				title=_("Two Rosters for One Ticket"),
			)


def follow_service(name: str) -> None:
	"""After a service has got another name: so has what its rosters are for."""
	for roster in frappe.get_all(ROSTER, {"enabled": 1, "service": name}, ["name", "chain"]):
		frappe.db.set_value(
			ROSTER, roster.name, "unique_key", scope_key(roster.chain, name), update_modified=False
		)


def is_in_use() -> bool:
	"""Whether there is any roster here: without one, nobody is called and no gap is told."""
	return bool(frappe.db.exists(ROSTER, {"enabled": 1}))


def rosters(since: int) -> dict[tuple[str, str], Roster]:
	"""All that are enabled, by what they are for, with the shifts that are not over at an instant."""
	fields = ["name", "title", "chain", "service", "minutes_to_acknowledge", "staffed_hours"]
	rows = frappe.get_all(ROSTER, {"enabled": 1}, fields, order_by="creation, name", as_list=True)
	shifts = _shifts([row[0] for row in rows], since)
	found = (
		Roster(name, title, chain or "", service or "", minutes, tuple(shifts[name]), office(hours))
		for name, title, chain, service, minutes, hours in rows
	)
	return {each.scope: each for each in found}


def office(support_hours: str | None) -> Calendar | None:
	"""The hours in which somebody is at work, as a roster names them."""
	return frappe.get_cached_doc("Support Hours", support_hours).calendar() if support_hours else None


def staffed_between(staffed: Calendar | None, start: int, end: int) -> tuple[Span, ...]:
	return staffed.periods(start, end) if staffed and start < end else ()


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
