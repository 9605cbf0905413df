"""Statements are drafted by a job on the contract's day and kept up to date while they are drafts; never after."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from sla_guard import store
from sla_guard.engine.clock import MET, MISSED
from sla_guard.engine.figures import EXCLUDED, IN_PROGRESS, WAIVED
from sla_guard.engine.penalty import Line
from sla_guard.engine.periods import Period
from sla_guard.engine.share import percent_text
from sla_guard.engine.wall_clock import day_start
from sla_guard.site_time import now_us, to_us
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import keep_hours
from sla_guard.statements import penalties
from sla_guard.statements.account import LOOK_BACK, Correction, Past, corrections, work_out
from sla_guard.statements.commitments import customers_with_tickets
from sla_guard.statements.compute import Chain, Computed, read_chain
from sla_guard.statements.content import content, totals
from sla_guard.statements.sentences import in_words, stored
from sla_guard.statements.words import written_for

USUAL_DAY = 3
COUNTS = ("met", "missed", "excluded", "waived", "in_progress", "void")
FIGURES = (*COUNTS, "compliance", "fee", "gross", "capped", "earn_back", "lapsed")


class Draft(NamedTuple):
	"""A statement as it would be made now: the numbers, the fields of the document, and whether it says anything."""

	computed: Computed
	values: dict
	lines: list[dict]
	corrections: list[dict]

	@property
	def says_something(self) -> bool:
		return bool(any(self.values[field] for field in COUNTS) or self.lines or self.corrections)


def work_out_draft(chain: Chain, customer: str, period: Period) -> Draft:
	"""All that the statement of a customer for a period would say now; nothing is written."""
	# Not in that of the session: who looks at it next may have another one.
	with written_for(customer):
		return _work_out_draft(chain, customer, period)


def _work_out_draft(chain: Chain, customer: str, period: Period) -> Draft:
	computed, past = work_out(chain, customer, period)
	found = list(corrections(past))
	charged = computed.charge
	lines = [_line(computed, line) for line in charged.lines if line.gross]
	values = _whose(computed) | _counts(computed) | _amounts(computed, past, found)
	values["figures"] = json.dumps(content(computed) | {"trend": _trend(past, values)}, ensure_ascii=False)
	return Draft(computed, values, lines, [each._asdict() for each in found])


def work_out_for(statement: Document) -> Draft:
	"""What a statement would say now."""
	chain = read_chain(statement.chain)
	return work_out_draft(chain, statement.customer, chain.period_of(getdate(statement.period_start)))


def draft(chain_name: str, customer: str, first: date) -> Document | None:
	"""The statement of a customer for the period that holds a day, made or brought up to date with its penalties.

	None if it was submitted, or if there is nothing to say to somebody whom the contract does not name. Running it
	again changes nothing; of two at once one waits for the other.
	"""
	lock(chain_name)
	chain = read_chain(chain_name)
	period = chain.period_of(getdate(first))
	statement = standing(chain_name, customer, period)
	if statement and statement.docstatus == 1:
		return None
	made = work_out_draft(chain, customer, period)
	if not (statement or made.says_something or _is_its_own(chain, customer, period)):
		return None
	return _store(statement or frappe.new_doc("SLA Statement"), made)


def draft_or_log(chain: str, customer: str, first: date) -> None:
	"""For jobs: one that cannot be drafted does not hold up the others. Undoes all that was not committed if it fails."""
	try:
		draft(chain, customer, first)
	except store.NOT_OURS:
		raise
	except Exception:
		frappe.db.rollback()
		frappe.log_error("SLA Statement", reference_doctype="SLA Contract", reference_name=chain)


def lock(chain: str) -> None:
	"""Statements of a contract are made one after the other."""
	store.lock("SLA Contract", chain)


def standing(chain: str, customer: str, period: Period) -> Document | None:
	# Not by the key: that has the name that the customer had then.
	about = {"chain": chain, "customer": customer, "period_start": period.first, "docstatus": ("<", 2)}
	name = frappe.db.get_value("SLA Statement", about)
	return frappe.get_doc("SLA Statement", name) if name else None


def key_of(chain: str, customer: str, period: Period) -> str:
	return f"{chain}|{customer}|{period.first}"


def _store(statement: Document, made: Draft) -> Document:
	for hours in made.computed.hours.values():
		keep_hours(hours)
	with written_for(made.computed.customer):
		names = penalties.sync(made.computed)
	lines = [line | {"penalty": names[line["line_key"]]} for line in made.lines]
	if statement.is_new() or differs(statement, made):
		statement.update(made.values)
		statement.set("lines", lines)
		statement.set("corrections", made.corrections)
		statement.flags.from_app = True
		statement.save(ignore_permissions=True)
	return statement


def differs(statement: Document, made: Draft) -> bool:
	"""Whether a statement says something else than it would now."""
	fields = [
		penalties.comparable(statement.get(field)) != penalties.comparable(value)
		for field, value in made.values.items()
	]
	return any(fields) or any(
		_rows(statement.get(table), rows) != [tuple(map(penalties.comparable, row.values())) for row in rows]
		for table, rows in (("lines", made.lines), ("corrections", made.corrections))
	)


def changes(statement: Document) -> list[tuple[str, object, object]]:
	"""Which figures of a statement would be others by what is known now: field, what it says, what it would say."""
	values = work_out_for(statement).values
	told = [(field, statement.get(field), values[field]) for field in FIGURES]
	return [
		(field, was, now)
		for field, was, now in told
		if penalties.comparable(was) != penalties.comparable(now)
	]


def _rows(stored_rows: list[Document], rows: list[dict]) -> list[tuple]:
	fields = list(rows[0]) if rows else []
	return [tuple(penalties.comparable(row.get(field)) for field in fields) for row in stored_rows]


def _is_its_own(chain: Chain, customer: str, period: Period) -> bool:
	"""Whether a contract made for one customer is in force in the period: that one hears of it in any case."""
	version = chain.at_end_of(period)
	in_force = any(terms.parts(period) for terms in chain.terms)
	return in_force and version.applies_to == "Customer" and version.customer == customer


# ---- what it says


def _whose(computed: Computed) -> dict:
	version, period = computed.version, computed.period
	start, end = computed.instants
	over = computed.chain.over
	return {
		"title": f"{computed.customer} {period.first:%Y-%m}",
		"customer": computed.customer,
		"contract": version.name,
		"chain": computed.chain.name,
		"company": version.company,
		"currency": version.currency,
		"period_start": period.first,
		"period_end": period.last,
		"starts_us": start,
		"ends_us": end,
		"final": int(over is not None and over <= period.next),
		"unique_key": key_of(computed.chain.name, computed.customer, period),
	}


def _counts(computed: Computed) -> dict:
	counts = totals(computed)
	return {
		"met": counts[MET],
		"missed": counts[MISSED],
		"excluded": counts[EXCLUDED],
		"waived": counts[WAIVED],
		"in_progress": counts[IN_PROGRESS],
		"void": counts["void"],
		"compliance": percent_text(counts[MET], counts[MET] + counts[MISSED]),
	}


def _amounts(computed: Computed, past: list[Past], found: list[Correction]) -> dict:
	charged = computed.charge
	corrected = sum((each.difference for each in found), Decimal(0))
	carried = Decimal(str(past[-1].row.carried_out or 0)) if past else Decimal(0)
	balance = charged.total + corrected - carried
	return {
		"fee": computed.fee,
		"gross": charged.gross,
		"capped": charged.capped,
		"earn_back": charged.earn_back,
		"lapsed": charged.lapsed,
		"corrected": corrected,
		"carried_in": carried,
		"carried_out": max(-balance, Decimal(0)),
		"amount_due": max(balance, Decimal(0)),
	}


def _line(computed: Computed, line: Line) -> dict:
	currency = computed.version.currency
	steps = stored(line.steps)
	return {
		"rule_name": line.rule,
		"breach": line.key or None,
		"ticket": line.ticket,
		"service": line.service,
		"gross": line.gross,
		"amount": line.amount,
		"steps": steps,
		"arithmetic": in_words(steps, currency),
		"line_key": penalties.line_key(line),
	}


def _trend(past: list[Past], values: dict) -> list[dict]:
	rows = [each.row | {"first": each.period.first, "last": each.period.last} for each in past[-11:]]
	rows.append(values | {"first": values["period_start"], "last": values["period_end"]})
	return [
		{
			"first": str(row["first"]),
			"last": str(row["last"]),
			"met": row["met"],
			"missed": row["missed"],
			"amount_due": str(row["amount_due"]),
		}
		for row in rows
	]


# ---- when


def due(now: int = 0) -> Iterator[tuple[str, str, date]]:
	"""Chain, customer and first day of each statement that should have been drafted by now and was not; the oldest of
	a customer first."""
	now = now or now_us()
	chains = frappe.get_all("SLA Contract", {"docstatus": 1}, pluck="chain", distinct=True, order_by="chain")
	for chain in map(read_chain, chains):
		drafted = _drafted(chain)
		periods = list(_periods(chain, now))[-LOOK_BACK:]
		for period in periods:
			# Corrections wait for the newest statement, also of somebody who had no ticket since.
			known = {customer for customer, _first in drafted} if period == periods[-1] else set()
			for customer in sorted(_customers(chain, period) | known):
				if (customer, period.first) not in drafted:
					yield chain.name, customer, period.first


def open_drafts(**whose: str) -> list[tuple[str, str, date]]:
	"""The same of those that are drafts still; each rests on those before it."""
	return frappe.get_all(
		"SLA Statement",
		{"docstatus": 0, **whose},
		["chain", "customer", "period_start"],
		order_by="period_start, name",
		as_list=True,
	)


def due_since(chain: Chain, since: int) -> list[Period]:
	"""The periods of a contract whose day has come and that had not ended at an instant; the last of them."""
	return list(_periods(chain, now_us(), since))[-LOOK_BACK:]


def _periods(chain: Chain, now: int, since: int = 0) -> Iterator[Period]:
	"""The periods of a contract whose day has come, from its start or, if that is later, from an instant on, by default
	that from which tickets are tracked."""
	if not since:
		tracked = frappe.db.get_single_value("SLA Settings", "tracked_from")
		since = to_us(tracked) if tracked else 0
	period = chain.period_of(chain.starts)
	while _is_due(chain, period, now):
		if chain.instants(period)[1] > since:
			yield period
		period = chain.period_of(period.next)


def _is_due(chain: Chain, period: Period, now: int) -> bool:
	version = chain.at_end_of(period)
	day = period.next + timedelta(days=(version.statement_day or USUAL_DAY) - 1)
	return day_start(version.time_zone, day) <= now


def _customers(chain: Chain, period: Period) -> set[str]:
	"""Whom a statement concerns: the customer of the contract; of a group or everybody, who had a ticket then."""
	start, end = chain.instants(period)
	found = {chain.at_end_of(period).customer} if any(terms.parts(period) for terms in chain.terms) else set()
	return (found | customers_with_tickets(chain.names, start, end)) - {None, ""}


def _drafted(chain: Chain) -> set[tuple[str, date]]:
	rows = frappe.get_all(
		"SLA Statement", {"chain": chain.name, "docstatus": ("<", 2)}, ["customer", "period_start"]
	)
	return {(row.customer, getdate(row.period_start)) for row in rows}
