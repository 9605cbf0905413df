"""What a simulation costs: from the CSV file of a real history to the results of two contracts.

	python -m benchmarks.simulation incident_event_log.csv.gz [--processes N] [--profile]

On the embedded host, with contracts that are not kept. Prints seconds, also of processors, since other work slows the
former; whether they are linear in tickets; the memory above that of the idle process; where the time goes; and a table
of our verdicts beside the log's own flag `made_sla`, whose agreement nobody has published.
"""

from __future__ import annotations

import argparse
import cProfile
import csv
import gzip
import os
import pstats
import resource
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from statistics import linear_regression
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.host import use_framework

use_framework()

import frappe  # noqa: E402

from sla_guard.engine.terms import RESOLUTION  # noqa: E402
from sla_guard.simulation.batches import collected  # noqa: E402
from sla_guard.simulation.contract import OnTrial  # noqa: E402
from sla_guard.simulation.in_process import simulate  # noqa: E402
from sla_guard.simulation.meanings import meanings  # noqa: E402
from sla_guard.simulation.measuring import measured, missed_of, unpack_tickets, unpacked  # noqa: E402
from sla_guard.simulation.reading import Asked, read  # noqa: E402
from sla_guard.simulation.results import result_of  # noqa: E402
from sla_guard.simulation.trials import on_trial  # noqa: E402
from tests.site.records import contract, money, priority, rule, support_hours, target, tiers  # noqa: E402

COLUMNS = {
	"ticket": "number",
	"time": "sys_updated_at",
	"opened": "opened_at",
	"status": "incident_state",
	"priority": "priority",
	"sequence": "sys_mod_count",
}
ASKED = Asked(COLUMNS, "Europe/Paris", frozenset("?"))
WAITING = ("Awaiting User Info", "Awaiting Vendor", "Awaiting Problem", "Awaiting Evidence")
MEANS = {"New": "Open", "Active": "Replied", **dict.fromkeys(WAITING, "On Hold")}
HOURS = {"1 - Critical": (1, 8), "2 - High": (2, 16), "3 - Moderate": (4, 40), "4 - Low": (8, 80)}
PARTS = (4, 2, 1)


def understood(_history: object = None) -> object:
	return meanings({("Status", found): name for found, name in MEANS.items()}, ["Active", *WAITING])


def contracts() -> list[OnTrial]:
	"""Two samples, gone when the transaction is: office hours, twice as much time with a cap of the year."""
	for name in HOURS:
		priority(name)
	office = support_hours("Benchmark Office", "Europe/Paris", windows=(("09:00", "18:00"),))
	support_hours("Benchmark Early", "Europe/Paris", windows=(("07:00", "15:00"),))
	return [_sample(office, 1), _sample(office, 2, reporting_period="Quarter", year_cap_percent=15)]


def _sample(office: str, times: int, **rest: object) -> OnTrial:
	rows = [target(answer * times, done * times, priority=name) for name, (answer, done) in HOURS.items()]
	rules = money(
		rule("Late", "Per started unit late", metric="Resolution", unit="Hour", amount=10),
		rule("Answer", metric="Response", amount=25),
		rule("Kept", "Tiers by compliance", metric="Resolution"),
		penalty_tiers=tiers("Kept", (0, 90, 1000), (90, 95, 500)),
		fee=50_000,
		cap_percent=20,
		cap_per_breach=200,
	)
	values = {
		"applies_to": "Everybody",
		"support_hours": office,
		"time_zone": "Europe/Paris",
		"title": f"×{times}",
	}
	document = contract(*rows, target(8 * times, 80 * times), **{**values, **rules, **rest}).insert()
	return on_trial(document.name, live=False)


# ---- as a whole


def whole(log: Path, tried: list[OnTrial], processes: int) -> None:
	idle = _memory()
	print(
		f"From the file to the results, two contracts, {processes} processes, load {os.getloadavg()[0]:.1f}:"
	)
	print("  tickets   seconds   of processors   µs of processors/ticket")
	found = []
	with TemporaryDirectory() as folder:
		for part in PARTS:
			file = _part_of(log, part, Path(folder))
			before, begun = _processors(), perf_counter()
			told = simulate(file, ASKED, understood, tried, processes=processes)
			used = _processors() - before
			found.append((told["tickets"], used))
			print(
				f"  {told['tickets']:7,} {perf_counter() - begun:9.2f} {used:15.2f} {used / told['tickets'] * 1e6:25.1f}"
			)
	slope, base = linear_regression(*zip(*found, strict=True))
	off = max(abs(used - base - slope * tickets) / used for tickets, used in found)
	print(f"  fit: {base:.2f} s + {slope * 1e6:.0f} µs a ticket, no point further than {off:.1%} from it")
	for more, less in zip(("this process", "the largest beside it"), _memory(), strict=True):
		print(f"  peak memory of {more}: {less:.0f} MB, {less - idle[0]:+.0f} MB to the idle one")
	_say_what_they_come_to(told)


