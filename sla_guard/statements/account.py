"""The account of a customer under a contract: the statements before a period, as they were told and as they are now.

A submitted statement never changes. What became known later is found by working its period out again, under its own
terms and caps; the difference is a correction line of the next statement (docs/statements.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import NamedTuple

import frappe
from frappe import _
from frappe.utils import get_datetime, getdate

from sla_guard.engine.clock import MET, MISSED
from sla_guard.engine.events import VOID
from sla_guard.engine.instants import HOUR
from sla_guard.engine.penalty import Line, earned_back
from sla_guard.engine.penalty.case import compliance
from sla_guard.engine.periods import Period, counted_year
from sla_guard.engine.share import Share
from sla_guard.ledger import RETRACTED
from sla_guard.site_time import to_site
from sla_guard.statements.commitments import Reading
from sla_guard.statements.compute import Chain, Computed, compute, decided
from sla_guard.statements.penalties import line_key
from sla_guard.statements.sentences import money_text

# Of this many statements before it a new one looks whether their periods would come to something else now.
LOOK_BACK = 12
_FIELDS = (
	*("name", "docstatus", "period_start", "currency", "met", "missed", "known_us", "ends_us"),
	*("gross", "capped", "earn_back", "lapsed", "carried_out", "amount_due"),
)
# A fact that another transaction was still writing when a statement was submitted is not overlooked.
MARGIN = HOUR


class Past(NamedTuple):
	"""An earlier statement. `told`: what it came to, with the corrections told since; None for a draft.
	`now`: what its period is known to come to now; `used`: what that takes of the year's cap."""

	row: frappe._dict
	period: Period
	told: Decimal | None
	now: Decimal
	used: Decimal
	computed: Computed | None

	@property
	def difference(self) -> Decimal:
		return Decimal(0) if self.told is None else self.now - self.told


def work_out(chain: Chain, customer: str, period: Period) -> tuple[Computed, list[Past]]:
	"""The numbers of a period, and those of the statements before it, the oldest first."""
	past: list[Past] = []
	rows = statements_before(chain, customer, period)
	afresh = _something_became_known(chain, customer, rows)
	corrected = _corrected([row.name for row in rows])
	for place, row in enumerate(rows):
		# One that is a draft is worked out in any case, and one that came to something else than it says itself.
		anew = not row.docstatus or row.name in corrected or (afresh and place >= len(rows) - LOOK_BACK)
		past.append(_past(chain, customer, row, past, anew, told_by=[each.name for each in rows]))
	return _compute(chain, customer, period, past), past


def _something_became_known(chain: Chain, customer: str, rows: list[frappe._dict]) -> bool:
	"""Whether anything was recorded since the last submission that may concern a submitted period. At that moment all
	earlier ones had been worked out, and what they then came to was told."""
	submitted = [row for row in rows if row.docstatus == 1]
	if not submitted:
		return False
	last = submitted[-1]
	since, end = to_site(last.known_us - MARGIN), last.ends_us
	return any(changed(chain, customer, since, end) for changed in (_facts, _breaches, _versions, _down))


def _facts(chain: Chain, customer: str, since: datetime, end: int) -> bool:
	"""Dated before the end; or of any date where they say that something earlier was no fact, or no ticket."""
	event = frappe.qb.DocType("SLA Event")
	undoes = event.kind.isin([VOID, RETRACTED]) | (event.replaces != "")
	query = frappe.qb.from_(event).select(event.name).where(event.contract.isin(chain.names))
	query = query.where((event.modified >= str(since)) & ((event.at_us < end) | undoes))
	return bool(query.limit(1).run())


def _breaches(chain: Chain, customer: str, since: datetime, end: int) -> bool:
	about = {"contract": ("in", chain.names), "customer": customer, "modified": (">=", since)}
	return bool(frappe.get_all("SLA Breach", {**about, "breached_us": ("<", end)}, limit=1))


def _versions(chain: Chain, customer: str, since: datetime, end: int) -> bool:
	return any(get_datetime(version.modified) >= since for version in chain.versions)


def _down(chain: Chain, customer: str, since: datetime, end: int) -> bool:
	"""Outages and maintenance of the services whose availability is promised, or whose clocks have holes."""
	return any(
		frappe.get_all(doctype, {"modified": (">=", since)}, limit=1)
		for doctype in ("SLA Outage", "SLA Maintenance")
	)


def statements_before(chain: Chain, customer: str, period: Period) -> list[frappe._dict]:
	return frappe.get_all(
		"SLA Statement",
		{
			"chain": chain.name,
			"customer": customer,
			"period_start": ("<", period.first),
			"docstatus": ("<", 2),
		},
		list(_FIELDS),
		order_by="period_start",
	)


