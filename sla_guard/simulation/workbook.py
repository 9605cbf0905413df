"""A sheet of an Excel workbook (.xlsx) as rows of cells, each as the text that a CSV file would have there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

from openpyxl import Workbook as Book
from openpyxl import load_workbook
from openpyxl.xml.constants import ARC_CONTENT_TYPES

from sla_guard.simulation.kinds import WrongFile

_MIB = 1 << 20
# Unpacked: all of it, whose sheets are read row by row, and any one part that is held in memory meanwhile.
MOST_READ, MOST_HELD = 512 * _MIB, 128 * _MIB
# Above the headers there may be a title and the like; what has more than that above it is no table.
_ABOVE = 100
_SHEETS = "xl/worksheets/"


class Sheet(NamedTuple):
	"""How a workbook is read: by the sheet of this name, of those that there are."""

	name: str
	names: tuple[str, ...]


def sheet_of(path: Path, name: str = "") -> Sheet:
	"""The sheet of this name; without one, the first that holds a table, of those that are shown if one of them does.

	Raises WrongFile where there is none, or for what is no workbook.
	"""
	with _opened(path) as book:
		names = tuple(sheet.title for sheet in book.worksheets)
		if name and name not in names:
			raise WrongFile(
				"The workbook has no sheet {sheet}; it has {sheets}", sheet=name, sheets=", ".join(names)
			)
		looked_at = [name] if name else _shown_first(book)
		found = next((each for each in looked_at if _holds_table(book, each)), None)
		if found is None:
			raise WrongFile(
				"No table in {sheets}: its headers would be a row with two cells filled, among the first {most}",
				sheets=", ".join(looked_at),
				most=_ABOVE,
			)
	return Sheet(found, names)


def rows(path: Path, how: Sheet) -> Iterator[tuple[int, list[str]]]:
	"""Row number, as the spreadsheet shows it, and cells; first the headers, which is the first row with two cells
	filled. Rows without any text are left out, cells that are empty at the end of a row filled up.

	Raises WrongFile, naming the row, for what cannot be read.
	"""
	with _opened(path) as book:
		number, width = 0, 0
		try:
			for number, cells in _rows(book, how.name):
				width = width or (len(cells) if _is_header(cells) else 0)
				if width and cells:
					yield number, cells + [""] * (width - len(cells))
		except Exception as error:
			raise WrongFile("Row {row}: {error}", row=number + 1, error=_said(error)) from error


def _is_header(cells: list[str]) -> bool:
	return sum(1 for cell in cells if cell.strip()) > 1


# ---- the workbook


@contextmanager
def _opened(path: Path) -> Iterator[Book]:
	try:
		with open(path, "rb") as file:
			with ZipFile(file) as archive:
				_check(archive)
			book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
			for sheet in book.worksheets:
				# What a sheet says of its size is often wrong.
				sheet.reset_dimensions()
			yield book
	except WrongFile:
		raise
	except Exception as error:
		# openpyxl raises whatever it stumbles on.
		raise WrongFile(
			"The workbook cannot be read: {error}. Open it in a spreadsheet and save it anew",
			error=_said(error),
		) from error


def _check(archive: ZipFile) -> None:
	"""Refuses what is no workbook, and what would not end."""
	sizes = {each.filename: each.file_size for each in archive.infolist()}
	if "xl/workbook.bin" in sizes or "content.xml" in sizes:
		raise WrongFile(
			"A workbook in another form (.xlsb or .ods). Save it as an Excel workbook (.xlsx) or as CSV"
		)
	if ARC_CONTENT_TYPES not in sizes or not any(name.startswith("xl/") for name in sizes):
		raise WrongFile("A ZIP archive that is no Excel workbook. Attach what is in it")
	_refuse_more(sum(sizes.values()), MOST_READ)
	_refuse_more(max(size for name, size in sizes.items() if not name.startswith(_SHEETS)), MOST_HELD)


def _refuse_more(size: int, most: int) -> None:
	if size > most:
		raise WrongFile(
			"The workbook is too large: unpacked it, or a part of it, has {size} MB, and {most} MB are the most. Leave out columns that are not needed, or save it as CSV",
			size=f"{size / _MIB:.0f}",
			most=f"{most / _MIB:.0f}",
		)


def _said(error: Exception) -> str:
	return (str(error) or type(error).__name__).splitlines()[0].rstrip(".")


# ---- the rows


def _shown_first(book: Book) -> list[str]:
	return [
		sheet.title for sheet in sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible")
	]


def _holds_table(book: Book, name: str) -> bool:
	return any(_is_header(cells) for _number, cells in islice(_rows(book, name), _ABOVE))


def _rows(book: Book, name: str) -> Iterator[tuple[int, list[str]]]:
	"""Each up to its last cell with any text."""
	for number, values in enumerate(book[name].iter_rows(values_only=True), 1):
		cells = list(map(_text, values))
		while cells and not cells[-1]:
			cells.pop()
		yield number, cells


def _text(value: object) -> str:
	"""A formula is what it came to when the workbook was saved, an error like #N/A its own name."""
	if value is None:
		return ""
	if isinstance(value, str):
		return value
	if isinstance(value, bool):
		return "TRUE" if value else "FALSE"
	return _date(value) if isinstance(value, date | time | timedelta) else _number(value)


def _date(value: date | time | timedelta) -> str:
	"""A date with its time, or one of these alone; how long something took in days, as it stands in the workbook."""
	if isinstance(value, timedelta):
		return _number(value / timedelta(days=1))
	return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()


def _number(value: float) -> str:
	"""As a spreadsheet shows it: no more than fifteen digits, of which none says nothing."""
	if isinstance(value, int):
		return str(value)
	return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(value, ".15g")
