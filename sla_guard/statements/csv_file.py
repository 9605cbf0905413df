"""A CSV file that a spreadsheet opens on a double click: UTF-8 with a byte order mark, without which Excel takes it for
another encoding; between the cells a semicolon where the language writes decimals with a comma, as French does, since
Excel expects it there, else a comma. Decimals are as the language writes them, instants ISO 8601 with the offset of a
zone, amounts of time hours:minutes:seconds.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import tzinfo
from decimal import Decimal

import frappe
from babel.numbers import get_decimal_symbol

from sla_guard.engine.instants import SECOND, moment
from sla_guard.statements.words import locale_of

# What a spreadsheet would take for a formula, at the beginning of a cell.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_file(rows: Iterable[list]) -> bytes:
	"""These rows, for readers of the session's language."""
	text, point = io.StringIO(), get_decimal_symbol(locale_of(frappe.local.lang))
	writer = csv.writer(text, delimiter=";" if point == "," else ",", lineterminator="\r\n")
	writer.writerows([_cell(cell, point) for cell in row] for row in rows)
	return text.getvalue().encode("utf-8-sig")


def _cell(cell: object, point: str) -> object:
	return str(cell).replace(".", point) if isinstance(cell, Decimal) else harmless(cell)


def harmless(cell: object) -> object:
	"""An apostrophe makes a text of what would be run as a formula."""
	return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def instant_text(at: int | None, zone: tzinfo) -> str:
	return moment(at).astimezone(zone).isoformat() if at else ""


def span_text(amount: int) -> str:
	seconds = amount // SECOND
	return f"{seconds // 3600}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
