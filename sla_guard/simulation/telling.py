"""The rows of one ticket as its history: put in order, what is wrong with them reported, what they change told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import NamedTuple

from sla_guard.engine import events as fact
from sla_guard.engine.history import Told, in_order
from sla_guard.simulation import faults
from sla_guard.simulation.columns import FAILED, FIELDS, KINDS, Meanings
from sla_guard.simulation.faults import Fault
from sla_guard.simulation.instants import Unreadable

_CHANGES = {
	"customer": fact.CUSTOMER,
	"service": fact.SERVICE,
	"issue_type": fact.ISSUE_TYPE,
	"priority": fact.PRIORITY,
}
_YES = frozenset(["1", "true", "yes", "y", "x", "oui", "o", "ja", "vrai", "wahr"])
_NO = frozenset(["0", "false", "no", "n", "non", "nein", "faux", "falsch"])

Instant = Callable[[str, str], int]


class Row(NamedTuple):
	"""A row that could be placed, at the instant that is `written` in it. Names are those of the file; empty: none.
	`responded`: an instant, True with this row, or None."""

	at: int
	sequence: tuple
	number: int
	written: str
	opened: int | None
	status: str
	priority: str
	service: str
	customer: str
	issue_type: str
	responded: int | bool | None


class Teller:
	"""Tells the histories of the tickets of one file. `headers`: of the columns that the file has, by field. `instants`:
	how the instants of a field are read. `report` takes each fault."""

	def __init__(
		self,
		headers: dict[str, str],
		instants: dict[str, Instant],
		meanings: Meanings,
		report: Callable[[Fault], None],
	) -> None:
		self.headers, self.instants, self.meanings, self._report = headers, instants, meanings, report
		self.ticket = ""
		self._looked_up = [field for field in KINDS if field in headers]

	def tell(self, ticket: str, cells: list[tuple]) -> list[Told]:
		"""The history of a ticket by its rows, in the order of the file; none if no row of it could be placed."""
		self.ticket = ticket
		rows = [row for each in cells if (row := self.read(each))]
		if not rows:
			return []
		self._find_out_of_order(rows)
		rows = list(self._once(sorted(rows, key=attrgetter("at", "sequence"))))
		opened = self._opening(rows)
		rows = [self._not_before(row, opened) for row in rows]
		return in_order(self._told(rows, opened))

	def report(self, kind: str, number: int, field: str, value: object = "") -> None:
		self._report(Fault(number, self.ticket, self.headers.get(field, ""), str(value), kind))

	# ---- one row

	def read(self, cells: tuple) -> Row | None:
		"""What a row says by itself; None for one that cannot be placed."""
		cell = dict(zip(("row", *FIELDS), cells, strict=True))
		number = cell["row"]
		at = self._placed(cell)
		if at is None:
			return None
		for field in self._looked_up:
			if cell[field] in FAILED:
				self.report(faults.FAILED, number, field, cell[field])
				cell[field] = ""
			elif not cell[field]:
				self.report(faults.MISSING, number, field)
		status = cell["status"]
		if status and not self.meanings.is_known("Status", status):
			self.report(faults.UNKNOWN_STATUS, number, "status", status)
		names = (cell[field] for field in ("status", "priority", "service", "customer", "issue_type"))
		place = (at, self._sequence(cell), number, cell["time"])
		return Row(*place, self._opened(cell), *names, self._responded(cell))

	def _placed(self, cell: dict) -> int | None:
		if not cell["time"]:
			return self.report(faults.NO_INSTANT, cell["row"], "time")
		try:
			return self.instants["time"](cell["time"], cell["time_zone"])
		except Unreadable as error:
			field = "time_zone" if error.zone and cell["time_zone"] else "time"
			kind = faults.WRONG_ZONE if error.zone else faults.WRONG_INSTANT
			return self.report(kind, cell["row"], field, cell[field])

	def _sequence(self, cell: dict) -> tuple:
		text = cell["sequence"]
		if not text:
			return (0, cell["row"])
		try:
			return (float(text), cell["row"])
		except ValueError:
			self.report(faults.WRONG_SEQUENCE, cell["row"], "sequence", text)
			return (0, cell["row"])

	def _opened(self, cell: dict) -> int | None:
		if not cell["opened"]:
			return None
		try:
			return self.instants["opened"](cell["opened"], cell["time_zone"])
		except Unreadable:
			return self.report(faults.WRONG_OPENING, cell["row"], "opened", cell["opened"])

	def _responded(self, cell: dict) -> int | bool | None:
		text = cell["response"].lower()
		if not text or text in _NO:
			return None
		if text in _YES:
			return True
		try:
			return self.instants["response"](cell["response"], cell["time_zone"])
		except Unreadable:
			return self.report(faults.WRONG_RESPONSE, cell["row"], "response", cell["response"])

	# ---- all of them

	def _find_out_of_order(self, rows: list[Row]) -> None:
		latest = rows[0].at
		for row in rows:
			if row.at < latest:
				self.report(faults.OUT_OF_ORDER, row.number, "time", row.written)
			latest = max(latest, row.at)

	def _once(self, rows: list[Row]) -> Iterator[Row]:
		before, seen = None, set()
		for row in rows:
			if before is None or row.at != before.at:
				seen.clear()
			content = row._replace(number=0, sequence=row.sequence[:1])
			if content in seen:
				self.report(faults.DUPLICATE, row.number, "ticket", self.ticket)
				continue
			if before and row.at == before.at and _differ(row.status, before.status):
				self.report(faults.SAME_INSTANT, row.number, "status", row.status)
			seen.add(content)
			before = row
			yield row

	def _opening(self, rows: list[Row]) -> int:
		known = [row for row in rows if row.opened is not None]
		for row in known[1:]:
			if row.opened != known[0].opened:
				self.report(faults.OTHER_OPENING, row.number, "opened")
		if not known and "opened" in self.headers:
			self.report(faults.NO_OPENING, rows[0].number, "opened")
		return min((row.opened for row in known), default=rows[0].at)

	def _not_before(self, row: Row, opened: int) -> Row:
		if row.at >= opened:
			return row
		self.report(faults.BEFORE_OPENING, row.number, "time", row.written)
		return row._replace(at=opened)

	# ---- told

	def _told(self, rows: list[Row], opened: int) -> Iterator[Told]:
		now = Told(opened, 0, fact.OPENED, status=self.meanings.first)
		for field in _CHANGES:
			if first := next((row for row in rows if getattr(row, field)), None):
				now = now._replace(**{field: self._name(first, field)})
		yield now
		answered = False
		for row in rows:
			for changed in self._changed(now._replace(at=row.at), row):
				yield changed
				now = changed
			at = None if answered else self._answered_at(row)
			if at is not None:
				answered, now = True, now._replace(sequence=now.sequence + 1)
				yield now._replace(at=self._not_early(row, at, opened), kind=fact.RESPONDED)

	def _changed(self, now: Told, row: Row) -> Iterator[Told]:
		"""A fact for each name that is another one from this row on."""
		for field, kind in (*_CHANGES.items(), ("status", fact.STATUS)):
			if not getattr(row, field):
				continue
			name = self.meanings.name(KINDS[field], getattr(row, field))
			if name != getattr(now, field):
				if field != "status":
					self._name(row, field)
				now = now._replace(**{field: name}, sequence=now.sequence + 1, kind=kind)
				yield now

	def _name(self, row: Row, field: str) -> str:
		kind, found = KINDS[field], getattr(row, field)
		if not self.meanings.is_known(kind, found):
			self.report(faults.UNKNOWN, row.number, field, found)
		return self.meanings.name(kind, found)

	def _answered_at(self, row: Row) -> int | None:
		if row.responded is True or row.status in self.meanings.answers:
			return row.at
		return row.responded or None

	def _not_early(self, row: Row, at: int, opened: int) -> int:
		if at < opened:
			self.report(faults.EARLY_RESPONSE, row.number, "response")
		return max(at, opened)


def _differ(one: str, other: str) -> bool:
	return bool(one and other) and one != other
