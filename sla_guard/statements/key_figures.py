"""The figures of a steering committee, and what each figure of a statement means."""

from __future__ import annotations

from collections.abc import Iterator

from frappe import _

from sla_guard.statements.cells import (
	RIGHT,
	WHOLE,
	Column,
	Table,
	metric_text,
	name_text,
	numbers,
	ticket_column,
)
from sla_guard.statements.words import Words


def kpis(figures: dict, words: Words) -> Table:
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


def causes(figures: dict, words: Words) -> Table | None:
	if not figures["causes"]:
		return None
	rows = [[row["cause"] or _("not stated"), words.number(row["count"])] for row in figures["causes"]]
	return Table(_("Misses by Cause"), [Column(_("Cause")), *numbers(_("Missed"))], rows, key="causes")


def pauses(figures: dict, words: Words) -> Table | None:
	pauses = figures["figures"]["pauses_to_see"]
	if not pauses:
		return None
	columns = [_("Status"), _("Because Of"), _("Worth a Look")]
	when = [Column(_("From"), WHOLE), Column(_("Until"), WHOLE)]
	rows = [
		[
			row["ticket"],
			metric_text(row["metric"]),
			words.moment(row["start"]),
			words.moment(row["end"]),
			_(row["status"]),
			_(row["reason"]),
			", ".join(_why(row)),
		]
		for row in pauses
	]
	return Table(
		_("Pauses to See"),
		[ticket_column(), Column(_("Metric")), *when, *map(Column, columns)],
		rows,
		key="pauses",
	)


def _why(pause: dict) -> Iterator[str]:
	if pause["late"]:
		yield _("begun late")
	if pause["long"]:
		yield _("long")


def in_progress(figures: dict, words: Words) -> Table | None:
	if not figures["in_progress"]:
		return None
	columns = [ticket_column(), *map(Column, (_("Metric"), _("Priority"))), *numbers(_("Due"))]
	rows = [
		[row["ticket"], metric_text(row["metric"]), name_text(row["priority"]), words.moment(row["due_us"])]
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