def _say_what_they_come_to(told: dict) -> None:
	for fault in told["faults"]:
		print(f"  {fault['count']:6,} {fault['fault']}: {fault['handled']}")
	for each in told["contracts"]:
		print(f"  contract {each['title']}: {each['breaches']:,} missed, {each['total']} {each['currency']}")


def _part_of(log: Path, part: int, folder: Path) -> Path:
	"""The log, or every second or fourth of its tickets."""
	if part == 1:
		return log
	path = folder / f"{part}.csv.gz"
	with (
		gzip.open(log, "rt", newline="") as all_of_it,
		gzip.open(path, "wt", newline="", compresslevel=1) as some,
	):
		rows = csv.reader(all_of_it)
		out = csv.writer(some)
		out.writerow(next(rows))
		out.writerows(row for row in rows if int(row[0].removeprefix("INC")) % part == 0)
	return path


def _processors() -> float:
	used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
	return sum(each.ru_utime + each.ru_stime for each in used)


def _memory() -> tuple[float, float]:
	return tuple(
		resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
	)


# ---- step by step


def steps(log: Path, tried: list[OnTrial], profiled: bool) -> None:
	print("\nWhere the time goes, one process, seconds of processors:")
	clock = [_processors()]

	def lap(what: str) -> None:
		clock.append(_processors())
		one, other = list(pairwise(clock))[-1]
		print(f"  {other - one:7.2f}  {what}")

	profiler = cProfile.Profile()
	with read(log, ASKED) as history:
		lap("the file is read, its rows kept on disk")
		with collected(history.tickets(understood())) as found:
			lap("rows become histories, faults are found, batches packed")
			if profiled:
				profiler.enable()
			batches = [measured(unpack_tickets(text), tried, found.span) for _size, text in found.packed()]
			lap("each ticket under each contract, and with each single change")
			for place, each in enumerate(tried):
				result_of(each, place, found.span, lambda: batches)
			lap("batches put together: periods charged, changes weighed")
	if profiled:
		profiler.disable()
		pstats.Stats(profiler).sort_stats("tottime").print_stats(20)
	verdicts(log, batches)


# ---- beside the log's own flag


def verdicts(log: Path, batches: list) -> None:
	"""The flag as the last row of an incident has it, and whether we say that its resolution was in time."""
	flags = {}
	for row in _rows(log):
		flags[row["number"]] = (row["priority"], row["made_sla"] == "true")
	for place, times in enumerate((1, 2)):
		missed = {
			late.ticket
			for batch in batches
			for late in missed_of(unpacked(batch[place]["found"])[1])
			if late.metric == RESOLUTION
		}
		counts = Counter((name, flag, ticket not in missed) for ticket, (name, flag) in flags.items())
		_say_how_they_agree(times, counts)


def _say_how_they_agree(times: int, counts: Counter) -> None:
	print(
		f"\nOur resolution verdicts (contract ×{times}) beside the log's made_sla, whose rules are not known:"
	)
	print("  priority         incidents  both met  both missed  only we missed  only it missed  agreement")
	names = sorted({name for name, _flag, _met in counts})
	for name in (*names, "all"):
		both, neither, ours, its = (
			sum(
				count
				for (each, *outcome), count in counts.items()
				if name in (each, "all") and tuple(outcome) == wanted
			)
			for wanted in ((True, True), (False, False), (True, False), (False, True))
		)
		whole = both + neither + ours + its
		print(
			f"  {name:16} {whole:9,} {both:9,} {neither:12,} {ours:15,} {its:15,} {(both + neither) / whole:10.1%}"
		)


def _rows(log: Path) -> Iterator[dict]:
	with gzip.open(log, "rt", newline="") as file:
		yield from csv.DictReader(file)


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("log", type=Path, help="the incident event log, gzipped CSV")
	parser.add_argument("--processes", type=int, default=os.cpu_count())
	parser.add_argument("--profile", action="store_true", help="function by function")
	asked = parser.parse_args()
	frappe.init()
	frappe.connect()
	tried = contracts()
	try:
		whole(asked.log, tried, asked.processes)
		steps(asked.log, tried, asked.profile)
	finally:
		frappe.db.rollback()
		frappe.destroy()


if __name__ == "__main__":
	main()
