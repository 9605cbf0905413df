"""The tables of a statement, each a title, columns and rows of text, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from frappe import _
from frappe.model.document import Document

from sla_guard.engine.terms import METRICS
from sla_guard.statements.sentences import sentences
from sla_guard.statements.words import NOTHING, Words

LEFT, RIGHT, WHOLE = "left", "right", "left whole"


class Column(NamedTuple):
	label: str
	align: str = LEFT


class Table(NamedTuple):
	"""A cell is a text, or several for several lines. `strong`: how many rows at the end are totals."""

	title: str
	columns: list[Column]
	rows: list[list]
	strong: int = 0
	note: str = ""
	key: str = ""


def all_of(doc: Document, figures: dict, words: Words) -> Iterator[Table | None]:
	yield _compliance(figures, words)
	yield _breaches(figures, words)
	yield _forgiven(figures, words)
	yield _availability(figures, words)
	yield _penalties(doc, words)
	yield _corrections(doc, words)
	yield _amounts(doc, words)
	yield _kpis(figures, words)
	yield _causes(figures, words)
	yield _pauses(figures, words)
	yield _in_progress(figures, words)


def _metric(metric: str) -> str:
	return _(metric, context="SLA Clock")


def _name(name: str) -> str:
	"""Of a priority or a service, as it is stored; translated where the site translates it."""
	return _(name) if name else NOTHING


def _ticket() -> Column:
	return Column(_("Ticket"), WHOLE)


def _numbers(*labels: str) -> list[Column]:
	return [Column(label, RIGHT) for label in labels]


# ---- what was kept and what was not


def _compliance(figures: dict, words: Words) -> Table:
	labels = [_("Met"), _("Missed"), _("Excluded"), _("Waived"), _("In Progress"), _("Compliance")]
	columns = [Column(_("Metric")), Column(_("Priority")), Column(_("Service")), *_numbers(*labels)]
	rows = [
		[_metric(row["metric"]), _name(row["priority"]), _name(row["service"]), *_counts([row], words)]
		for row in figures["compliance"]
	]
	totals = [
		[_("{0} in total").format(_metric(metric)), "", "", *_counts(_of(figures, metric), words)]
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
		_ticket(),
		*map(Column, (_("Metric"), _("Priority"), _("Service"))),
		*_numbers(_("Promised Within"), _("Missed On"), _("Done On"), _("Late By")),
		Column(_("Cause")),
	]
	rows = [
		[
			row["ticket"],
			_metric(row["metric"]),
			_name(row["priority"]),
			_name(row["service"]),
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
			_metric(row["metric"]),
			_(row["kind"]),
			_(row["ground"]) if row["ground"] else NOTHING,
			row["reason"] or NOTHING,
			words.day(row["decided_on"]) if row["decided_on"] else NOTHING,
		]
		for row in figures["exclusions"]
	]
	return Table(
		_("Exclusions and Waivers"),
		[_ticket(), *map(Column, columns)],
		rows,
		note=_("Missed, but counted neither as met nor as missed."),
		key="exclusions",
	)


def _availability(figures: dict, words: Words) -> Table | None:
	if not figures["availability"]:
		return None
	labels = [_("Agreed Time"), _("Downtime"), _("Availability"), _("Target")]
	columns = [Column(_("Service")), *_numbers(*labels), Column("")]
	rows = [_available(row, words) for row in figures["availability"]]
	return Table(_("Availability"), columns, rows, key="availability")


def _available(row: dict, words: Words) -> list[str]:
	agreed, down, target = row["agreed_us"], row["down_us"], Decimal(row["target"])
	up = agreed - down
	verdict = (_("met") if up * 100 >= target * agreed else _("missed")) if agreed else ""
	percent = words.share_percent(up, agreed)
	return [
		_name(row["service"]),
		words.span(agreed),
		words.span(down),
		percent,
		words.percent(target),
		verdict,
	]


# ---- what it costs


def _penalties(doc: Document, words: Words) -> Table | None:
	if not doc.lines:
		return None
	columns = [
		Column(_("Rule")),
		Column(_("For")),
		Column(_("Arithmetic")),
		*_numbers(_("Gross"), _("After Caps")),
	]
	rows = [
		[
			line.rule_name,
			[each for each in (line.ticket, _name(line.service) if line.service else "") if each]
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
		*_numbers(_("Old Amount"), _("New Amount"), _("Difference")),
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


def _amounts(doc: Document, words: Words) -> Table | None:
	if not doc.currency:
		return None
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


# ---- the figures of a steering committee


def _kpis(figures: dict, words: Words) -> Table:
	found = figures["figures"]
	opened, reopened = found["opened"], found["reopened"]
	rows = [
		[_("Tickets Opened"), words.number(opened)],
		[_("Tickets Closed"), words.number(found["closed"])],
		[_("Open at the End"), words.number(found["backlog"])],
		[_("Their Age"), _durations(found["backlog_age"], words.age)],
		[_("Time to Respond"), _durations(found["time_to_respond"], words.span)],
		[_("Time to Resolve"), _durations(found["time_to_resolve"], words.span)],
		[_("Tickets Reopened"), _reopened(reopened, found["closed"], words)],
		[_("Pauses"), words.number(found["pauses"])],
	]
	return Table(_("Key Figures"), [Column(""), Column("", RIGHT)], rows, key="kpis")


def _durations(row: dict, span: object) -> str:
	if not row["count"]:
		return _("no data")
	return _("median {0}, mean {1}").format(span(row["median"]), span(row["mean"]))


def _reopened(reopened: int, closed: int, words: Words) -> str:
	if not closed:
		return words.number(reopened)
	return f"{words.number(reopened)} ({words.share_percent(reopened, closed)})"


def _causes(figures: dict, words: Words) -> Table | None:
	if not figures["causes"]:
		return None
	rows = [[row["cause"] or _("not stated"), words.number(row["count"])] for row in figures["causes"]]
	return Table(_("Misses by Cause"), [Column(_("Cause")), *_numbers(_("Missed"))], rows, key="causes")


def _pauses(figures: dict, words: Words) -> Table | None:
	pauses = figures["figures"]["pauses_to_see"]
	if not pauses:
		return None
	columns = [_("Status"), _("Because Of"), _("Worth a Look")]
	when = [Column(_("From"), WHOLE), Column(_("Until"), WHOLE)]
	rows = [
		[
			row["ticket"],
			_metric(row["metric"]),
			words.moment(row["start"]),
			words.moment(row["end"]),
			_(row["status"]),
			_(row["reason"]),
			", ".join(_why(row)),
		]
		for row in pauses
	]
	return Table(
		_("Pauses to See"), [_ticket(), Column(_("Metric")), *when, *map(Column, columns)], rows, key="pauses"
	)


def _why(pause: dict) -> Iterator[str]:
	if pause["late"]:
		yield _("begun late")
	if pause["long"]:
		yield _("long")


def _in_progress(figures: dict, words: Words) -> Table | None:
	if not figures["in_progress"]:
		return None
	columns = [_ticket(), *map(Column, (_("Metric"), _("Priority"))), *_numbers(_("Due"))]
	rows = [
		[row["ticket"], _metric(row["metric"]), _name(row["priority"]), words.moment(row["due_us"])]
		for row in figures["in_progress"]
	]
	return Table(
		_("In Progress"),
		columns,
		rows,
		note=_("Open and not missed at the end of the period: in no percentage."),
		key="in_progress",
	)


def legend(figures: dict) -> list[str]:
	"""How each figure is defined."""
	return [
		_("All times are those of {0}.").format(figures["zone"]),
		_(
			"A commitment is one ticket's response or resolution. It counts once: as missed in the period in which its time ran out, else as met in the period in which it was done."
		),
		_("Compliance: met ÷ (met + missed), truncated. Excluded and waived are in neither."),
		_("Late by: support time from the breach until it was done, or until the end of the period."),
		_(
			"Availability: (agreed time − downtime) ÷ agreed time; maintenance announced in time is in neither."
		),
		_(
			"Times to respond and to resolve: support time used, pauses left out, of what was done in the period. Age: days since the opening."
		),
		_("Reopened: tickets that were taken up again in the period, and their share of those closed."),
		_(
			"Pauses to see: begun with less than a tenth of the target left, or longer than five working days."
		),
	]
