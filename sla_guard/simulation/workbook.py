"""A sheet of an Excel workbook (.xlsx) as rows of cells, each as the text that a CSV file would have there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache, partial
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

from openpyxl.packaging.manifest import Override
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.datetime import from_excel
from openpyxl.xml.constants import ARC_CONTENT_TYPES, SHARED_STRINGS

from sla_guard.simulation import sheet_xml
from sla_guard.simulation.kinds import WrongFile
from sla_guard.simulation.sheet_xml import Cell

_MIB = 1 << 20
# Unpacked: all of it, whose sheets are read row by row, and any one part that is held in memory meanwhile.
MOST_READ, MOST_HELD = 1024 * _MIB, 128 * _MIB
# Above the headers there may be a title and the like; what has more than that above it is no table.
_ABOVE = 100
_REMEMBERED = 1 << 16


class Sheet(NamedTuple):
	"""How a workbook is read: by the sheet of this name, of those that there are."""

	name: str
	names: tuple[str, ...]


def sheet_of(path: Path, name: str = "") -> Sheet:
	"""The sheet of this name; without one, the first that holds a table, of those that are shown if one of them does.

	Raises WrongFile where there is none, or for what is no workbook.
	"""
	with _opened(path) as book:
		names = tuple(book.sheets)
		if name and name not in names:
			raise WrongFile(
				"The workbook has no sheet {sheet}; it has {sheets}", sheet=name, sheets=", ".join(names)
			)
		looked_at = [name] if name else book.shown_first()
		found = next(filter(book.holds_table, looked_at), None)
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
			for number, cells in book.rows(how.name):
				width = width or (len(cells) if _is_header(cells) else 0)
				if width:
					yield number, cells + [""] * (width - len(cells))
		except Exception as error:
			raise WrongFile("Row {row}: {error}", row=number + 1, error=_said(error)) from error


def _is_header(cells: list[str]) -> bool:
	return sum(1 for cell in cells if cell.strip()) > 1


# ---- the workbook


class _Archive(ZipFile):
	"""Of a part that is read at once, no more than what may be held; what a part says of its size it never exceeds."""

	def read(self, name: str, pwd: bytes | None = None) -> bytes:
		self.refuse_to_hold(name)
		return super().read(name, pwd)

	def refuse_to_hold(self, name: str) -> None:
		_refuse_more(self.getinfo(name).file_size, MOST_HELD)


@contextmanager
def _opened(path: Path) -> Iterator[_Book]:
	try:
		with _Archive(path) as archive:
			_check(archive)
			book = _Book(archive)
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


def _refuse_more(size: int, most: int) -> None:
	if size > most:
		raise WrongFile(
			"The workbook is too large: unpacked it, or a part of it, has {size} MB, and {most} MB are the most. Leave out columns that are not needed, or save it as CSV",
			size=f"{size / _MIB:.0f}",
			most=f"{most / _MIB:.0f}",
		)


def _said(error: Exception) -> str:
	return (str(error) or type(error).__name__).splitlines()[0].rstrip(".")


class _Book:
	"""What of a workbook is in memory: which sheets there are, its texts, and which cells are dates. openpyxl reads it;
	its own sheets are not used, see sheet_xml."""

	def __init__(self, archive: _Archive) -> None:
		reader = ExcelReader(archive.fp, read_only=True, data_only=True, keep_links=False)
		reader.archive = self.archive = archive
		reader.read_manifest()
		reader.read_workbook()
		apply_stylesheet(archive, reader.wb)
		found = [
			(sheet.name, sheet.state, rel.target)
			for sheet, rel in reader.parser.find_sheets()
			if rel.Type.endswith("/worksheet")
		]
		self.sheets = {name: part for name, _state, part in found}
		self._hidden = {name for name, state, _part in found if state != "visible"}
		self._texts = self._texts_of(reader.package.find(SHARED_STRINGS))
		self._dates = {str(style) for style in reader.wb._date_formats}
		self._date = lru_cache(maxsize=_REMEMBERED)(partial(_date, epoch=reader.wb.epoch))

	def _texts_of(self, part: Override | None) -> list[str]:
		if part is None:
			return []
		name = part.PartName.removeprefix("/")
		self.archive.refuse_to_hold(name)
		with self.archive.open(name) as source:
			return list(sheet_xml.texts(source))

	def shown_first(self) -> list[str]:
		return sorted(self.sheets, key=self._hidden.__contains__)

	def holds_table(self, name: str) -> bool:
		first = takewhile(lambda row: row[0] <= _ABOVE, self.rows(name))
		return any(_is_header(cells) for _number, cells in first)

	def rows(self, name: str) -> Iterator[tuple[int, list[str]]]:
		"""Those with any text, up to its last cell."""
		with self.archive.open(self.sheets[name]) as source:
			for number, cells in sheet_xml.rows(source):
				row = [""] * (1 + max(cell.column for cell in cells))
				for cell in cells:
					row[cell.column] = self._text(cell)
				while row and not row[-1]:
					row.pop()
				if row:
					yield number, row

	def _text(self, cell: Cell) -> str:
		"""A formula is what it came to when the workbook was saved, an error like #N/A its own name."""
		if cell.kind == "n":
			return self._date(cell.text) if cell.style in self._dates else _number(cell.text)
		if cell.kind == "s":
			return self._texts[int(cell.text)]
		if cell.kind == "b":
			return "TRUE" if cell.text == "1" else "FALSE"
		return cell.text


def _number(text: str) -> str:
	"""As a spreadsheet shows it: no more than fifteen digits, of which none says nothing."""
	if text.isdigit():
		return text
	value = float(text)
	return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(value, ".15g")


def _date(text: str, epoch: datetime) -> str:
	"""A date with its time, or one of these alone; the number itself where it is no date that a spreadsheet shows."""
	try:
		value = from_excel(float(text), epoch)
	except (OverflowError, ValueError):
		return _number(text)
	return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
