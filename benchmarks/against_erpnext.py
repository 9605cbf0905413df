"""Due instants, ours against those of ERPNext's `get_expected_time_for`, for the same tickets under the same rules.

	./dev benchmark-on-bench against-erpnext [incident_event_log.csv.gz]

2,000 openings and priorities of the log, each with a time to answer and a time to solve, under two sets of rules that
both can be told: office hours with holidays, and around the clock, which ERPNext has as 00:00:00 to 23:59:59. Each
disagreement is traced to its causes by working it out once more with each cause alone; one that is left over fails the
run. Then what a due costs. The agreements of ERPNext that this makes are rolled back.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple
from zoneinfo import ZoneInfo

import frappe

from benchmarks.helpdesk import NAME, setting
from benchmarks.incident_log import HOURS, IncidentLog
from sla_guard.engine.calendar import DAY_MINUTES, WEEKDAYS, Calendar, Window
from sla_guard.engine.instants import HOUR, SECOND, instant, moment

# Each twelfth incident of the log.
TICKETS, STEP = 2_000, 12
ZONE = ZoneInfo("Europe/Paris")
FEASTS = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
# Easter Monday, Ascension and Whit Monday move.
MOVING = (date(2016, 3, 28), date(2016, 5, 5), date(2016, 5, 16), date(2017, 4, 17))
HOLIDAYS = tuple(sorted([date(year, *day) for year in (2016, 2017) for day in FEASTS] + [*MOVING]))
OFFICE = [(day, 8 * 60, 18 * 60) for day in range(5)] + [(5, 9 * 60, 13 * 60)]
ALWAYS = [(day, 0, DAY_MINUTES) for day in range(7)]
TIMES = 5


class Rules(NamedTuple):
	"""One set of rules, and the hours as the one and the other have them. `gap`: how much before midnight ERPNext's
	day ends, where its admin cannot say 24:00."""

	title: str
	windows: list[Window]
	holidays: tuple[date, ...]
	gap: timedelta


RULES = (
	Rules("Office hours", OFFICE, HOLIDAYS, timedelta()),
	Rules("Around the clock", ALWAYS, (), timedelta(seconds=1)),
)


class Due(NamedTuple):
	"""One commitment of one ticket: opened when, by the clocks of ZONE, for how many hours of support."""

	opened: datetime
	parameter: str
	priority: str
	hours: int


# ---- tickets


def dues_of(path: str) -> Iterator[Due]:
	"""The log tells minutes; a ticket is opened at some microsecond of its minute."""
	chance = random.Random(2016)
	incidents = (events[0] for _, events in IncidentLog(path))
	known = (opening for opening in incidents if opening.priority in HOURS)
	for opening in islice(known, 0, STEP * TICKETS, STEP):
		naive = moment(opening.at).replace(tzinfo=None) + timedelta(
			microseconds=chance.randrange(60 * SECOND)
		)
		for parameter, hours in zip(("response", "resolution"), HOURS[opening.priority], strict=True):
			yield Due(naive, parameter, opening.priority, hours)


# ---- theirs


def theirs(rules: Rules) -> Callable[[Due], datetime]:
	"""ERPNext's own function, told what it is told when an Issue is saved."""
	from erpnext.support.doctype.service_level_agreement import service_level_agreement as erpnext

	agreement = _agreement(rules)
	told = {}
	for priority in HOURS:
		told[priority] = agreement.get_service_level_agreement_priority(_named(priority))
		told[priority].update(
			{
				"support_and_resolution": agreement.support_and_resolution,
				"holiday_list": agreement.holiday_list,
			}
		)
	return lambda due: erpnext.get_expected_time_for(due.parameter, told[due.priority], due.opened)


