"""Is a back-fill as good as having watched? `./dev back-fill-on-bench [--tickets N] [--keep]`, on a real ERPNext.

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
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

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


def report(filled: list[dict], watched: list[dict]) -> int:
	"""Prints how many clocks are equal, and each difference by its cause; 1 if one has none."""
	counts, worked, causes, unexplained = Counter(), Counter(), {}, []
	for old, new in zip(filled, watched, strict=True):
		cause = " and ".join(old["past"])
		for ours, theirs in zip(old["clocks"], new["clocks"], strict=True):
			counts.update({"tickets": 1, "clocks": len(theirs)})
			worked[cause] += 1
			if differing := differences(ours, theirs):
				counts["clocks that differ"] += len(differing)
				causes.setdefault(cause, []).append(differing)
				unexplained += [] if cause else [(old["tickets"], new["tickets"], differing)]
	print("\n" + "\n".join(f"{count:>6} {what}" for what, count in counts.items()))
	for cause in sorted(worked):
		said = f"{len(causes.get(cause, ()))} of {worked[cause]} tickets differ"
		print(f"  {cause or 'nothing was unrecorded'}: {said}{_in_what(causes.get(cause, ()))}")
	for old, new, differing in unexplained:
		print(f"\nNo reason: {old}, {new}")
		for pair in differing:
			print("  back-filled", pair[0], "\n  watched    ", pair[1])
	return int(bool(unexplained))


def _in_what(differing: Iterable[list[tuple]]) -> str:
	"""By which fields, for so many clocks."""
	found = Counter()
	for ours, theirs in chain.from_iterable(differing):
		if ours and theirs:
			found.update(field for field in COMPARED if ours[field] != theirs[field])
		else:
			found["there is one clock more" if ours else "there is one clock less"] += 1
	return "".join(f", {field} {count}" for field, count in found.most_common())


def differences(ours: list[dict], theirs: list[dict]) -> list[tuple]:
	mine, its = ({(each["metric"], each["cycle"]): each for each in clocks} for clocks in (ours, theirs))
	keys = sorted({*mine, *its})
	return [(mine.get(key), its.get(key)) for key in keys if mine.get(key) != its.get(key)]


if __name__ == "__main__":
	main()
