"""From a file to histories: its rows are kept on disk, then told ticket by ticket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from sla_guard.engine.history import Told
from sla_guard.simulation import faults, formats, instants, workbook
from sla_guard.simulation.columns import FAILED, FIELDS, KINDS, Columns, Meanings, columns, guess
from sla_guard.simulation.faults import UNPLACED, Fault
from sla_guard.simulation.formats import Format
from sla_guard.simulation.instants import Dates
from sla_guard.simulation.kinds import WrongFile, is_workbook
from sla_guard.simulation.spool import Spool
from sla_guard.simulation.telling import Teller
from sla_guard.simulation.workbook import Sheet

# So many values of one kind are no names.
MOST_VALUES = 5000
_DATED = ("time", "opened", "response")


class Asked(NamedTuple):
	"""How a file is to be read, as far as it was said. `columns`: the header of each field; none: as it is usual.
	`missing`: what stands where there is no value. `sheet`: of a workbook; none: the first that holds a table."""

	columns: dict[str, str]
	zone: str = "UTC"
	missing: frozenset[str] = frozenset()
	encoding: str = ""
	delimiter: str = ""
	date_order: str = ""
	leave_out: bool = False
	sheet: str = ""


class Source:
	"""A file with its format and columns. Raises WrongFile for one that cannot be read so."""

	def __init__(self, path: Path, asked: Asked) -> None:
		self.path, self.asked = path, asked
		self.format: Format | Sheet = _format_of(path, asked)
		self.headers = formats.headers(self._rows())
		wanted = {field: header for field, header in asked.columns.items() if header}
		self.wanted = wanted or guess(self.headers)

	@property
	def columns(self) -> Columns:
		return columns(self.headers, self.wanted)

	def cells(self) -> Iterator[tuple[int, list[str]]]:
		"""The rows below the headers."""
		found = self._rows()
		next(found)
		return found

	def _rows(self) -> Iterator[tuple[int, list[str]]]:
		read = workbook.rows if isinstance(self.format, Sheet) else formats.rows
		return read(self.path, self.format)


def _format_of(path: Path, asked: Asked) -> Format | Sheet:
	if is_workbook(path):
		return workbook.sheet_of(path, asked.sheet)
	return formats.format_of(path, asked.encoding, asked.delimiter)


class History:
	"""The rows of a file on disk. `values`: how often each is there, by kind."""

	def __init__(self, source: Source, spool: Spool, most: int = 0) -> None:
		self.source, self.spool = source, spool
		self.values: dict[str, Counter[str]] = {}
		self.rows = 0
		self.tickets_told = self.facts_told = 0
		self.orders = self._read(most)

	def _read(self, most: int) -> dict[str, str]:
		"""Keeps the rows, no more than `most` if it is given, and returns the order of the dates of each column."""
		places = self.source.columns
		dates = [
			(Dates(self._header(field)), field) for field in _DATED if getattr(places, field) is not None
		]
		kinds = [
			(1 + FIELDS.index(field), self._count_of(kind))
			for field, kind in KINDS.items()
			if self._has(field)
		]
		seen = [(1 + FIELDS.index(field), each.see) for each, field in dates]
		for row in self._cut(places, most):
			for place, see in seen:
				see(row[place])
			for place, count in kinds:
				count(row[place])
			self.spool.put(row)
		if self.source.asked.date_order in instants.ORDERS:
			return {field: self.source.asked.date_order for field in _DATED}
		found = instants.order_of([each for each, _field in dates if each.either or each.only])
		return {field: found.get(each.column, instants.YEAR_FIRST) for each, field in dates}

	def _has(self, field: str) -> bool:
		return bool(self.source.wanted.get(field))

	def _header(self, field: str) -> str:
		return self.source.wanted.get(field) or ""

	def _count_of(self, kind: str) -> Callable[[str], None]:
		counter = self.values[kind] = Counter()

		def count(value: str) -> None:
			if value and value not in FAILED:
				counter[value] += 1
				if len(counter) > MOST_VALUES:
					raise WrongFile(
						"{kind}: more than {most} values, is that the right column?",
						kind=kind,
						most=MOST_VALUES,
					)

		return count

	def _cut(self, places: Columns, most: int) -> Iterator[tuple]:
		"""The texts of FIELDS of each row; those without a ticket are reported."""
		missing, width = self.source.asked.missing | {""}, len(self.source.headers)
		for number, cells in self.source.cells():
			self.rows += 1
			if len(cells) != width:
				self.spool.fault(Fault(number, "", "", str(len(cells)), faults.CELLS))
				cells += [""] * (width - len(cells))
			texts = ["" if place is None else cells[place].strip() for place in places]
			row = (number, *("" if text in missing else text for text in texts))
			if row[1] and row[1] not in FAILED:
				yield row
			else:
				self.spool.fault(Fault(number, "", self._header("ticket"), texts[0], faults.NO_TICKET))
			if self.rows == most:
				return

	def teller(self, meanings: Meanings, report: Callable[[Fault], None]) -> Teller:
		zone = self.source.asked.zone
		readers = {order: instants.reader(order, zone) for order in set(self.orders.values())}
		how = {field: readers[order] for field, order in self.orders.items()}
		said = {field: header for field, header in self.source.wanted.items() if header}
		return Teller(said, how, meanings, report)

	def tickets(self, meanings: Meanings) -> Iterator[tuple[str, list[Told]]]:
		"""Each ticket with its history. Raises WrongFile after the last one if a row could not be placed and none may be
		left out: until then it is not known how many."""
		teller = self.teller(meanings, self.spool.fault)
		if not self._has("opened"):
			self.spool.fault(Fault(1, "", "", "", faults.NO_OPENINGS))
		for ticket, cells in self.spool.tickets():
			if told := teller.tell(ticket, cells):
				self.tickets_told, self.facts_told = self.tickets_told + 1, self.facts_told + len(told)
				yield ticket, told
		self._refuse_unplaced()

	def _refuse_unplaced(self) -> None:
		count = sum(self.spool.counts[kind] for kind in UNPLACED)
		if not count and not self.tickets_told:
			raise WrongFile("The file has no rows below its headers")
		if count and not (self.source.asked.leave_out and self.tickets_told):
			first = next(each for each in self.spool.faults() if each.kind in UNPLACED)
			raise WrongFile(
				"{count} rows have no ticket or no instant, row {row} is the first. Correct them, or tick Leave Out Bad Rows; nothing was imported.",
				count=count,
				row=first.row,
			)

	@property
	def fault_counts(self) -> Counter[str]:
		return self.spool.counts

	def faults(self, most: int = -1) -> Iterable[Fault]:
		return self.spool.faults(most)


@contextmanager
def read(path: Path, asked: Asked, most: int = 0) -> Iterator[History]:
	"""A file on its way, in a folder that goes when it is done. Raises WrongFile, naming row or column."""
	source = Source(path, asked)
	with TemporaryDirectory(prefix="sla-guard-") as folder:
		spool = Spool(Path(folder))
		try:
			yield History(source, spool, most)
		finally:
			spool.close()
