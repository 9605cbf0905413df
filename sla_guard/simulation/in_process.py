"""A simulation without a record of it: in this process and some beside it."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile

from sla_guard.simulation import faults
from sla_guard.simulation.batches import Collected, collected
from sla_guard.simulation.columns import Meanings
from sla_guard.simulation.contract import OnTrial
from sla_guard.simulation.measuring import Span, Ticket, measured, unpack_tickets
from sla_guard.simulation.reading import Asked, History, read
from sla_guard.simulation.results import results

# What the processes beside this one begin with.
_shared: list = []


def simulate(
	path: Path,
	asked: Asked,
	meanings: Callable[[History], Meanings],
	contracts: list[OnTrial],
	until: int | None = None,
	processes: int = 1,
	size: int = 0,
	with_faults: Callable[[History], None] = lambda history: None,
) -> dict:
	"""The results of a file, as a simulation in the desk stores them. Raises WrongFile.

	`meanings`: what the values mean that were found. `with_faults` is given the history once it was told, also where the
	file is refused. `processes` share the batches of so many tickets; neither changes a result.
	"""
	with read(path, asked) as history:
		try:
			with collected(history.tickets(meanings(history)), size) as found:
				return _results(found, contracts, until, processes, faults.counted(history.fault_counts))
		finally:
			with_faults(history)


def of_tickets(
	tickets: Iterable[Ticket], contracts: list[OnTrial], until: int, processes: int = 1, size: int = 0
) -> dict:
	"""The same of these tickets, as `live` gives them."""
	with collected(tickets, size) as found:
		return _results(found, contracts, until, processes, [])


def _results(
	found: Collected, contracts: list[OnTrial], until: int | None, processes: int, wrong: list[dict]
) -> dict:
	span = Span(found.span.first, until or found.span.until)
	told = found.told | {"faults": wrong}
	with TemporaryFile("w+", encoding="ascii") as file, _pool(processes, contracts, span) as every:
		file.writelines(f"{each}\n" for each in every(history for _size, history in found.packed()))
		return results(contracts, span, partial(_lines, file), told)


def _lines(file: Iterable[str]) -> Iterator[list[dict]]:
	file.seek(0)
	return map(json.loads, file)


@contextmanager
def _pool(processes: int, contracts: list[OnTrial], span: Span) -> Iterator[Callable]:
	"""What measures one batch after the other, in their order."""
	_shared[:] = [contracts, span]
	try:
		if processes < 2:
			yield partial(map, _measured)
			return
		# By a fork, which brings along what is shared, with the tables of its calendars.
		with multiprocessing.get_context("fork").Pool(processes) as pool:
			yield partial(pool.imap, _measured)
	finally:
		_shared.clear()


def _measured(history: str) -> str:
	return json.dumps(measured(unpack_tickets(history), *_shared))
