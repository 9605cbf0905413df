"""Which contract applies to a ticket, and why not the others."""

from __future__ import annotations

import json
from bisect import bisect_right
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard import store
from sla_guard.engine import events as fact
from sla_guard.engine.coverage import Coverage
from sla_guard.engine.terms import NOT_COVERED
from sla_guard.ledger import Standing
from sla_guard.site_time import text, to_us

DEFAULT, TERRITORY, GROUP, CUSTOMER, SERVICE_AND_CUSTOMER, NAMED = range(6)
LEVELS = {"Everybody": DEFAULT, "Territory": TERRITORY, "Customer Group": GROUP, "Customer": CUSTOMER}
NAMES_SERVICE = 2
MANAGERS = ("SLA Manager", "System Manager")

APPLIES, NOT_YET, ENDED, LESS_SPECIFIC, COVERS_NOT, OLDER, LATER_NAME = (
	*("applies", "not yet in force", "ended", "less specific", "does not cover the service"),
	*("starts earlier", "name comes later"),
)
_FIELDS = (
	"name",
	"applies_to",
	"customer",
	"customer_group",
	"territory",
	"effective_from",
	"starts_us",
	"ends_us",
	"terms",
)


class Candidate(NamedTuple):
	"""A contract for this customer, in force at the opening, ranked: the highest applies."""

	rank: tuple
	name: str
	terms: str

	@property
	def level(self) -> int:
		return self.rank[0]

	@property
	def fits(self) -> int:
		"""How it takes the service of the ticket: 0, not at all; 1, as it takes any; NAMES_SERVICE."""
		return self.rank[2]


NONE = Candidate((), "", "")


# ---- deciding


def decide(
	kind: str, standing: Standing, opened_us: int, choices: Choices | None = None
) -> tuple[Standing, str]:
	"""What a ticket is promised after a fact of this kind, and the explanation of a contract that was chosen.

	Customer, service and a contract named by hand choose the contract anew, among those in force at the opening;
	priority and issue type only the row. The same contract as before keeps the terms that it had.
	"""
	explanation = ""
	if kind in (fact.OPENED, fact.CUSTOMER, fact.SERVICE, fact.CONTRACT):
		chosen, explanation = choices.at(standing, opened_us) if choices else choose(standing, opened_us)
		if chosen.name != standing.contract:
			standing = standing._replace(contract=chosen.name, terms=chosen.terms)
	return standing._replace(target=_target(standing)), explanation


def _target(standing: Standing) -> str:
	if not standing.contract:
		return NOT_COVERED
	return coverage(standing.contract).target_for(standing.priority, standing.service, standing.issue_type)


def coverage(contract: str) -> Coverage:
	return frappe.get_cached_doc("SLA Contract", contract).coverage()


def to_be_qualified(standing: Standing) -> bool:
	return coverage(standing.contract).to_be_qualified(standing.service)


def is_tracked(opened_us: int) -> bool:
	tracked_from = frappe.get_cached_doc("SLA Settings").tracked_from
	return not tracked_from or opened_us >= to_us(tracked_from)


# ---- choosing


def choose(standing: Standing, at: int) -> tuple[Candidate, str]:
	"""The contract for a ticket opened at `at`, and the explanation: JSON of [contract, level, outcome].

	The most specific wins: named on the ticket, then service and customer, customer, customer group and territory
	(the nearest first), the one for everybody. Among equals one that names the service, then one that covers it
	without, then the later start, then the name.
	"""
	parties = _parties(standing.customer)
	found, outcomes = [], []
	for row in _rows(standing, parties):
		level = NAMED if row.name == standing.named_contract else LEVELS[row.applies_to]
		if not is_in_force(row, at):
			outcomes.append((row.name, level, NOT_YET if row.starts_us > at else ENDED))
		else:
			found.append(_candidate(row, level, standing.service, parties))
	# Sorted twice, since names go up where all else goes down.
	found.sort(key=lambda each: each.name)
	found.sort(key=lambda each: each.rank, reverse=True)
	ranked = [(each.name, each.level, _outcome(found[0], each)) for each in found]
	return found[0] if found else NONE, json.dumps(ranked + outcomes)