def _agreement(rules: Rules) -> object:
	holidays = [{"holiday_date": day, "description": "Feast"} for day in rules.holidays]
	days = {"from_date": "2016-01-01", "to_date": "2017-12-31", "holidays": holidays}
	shut = frappe.new_doc("Holiday List").update({"holiday_list_name": f"{NAME} {rules.title}", **days})
	values = {
		"document_type": "Issue",
		"service_level": f"{NAME} {rules.title}",
		"enabled": 1,
		"entity_type": "Customer",
		"entity": _customer(rules.title),
		"holiday_list": shut.insert().name,
		"apply_sla_for_resolution": 1,
		"priorities": [_priority(*each) for each in HOURS.items()],
		"support_and_resolution": [_day(rules, window) for window in rules.windows],
		"sla_fulfilled_on": [{"status": "Closed"}],
	}
	with setting("Support Settings", "track_service_level_agreement", 1):
		made = frappe.new_doc("Service Level Agreement").update(values).insert()
	return frappe.get_doc("Service Level Agreement", made.name)


def _customer(title: str) -> str:
	parties = {
		field: frappe.db.get_value(doctype, {"is_group": 0}, order_by="lft")
		for doctype, field in (("Customer Group", "customer_group"), ("Territory", "territory"))
	}
	name = {"customer_name": f"{NAME} {title}", "customer_type": "Company"}
	return frappe.new_doc("Customer").update(name | parties).insert().name


def _named(priority: str) -> str:
	name = f"{NAME} {priority}"
	if not frappe.db.exists("Issue Priority", name):
		frappe.new_doc("Issue Priority").insert(set_name=name)
	return name


def _priority(priority: str, hours: tuple[int, int]) -> dict:
	times = dict(zip(("response_time", "resolution_time"), (3600 * each for each in hours), strict=True))
	return {"priority": _named(priority), "default_priority": priority == next(iter(HOURS)), **times}


def _day(rules: Rules, window: Window) -> dict:
	weekday, opens, closes = window
	times = (timedelta(minutes=opens), timedelta(minutes=closes) - rules.gap)
	return {
		"workday": WEEKDAYS[weekday],
		**dict(zip(("start_time", "end_time"), map(str, times), strict=True)),
	}


# ---- ours, and what each cause alone makes of it


def ours(rules: Rules, *causes: str) -> Callable[[Due], datetime]:
	"""The engine's; with causes, as it would come out if ours had these faults as well."""
	zone = timezone.utc if CHANGE in causes else ZONE
	calendar = Calendar(str(zone) if zone is ZONE else "UTC", rules.windows, rules.holidays)
	if GAP in causes:
		calendar = calendar.without(_gaps(zone, rules.gap))

	def due(each: Due) -> datetime:
		at = calendar.add(instant(each.opened.replace(tzinfo=zone)), each.hours * HOUR)
		return moment(at).astimezone(zone).replace(tzinfo=None)

	return due


