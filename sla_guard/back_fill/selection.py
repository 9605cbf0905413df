"""Which tickets a back-fill is about: those of which nothing was recorded, in the order of their names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import frappe
from frappe.model.document import Document
from frappe.utils import add_days, getdate
from pypika.functions import Coalesce, Count
from pypika.queries import QueryBuilder

from sla_guard.helpdesk.rebuild import Options
from sla_guard.helpdesk.records import STANDING
from sla_guard.ledger import Standing
from sla_guard.sight import ALL, Sight, sight_of_author

READ = 5000
# What an Issue says of a Standing, and in which field.
_ON_ISSUES = dict(zip(Standing._fields, STANDING, strict=False))


class Wanted(NamedTuple):
	"""What an SLA Back-fill asks for. The days are those of the site, both included; empty: no bound. `chain`: only
	tickets that come under this contract, which the facts of each decide. `sight`: only tickets within it, by what they
	are now; of what they were, their facts decide."""

	first: date | None
	last: date | None
	customer: str
	chain: str
	options: Options
	sight: Sight = ALL


def wanted_by(back_fill: Document) -> Wanted:
	contract = back_fill.contract
	chain = frappe.db.get_value("SLA Contract", contract, "chain") or contract if contract else ""
	options = Options(bool(back_fill.first_assignment), bool(back_fill.opening_date))
	days = (day and getdate(day) for day in (back_fill.from_date, back_fill.to_date))
	return Wanted(*days, back_fill.customer or "", chain, options, sight_of_author(back_fill))


def count(wanted: Wanted) -> int:
	issue = frappe.qb.DocType("Issue")
	return _without_history(wanted).select(Count(issue.name)).run()[0][0]


def ranges(wanted: Wanted, size: int) -> Iterator[tuple[str, str, int]]:
	"""So many tickets at a time: the name after which they come, the last of them, and how many they are."""
	last = ""
	while names := after(wanted, last, "", size):
		yield last, names[-1], len(names)
		last = names[-1]


def after(wanted: Wanted, name: str, until: str, limit: int) -> list[str]:
	"""The next names after this one, up to another one."""
	issue = frappe.qb.DocType("Issue")
	query = _without_history(wanted).select(issue.name).where(issue.name > name)
	if until:
		query = query.where(issue.name <= until)
	return query.orderby(issue.name).limit(limit).run(pluck=True)


def _without_history(wanted: Wanted) -> QueryBuilder:
	issue, event = frappe.qb.DocType("Issue"), frappe.qb.DocType("SLA Event")
	query = frappe.qb.from_(issue).left_join(event).on(event.ticket == issue.name).where(event.name.isnull())
	opened = _opened(wanted)
	if wanted.first:
		query = query.where(opened >= str(wanted.first))
	if wanted.last:
		query = query.where(opened < str(getdate(add_days(wanted.last, 1))))
	if wanted.customer:
		query = query.where(issue.customer == wanted.customer)
	return query.where(wanted.sight.where(issue, _ON_ISSUES))


def _opened(wanted: Wanted) -> Coalesce:
	issue = frappe.qb.DocType("Issue")
	opened = Coalesce(issue.sla_reported_at, issue.creation)
	return Coalesce(issue.opening_date, opened) if wanted.options.opening_date else opened


def openings(wanted: Wanted) -> Iterator[frappe._dict]:
	"""Of each ticket when it was opened, and what chooses its contract."""
	issue, last = frappe.qb.DocType("Issue"), ""
	fields = ("name", "customer", "sla_service", "sla_contract")
	query = _without_history(wanted).select(
		*(issue[field] for field in fields), _opened(wanted).as_("opened")
	)
	while rows := query.where(issue.name > last).orderby(issue.name).limit(READ).run(as_dict=True):
		yield from rows
		last = rows[-1].name
