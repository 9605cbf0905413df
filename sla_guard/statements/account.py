"""The account of a customer under a contract: the statements before a period, as they were told and as they are now.

A submitted statement never changes. What became known later is found by working its period out again, under its own
terms and caps; the difference is a correction line of the next statement (docs/statements.md).
"""

from __future__ import annotations

import json
from collections import defaultdict
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
from sla_guard.engine.penalty import Line
from sla_guard.engine.penalty.in_turn import Before, given_back, used_in_year
from sla_guard.engine.periods import Period
from sla_guard.engine.share import Share
from sla_guard.ledger import ABOUT_FACTS
from sla_guard.site_time import to_site
from sla_guard.statements.agreed_hours import recomputed_since
from sla_guard.statements.commitments import Reading
from sla_guard.statements.compute import Chain, Computed, compute, decided
from sla_guard.statements.currencies import exact
from sla_guard.statements.outcomes import Outcome, closed_on, outcomes_of
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
	`now`: what its period is known to come to now; `used`: what that takes of the year's cap. `outcomes` of its disputes
	stand beside that."""

	row: frappe._dict
	period: Period
	told: Decimal | None
	now: Decimal
	used: Decimal
	computed: Computed | None
	outcomes: tuple[Outcome, ...] = ()

	@property
	def agreed(self) -> Decimal:
		return sum((each.agreed for each in self.outcomes), Decimal(0))

	@property
	def difference(self) -> Decimal:
		return Decimal(0) if self.told is None else self.now - self.told


def work_out(chain: Chain, customer: str, period: Period) -> tuple[Computed, list[Past]]:
	"""The numbers of a period, and those of the statements before it, the oldest first."""
	past: list[Past] = []
	rows = statements_before(chain, customer, period)
	told = _told([row.name for row in rows])
	afresh = _something_became_known(chain, customer, rows)
	for place, row in enumerate(rows):
		# One that is a draft is worked out in any case, and one of which it is not all told what it came to.
		anew = not row.docstatus or told.moved(row.name) or (afresh and place >= len(rows) - LOOK_BACK)
		past.append(_past(chain, customer, row, past, anew, told))
	return _compute(chain, customer, period, past), past


def _something_became_known(chain: Chain, customer: str, rows: list[frappe._dict]) -> bool:
	"""Whether anything was recorded since the last submission that may concern a submitted period. At that moment all
	earlier ones had been worked out, and what they then came to was told."""
	submitted = [row for row in rows if row.docstatus == 1]
	if not submitted:
		return False
	last = submitted[-1]
	since, end = to_site(last.known_us - MARGIN), last.ends_us
	known = (_facts, _breaches, _versions, _down, _agreed_hours, _disputes)
	return any(changed(chain, customer, since, end) for changed in known)


def _facts(chain: Chain, customer: str, since: datetime, end: int) -> bool:
	"""Dated before the end; or of any date where they say that something earlier was no fact, or no ticket, or is
	measured in other hours."""
	event = frappe.qb.DocType("SLA Event")
	undoes = event.kind.isin([VOID, *ABOUT_FACTS]) | (event.replaces != "")
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


def _agreed_hours(chain: Chain, customer: str, since: datetime, end: int) -> bool:
	return recomputed_since(chain.names, customer, since)


def _disputes(chain: Chain, customer: str, since: datetime, end: int) -> bool:
	about = {"contract": ("in", chain.names), "customer": customer, "modified": (">=", since)}
	return bool(frappe.get_all("SLA Dispute", {**about, "status": "Closed"}, limit=1))


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


class Told(NamedTuple):
	"""What these statements tell of those before: by statement, and by dispute; and the disputes that were closed."""

	of_statements: dict[str, Decimal]
	of_disputes: dict[str, Decimal]
	disputes: dict[str, list[frappe._dict]]

	def moved(self, statement: str) -> bool:
		"""Whether it came to something else than it says itself."""
		return statement in self.of_statements or statement in self.disputes


def _told(names: list[str]) -> Told:
	"""Drafts tell too: they are submitted first."""
	told = Told(defaultdict(Decimal), defaultdict(Decimal), closed_on(names))
	fields = ["statement", "dispute", "difference"]
	for row in frappe.get_all("SLA Statement Correction", {"parent": ("in", names)}, fields):
		by, name = (told.of_disputes, row.dispute) if row.dispute else (told.of_statements, row.statement)
		by[name] += exact(row.difference)
	return told


def _past(
	chain: Chain, customer: str, row: frappe._dict, before: list[Past], afresh: bool, all_told: Told
) -> Past:
	period = Period(getdate(row.period_start), chain.period_of(getdate(row.period_start)).next)
	total = exact(row.capped) - exact(row.earn_back) - exact(row.lapsed)
	told = total + all_told.of_statements.get(row.name, 0) if row.docstatus == 1 else None
	if not afresh:
		used = Decimal(0) if row.lapsed else exact(row.capped)
		return Past(row, period, told, total if told is None else told, used, None)
	computed = _compute(chain, customer, period, before)
	outcomes = outcomes_of(all_told.disputes.get(row.name, ()), computed.charge, all_told.of_disputes)
	used = computed.charge.used_of_year + sum(each.agreed for each in outcomes)
	return Past(row, period, told, computed.charge.total, used, computed, outcomes)


def _compute(chain: Chain, customer: str, period: Period, past: list[Past]) -> Computed:
	earn_back = partial(_earn_back, chain, period, past)
	return compute(chain, customer, period, _used_in_year(chain, period, past), earn_back)


def _used_in_year(chain: Chain, period: Period, past: list[Past]) -> Decimal:
	before = [Before(each.period, each.used, each.now + each.agreed) for each in past]
	return used_in_year(chain.starts, period, before, chain.over)


# ---- earn-back


def _earn_back(chain: Chain, period: Period, past: list[Past], reading: Reading) -> Decimal:
	version = chain.at_end_of(period)
	metric, count = version.earn_back_metric, int(version.earn_back_periods or 0)
	if not metric or len(past) < count:
		return Decimal(0)
	before = [
		Before(each.period, each.used, each.now + each.agreed, _told_share(each.row.name, metric))
		for each in past[-count:]
	]
	level = Decimal(str(version.earn_back_level))
	return given_back(period, before, metric, level, count, decided(reading))


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
	dispute: str | None = None


def corrections(past: list[Past]) -> Iterator[Correction]:
	"""A line for each submitted statement whose period comes to something else by what is known now, and for each
	dispute whose outcome was not told."""
	for each in past:
		if each.difference:
			yield Correction(each.row.name, each.told, each.now, each.difference, _why(each))
		yield from (_of_dispute(each.row.name, outcome) for outcome in each.outcomes if outcome.difference)


def _of_dispute(statement: str, outcome: Outcome) -> Correction:
	amounts = (outcome.credited, outcome.comes_to, outcome.difference)
	return Correction(statement, *amounts, outcome.why(), outcome.dispute.name)


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
		if exact(old[key].gross if key in old else 0) != (new[key].gross if key in new else 0)
	)


def _lines_of(statement: str) -> list[frappe._dict]:
	return frappe.get_all(
		"SLA Statement Line", {"parent": statement}, ["line_key", "gross", "ticket", "rule_name"]
	)


def _title(line: Line | frappe._dict) -> str:
	rule = line.rule if isinstance(line, Line) else line.rule_name
	return f"{line.ticket} {rule}".strip()
