"""Reader of a real ticket history: the *Incident management process enriched event log*.

UCI Machine Learning Repository (Amaral, Fantinato, Peres, 2018), CC BY 4.0: one row per update of an incident of a
ServiceNow instance. The log has faults, as any history has: each is counted, and only a
row that cannot be placed in time is left out.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from itertools import groupby, pairwise
from typing import NamedTuple

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.events import OPENED, PRIORITY, RESPONDED, STATUS, Event
from sla_guard.engine.instants import HOUR, instant
from sla_guard.engine.terms import RESOLUTION, TAKEN_IN_CHARGE, Target, Terms

MISSING = "?"
NEW = "New"
WORKED_ON = ("Active", "Awaiting User Info", "Awaiting Vendor", "Awaiting Problem", "Awaiting Evidence")
DONE = ("Resolved", "Closed")
KNOWN_STATES = (NEW, *WORKED_ON, *DONE)
COLUMNS = ("number", "opened_at", "sys_updated_at", "sys_mod_count", "incident_state", "priority")
LEFT_ASIDE = ("sys_created_at", "resolved_at")

HOURS = {"1 - Critical": (1, 8), "2 - High": (2, 16), "3 - Moderate": (4, 40), "4 - Low": (8, 80)}


class Row(NamedTuple):
	"""One update. Times are epoch microseconds; the log gives no zone, they are read as UTC."""

	number: str
	opened: int
	updated: int
	sequence: int
	state: str
	priority: str


class IncidentLog:
	"""The incidents of one file, as events for the engine; `oddities` and `rows` count as they are read."""

	def __init__(self, path: str) -> None:
		self.path = path
		self.rows = 0
		self.oddities: Counter[str] = Counter()

	def __iter__(self) -> Iterator[tuple[str, list[Event]]]:
		"""Number and events of each incident, one at a time: memory does not grow with the log."""
		with gzip.open(self.path, "rt", encoding="utf-8", newline="") as file:
			yield from self.incidents(csv.DictReader(file))

	def incidents(self, records: Iterable[dict]) -> Iterator[tuple[str, list[Event]]]:
		last = ""
		for number, rows in groupby(filter(None, map(self._row, records)), key=lambda row: row.number):
			# Numbers rise through the file, so this also finds an incident that stands in two places.
			self.oddities["incidents not in the order of their numbers"] += number <= last
			last = number
			yield number, self._events(list(rows))

	def _row(self, record: dict) -> Row | None:
		self.rows += 1
		self.oddities.update(
			f"rows without {name}" for name in (*COLUMNS, *LEFT_ASIDE) if record[name] == MISSING
		)
		number, opened, updated, sequence, state, priority = (record[name] for name in COLUMNS)
		try:
			return Row(number, _instant(opened), _instant(updated), int(sequence), state, priority)
		except ValueError:
			self.oddities["rows that cannot be placed in time"] += 1
			return None

	def _events(self, rows: list[Row]) -> list[Event]:
		self._count(rows)
		first = rows[0]
		events = [
			Event(first.opened, -1, OPENED, NEW, _target(first.priority), priority=_given(first.priority))
		]
		priority, answered = first.priority, False
		for row in rows:
			at = max(row.updated, row.opened)
			if row.state != MISSING:
				events.append(Event(at, row.sequence, STATUS, row.state))
			if row.state in WORKED_ON and not answered:
				answered = True
				events.append(Event(at, row.sequence, RESPONDED, TAKEN_IN_CHARGE))
			if row.priority not in (priority, MISSING):
				priority = row.priority
				events.append(Event(at, row.sequence, PRIORITY, priority, _target(priority)))
		return events

	def _count(self, rows: list[Row]) -> None:
		odd = self.oddities
		odd["rows of an unknown state"] += sum(row.state not in (*KNOWN_STATES, MISSING) for row in rows)
		odd["rows before the opening, taken as at the opening"] += sum(
			row.updated < row.opened for row in rows
		)
		odd["incidents with rows out of time order"] += any(b.updated < a.updated for a, b in pairwise(rows))
		odd["incidents with two rows of one sequence number"] += len({row.sequence for row in rows}) < len(
			rows
		)
		odd["incidents with two states in one minute"] += _two_states_at_once(rows)


def _two_states_at_once(rows: list[Row]) -> bool:
	return len({row.updated for row in rows}) < len({(row.updated, row.state) for row in rows})


def _given(value: str) -> str:
	return "" if value == MISSING else value


def _target(priority: str) -> str:
	return priority if priority in HOURS else "default"


def _instant(text: str) -> int:
	return instant(datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=timezone.utc))


def terms_for_the_log(calendar: Calendar) -> Terms:
	"""Targets for the log's priorities in these support hours, waiting for the user or a vendor being a pause."""
	rows = [
		Target(name, calendar, response * HOUR, resolution * HOUR)
		for name, (response, resolution) in HOURS.items()
	]
	return Terms(
		targets=(*rows, Target("default", calendar, 8 * HOUR, 80 * HOUR)),
		pauses={
			RESOLUTION: {
				"Awaiting User Info": "customer",
				"Awaiting Evidence": "customer",
				"Awaiting Vendor": "vendor",
			}
		},
		stops=frozenset(DONE),
	)