def _gaps(zone: object, gap: timedelta) -> list[tuple[int, int]]:
	midnights = (datetime(2016, 1, 2) + timedelta(days=days) for days in range(730))
	ends = [instant(each.replace(tzinfo=zone)) for each in midnights]
	return [(end - gap // timedelta(microseconds=1), end) for end in ends if gap]


CHANGE = "the clocks change in between: ERPNext adds hours to a time of day, ours counts those that pass"
GAP = "a day ends at 23:59:59: each midnight costs a second"
CAUSES = ((CHANGE,), (GAP,), (CHANGE, GAP))


class Comparison(NamedTuple):
	due: Due
	ours: datetime
	theirs: datetime
	cause: tuple[str, ...] | None


def compare(rules: Rules, dues: list[Due]) -> list[Comparison]:
	mine, its = ours(rules), theirs(rules)
	others = {causes: ours(rules, *causes) for causes in CAUSES}
	found = []
	for due in dues:
		both = mine(due), its(due)
		found.append(Comparison(due, *both, () if both[0] == both[1] else _cause(due, both[1], others)))
	return found


def _cause(due: Due, theirs: datetime, others: dict[tuple[str, ...], Callable]) -> tuple[str, ...] | None:
	"""The fewest causes that give their answer; None if none do."""
	return next((causes for causes, other in others.items() if other(due) == theirs), None)


# ---- what the dues were


def crossed(rules: Rules, each: Comparison) -> Iterator[str]:
	"""What a due had to get right, whether it was."""
	calendar = Calendar(str(ZONE), rules.windows, rules.holidays)
	opened, due = (instant(at.replace(tzinfo=ZONE)) for at in (each.due.opened, each.ours))
	if not calendar.between(opened, opened + 1):
		yield "opened while support is closed"
	if each.due.opened.date() != each.ours.date():
		yield "due on another day"
	if any(each.due.opened.date() <= day <= each.ours.date() for day in rules.holidays):
		yield "a holiday in between"
	if rules.holidays and not calendar.between(due, due + 1):
		yield "due exactly at closing time"
	offsets = {at.replace(tzinfo=ZONE).utcoffset() for at in (each.due.opened, each.ours)}
	if len(offsets) > 1:
		yield "a change of the clocks in between"


def tell(rules: Rules, found: list[Comparison]) -> int:
	"""Prints the comparison; returns how many disagreements have no cause."""
	agree = sum(each.cause == () for each in found)
	print(f"\n{rules.title}: {len(found):,} due instants, {agree:,} the same")
	every = Counter(what for each in found for what in crossed(rules, each))
	same = Counter(what for each in found if each.cause == () for what in crossed(rules, each))
	for what, count in every.most_common():
		print(f"  {count:6,} {what}: {same[what]:,} the same")
	for causes in (*CAUSES, None):
		some = [each for each in found if each.cause == causes]
		if some:
			_tell_cause(causes, some)
	return sum(each.cause is None for each in found)


def _tell_cause(causes: tuple[str, ...] | None, some: list[Comparison]) -> None:
	apart = [abs((each.theirs - each.ours).total_seconds()) for each in some]
	print(
		f"  {len(some):6,} differ, {min(apart):g} s to {max(apart):g} s: {'; '.join(causes or ('no cause found',))}"
	)
	first = some[0]
	print(f"         {first.due.hours} h from {first.due.opened}: ours {first.ours}, ERPNext {first.theirs}")


# ---- cost


def costs(rules: Rules, dues: list[Due]) -> None:
	"""Ours also without the conversion of both ends, since the app keeps instants."""
	calendar = Calendar(str(ZONE), rules.windows, rules.holidays)
	instants = [(instant(due.opened.replace(tzinfo=ZONE)), due.hours * HOUR) for due in dues]
	alone = _seconds(lambda each: calendar.add(*each), instants)
	mine, its = _seconds(ours(rules), dues), _seconds(theirs(rules), dues)
	print(
		f"  a due costs, median of {TIMES} runs: ERPNext {its * 1e6:.1f} µs; ours {mine * 1e6:.1f} µs with the conversion "
		f"of both ends, ×{its / mine:.1f}, and {alone * 1e6:.2f} µs without, ×{its / alone:.0f}"
	)


def _seconds(verb: Callable, inputs: list) -> float:
	return median(_once(verb, inputs) for _ in range(TIMES)) / len(inputs)


def _once(verb: Callable, inputs: list) -> float:
	begun = perf_counter()
	for each in inputs:
		verb(each)
	return perf_counter() - begun


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	folder = Path(os.environ.get("SLA_GUARD_DATA", "."))
	parser.add_argument("log", nargs="?", default=folder / "incident_event_log.csv.gz")
	dues = list(dues_of(parser.parse_args().log))
	print(
		f"{len({(due.opened, due.priority) for due in dues}):,} tickets from {dues[0].opened} to {dues[-1].opened}"
	)
	left_over = 0
	try:
		for rules in RULES:
			left_over += tell(rules, compare(rules, dues))
			frappe.db.rollback()
			costs(rules, dues)
			frappe.db.rollback()
	finally:
		_forget()
	if left_over:
		sys.exit(f"{left_over} disagreements have no known cause.")


def _forget() -> None:
	"""What was made is rolled back; ERPNext also remembers which documents have agreements."""
	from erpnext.support.doctype.service_level_agreement import service_level_agreement as erpnext

	frappe.db.rollback()
	erpnext.set_documents_with_active_service_level_agreement()


if __name__ == "__main__":
	from tests.site import bench

	bench.connect()
	main()
