"""What the engine costs, as ratios of one run.

	python -m benchmarks.engine [incident_event_log.csv.gz] [--profile]

A due date against pandas' CustomBusinessHour and businesstimedelta, on the same calendar and the same inputs; then
the replay of a whole ticket history. `--profile` says where the time of the replay goes.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import random
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta, timezone
from functools import partial
from itertools import islice
from statistics import median
from time import perf_counter
from timeit import Timer

import businesstimedelta
import pandas

from benchmarks.incident_log import IncidentLog, terms_for_the_log
from sla_guard.engine.calendar import Calendar
from sla_guard.engine.instants import HOUR, instant, moment
from sla_guard.engine.replay import replay

HOURS = ((time(9), time(12)), (time(13), time(18)))
FEASTS = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
HOLIDAYS = tuple(date(year, *day) for year in (2015, 2016, 2017) for day in FEASTS)
# Hours of support time; a day of support has eight of them, so from one hour to twenty days.
TARGETS = (1, 2, 4, 8, 16, 24, 40, 80, 120, 160)
INPUTS = 400

# A contender prepares what it needs of a start and a number of hours, and gives the one call that is timed.
Contender = Callable[[datetime, int], Callable[[], object]]


def office_hours() -> Calendar:
	windows = [(weekday, start.hour * 60, end.hour * 60) for weekday in range(5) for start, end in HOURS]
	return Calendar("UTC", windows, HOLIDAYS)


def contenders() -> dict[str, Contender]:
	calendar = office_hours()
	holidays = businesstimedelta.HolidayRule(dict.fromkeys(HOLIDAYS, "holiday"))
	workdays = [businesstimedelta.WorkDayRule(*hours, working_days=[0, 1, 2, 3, 4]) for hours in HOURS]
	rules = businesstimedelta.Rules([*workdays, holidays])
	business_hour = partial(
		pandas.offsets.CustomBusinessHour,
		start=[start for start, _ in HOURS],
		end=[end for _, end in HOURS],
		holidays=list(HOLIDAYS),
	)
	return {
		"sla_guard": lambda start, hours: partial(calendar.add, instant(start), hours * HOUR),
		"pandas": lambda start, hours: partial(
			_sum, pandas.Timestamp(start.replace(tzinfo=None)), business_hour(hours)
		),
		"businesstimedelta": lambda start, hours: partial(
			_sum, start, businesstimedelta.BusinessTimeDelta(rules, hours=hours)
		),
	}


def _sum(start: object, amount: object) -> object:
	return start + amount


def measure(contender: Contender) -> tuple[float, list[datetime]]:
	"""Median seconds of one due date, and the due dates."""
	chance = random.Random(2016)
	seconds, answers = [], []
	for number in range(INPUTS):
		start = datetime(2016, 1, 4, tzinfo=timezone.utc) + timedelta(minutes=chance.randrange(300 * 1440))
		call = contender(start, TARGETS[number % len(TARGETS)])
		answers.append(_naive(call()))
		count = 50
		seconds.append(min(Timer(call).repeat(3, count)) / count)
	return median(seconds), answers


def _naive(answer: object) -> datetime:
	return (moment(answer) if isinstance(answer, int) else answer).replace(tzinfo=None)


def due_dates() -> None:
	print(f"One due date, {INPUTS} starts in 2016, targets of 1 h to 20 days, median, calendar warm:")
	results = {name: measure(contender) for name, contender in contenders().items()}
	base, ours = results["sla_guard"]
	for name, (seconds, answers) in results.items():
		same = sum(map(_same, ours, answers))
		later = sum(map(_next_opening, ours, answers))
		print(
			f"  {name:18} {seconds * 1e6:9.2f} µs   ×{seconds / base:7.1f}   same answer {same}, next opening for closing {later}"
		)


def _same(ours: datetime, theirs: datetime) -> bool:
	return ours == theirs


def _next_opening(ours: datetime, theirs: datetime) -> bool:
	"""A target used up at a closing time is due there; some say the next opening, which is the same support time."""
	ours, theirs = (instant(answer.replace(tzinfo=timezone.utc)) for answer in (ours, theirs))
	return ours < theirs and not office_hours().between(ours, theirs)


def whole_log(path: str) -> None:
	log = IncidentLog(path)
	incidents = list(log)
	terms, now = terms_for_the_log(office_hours()), max(events[-1].at for _, events in incidents)
	print(f"\nReplay of the whole log, {len(incidents):,} incidents, {log.rows:,} rows, one core:")
	for name, count in sorted(log.oddities.items()):
		print(f"  met and counted: {count:6,} {name}")
	print("  tickets    seconds   µs/ticket    rows/s")
	for part in (4, 2, 1):
		some = incidents[: len(incidents) // part]
		rows = sum(event.kind == "status" for _, events in some for event in events)
		seconds = min(_seconds_to_replay(some, terms, now) for _ in range(3))
		print(f"  {len(some):7,} {seconds:10.3f} {seconds / len(some) * 1e6:11.2f} {rows / seconds:9,.0f}")


def _seconds_to_replay(incidents: list, terms: object, now: int) -> float:
	begun = perf_counter()
	for _, events in incidents:
		replay(events, terms, now)
	return perf_counter() - begun


def memory(path: str) -> None:
	terms, now = terms_for_the_log(office_hours()), instant(datetime(2017, 3, 1, tzinfo=timezone.utc))
	print("\nPeak memory of reading and replaying one ticket after the other:")
	for count in (6_000, 12_000, 24_000):
		tracemalloc.start()
		for _, events in _some(path, count):
			replay(events, terms, now)
		print(f"  {count:7,} tickets {tracemalloc.get_traced_memory()[1] / 1e6:8.2f} MB")
		tracemalloc.stop()


def _some(path: str, count: int) -> Iterator:
	return islice(IncidentLog(path), count)


def profile(path: str) -> None:
	incidents = list(IncidentLog(path))
	terms, now = terms_for_the_log(office_hours()), max(events[-1].at for _, events in incidents)
	profiler = cProfile.Profile()
	profiler.runcall(_seconds_to_replay, incidents, terms, now)
	pstats.Stats(profiler).sort_stats("tottime").print_stats(15)


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("log", nargs="?", help="the incident event log, gzipped CSV")
	parser.add_argument("--profile", action="store_true", help="where the time of the replay goes")
	asked = parser.parse_args()
	due_dates()
	if asked.log:
		whole_log(asked.log)
		memory(asked.log)
	if asked.log and asked.profile:
		profile(asked.log)


if __name__ == "__main__":
	main()
