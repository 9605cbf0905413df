"""The tables of a statement, each a title, columns and rows of text, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard.engine.terms import METRICS
from sla_guard.statements import key_figures
from sla_guard.statements.cells import (
	RIGHT,
	Column,
	Table,
	metric_text,
	name_text,
	numbers,
	ticket_column,
)
from sla_guard.statements.sentences import sentences
from sla_guard.statements.words import NOTHING, Words


def all_of(doc: Document, figures: dict, words: Words) -> Iterator[Table | None]:
	yield _compliance(figures, words)
	yield _breaches(figures, words)
	yield _forgiven(figures, words)
	yield _availability(figures, words)
	yield _penalties(doc, words)
	yield _corrections(doc, words)
	yield _amounts(doc, words) if about_money(doc) else None
	yield key_figures.kpis(figures, words)
	yield key_figures.causes(figures, words)
	yield key_figures.pauses(figures, words)
	yield key_figures.in_progress(figures, words)


# ---- what was kept and what was not


def _compliance(figures: dict, words: Words) -> Table:
	labels = [_("Met"), _("Missed"), _("Excluded"), _("Waived"), _("In Progress"), _("Compliance")]
	columns = [Column(_("Metric")), Column(_("Priority")), Column(_("Service")), *numbers(*labels)]
	rows = [
		[
			metric_text(row["metric"]),
			name_text(row["priority"]),
			name_text(row["service"]),
			*_counts([row], words),
		]
		for row in figures["compliance"]
	]
	totals = [
		[_("{0} in total").format(metric_text(metric)), "", "", *_counts(_of(figures, metric), words)]
		for metric in METRICS
		if _of(figures, metric)
	]
	return Table(_("Compliance"), columns, rows + totals, len(totals), key="compliance")


def _of(figures: dict, metric: str) -> list[dict]:
	return [row for row in figures["compliance"] if row["metric"] == metric]


def _counts(rows: list[dict], words: Words) -> list[str]:
	outcomes = ("met", "missed", "excluded", "waived", "in progress")
	counts = {each: sum(row.get(each, 0) for row in rows) for each in outcomes}
	share = words.share(counts["met"], counts["met"] + counts["missed"])
	return [*(words.number(counts[each]) for each in outcomes), share]


def _breaches(figures: dict, words: Words) -> Table | None:
	missed = [row for row in figures["breaches"] if row["state"] == "Open"]
	if not missed:
		return None
	columns = [
		ticket_column(),
		*map(Column, (_("Metric"), _("Priority"), _("Service"))),
		*numbers(_("Promised Within"), _("Missed On"), _("Done On"), _("Late By")),
		Column(_("Cause")),
	]
	rows = [
		[
			row["ticket"],
			metric_text(row["metric"]),
			name_text(row["priority"]),
			name_text(row["service"]),
			words.span(row["target_us"]),
			words.moment(row["breached_us"]),
			words.moment(row["stopped_us"]) if row["stopped_us"] else _("not yet"),
			words.span(row["late_us"]),
			row["cause"] or NOTHING,
		]
		for row in missed
	]
	return Table(_("Missed Commitments"), columns, rows, key="breaches")


def _forgiven(figures: dict, words: Words) -> Table | None:
	if not figures["exclusions"]:
		return None
	columns = [_("Metric"), _("Kind"), _("Ground"), _("Reason"), _("Decided On")]
	rows = [
		[
			row["ticket"],
			metric_text(row["metric"]),
			_(row["kind"]),
			_(row["ground"]) if row["ground"] else NOTHING,
			row["reason"] or NOTHING,
			words.day(row["decided_on"]) if row["decided_on"] else NOTHING,
		]
		for row in figures["exclusions"]
	]
	return Table(
		_("Exclusions and Waivers"),
		[ticket_column(), *map(Column, columns)],
		rows,
		note=_("Missed, but counted neither as met nor as missed."),
		key="exclusions",
	)


def _availability(figures: dict, words: Words) -> Table | None:
	if not figures["availability"]:
		return None
	labels = [_("Agreed Time"), _("Downtime"), _("Availability"), _("Target")]
	columns = [Column(_("Service")), *numbers(*labels), Column("")]
	rows = [_available(row, words) for row in figures["availability"]]
	return Table(_("Availability"), columns, rows, key="availability")


def _available(row: dict, words: Words) -> list[str]:
	agreed, down, target = row["agreed_us"], row["down_us"], Decimal(row["target"])
	up = agreed - down
	verdict = (_("met") if up * 100 >= target * agreed else _("missed")) if agreed else ""
	percent = words.share_percent(up, agreed)
	return [
		name_text(row["service"]),
		words.span(agreed),
		words.span(down),
		percent,
		words.percent(target),
		verdict,
	]


# ---- what it costs


def about_money(doc: Document) -> bool:
	"""Whether its contract knows penalties, or something else is owed."""
	owed = doc.lines or doc.corrections or doc.carried_in
	return bool(owed or frappe.db.exists("SLA Penalty Rule", {"parent": doc.contract}))


def _penalties(doc: Document, words: Words) -> Table | None:
	if not doc.lines:
		return None
	columns = [
		Column(_("Rule")),
		Column(_("For")),
		Column(_("Arithmetic")),
		*numbers(_("Gross"), _("After Caps")),
	]
	rows = [
		[
			line.rule_name,
			[each for each in (line.ticket, name_text(line.service) if line.service else "") if each]
			or _("the period"),
			sentences(line.steps, words) or line.arithmetic or "",
			words.money(line.gross),
			words.money(line.amount),
		]
		for line in doc.lines
	]
	totals = [_("Total"), "", "", words.money(doc.gross), words.money(doc.capped)]
	return Table(_("Penalties"), columns, [*rows, totals], 1, key="penalties")


def _corrections(doc: Document, words: Words) -> Table | None:
	if not doc.corrections:
		return None
	columns = [
		Column(_("Statement")),
		Column(_("Why")),
		*numbers(_("Old Amount"), _("New Amount"), _("Difference")),
	]
	rows = [
		[
			row.statement or "",
			row.why or "",
			*map(words.money, (row.old_amount, row.new_amount, row.difference)),
		]
		for row in doc.corrections
	]
	return Table(
		_("Corrections"),
		columns,
		rows,
		note=_("What became known after an earlier statement; that one stays as it was."),
		key="corrections",
	)


def _amounts(doc: Document, words: Words) -> Table:
	steps = (
		(_("Penalties"), doc.gross, True),
		(_("After Caps"), doc.capped, True),
		(_("Earned Back"), -_decimal(doc.earn_back), False),
		(_("Below Minimum Payable"), -_decimal(doc.lapsed), False),
		(_("Corrections"), doc.corrected, False),
		(_("Carried From the Statement Before"), doc.carried_in, False),
		(_("Carried to the Next Statement"), doc.carried_out, False),
	)
	rows = [[label, words.money(value)] for label, value, always in steps if always or _decimal(value)]
	due = [_("Amount Due"), words.money(doc.amount_due)]
	columns = [Column(""), Column(doc.currency or "", RIGHT)]
	return Table(_("Amount Due"), columns, [*rows, due], 1, key="amounts")


def _decimal(value: float | None) -> Decimal:
	return Decimal(str(value or 0))
