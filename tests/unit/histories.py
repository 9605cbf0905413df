"""Ticket histories as files, for the tests of how they are read."""

import gzip
from datetime import datetime, timezone

from sla_guard.engine.instants import instant
from sla_guard.simulation.columns import Meanings
from sla_guard.simulation.reading import Asked, read

MEANINGS = Meanings(
	{"Status": {"New": "Open"}}, {"Status": frozenset(["Open", "Closed"]), "Priority": frozenset(["P1"])}
)


def written(folder, text, encoding="utf-8", compress=False, name="history.csv"):
	content = text.encode(encoding) if isinstance(text, str) else text
	path = folder / name
	path.write_bytes(gzip.compress(content) if compress else content)
	return path


def utc(*moment):
	return instant(datetime(*moment, tzinfo=timezone.utc))


def told(folder, text, meanings=MEANINGS, **asked):
	"""The histories and the faults of a text file."""
	return told_of(written(folder, text), meanings, **asked)


def told_of(path, meanings=MEANINGS, **asked):
	"""The histories and the faults of a file."""
	asked = {"columns": {}, "missing": frozenset("?"), "leave_out": True, **asked}
	with read(path, Asked(**asked)) as history:
		tickets = dict(history.tickets(meanings))
		return tickets, [each[:1] + each[2:] for each in history.faults()]


def brief(history):
	return [(each.at, each.kind, each.status, each.priority) for each in history]
