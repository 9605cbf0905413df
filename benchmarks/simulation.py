"""What a simulation costs: from the CSV file of a real history to the results of two contracts, plain or rich.

	python -m benchmarks.simulation incident_event_log.csv.gz [--processes N] [--profile]

On the embedded host, with contracts that are not kept. Prints of each pair seconds, also of processors, since other work
slows the former; whether they are linear in tickets; the memory above that of the idle process; where the time goes, and
whether putting together is linear in breaches; and a table of the plain ones' verdicts beside the log's own flag
`made_sla`, whose agreement nobody has published.
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
from sla_guard.simulation.measuring import Span, measured, missed_of, unpack_tickets, unpacked  # noqa: E402
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


def contracts() -> dict[str, list[OnTrial]]:
	"""Pairs of samples, gone when the transaction is."""
	for name in HOURS:
		priority(name)
	office = support_hours("Benchmark Office", "Europe/Paris", windows=(("09:00", "18:00"),))
	support_hours("Benchmark Early", "Europe/Paris", windows=(("07:00", "15:00"),))
	return {"plain": _plain(office), "rich": _rich(office)}


def _plain(office: str) -> list[OnTrial]:
	"""Office hours; twice as much time with a cap of the year."""
	rules = money(
		rule("Late", "Per started unit late", metric="Resolution", unit="Hour", amount=10),
		rule("Answer", metric="Response", amount=25),
		rule("Kept", "Tiers by compliance", metric="Resolution"),
		penalty_tiers=tiers("Kept", (0, 90, 1000), (90, 95, 500)),
		fee=50_000,
		cap_percent=20,
		cap_per_breach=200,
	)
	over_a_year = {"reporting_period": "Quarter", "year_cap_percent": 15}
	return [_sample(office, 1, "plain", rules), _sample(office, 2, "plain", rules | over_a_year)]


def _rich(office: str) -> list[OnTrial]:
	"""With all by which one ticket hangs on another: multipliers, the highest of a ticket, what is earned back, what
	lapses. No cap is so low that no change would save anything."""
	multiplied = money(
		rule("Answer", metric="Response", amount=40, multiplier_from=10, multiplier=2),
		rule(
			"Late", "Per started unit late", metric="Resolution", amount=15, multiplier_from=4, multiplier=1.5
		),
		rule("Kept", "Tiers by compliance", metric="Resolution"),
		penalty_tiers=tiers("Kept", (0, 80, 3000), (80, 90, 1200)),
		fee=200_000,
		cap_percent=20,
		year_cap_percent=10,
		cap_per_breach=250,
		cumulation="Highest per ticket",
	)
	of_fee = money(
		rule("Late", "Tiers by lateness", metric="Resolution"),
		rule("Critical", "Percent of fee per breach", priority="1 - Critical", percent=0.5),
		penalty_tiers=tiers("Late", (0, 8, 50), (8, 24, 120), (24, None, 300)),
		fee=200_000,
		cap_percent=30,
		minimum_payable=250,
		earn_back_metric="Resolution",
		earn_back_level=85,
		earn_back_periods=2,
	)
	return [_sample(office, 1, "multiplied", multiplied), _sample(office, 1, "of the fee", of_fee)]


def _sample(office: str, times: int, title: str, rules: dict) -> OnTrial:
	rows = [target(answer * times, done * times, priority=name) for name, (answer, done) in HOURS.items()]
	values = {
		"applies_to": "Everybody",
		"support_hours": office,
		"time_zone": "Europe/Paris",
		"title": f"{title} ×{times}",
	}
	document = contract(*rows, target(8 * times, 80 * times), **values, **rules).insert()
	return on_trial(document.name, live=False)


# ---- as a whole


def whole(log: Path, name: str, tried: list[OnTrial], processes: int, idle: float) -> None:
	load = os.getloadavg()[0]
	print(f"\nFrom the file to the results, two {name} contracts, {processes} processes, load {load:.1f}:")
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
	_say_the_line(found, "ticket")
	for which, peak in zip(("this process", "the largest beside it"), _memory(), strict=True):
		print(f"  peak memory of {which} so far: {peak:.0f} MB, {peak - idle:+.0f} MB to the idle one")
	_say_what_they_come_to(told)


def _say_the_line(found: list[tuple[int, float]], each: str) -> None:
	slope, base = linear_regression(*zip(*found, strict=True))
	off = max(abs(used - base - slope * count) / used for count, used in found)
	print(f"  fit: {base:.2f} s + {slope * 1e6:.0f} µs a {each}, no point further than {off:.1%} from it")


def _say_what_they_come_to(told: dict) -> None:
	for fault in told["faults"]:
		print(f"  {fault['count']:6,} {fault['fault']}: {fault['handled']}")
	for each in told["contracts"]:
		amounts = f"{each['total']} {each['currency']} (before caps {each['gross']})"
		print(f"  contract {each['title']}: {each['breaches']:,} missed, {amounts}")


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


def steps(log: Path, name: str, tried: list[OnTrial], profiled: bool) -> list:
	"""The batches of one process."""
	print(f"\nWhere the time goes, two {name} contracts, one process, seconds of processors:")
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
			_put_together(tried, batches, found.span)
			lap("batches put together: periods charged, changes weighed")
	if profiled:
		profiler.disable()
		pstats.Stats(profiler).sort_stats("tottime").print_stats(20)
	_by_breaches(tried, batches, found.span)
	return batches


def _put_together(tried: list[OnTrial], batches: list, span: Span) -> int:
	"""How many breaches there were."""
	return sum(result_of(each, place, span, lambda: batches)["breaches"] for place, each in enumerate(tried))


def _by_breaches(tried: list[OnTrial], batches: list, span: Span) -> None:
	print("Putting together some of the batches:\n  missed   seconds of processors")
	found = []
	for part in PARTS:
		begun = _processors()
		found.append((_put_together(tried, batches[::part], span), _processors() - begun))
		print(f"  {found[-1][0]:6,} {found[-1][1]:23.2f}")
	_say_the_line(found, "breach")


# ---- beside the log's own flag


def verdicts(log: Path, batches: list) -> None:
	"""The flag as the last row of an incident has it, and whether the plain contracts say that its resolution was in time."""
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
		f"\nOur resolution verdicts (contract plain ×{times}) beside the log's made_sla, whose rules are not known:"
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
	try:
		pairs = contracts()
		idle, _beside = _memory()
		for name, tried in pairs.items():
			whole(asked.log, name, tried, asked.processes, idle)
		batches = {name: steps(asked.log, name, tried, asked.profile) for name, tried in pairs.items()}
		verdicts(asked.log, batches["plain"])
	finally:
		frappe.db.rollback()
		frappe.destroy()


if __name__ == "__main__":
	main()
