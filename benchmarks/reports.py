"""What the reports cost on a real bench with MariaDB, over a year of a large helpdesk, as times and queries.

	./dev benchmark-on-bench reports [--rounds N]

Rows are written straight into the tables: clocks, breaches, reopenings, penalties with their statement lines, of many
customers under contracts in three time zones. `execute` of each report is timed as Administrator, and as an agent who is
kept to one company. What was made is removed at the end, also after Ctrl-C.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from statistics import median
from time import perf_counter
from types import ModuleType

import frappe

from benchmarks.helpdesk import NAME, removed_by
from benchmarks.tickets import as_in_production, rows_read
from sla_guard import store
from sla_guard.engine.instants import DAY, HOUR, instant, moment
from sla_guard.sla_guard.report.sla_breaches import sla_breaches
from sla_guard.sla_guard.report.sla_compliance import sla_compliance
from sla_guard.sla_guard.report.sla_penalties import sla_penalties
from tests.site.statements import statements

CLOCKS, BREACHES, REOPENINGS = 100_000, 20_000, 5_000
ZONES = ("Europe/Paris", "America/New_York", "UTC")
CUSTOMERS, CONTRACTS, AGENTS, COMPANIES = 200, 60, 40, 4
YEAR = {"from_date": "2025-01-01", "to_date": "2025-12-31"}
MONTH = {"from_date": "2025-06-01", "to_date": "2025-06-30"}
LIMIT_MS = 1000
READER = "reader@benchmark.example"

MEASURED = {
	"SLA Compliance by month": (sla_compliance, {**YEAR, "group_by": "Month"}),
	"SLA Compliance by quarter": (sla_compliance, {**YEAR, "group_by": "Quarter"}),
	"SLA Compliance by customer": (sla_compliance, {**YEAR, "group_by": "Customer"}),
	"SLA Compliance by agent": (sla_compliance, {**YEAR, "group_by": "Agent"}),
	"SLA Penalties of the year": (sla_penalties, YEAR),
	"SLA Breaches of a month": (sla_breaches, MONTH),
	"SLA Breaches of the year": (sla_breaches, YEAR),
}


# ---- rows


@contextmanager
def furnished() -> Iterator[None]:
	with removed_by(clear):
		_fill(random.Random(1))
		yield


def _fill(chance: random.Random) -> None:
	contracts = [f"{NAME} {number}" for number in range(CONTRACTS)]
	insert(
		"SLA Contract",
		({"name": each, "chain": each, "time_zone": chance.choice(ZONES)} for each in contracts),
	)
	insert("SLA Clock", (_clock(number, chance) for number in range(CLOCKS)))
	insert("SLA Breach", (_breach(number, chance) for number in range(BREACHES)))
	insert("SLA Reopening", (_reopening(number, chance) for number in range(REOPENINGS)))
	insert("SLA Penalty", (_penalty(number, chance) for number in range(BREACHES)))
	insert("SLA Statement Line", (_line(number) for number in range(BREACHES)))
	_reader()
	frappe.db.commit()
	for doctype in ("SLA Clock", "SLA Breach", "SLA Reopening", "SLA Penalty", "SLA Statement Line"):
		frappe.db.sql_ddl(f"analyze table `tab{doctype}`")


def insert(doctype: str, rows: Iterator[dict]) -> None:
	made = {
		"creation": frappe.utils.now(),
		"modified": frappe.utils.now(),
		"owner": NAME,
		"modified_by": NAME,
	}
	for some in frappe.utils.create_batch(
		[{"name": frappe.generate_hash(length=20)} | row | made for row in rows], 2000
	):
		store.insert(doctype, list(some))


def _whose(number: int) -> dict:
	customer = number % CUSTOMERS
	return {
		"ticket": f"{NAME} {number}",
		"metric": "Resolution",
		"cycle": 1,
		"contract": f"{NAME} {customer % CONTRACTS}",
		"customer": f"{NAME} {customer}",
		"priority": f"P{number % 5}",
		"service": f"Service {number % 12}",
		"company": f"{NAME} {customer % COMPANIES}",
	}


def _some_day(chance: random.Random) -> int:
	return instant(moment(0).replace(year=2025)) + chance.randrange(365 * DAY)


def _clock(number: int, chance: random.Random) -> dict:
	"""The first ones were missed."""
	stopped, missed = _some_day(chance), number < BREACHES
	return {
		**_whose(number),
		"state": "stopped",
		"verdict": "missed" if missed else "met",
		"stopped_us": stopped,
		"decided_us": stopped,
		"breached_us": stopped - HOUR if missed else 0,
		"late_us": HOUR if missed else 0,
		"as_of_us": stopped,
		"agent": f"agent-{number % AGENTS}@benchmark.example",
	}


def _breach(number: int, chance: random.Random) -> dict:
	state = chance.choices(("Open", "Excluded", "Waived", "Withdrawn"), (90, 5, 3, 2))[0]
	at = _some_day(chance)
	chain = {"chain": _whose(number)["contract"], "breached_at": str(moment(at).replace(tzinfo=None))}
	return {**_whose(number), **chain, "breached_us": at, "state": state, "target_us": 8 * HOUR}


def _reopening(number: int, chance: random.Random) -> dict:
	stopped = _some_day(chance)
	return {**_whose(number), "stopped_us": stopped, "reopened_us": stopped + 3 * DAY, "breached_us": 0}


def _penalty(number: int, chance: random.Random) -> dict:
	first = date(2025, chance.randrange(1, 13), 1)
	last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
	whose = {field: value for field, value in _whose(number).items() if field != "cycle"}
	period = {"period_start": str(first), "period_end": str(last)}
	said = {
		"status": "Approved",
		"currency": "EUR",
		"amount": 100,
		"arithmetic": "2 started hours × 50.00 EUR",
	}
	return {
		"name": f"{NAME} {number}",
		**whose,
		**period,
		**said,
		"rule_name": "Late",
		"kind": "Per started unit late",
	}


def _line(number: int) -> dict:
	return {
		"penalty": f"{NAME} {number}",
		"parent": f"{NAME} {number % 400}",
		"parenttype": "SLA Statement",
		"amount": 80,
	}


def _reader() -> None:
	"""An agent of one company."""
	user = frappe.new_doc("User").update({"email": READER, "first_name": NAME, "send_welcome_email": 0})
	user.flags.no_welcome_mail = True
	user.append_roles("Support Team")
	user.insert(ignore_permissions=True)
	kept = {"user": READER, "allow": "Company", "for_value": f"{NAME} 1", "apply_to_all_doctypes": 1}
	frappe.new_doc("User Permission").update(kept).insert(ignore_permissions=True, ignore_links=True)


def clear() -> None:
	"""Removes what this run or one that was killed has made."""
	for doctype in (
		"SLA Statement Line",
		"SLA Penalty",
		"SLA Reopening",
		"SLA Breach",
		"SLA Clock",
		"SLA Contract",
	):
		frappe.db.delete(doctype, {"owner": NAME})
	frappe.db.delete("User Permission", {"user": READER})
	if frappe.db.exists("User", READER):
		frappe.delete_doc("User", READER, force=True, ignore_permissions=True, delete_permanently=True)
	frappe.db.commit()


# ---- measuring


def measure(report: ModuleType, filters: dict) -> tuple[float, int, int, int]:
	"""Milliseconds, queries, rows that the database read, and rows of the report."""
	before = rows_read()
	with as_in_production(), statements() as said:
		begun = perf_counter()
		rows = report.execute(frappe._dict(filters))[1]
		ms = (perf_counter() - begun) * 1000
	return ms, len(said), rows_read() - before, len(rows)


def compare(user: str, rounds: int) -> None:
	frappe.set_user(user)
	print(f"\nexecute() as {user}, {rounds} times:")
	print("                                 rows  queries  rows read  median ms  fastest ms")
	for name, (report, filters) in MEASURED.items():
		# The first one warms what is warm in a process that has worked for a while.
		costs = [measure(report, filters) for _ in range(rounds + 1)][1:]
		_ms, queries, read, rows = costs[0]
		times = [cost[0] for cost in costs]
		over = "  over the limit" if median(times) > LIMIT_MS and filters is not YEAR else ""
		print(f"  {name:27} {rows:7,} {queries:8} {read:10,} {median(times):10.0f} {min(times):11.0f}{over}")
	frappe.set_user("Administrator")


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--rounds", type=int, default=10, help="how often each report is measured")
	asked = parser.parse_args()
	try:
		with furnished():
			for user in ("Administrator", READER):
				compare(user, asked.rounds)
	except KeyboardInterrupt:
		sys.exit("Stopped.")


if __name__ == "__main__":
	from tests.site import bench

	bench.connect()
	main()
