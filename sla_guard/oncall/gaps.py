"""When nobody would be called: for the rows of contracts that promise an answer around the clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import frappe
from frappe.utils import cint

from sla_guard.engine import oncall
from sla_guard.engine.instants import DAY
from sla_guard.oncall.rosters import Roster, roster_for, rosters, staffed_between
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import terms_of

DEFAULT_DAYS = 30


class Promise(NamedTuple):
	"""A row of a contract in force whose answer is promised around the clock; `priority`, `service` and `issue_type` as
	the row names them, empty: any."""

	contract: str
	title: str
	customer: str
	chain: str
	starts_us: int
	ends_us: int
	row: int
	priority: str
	service: str
	issue_type: str
	services: tuple[str, ...]


class Gap(NamedTuple):
	"""From `start` to `end` nobody is on call at the first level for tickets of this row, nor is the office staffed;
	`roster` is the one that has the gap, empty: there is none for them."""

	promise: Promise
	roster: str
	roster_title: str
	start: int
	end: int


def days_ahead() -> int:
	"""For how many days gaps are shown, by the settings."""
	return cint(frappe.get_cached_doc("SLA Settings").get("on_call_days")) or DEFAULT_DAYS


def span_ahead(now: int) -> tuple[int, int]:
	return now, now + days_ahead() * DAY


def gaps(from_us: int, to_us: int, contracts: Iterable[str] | None = None) -> list[Gap]:
	"""The gaps between two instants, in order, of all contracts or of these. None are told where no roster is in use."""
	known = rosters(from_us)
	return gaps_among(promises(from_us, to_us, contracts), known, from_us, to_us) if known else []


def gaps_among(
	rows: Iterable[Promise], known: dict[tuple[str, str], Roster], from_us: int, to_us: int
) -> list[Gap]:
	"""The same of these rows, by the rosters that are known."""
	if not known or from_us >= to_us:
		return []
	found = (gap for each in rows for gap in _gaps(each, known, from_us, to_us))
	return sorted(found, key=lambda gap: (gap.start, gap.promise.contract, gap.promise.row, gap.roster))


def _gaps(promise: Promise, known: dict, from_us: int, to_us: int) -> Iterator[Gap]:
	start, end = max(from_us, promise.starts_us), min(to_us, promise.ends_us or to_us)
	for roster in dict.fromkeys(rosters_of(promise, known)):
		staffed = staffed_between(roster.staffed, start, end)
		for gap in oncall.gaps(roster.shifts, start, end, staffed=staffed):
			yield Gap(promise, roster.name, roster.title, *gap)


def rosters_of(promise: Promise, known: dict[tuple[str, str], Roster]) -> Iterator[Roster]:
	"""Those that are for the tickets of a row. One that names no service is for those of each service of the contract, or
	of any, and for those of which it is not known yet."""
	if promise.service:
		services = [promise.service]
	else:
		services = ["", *(promise.services or sorted({service for _chain, service in known if service}))]
	for service in services:
		yield roster_for(known, promise.contract, service)


def promises(from_us: int, to_us: int, contracts: Iterable[str] | None = None) -> list[Promise]:
	"""The rows of contracts in force at some time between two instants, of all or of these, for which somebody is called."""
	versions = _versions(from_us, to_us, contracts)
	kept = terms_of({version.terms for version in versions.values()})
	services = _services(versions)
	found = []
	for row in _targets(versions):
		version = versions[row.parent]
		target = kept[version.terms].target(row.name)
		if target and target.response_us and target.calendar.never_closes:
			found.append(_promise(version, row, services.get(version.name, ())))
	return found


def _promise(version: frappe._dict, row: frappe._dict, services: tuple[str, ...]) -> Promise:
	its = (version.name, version.title, version.customer or "", version.chain)
	scope = (row.priority or "", row.service or "", row.issue_type or "")
	return Promise(*its, version.starts_us, version.ends_us, row.idx, *scope, services)


def _versions(from_us: int, to_us: int, contracts: Iterable[str] | None) -> dict[str, frappe._dict]:
	filters = {"docstatus": 1, "starts_us": ("<", to_us)}
	if contracts is not None:
		filters["name"] = ("in", sorted(contracts))
	fields = ["name", "title", "customer", "chain", "starts_us", "ends_us", "terms"]
	rows = frappe.get_all("SLA Contract", filters, fields, limit_page_length=0)
	return {row.name: row for row in rows if not row.ends_us or row.ends_us > from_us}


def _targets(versions: Iterable[str]) -> list[frappe._dict]:
	theirs = {"parenttype": "SLA Contract", "parent": ("in", sorted(versions))}
	fields = ["name", "parent", "idx", "priority", "service", "issue_type"]
	return frappe.get_all("Priority Target", theirs, fields, order_by="parent, idx", limit_page_length=0)


def _services(versions: Iterable[str]) -> dict[str, tuple[str, ...]]:
	theirs = {"parenttype": "SLA Contract", "parent": ("in", sorted(versions))}
	rows = frappe.get_all(
		"SLA Contract Service", theirs, ["parent", "service"], order_by="parent, idx", limit_page_length=0
	)
	found: dict[str, tuple[str, ...]] = {}
	for row in rows:
		found[row.parent] = (*found.get(row.parent, ()), row.service)
	return found


def merged(found: Iterable[Gap]) -> list[tuple[int, int, list[Promise]]]:
	"""The same gaps by time, each with the rows that have it."""
	by_time: dict[tuple[int, int], list[Promise]] = {}
	for gap in found:
		by_time.setdefault((gap.start, gap.end), []).append(gap.promise)
	return [(*span, rows) for span, rows in sorted(by_time.items())]