class Choices:
	"""Remembers what was chosen: it changes only where a contract begins or ends. To be used for as long as nobody is
	taken to submit one."""

	def __init__(self) -> None:
		self.bounds: dict[tuple[str, str, str], list[int]] = {}
		self.chosen: dict[tuple, tuple[Candidate, str]] = {}

	def at(self, standing: Standing, at: int) -> tuple[Candidate, str]:
		whose = (standing.customer, standing.service, standing.named_contract)
		if whose not in self.bounds:
			rows = _rows(standing, _parties(standing.customer))
			self.bounds[whose] = sorted({at for row in rows for at in (row.starts_us, row.ends_us) if at})
		place = (*whose, bisect_right(self.bounds[whose], at))
		if place not in self.chosen:
			self.chosen[place] = choose(standing, at)
		return self.chosen[place]


def is_in_force(contract: Document | frappe._dict, at: int) -> bool:
	return contract.starts_us <= at and (not contract.ends_us or at < contract.ends_us)


def _parties(customer: str) -> dict[str, list[str]]:
	"""To whom a contract may apply that holds for this customer, the nearest first."""
	if not customer:
		return {"Customer": [], "Customer Group": [], "Territory": []}
	its = frappe.get_cached_value("Customer", customer, ["customer_group", "territory"], as_dict=True)
	its = its or frappe._dict()
	return {
		"Customer": [customer],
		"Customer Group": _with_parents("Customer Group", its.customer_group),
		"Territory": _with_parents("Territory", its.territory),
	}


def _with_parents(doctype: str, name: str | None) -> list[str]:
	names = []
	while name and name not in names:
		names.append(name)
		name = frappe.get_cached_value(doctype, name, f"parent_{frappe.scrub(doctype)}")
	return names


def _rows(standing: Standing, parties: dict[str, list[str]]) -> list[frappe._dict]:
	wanted = {frappe.scrub(applies_to): names for applies_to, names in parties.items()}
	wanted["name"] = [standing.named_contract] if standing.named_contract else []
	counts = tuple((field, len(values)) for field, values in wanted.items() if values)
	values = tuple(chain(*wanted.values()))
	return frappe.db.sql(_finding(frappe.db.db_type, counts), values, as_dict=True)


@lru_cache
def _finding(db_type: str, counts: tuple[tuple[str, int], ...]) -> str:
	"""The text of the query for so many values of each field."""
	contract = frappe.qb.DocType("SLA Contract")
	whose = contract.applies_to == "Everybody"
	for field, count in counts:
		whose |= contract[field].isin([store.BOUND] * count)
	query = frappe.qb.from_(contract).select(*(contract[field] for field in _FIELDS))
	return query.where((contract.docstatus == 1) & whose).get_sql()


def _candidate(row: frappe._dict, level: int, service: str, parties: dict[str, list[str]]) -> Candidate:
	its = coverage(row.name)
	fits = NAMES_SERVICE if service in its.services else int(its.covers(service))
	if level == CUSTOMER and fits == NAMES_SERVICE:
		level = SERVICE_AND_CUSTOMER
	nearness = 0
	if row.applies_to in ("Customer Group", "Territory") and level != NAMED:
		nearness = -parties[row.applies_to].index(row[frappe.scrub(row.applies_to)])
	return Candidate((level, nearness, fits, str(row.effective_from)), row.name, row.terms)


def _outcome(winner: Candidate, other: Candidate) -> str:
	if other is winner:
		return APPLIES
	reasons = (LESS_SPECIFIC, LESS_SPECIFIC, LESS_SPECIFIC if other.fits else COVERS_NOT, OLDER)
	compared = zip(reasons, winner.rank, other.rank, strict=True)
	return next((reason for reason, mine, its in compared if mine != its), LATER_NAME)


# ---- naming one by hand


def check_named(issue: Document) -> None:
	"""Only some may name a contract on a ticket, and only one that is in force."""
	if not set(MANAGERS) & set(frappe.get_roles()):
		frappe.throw(
			_("Only an SLA Manager may name a contract on a ticket."),
			frappe.PermissionError,
			title=_("Not Permitted"),
		)
	if not issue.sla_contract:
		return
	named = frappe.get_cached_doc("SLA Contract", issue.sla_contract)
	if named.docstatus != 1:
		_refuse_named(_("Contract {0} is not submitted: it promises nothing yet."), named.name)
	opened = min(to_us(each) for each in (issue.creation, issue.get("sla_reported_at")) if each)
	if not is_in_force(named, opened):
		_refuse_named(
			_("Contract {0} was not in force when the ticket was opened, {1}."), named.name, text(opened)
		)


def _refuse_named(message: str, name: str, *rest: str) -> None:
	frappe.throw(message.format(frappe.bold(name), *rest), title=_("Contract Not in Force"))
