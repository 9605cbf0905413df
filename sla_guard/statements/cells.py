"""What the tables of a statement are made of."""

from __future__ import annotations

from typing import NamedTuple

from frappe import _

from sla_guard.statements.words import NOTHING

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


def metric_text(metric: str) -> str:
	return _(metric, context="SLA Clock")


def name_text(name: str) -> str:
	"""Of a priority or a service, as it is stored; translated where the site translates it."""
	return _(name) if name else NOTHING


def ticket_column() -> Column:
	return Column(_("Ticket"), WHOLE)


def numbers(*labels: str) -> list[Column]:
	return [Column(label, RIGHT) for label in labels]