def _past(
	chain: Chain, customer: str, row: frappe._dict, before: list[Past], afresh: bool, told_by: list[str]
) -> Past:
	period = Period(getdate(row.period_start), chain.period_of(getdate(row.period_start)).next)
	total = _decimal(row.capped) - _decimal(row.earn_back) - _decimal(row.lapsed)
	told = total + _corrections_of(row.name, told_by) if row.docstatus == 1 else None
	if not afresh:
		return Past(row, period, told, total if told is None else told, _used(row), None)
	computed = _compute(chain, customer, period, before)
	return Past(row, period, told, computed.charge.total, computed.charge.used_of_year, computed)


def _used(row: frappe._dict) -> Decimal:
	return Decimal(0) if row.lapsed else _decimal(row.capped)


def _corrections_of(statement: str, told_by: list[str]) -> Decimal:
	"""Those that these statements tell, drafts too: they are submitted first."""
	rows = frappe.get_all(
		"SLA Statement Correction", {"statement": statement, "parent": ("in", told_by)}, pluck="difference"
	)
	return sum(map(_decimal, rows), Decimal(0))


def _corrected(names: list[str]) -> set[str]:
	"""Of which one of these statements tells a correction."""
	return set(frappe.get_all("SLA Statement Correction", {"parent": ("in", names)}, pluck="statement"))


def _compute(chain: Chain, customer: str, period: Period, past: list[Past]) -> Computed:
	earn_back = partial(_earn_back, chain, period, past)
	return compute(chain, customer, period, _used_in_year(chain, period, past), earn_back)


def _used_in_year(chain: Chain, period: Period, past: list[Past]) -> Decimal:
	year = counted_year(chain.starts, period, chain.over)
	same = (each.used for each in past if counted_year(chain.starts, each.period, chain.over) == year)
	return sum(same, Decimal(0))


# ---- earn-back


def _earn_back(chain: Chain, period: Period, past: list[Past], reading: Reading) -> Decimal:
	"""What the period so many periods ago credited, if the level was held in all since."""
	version = chain.at_end_of(period)
	count = int(version.earn_back_periods or 0)
	if not version.earn_back_metric or len(past) < count:
		return Decimal(0)
	named = past[-count]
	if named.period.shifted(count) != period:
		return Decimal(0)
	later = [_told_share(each.row.name, version.earn_back_metric) for each in past[len(past) - count + 1 :]]
	later.append(compliance(decided(reading), version.earn_back_metric))
	return earned_back(named.now, later, Decimal(str(version.earn_back_level)), count)


def _told_share(statement: str, metric: str) -> Share:
	"""As the statement told it."""
	figures = json.loads(frappe.db.get_value("SLA Statement", statement, "figures"))
	rows = [each for each in figures["compliance"] if each["metric"] == metric]
	met, missed = (sum(each[outcome] for each in rows) for outcome in (MET, MISSED))
	return Share(met, met + missed)


# ---- corrections


class Correction(NamedTuple):
	statement: str
	old_amount: Decimal
	new_amount: Decimal
	difference: Decimal
	why: str


def corrections(past: list[Past]) -> Iterator[Correction]:
	"""A line for each submitted statement whose period comes to something else by what is known now."""
	for each in past:
		if each.difference:
			yield Correction(each.row.name, each.told, each.now, each.difference, _why(each))


def _why(past: Past) -> str:
	"""Line by line what differs from the statement, before caps."""
	old = {row.line_key: row for row in _lines_of(past.row.name)}
	new = {line_key(line): line for line in past.computed.charge.lines if line.gross}
	return "\n".join(
		_("{0}: {1} instead of {2}").format(
			_title(new.get(key) or old[key]),
			money_text(new[key].gross if key in new else 0, past.row.currency),
			money_text(old[key].gross if key in old else 0, past.row.currency),
		)
		for key in sorted(old.keys() | new.keys())
		if _decimal(old[key].gross if key in old else 0) != (new[key].gross if key in new else 0)
	)


def _lines_of(statement: str) -> list[frappe._dict]:
	return frappe.get_all(
		"SLA Statement Line", {"parent": statement}, ["line_key", "gross", "ticket", "rule_name"]
	)


def _title(line: Line | frappe._dict) -> str:
	rule = line.rule if isinstance(line, Line) else line.rule_name
	return f"{line.ticket} {rule}".strip()


def _decimal(value: float | None) -> Decimal:
	return Decimal(str(value or 0))
