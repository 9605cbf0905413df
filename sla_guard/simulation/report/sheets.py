"""The figures of a simulation as rows for a spreadsheet: a heading a column, numbers as numbers, contract by contract."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from frappe import _
from frappe.utils import getdate

from sla_guard.engine.share import Share
from sla_guard.simulation.report import changes, tables
from sla_guard.simulation.report.outcome import Outcome, Tried
from sla_guard.site_time import zone_named
from sla_guard.statements.cells import metric_text
from sla_guard.statements.csv_file import instant_text, span_text


class Sheet(NamedTuple):
	"""The first row has the headings. `key` names it in an address."""

	key: str
	title: str
	rows: list[list]


def sheets_of(outcome: Outcome, money: bool) -> list[Sheet]:
	"""Those of the provider, or, without money, of the customer; what has no row is left out."""
	of_money = (_penalties, _dearest, _changes) if money else ()
	# Faults are of the whole history, which may hold others' tickets.
	of_history = () if outcome.is_of_several and not money else (_faults,)
	makers = (_kept, *of_money, _promised, *of_history)
	return [sheet for sheet in (make(outcome) for make in makers) if len(sheet.rows) > 1]


# ---- what was kept


def _kept(outcome: Outcome) -> Sheet:
	heads = [
		*(_("Contract"), _("Metric"), _("Priority"), _("Month")),
		*(_("Met"), _("Missed"), _("Compliance (%)")),
	]
	return Sheet("kept", _("Commitments Kept"), [heads, *_kept_rows(outcome)])


def _kept_rows(outcome: Outcome) -> Iterator[list]:
	for tried in outcome.tried:
		for row in tried.found["compliance"]:
			percent = Share(row["met"], row["met"] + row["missed"]).percent
			named = (metric_text(row["metric"]), _(row["priority"]), row["month"])
			yield [tried.title, *named, row["met"], row["missed"], percent]


# ---- what it costs


def _penalties(outcome: Outcome) -> Sheet:
	heads = [
		*(_("Contract"), _("Customer"), _("From"), _("To"), _("Currency"), _("Fee")),
		*(_("Before Caps"), _("After Caps"), _("Earned Back"), _("Below Minimum Payable")),
		*(_("Penalties"), _("Breaches")),
	]
	rows = [_penalty_row(tried, row) for tried in _costing(outcome) for row in tried.found["penalties"]]
	return Sheet("penalties", _("Penalties by Period"), [heads, *rows])


def _penalty_row(tried: Tried, row: dict) -> list:
	amounts = (row[each] for each in ("fee", "gross", "capped", "earn_back", "lapsed", "total"))
	days = (getdate(row["first"]), getdate(row["last"]))
	return [
		tried.title,
		row["customer"],
		*days,
		tried.found["currency"],
		*map(_decimal, amounts),
		row["breaches"],
	]


def _dearest(outcome: Outcome) -> Sheet:
	heads = [
		*(_("Contract"), _("Ticket"), _("Customer"), _("Priority"), _("Metric"), _("Cycle")),
		*(_("Missed On"), _("Late By"), _("Currency"), _("Before Caps"), _("After Caps")),
	]
	return Sheet("dearest", _("Tickets That Cost Most"), [heads, *_dearest_rows(outcome)])


def _dearest_rows(outcome: Outcome) -> Iterator[list]:
	"""A row for each miss; the amounts are the ticket's, beside its first."""
	zone = zone_named(outcome.zone)
	for tried in _costing(outcome):
		for each in tried.found["dearest"]:
			ticket = [tried.title, each["ticket"], each["customer"], _(each["priority"])]
			amounts = [_decimal(each["gross"]), _decimal(each["amount"])]
			for miss in each["missed"]:
				when = [instant_text(miss["breached_us"], zone), span_text(miss["late_us"])]
				yield [
					*ticket,
					metric_text(miss["metric"]),
					miss["cycle"],
					*when,
					tried.found["currency"],
					*amounts,
				]
				amounts = [None, None]


def _changes(outcome: Outcome) -> Sheet:
	heads = [
		*(_("Contract"), _("Change"), _("Currency"), _("Penalties"), _("Saved")),
		*(_("Breaches"), _("Breaches Fewer")),
	]
	rows = [_change_row(tried, each) for tried in outcome.tried for each in tried.found["changes"]]
	return Sheet("changes", _("What Would Have Saved Most"), [heads, *rows])


def _change_row(tried: Tried, change: dict) -> list:
	amounts = [_decimal(change["total"]), _decimal(change["saved"])] if tried.about_money else [None, None]
	counts = (change["breaches"], change["breaches_saved"])
	return [tried.title, changes.what(change, tried), tried.found.get("currency"), *amounts, *counts]


def _costing(outcome: Outcome) -> Iterator[Tried]:
	return (each for each in outcome.tried if each.about_money)


def _decimal(amount: str | None) -> Decimal:
	return Decimal(amount or 0)


# ---- beside the figures


def _promised(outcome: Outcome) -> Sheet:
	"""Each contract with headings of its own: not all of them promise by the same."""
	rows: list[list] = []
	for tried in outcome.tried:
		if table := tables.promised(tried):
			rows.append([_("Contract"), *(column.label for column in table.columns)])
			rows += [[tried.title, *row] for row in table.rows]
	return Sheet("promised", _("What Is Promised"), rows)


def _faults(outcome: Outcome) -> Sheet:
	heads = [_("What Was Found"), _("What Was Done"), _("Count")]
	rows = [[_(each["fault"]), _(each["handled"]), each["count"]] for each in outcome.found["faults"]]
	return Sheet("faults", _("What the History Lacks"), [heads, *rows])
