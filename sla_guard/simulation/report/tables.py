"""The tables of a simulation's report: contracts side by side, and what each of them says by itself."""

from __future__ import annotations

from collections.abc import Iterator

from frappe import _

from sla_guard.annex.service import times_table
from sla_guard.engine.periods import MONTH
from sla_guard.simulation.report.outcome import Outcome, Tried
from sla_guard.statements.cells import RIGHT, Column, Table, metric_text, name_text, numbers, ticket_column
from sla_guard.statements.words import NOTHING, Words

# ---- side by side


def side_by_side(outcome: Outcome, money: bool) -> Table:
	"""The figures of each contract in a column of its own."""
	columns = [Column(""), *numbers(*(each.title for each in outcome.tried))]
	rows = [*_kept(outcome), *(_costs(outcome) if money and outcome.about_money else ())]
	return Table(
		_("At a Glance"), columns, rows, key="side_by_side", strong=int(money and outcome.about_money)
	)


def _kept(outcome: Outcome) -> Iterator[list[str]]:
	counts = (
		("tickets", _("Tickets Measured")),
		("not_covered", _("Tickets Not Covered")),
		("to_be_qualified", _("Tickets Without a Service")),
		("in_progress", _("Commitments Still in Progress")),
	)
	for field, label in counts:
		if field == "tickets" or any(each.found.get(field) for each in outcome.tried):
			yield [label, *(outcome.words.number(each.found.get(field) or 0) for each in outcome.tried)]
	for metric in outcome.metrics:
		label = _("{0}: kept").format(metric_text(metric))
		yield [label, *(_share(each, outcome.words, metric=metric) for each in outcome.tried)]
	yield [_("Breaches"), *(outcome.words.number(each.found["breaches"]) for each in outcome.tried)]


def _costs(outcome: Outcome) -> Iterator[list[str]]:
	steps = (
		(_("Penalties Before Caps"), lambda each: each.sum("gross"), True),
		(_("Taken by Caps"), lambda each: -each.capped, True),
		(_("Earned Back"), lambda each: -each.sum("earn_back"), False),
		(_("Below Minimum Payable"), lambda each: -each.sum("lapsed"), False),
		(_("Penalties"), lambda each: each.sum("total"), True),
	)
	for label, amount, always in steps:
		if always or any(amount(each) for each in outcome.tried):
			yield [label, *(_money(each, amount(each)) for each in outcome.tried)]


def _money(tried: Tried, amount: object) -> str:
	return tried.words.money(amount) if tried.about_money else NOTHING


def _share(tried: Tried, words: Words, **named: str) -> str:
	share = tried.share(**named)
	return words.share(share.part, share.whole)


def by_priority(outcome: Outcome) -> Table:
	columns = [
		Column(_("Priority")),
		Column(_("Metric")),
		*numbers(*(each.title for each in outcome.tried)),
	]
	rows = [
		[
			"" if place else name_text(priority) if priority else _("without priority"),
			metric_text(metric),
			*(_share(each, outcome.words, priority=priority, metric=metric) for each in outcome.tried),
		]
		for priority in outcome.named("priority")
		for place, metric in enumerate(outcome.metrics)
	]
	return Table(_("Kept by Priority"), columns, rows, key="by_priority")


def by_month(outcome: Outcome) -> Table:
	many = len(outcome.metrics) > 1
	columns = [Column(_("Month")), Column(_("Metric")), *numbers(*(each.title for each in outcome.tried))]
	rows = [
		[
			outcome.words.period(MONTH, f"{month}-01", f"{month}-01") if place == 0 else "",
			metric_text(metric),
			*(_share(each, outcome.words, month=month, metric=metric) for each in outcome.tried),
		]
		for month in outcome.named("month")
		for place, metric in enumerate(outcome.metrics)
	]
	if many:
		return Table(_("Kept by Month"), columns, rows, key="by_month")
	return Table(
		_("Kept by Month"), [columns[0], *columns[2:]], [[row[0], *row[2:]] for row in rows], key="by_month"
	)


# ---- of each contract


def promised(tried: Tried) -> Table | None:
	if not tried.document:
		return None
	return times_table(tried.document, tried.words)._replace(title=tried.title, key="promised")


def penalties(tried: Tried) -> Table | None:
	"""By period, all customers together."""
	if not tried.about_money:
		return None
	columns = [Column(_("Period")), *numbers(*(label for _field, label in _amounts(tried)), _("Breaches"))]
	rows = [_period_row(tried, first, last) for first, last in _periods(tried)]
	totals = [_("Total"), *(tried.words.money(tried.sum(field)) for field, _label in _amounts(tried))]
	return Table(
		tried.title,
		columns,
		[*rows, [*totals, tried.words.number(int(tried.sum("breaches")))]],
		strong=1,
		key="penalties",
	)


def _amounts(tried: Tried) -> list[tuple[str, str]]:
	"""The columns of a table of penalties; those in which nothing stands are left out."""
	fields = (
		("fee", _("Fee"), False),
		("gross", _("Before Caps"), True),
		("capped", _("After Caps"), True),
		("earn_back", _("Earned Back"), False),
		("lapsed", _("Below Minimum Payable"), False),
		("total", _("Penalties"), True),
	)
	return [(field, label) for field, label, always in fields if always or tried.sum(field)]


def _periods(tried: Tried) -> list[tuple[str, str]]:
	return sorted({(each["first"], each["last"]) for each in tried.found["penalties"]})


def _period_row(tried: Tried, first: str, last: str) -> list[str]:
	of_period = [each for each in tried.found["penalties"] if (each["first"], each["last"]) == (first, last)]
	part = Tried({**tried.found, "penalties": of_period}, None, tried.words)
	return [
		tried.words.period(tried.found["every"], first, last),
		*(tried.words.money(part.sum(field)) for field, _label in _amounts(tried)),
		tried.words.number(int(part.sum("breaches"))),
	]


def dearest(tried: Tried) -> Table | None:
	found = tried.found["dearest"]
	if not found:
		return None
	named = [
		(field, label)
		for field, label in (("customer", _("Customer")), ("priority", _("Priority")))
		if any(each[field] for each in found)
	]
	columns = [
		ticket_column(),
		*(Column(label) for _field, label in named),
		Column(_("Missed")),
		*numbers(_("Before Caps"), _("After Caps")),
	]
	rows = [
		[
			each["ticket"],
			*(name_text(each[field]) for field, _label in named),
			[_missed(miss, tried.words) for miss in each["missed"]],
			*(tried.words.money(each[amount]) for amount in ("gross", "amount")),
		]
		for each in found
	]
	return Table(tried.title, columns, rows, key="dearest")


def _missed(miss: dict, words: Words) -> str:
	return _("{0}, {1}: late by {2}").format(
		metric_text(miss["metric"]), words.moment(miss["breached_us"]), words.span(miss["late_us"])
	)


# ---- of the history


def faults(outcome: Outcome, money: bool) -> Table | None:
	"""Of the whole history: nothing that a customer may know of a history that holds others' tickets, too."""
	if not outcome.found["faults"] or (outcome.is_of_several and not money):
		return None
	columns = [Column(_("What Was Found")), Column(_("What Was Done")), Column(_("Count"), RIGHT)]
	rows = [
		[_(each["fault"]), _(each["handled"]), outcome.words.number(each["count"])]
		for each in outcome.found["faults"]
	]
	return Table(_("What the History Lacks"), columns, rows, key="faults")
