"""The engine against answers found by brute force: see cases/README.md.

The folder is `SLA_GUARD_CASES`, by default the project's own part of the cases.
"""

import gzip
import json
import os
from collections import defaultdict
from datetime import date, datetime, timezone
from pathlib import Path

import pytest

from sla_guard.engine.calendar import shared_calendar
from sla_guard.engine.events import OPENED, PRIORITY, RESPONDED, STATUS, Event
from sla_guard.engine.instants import instant
from sla_guard.engine.replay import replay
from sla_guard.engine.terms import MAIL, Policies, Target, Terms

FOLDER = Path(os.environ.get("SLA_GUARD_CASES") or Path(__file__).parent / "cases")


def grouped(name, key):
	"""The cases of a file by what they have in common; a file that is missing or empty fails, it does not pass."""
	groups = defaultdict(list)
	with gzip.open(FOLDER / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
		for number, line in enumerate(lines, 1):
			case = json.loads(line)
			groups[key(case)].append((number, case))
	assert groups, f"no cases in {FOLDER / name}"
	return [pytest.param(cases, id=group) for group, cases in sorted(groups.items())]


def utc(text):
	return None if text is None else instant(datetime.fromisoformat(text).replace(tzinfo=timezone.utc))


def calendar_of(case):
	return shared_calendar(
		case["zone"],
		tuple(tuple(window) for window in case["windows"]),
		tuple(date.fromisoformat(day) for day in case["holidays"]),
	)


@pytest.mark.parametrize("cases", grouped("support_time", lambda case: case["zone"]))
def test_support_time_is_equal_to_the_microsecond(cases):
	found, expected = {}, {}
	for number, case in cases:
		calendar, start = calendar_of(case), utc(case["start"])
		found[number] = (calendar.add(start, case["add_us"]), calendar.between(start, utc(case["end"])))
		expected[number] = (utc(case["due"]), case["between_us"])
	assert found == expected


def terms_of(case):
	calendar = calendar_of(case)
	rows = [Target(name, calendar, *amounts) for name, amounts in case["targets_us"].items()]
	return Terms(
		targets=(*rows, Target("default", calendar)),
		pauses={metric: dict.fromkeys(statuses, "customer") for metric, statuses in case["pauses"].items()},
		policies=Policies(reopen=case["policy"]["reopen"], priority=case["policy"]["priority"]),
	)


def events_of(case):
	opened, priority = utc(case["opened"]), case["priority"]
	yield Event(opened, 0, OPENED, "Open", target=priority, priority=priority)
	for sequence, event in enumerate(case["events"], 1):
		at, value = utc(event["at"]), event["value"]
		if event["kind"] == "answer":
			yield Event(at, sequence, RESPONDED, MAIL)
		elif event["kind"] == "status":
			yield Event(at, sequence, STATUS, value)
		else:
			yield Event(at, sequence, PRIORITY, value, target=value)


def as_in_case(clock):
	return {
		"metric": clock.metric,
		"cycle": clock.cycle,
		"state": clock.state,
		"started": clock.started,
		"target_us": clock.target_us,
		"elapsed_us": clock.elapsed_us,
		"due": clock.due,
		"stopped": clock.stopped,
		"breached_at": clock.breached_at,
		"verdict": clock.verdict,
	}


@pytest.mark.parametrize(
	"cases", grouped("tickets", lambda case: f"{case['policy']['priority']}, {case['policy']['reopen']}")
)
def test_the_clocks_of_a_ticket_are_equal_to_the_microsecond(cases):
	instants = ("started", "due", "stopped", "breached_at")
	found, expected = {}, {}
	for number, case in cases:
		clocks = replay(events_of(case), terms_of(case), utc(case["now"]))
		found[number] = [as_in_case(clock) for clock in clocks]
		expected[number] = [clock | {name: utc(clock[name]) for name in instants} for clock in case["clocks"]]
	assert found == expected
