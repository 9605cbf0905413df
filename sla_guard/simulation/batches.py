"""The batches of a simulation: 2,500 tickets each, stored with their histories, then with what they come to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, NamedTuple

import frappe

from sla_guard import store
from sla_guard.simulation.measuring import Span, Ticket, pack_tickets

# A job costs half a second before it begins to measure.
BATCH = 2500
WAITING, DONE = "Waiting", "Done"
DOCTYPE = "SLA Simulation Batch"


class Collected(NamedTuple):
	"""Batches of tickets on disk, so that they are stored at once when all of them are known to be right."""

	file: IO[str]
	sizes: list[int]
	facts: int
	customers: int
	span: Span

	@property
	def told(self) -> dict:
		"""What a result says of it."""
		return {"tickets": sum(self.sizes), "events": self.facts, "customers": self.customers}

	def packed(self) -> Iterator[tuple[int, str]]:
		"""How many tickets, and their histories as text."""
		self.file.seek(0)
		yield from zip(self.sizes, map(str.rstrip, self.file), strict=True)


@contextmanager
def collected(tickets: Iterable[Ticket], size: int = 0) -> Iterator[Collected]:
	with TemporaryFile("w+", encoding="ascii") as file:
		sizes, facts, customers, first, last = [], 0, set(), [], []
		for some in _some(tickets, size or BATCH):
			file.write(pack_tickets(some) + "\n")
			sizes.append(len(some))
			facts += sum(len(told) for _ticket, told in some)
			customers.update(told[-1].customer for _ticket, told in some)
			first.append(min(told[0].at for _ticket, told in some))
			last.append(max(each.at for _ticket, told in some for each in told))
		yield Collected(
			file, sizes, facts, len(customers - {""}), Span(min(first, default=0), max(last, default=0))
		)


def _some(tickets: Iterable[Ticket], size: int) -> Iterator[list[Ticket]]:
	batch: list[Ticket] = []
	for each in tickets:
		batch.append(each)
		if len(batch) == size:
			yield batch
			batch = []
	if batch:
		yield batch


# ---- as rows


def put(simulation: str, run: str, found: Collected) -> None:
	"""In place of those that there were."""
	forget(simulation)
	now, user = frappe.utils.now(), frappe.session.user
	written = {"creation": now, "modified": now, "owner": user, "modified_by": user}
	about = {"simulation": simulation, "run": run, "state": WAITING}
	for place, (size, history) in enumerate(found.packed()):
		row = {"name": frappe.generate_hash(length=20), "place": place, "tickets": size, "history": history}
		store.insert(DOCTYPE, [written | about | row])


def forget(simulation: str) -> None:
	frappe.db.delete(DOCTYPE, {"simulation": simulation})


def waiting(simulation: str, run: str) -> list[int]:
	"""The places of those that are not done."""
	about = {"simulation": simulation, "run": run, "state": WAITING}
	return frappe.get_all(DOCTYPE, about, pluck="place", order_by="place", limit_page_length=0)


def count(simulation: str, run: str) -> int:
	return frappe.db.count(DOCTYPE, {"simulation": simulation, "run": run})


def read(simulation: str, run: str, place: int) -> frappe._dict | None:
	about = {"simulation": simulation, "run": run, "place": place}
	return frappe.db.get_value(DOCTYPE, about, ["name", "state", "history"], as_dict=True)


def done(name: str, result: str) -> None:
	store.update(DOCTYPE, name, {"result": result, "state": DONE})


def results(simulation: str, run: str) -> Iterator[list[dict]]:
	"""What each batch came to under each contract, one at a time."""
	about = {"simulation": simulation, "run": run}
	for name in frappe.get_all(DOCTYPE, about, pluck="name", order_by="place", limit_page_length=0):
		yield json.loads(frappe.db.get_value(DOCTYPE, name, "result"))
