"""What the app costs on real tickets, as ratios of one run on a bench: ours against ERPNext's own SLA tracking.

	./dev benchmark-on-bench [--rounds N]

A ticket is saved without and with each of the two, one after the other and many times over. A save is timed without
the commit after it, which is the request's: it is rolled back, and the next one finds the site as this one did. Then
the sweep, with few and with many open clocks. What is made for all this is removed at the end, also after Ctrl-C.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import product
from statistics import median
from time import perf_counter
from typing import NamedTuple

import frappe
from frappe.model.document import Document

from benchmarks.helpdesk import Crowd, furnished, issue
from sla_guard import jobs
from tests.site.statements import statements, without_the_app, writes

# Whether ours is on, whether ERPNext's is.
SETTINGS = {
	"neither": (False, False),
	"ours": (True, False),
	"ERPNext's": (False, True),
	"both": (True, True),
}
DUE, FEW, MANY = 100, 2_000, 200_000
TURNS, SWEEPS = 3, 4


class Cost(NamedTuple):
	ms: float
	queries: int
	writes: int

	def beyond(self, other: Cost) -> Cost:
		return Cost(*(mine - its for mine, its in zip(self, other, strict=True)))


# ---- one measurement


def measure(verb: Callable[[], object]) -> Cost:
	with as_in_production(), statements() as said:
		begun = perf_counter()
		verb()
		ms = (perf_counter() - begun) * 1000
	return Cost(ms, len(said), len(writes(said)))


# ---- tickets, under four settings


def actions(ticket: str) -> dict[str, Callable[[], Document]]:
	"""What is done to a ticket: each gives a document ready to be saved."""

	def changed(**values: str) -> Document:
		return frappe.get_doc("Issue", ticket).update(values)

	return {
		"a save that changes nothing for the SLA": lambda: changed(subject=f"Subject {random.random()}"),
		"a status change: put on hold": lambda: changed(status="On Hold"),
		"a status change: closed": lambda: changed(status="Closed"),
		"an insert": issue,
	}


@contextmanager
def tracked_by(ours: bool, erpnexts: bool) -> Iterator[None]:
	"""In a transaction of its own, of which nothing stays."""
	frappe.db.rollback()
	frappe.db.set_single_value("Support Settings", "track_service_level_agreement", int(erpnexts))
	with nullcontext() if ours else without_the_app():
		yield
	frappe.db.rollback()


@contextmanager
def as_in_production() -> Iterator[None]:
	"""Without what the framework does on a site for tests only, such as a look into Redis with each statement."""
	allowed, frappe.local.conf.allow_tests, frappe.flags.in_test = frappe.conf.allow_tests, 0, False
	try:
		yield
	finally:
		frappe.local.conf.allow_tests, frappe.flags.in_test = allowed, True


def compare(ticket: str, rounds: int) -> None:
	costs = {way: [] for way in product(actions(ticket), SETTINGS)}
	# The first two warm what is warm in a process that has worked for a while.
	for number in range(-2, rounds):
		for action, setting in random.sample(list(costs), len(costs)):
			with tracked_by(*SETTINGS[setting]):
				document = actions(ticket)[action]()
				cost = measure(document.save)
				check(document, *SETTINGS[setting])
			if number >= 0:
				costs[action, setting].append(cost)
	print(
		f"Saving an Issue, median of {rounds}, without the commit. Extra is beyond neither; fastest is the fastest"
	)
	print(
		"beyond the fastest of neither, which is what counts on a machine that is busy with something else:"
	)
	for action in actions(ticket):
		show(action, {setting: costs[action, setting] for setting in SETTINGS})


def check(document: Document, ours: bool, erpnexts: bool) -> None:
	"""Each did what it is measured for."""
	newest = frappe.get_all(
		"SLA Event", {"ticket": document.name}, pluck="status", order_by="sequence desc", limit=1
	)
	if ours and newest != [document.status]:
		sys.exit(f"Ours recorded {newest} of {document.status}")
	if erpnexts and not document.service_level_agreement:
		sys.exit("ERPNext's agreement does not match")


def show(action: str, costs: dict[str, list[Cost]]) -> None:
	print(f"\n  {action}")
	print("             queries  writes       ms   extra queries  writes       ms  fastest   of ERPNext's ms")
	extras = {setting: middle(map(Cost.beyond, each, costs["neither"])) for setting, each in costs.items()}
	for setting, each in costs.items():
		all_of_it, extra = middle(each), extras[setting]
		print(f"  {setting:10} {all_of_it.queries:7.0f} {all_of_it.writes:7.0f} {all_of_it.ms:8.2f}", end="")
		if setting == "neither":
			print()
			continue
		fastest = min(each).ms - min(costs["neither"]).ms
		part = extra.ms / extras["ERPNext's"].ms
		print(f" {extra.queries:15.0f} {extra.writes:7.0f} {extra.ms:8.2f} {fastest:8.2f} {part:17.2f}")


def middle(costs: Iterator[Cost]) -> Cost:
	return Cost(*map(median, zip(*costs, strict=True)))


# ---- the sweep


def sweeps() -> None:
	crowd = Crowd(DUE)
	# What else is due on this site is not of this measurement.
	jobs.sweep()
	crowd.rewind()
	costs, rows = {FEW: [], MANY: []}, {}
	for size in (FEW, MANY) * TURNS:
		crowd.resize(size)
		before = rows_read()
		costs[size].append(sweep(crowd))
		rows[size] = rows_read() - before
		crowd.rewind()
		for _ in range(SWEEPS - 1):
			costs[size].append(sweep(crowd))
			crowd.rewind()
	print(f"\nA sweep that finds {DUE} clocks due, with its commits, the fastest of {TURNS * SWEEPS}:")
	print("             open  queries  rows read       ms   of the few's ms")
	few = min(costs[FEW]).ms
	for size, each in costs.items():
		cost = min(each)
		print(f"  {size:15,} {cost.queries:8} {rows[size]:10} {cost.ms:8.1f} {cost.ms / few:17.2f}")


def sweep(crowd: Crowd) -> Cost:
	cost = measure(jobs.sweep)
	if crowd.breaches() != DUE:
		sys.exit(f"{crowd.breaches()} breaches of {DUE} due clocks")
	return cost


def rows_read() -> int:
	"""By this connection so far: what the database did, on however busy a machine."""
	return sum(int(count) for _name, count in frappe.db.sql("show session status like 'Handler_read%%'"))


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--rounds", type=int, default=100, help="how often each save is measured")
	asked = parser.parse_args()
	try:
		with furnished() as ticket:
			compare(ticket, asked.rounds)
			sweeps()
	except KeyboardInterrupt:
		sys.exit("Stopped.")


if __name__ == "__main__":
	from tests.site import bench

	bench.connect()
	main()
