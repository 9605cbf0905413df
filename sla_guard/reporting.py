"""What the reports share: the days that are asked for, whose rows a reader may see, and how columns are told.

A report covers contracts in several time zones. Each row belongs to the days of its own contract: the database is asked
for the instants from the first of these days anywhere to the last of them anywhere, and the contract's zone decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

import frappe
from frappe import _
from frappe.desk.reportview import build_match_conditions
from frappe.permissions import get_role_permissions
from frappe.query_builder.functions import Coalesce
from frappe.utils import get_system_timezone, getdate
from pypika.functions import NullIf
from pypika.queries import QueryBuilder, Table
from pypika.terms import Criterion, Field, LiteralValue, Term

from sla_guard.engine.instants import SECOND
from sla_guard.engine.periods import Period

# Filters of all reports, of a column of the same name each.
_PLAIN = ("customer", "service", "priority", "metric", "company")


class Contract(NamedTuple):
	"""A version of a contract: the chain of versions that it belongs to, and its zone."""

	chain: str
	zone: str


class Asked:
	"""What the filters of a report ask for. Raises ValidationError for days that are missing or in the wrong order."""

	def __init__(self, filters: dict | None) -> None:
		self.filters = frappe._dict(filters or {})
		self.period = _period(self.filters)

	@cached_property
	def contracts(self) -> dict[str, Contract]:
		"""All versions, or those of the chain that is asked for."""
		rows = frappe.get_all(
			"SLA Contract", fields=["name", "chain", "time_zone"], as_list=True, order_by=None
		)
		known = {name: Contract(chain, zone) for name, chain, zone in rows}
		if not self.filters.contract:
			return known
		asked = known.get(self.filters.contract)
		return {name: each for name, each in known.items() if asked and each.chain == asked.chain}

	@cached_property
	def zones(self) -> set[str]:
		return {each.zone for each in self.contracts.values()} or {get_system_timezone()}

	def bounds(self, periods: Iterable[Period]) -> dict[str, list[tuple[int, int]]]:
		"""By zone, the instants at which each of these periods begins and is over."""
		return {zone: [each.instants(zone) for each in periods] for zone in self.zones}

	# ---- what the database is asked

	def rows(self, doctype: str) -> Criterion:
		"""Of a DocType, the rows that these filters ask for and the reader may see."""
		return Criterion.all([self.wanted(doctype), *readable(doctype)])

	def wanted(self, doctype: str) -> Criterion:
		"""Of a DocType, the rows that these filters ask for, whoever reads."""
		table = frappe.qb.DocType(doctype)
		wanted = [table[field] == self.filters[field] for field in _PLAIN if self.filters.get(field)]
		if self.filters.contract:
			wanted.append(table.contract.isin([*self.contracts] or [""]))
		return Criterion.all(wanted)

	def anywhere(self, instant: Field) -> Criterion:
		"""Within the days asked for in some zone."""
		bounds = [both for (both,) in self.bounds([self.period]).values()]
		return (instant >= min(start for start, _end in bounds)) & (
			instant < max(end for _start, end in bounds)
		)

	def holds(self, contract: str, at: int) -> bool:
		"""Whether an instant lies within the days asked for in the zone of a contract."""
		start, end = self._instants[self.contracts[contract].zone]
		return start <= at < end

	@cached_property
	def _instants(self) -> dict[str, tuple[int, int]]:
		return {zone: both for zone, (both,) in self.bounds([self.period]).items()}


def _period(filters: frappe._dict) -> Period:
	if not (filters.from_date and filters.to_date):
		frappe.throw(_("Say from which day to which day."), title=_("No Period"))
	first, last = getdate(filters.from_date), getdate(filters.to_date)
	if last < first:
		frappe.throw(
			_("The last day, {0}, is before the first, {1}.").format(_date(last), _date(first)),
			title=_("Wrong Dates"),
		)
	return Period(first, frappe.utils.add_days(last, 1))


def _date(value) -> str:
	return frappe.format(value, "Date")


def readable(doctype: str) -> list[Criterion]:
	"""What a reader must be kept to by user permissions and by hooks. Raises PermissionError where no role lets them read
	any: the framework would then have a User Permission stand for a role."""
	if not get_role_permissions(frappe.get_meta(doctype)).get("read"):
		frappe.throw(_("No permission to read {0}").format(_(doctype)), frappe.PermissionError)
	condition = build_match_conditions(doctype)
	return [LiteralValue(f"({condition})")] if condition else []


def with_clock(breaches: QueryBuilder, breach: Table) -> tuple[QueryBuilder, Table]:
	"""A query of breaches, each with its clock; and that table."""
	clock = frappe.qb.DocType("SLA Clock")
	same = (clock.ticket == breach.ticket) & (clock.metric == breach.metric) & (clock.cycle == breach.cycle)
	return breaches.left_join(clock).on(same), clock


def agent_of(breach: Table, clock: Table) -> Term:
	"""Who is responsible for a breach: the one who was named, else who stopped its clock."""
	return Coalesce(NullIf(breach.responsible, ""), clock.agent)


# ---- columns


def column(fieldname: str, label: str, fieldtype: str = "Data", width: int = 120, **rest) -> dict:
	# An empty cell is a number to the desk: a column of texts whose first one is empty would stand on the right.
	aligned = {"align": "left"} if fieldtype in ("Data", "Link") else {}
	return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, **aligned, **rest}


def link(fieldname: str, label: str, doctype: str, width: int = 140) -> dict:
	"""A link for those who may read such records, plain text for others: the framework refuses them the whole report."""
	may = get_role_permissions(frappe.get_meta(doctype))
	if may.get("read") or may.get("select"):
		return column(fieldname, label, "Link", width, options=doctype)
	return column(fieldname, label, width=width)


def duration(fieldname: str, label: str) -> dict:
	"""Support time: hours, since nobody knows how many of them a day has."""
	return column(fieldname, label, "Duration", 110, hide_days=1)


def seconds(amount_us: int | None) -> int:
	return (amount_us or 0) // SECOND


def in_words(rows: list[dict], *fields: str) -> list[dict]:
	"""The same rows with these values in the reader's language; each word is looked up once, not once a row."""
	for field in fields:
		words = {value: _(value) if value else "" for value in {row[field] for row in rows}}
		for row in rows:
			row[field] = words[row[field]]
	return rows


def total(columns: list[dict], **values: object) -> dict:
	"""A row of its own at the end: what the framework would add up has amounts in several currencies, and percentages."""
	return {**{each["fieldname"]: None for each in columns}, **values, "is_total": 1}


def card(label: str, value: object, indicator: str = "", datatype: str = "Int", **rest) -> dict:
	return {"label": label, "value": value, "datatype": datatype, "indicator": indicator, **rest}


def chart(kind: str, labels: list[str], datasets: dict[str, list[float]], colors: list[str], **rest) -> dict:
	"""A chart of these values, by the name of each series."""
	series = [{"name": name, "values": values} for name, values in datasets.items()]
	return {"data": {"labels": labels, "datasets": series}, "type": kind, "colors": colors, **rest}
