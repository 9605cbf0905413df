"""A simulation without a record of it: in this process and some beside it."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sla_guard.simulation import faults
from sla_guard.simulation.batches import Collected, collected
from sla_guard.simulation.columns import Meanings
from sla_guard.simulation.contract import OnTrial
from sla_guard.simulation.measuring import Span, Ticket, measured, unpack_tickets
from sla_guard.simulation.reading import Asked, History, read
from sla_guard.simulation.results import result_of, results

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
	with TemporaryDirectory(prefix="sla-guard-") as folder:
		path = Path(folder) / "results"
		with _shared_by(processes, contracts, span, path) as every:
			with open(path, "w", encoding="ascii") as file:
				file.writelines(
					f"{each}\n" for each in every(_measured, (text for _size, text in found.packed()))
				)
			tried = list(every(_combined, range(len(contracts))))
	return results(tried, span, found.told | {"faults": wrong})


@contextmanager
def _shared_by(processes: int, contracts: list[OnTrial], span: Span, path: Path) -> Iterator[Callable]:
	"""What does the same for one after the other, in their order, with these at hand."""
	_shared[:] = [contracts, span, path]
	try:
		if processes < 2:
			yield map
			return
		# By a fork, which brings along what is shared, with the tables of its calendars.
		with multiprocessing.get_context("fork").Pool(processes) as pool:
			yield pool.imap
	finally:
		_shared.clear()


def _measured(history: str) -> str:
	contracts, span, _path = _shared
	return json.dumps(measured(unpack_tickets(history), contracts, span))


def _combined(place: int) -> dict:
	contracts, span, path = _shared
	return result_of(contracts[place], place, span, partial(_lines, path))


def _lines(path: Path) -> Iterator[list[dict]]:
	with open(path, encoding="ascii") as file:
		yield from map(json.loads, file)
