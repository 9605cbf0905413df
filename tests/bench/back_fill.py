"""Is a back-fill as good as having watched? `./dev back-fill-on-bench [--tickets N]`, on a real ERPNext.

On a site of its own, without the app, tickets are worked through the routes of the desk at instants that stand still.
Then the app is installed, with contracts in force from the past, and they are back-filled by the command. Then the same
routes are gone again, with the app watching. The clocks of both are compared; where they differ, the routes say which
fact left no trace. Ends with 1 if there is a difference for no such reason. The site is dropped afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.site import bench

SITE = "sla-guard-back-fill.localhost"
COMPARED = (
	*("metric", "cycle", "state", "verdict", "target", "target_us", "started_us", "due_us", "breached_us"),
	*("stopped_us", "stopped_by", "customer", "priority"),
)
FROM_THE_LOG = 5  # One in so many.


def main() -> None:
	asked = argparse.ArgumentParser(description=__doc__)
	asked.add_argument("--tickets", type=int, default=500)
	asked.add_argument("--site", help="an existing site without the app, which is kept")
	options = asked.parse_args()
	from tests.bench.sites import site_of_its_own

	bench.start_redis()
	bench.start_database()
	bench.get_pytest()
	with TemporaryDirectory() as folder:
		if options.site:
			os.environ["SLA_GUARD_SITE"] = options.site
			sys.exit(compare(Path(folder), options.tickets))
		with site_of_its_own(SITE):
			step("set_up")
			found = compare(Path(folder), options.tickets)
	sys.exit(found)


def compare(folder: Path, tickets: int) -> int:
	step("live", tickets, folder / "old.json", "without the app")
	print("Installing the app", flush=True)
	bench.frappe("install-app", "sla_guard", stdout=subprocess.DEVNULL)
	step("contracts")
	began = time.monotonic()
	bench.frappe("sla-guard", "back-fill")
	print(f"Back-filled in {time.monotonic() - began:.0f} s, the start of the process included", flush=True)
	step("look", folder / "old.json", folder / "filled.json")
	step("watch")
	step("live", tickets, folder / "new.json", "with the app watching")
	step("look", folder / "new.json", folder / "watched.json")
	return report(*(json.loads((folder / f"{each}.json").read_text()) for each in ("filled", "watched")))


def step(name: str, *arguments: object) -> None:
	"""A process of its own, as a site that has been changed is met by new ones."""
	paths = [os.environ.get("PYTHONPATH"), str(bench.ROOT), str(bench.PYTEST)]
	environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
	command = [str(bench.PYTHON), "-m", "tests.bench.steps", name, *map(str, arguments)]
	subprocess.run(command, cwd=bench.ROOT, env=environment, check=True)


# ---- what came of it


class Compared(NamedTuple):
	"""A ticket: its names in both runs, why its history may lack something, and the clocks that differ."""

	names: tuple[str, str]
	cause: str
	unseen: list[str]
	clocks: int
	differing: list[tuple]


def report(filled: list[dict], watched: list[dict]) -> int:
	"""Prints how many clocks are equal, and each difference with what left no trace; 1 if one has no cause."""
	tickets = list(compared(filled, watched))
	differing = [each for each in tickets if each.differing]
	print(f"\n{len(tickets):>6} tickets\n{sum(each.clocks for each in tickets):>6} clocks")
	print(f"{sum(len(each.differing) for each in differing):>6} clocks that differ")
	worked, differ = (Counter(each.cause for each in some) for some in (tickets, differing))
	for cause in sorted(worked):
		print(f"  {cause or 'nothing was unrecorded'}: {differ[cause]} of {worked[cause]} tickets differ")
	for each in differing:
		print("\n" + "\n".join(in_words(each)))
	return int(any(not each.cause for each in differing))


def compared(filled: list[dict], watched: list[dict]) -> Iterator[Compared]:
	for old, new in zip(filled, watched, strict=True):
		pairs = zip(old["tickets"], new["tickets"], old["clocks"], new["clocks"], strict=True)
		for name, its_name, ours, theirs in pairs:
			found = differences(ours, theirs)
			yield Compared((name, its_name), " and ".join(old["past"]), old["unseen"], len(theirs), found)


def in_words(ticket: Compared) -> Iterator[str]:
	"""What differs about a ticket, and what of its life left no trace."""
	yield f"{ticket.names[0]} back-filled, {ticket.names[1]} watched" + (
		"" if ticket.cause else ": NO REASON"
	)
	yield from (f"  no trace of: {each}" for each in ticket.unseen)
	for ours, theirs in ticket.differing:
		some = ours or theirs
		if ours and theirs:
			fields = [field for field in COMPARED if ours[field] != theirs[field]]
			said = [f"{field} {_shown(field, ours)}, watched {_shown(field, theirs)}" for field in fields]
		else:
			said = ["only back-filled" if ours else "only watched"]
		yield f"  {some['metric']} {some['cycle']}: {'; '.join(said)}"


def _shown(field: str, clock: dict) -> str:
	value = clock[field]
	if field.endswith("_us") and field != "target_us":
		return f"{datetime.fromtimestamp(value / 1e6, timezone.utc):%Y-%m-%d %H:%M:%S}" if value else "none"
	return str(value or "none")


def differences(ours: list[dict], theirs: list[dict]) -> list[tuple]:
	mine, its = ({(each["metric"], each["cycle"]): each for each in clocks} for clocks in (ours, theirs))
	keys = sorted({*mine, *its})
	return [(mine.get(key), its.get(key)) for key in keys if mine.get(key) != its.get(key)]


if __name__ == "__main__":
	main()
