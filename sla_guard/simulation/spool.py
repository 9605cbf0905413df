"""Rows of a file on their way: kept on disk until all of a ticket are together, so that memory does not grow with it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from sla_guard.simulation.columns import FIELDS
from sla_guard.simulation.faults import Fault

_AT_ONCE = 2000
_KEPT = ("row", *FIELDS)


class Spool:
	"""`rows`, `faults`: what was put in, however it was scattered; both come out in order."""

	def __init__(self, folder: Path) -> None:
		self.connection = sqlite3.connect(folder / "rows.sqlite", isolation_level=None)
		for pragma in ("journal_mode=OFF", "synchronous=OFF", "temp_store=FILE", "cache_size=-8000"):
			self.connection.execute(f"PRAGMA {pragma}")
		self.connection.execute(f"CREATE TABLE kept ({', '.join(_KEPT)})")
		self.connection.execute("CREATE TABLE fault (row, ticket, header, value, kind)")
		self.connection.execute("BEGIN")
		self._waiting: list[tuple] = []
		self._faults: list[Fault] = []
		self.counts: Counter[str] = Counter()

	def close(self) -> None:
		self.connection.close()

	def put(self, row: tuple) -> None:
		"""A row: its number, and the texts of FIELDS."""
		self._waiting.append(row)
		if len(self._waiting) >= _AT_ONCE:
			self._write()

	def _write(self) -> None:
		marks = ", ".join("?" * len(_KEPT))
		self.connection.executemany(f"INSERT INTO kept VALUES ({marks})", self._waiting)
		self._waiting.clear()

	def tickets(self) -> Iterator[tuple[str, list[tuple]]]:
		"""Each ticket with its rows, in the order of the file."""
		self._write()
		found = self.connection.execute("SELECT * FROM kept ORDER BY ticket, row")
		for ticket, rows in groupby(found, key=itemgetter(1)):
			yield ticket, list(rows)

	def rows(self, last: int) -> Iterator[tuple]:
		"""The rows up to this one, in the order of the file."""
		self._write()
		yield from self.connection.execute("SELECT * FROM kept WHERE row <= ? ORDER BY row", (last,))

	# ---- faults

	def fault(self, fault: Fault) -> None:
		self.counts[fault.kind] += 1
		self._faults.append(fault)
		if len(self._faults) >= _AT_ONCE:
			self._write_faults()

	def _write_faults(self) -> None:
		self.connection.executemany("INSERT INTO fault VALUES (?, ?, ?, ?, ?)", self._faults)
		self._faults.clear()

	def faults(self, most: int = -1) -> Iterable[Fault]:
		"""By row, no more than so many."""
		self._write_faults()
		found = self.connection.execute("SELECT * FROM fault ORDER BY row, rowid LIMIT ?", (most,))
		return (Fault(*each) for each in found)
