"""The reader of the real ticket history meets its faults, counts each, and loses no row."""

import os
from datetime import datetime, timezone
from pathlib import Path

import pytest

from benchmarks.incident_log import IncidentLog, terms_for_the_log
from sla_guard.engine.events import OPENED, PRIORITY, RESPONDED, STATUS
from sla_guard.engine.instants import instant
from sla_guard.engine.replay import replay
from sla_guard.engine.terms import TAKEN_IN_CHARGE
from tests.unit.factories import office

LOG = Path(os.environ.get("SLA_GUARD_DATA", "")) / "incident_event_log.csv.gz"


def record(updated, state, *, number="INC1", sequence="0", priority="3 - Moderate", opened="1/2/2016 08:00"):
	return {
		"number": number,
		"opened_at": opened,
		"sys_updated_at": updated,
		"sys_mod_count": sequence,
		"incident_state": state,
		"priority": priority,
		"sys_created_at": "?",
		"resolved_at": "1/2/2016 12:00",
	}


def read(*records):
	log = IncidentLog("")
	return dict(log.incidents(records)), {name: count for name, count in log.oddities.items() if count}


def february(hour, minute=0):
	return instant(datetime(2016, 2, 1, hour, minute, tzinfo=timezone.utc))


def test_an_incident_is_opened_new_and_answered_when_work_begins():
	incidents, _ = read(
		record("1/2/2016 09:00", "New"),
		record("1/2/2016 10:30", "Active", sequence="1"),
		record("1/2/2016 11:00", "Active", sequence="2", priority="1 - Critical"),
	)
	assert [(e.at, e.kind, e.value) for e in incidents["INC1"]] == [
		(february(8), OPENED, "New"),
		(february(9), STATUS, "New"),
		(february(10, 30), STATUS, "Active"),
		(february(10, 30), RESPONDED, TAKEN_IN_CHARGE),
		(february(11), STATUS, "Active"),
		(february(11), PRIORITY, "1 - Critical"),
	]


FIRST = record("1/2/2016 09:00", "New")


@pytest.mark.parametrize(
	"records, counted, statuses",
	[
		pytest.param(
			[FIRST, record("1/2/2016 10:00", "-100", sequence="1")],
			{"rows of an unknown state": 1},
			[(february(9), "New"), (february(10), "-100")],
			id="unknown state",
		),
		pytest.param(
			[record("1/2/2016 10:00", "Active", sequence="2"), FIRST],
			{"incidents with rows out of time order": 1},
			[(february(10), "Active"), (february(9), "New")],
			id="rows out of order",
		),
		pytest.param(
			[FIRST, record("1/2/2016 09:00", "Active", sequence="1")],
			{"incidents with two states in one minute": 1},
			[(february(9), "New"), (february(9), "Active")],
			id="two states in one minute",
		),
		pytest.param(
			[FIRST, record("1/2/2016 10:00", "Active")],
			{"incidents with two rows of one sequence number": 1},
			[(february(9), "New"), (february(10), "Active")],
			id="a sequence number twice",
		),
		pytest.param(
			[record("1/2/2016 07:00", "New")],
			{"rows before the opening, taken as at the opening": 1},
			[(february(8), "New")],
			id="before the opening",
		),
		pytest.param(
			[FIRST, record("1/2/2016 10:00", "?", sequence="1", priority="?")],
			{"rows without incident_state": 1, "rows without priority": 1},
			[(february(9), "New")],
			id="no state and no priority: both stay what they were",
		),
		pytest.param(
			[FIRST, record("?", "Active", sequence="1"), record("32/13/2016 10:00", "Active", sequence="2")],
			{"rows without sys_updated_at": 1, "rows that cannot be placed in time": 2},
			[(february(9), "New")],
			id="no instant",
		),
	],
)
def test_a_fault_of_the_history_is_counted_and_the_rest_told(records, counted, statuses):
	incidents, oddities = read(*records)
	assert oddities == counted | {"rows without sys_created_at": len(records)}
	assert [(e.at, e.value) for e in incidents["INC1"] if e.kind == STATUS] == statuses


def test_an_incident_in_two_places_of_the_file_is_noticed():
	_, oddities = read(FIRST, FIRST | {"number": "INC2"}, FIRST)
	assert oddities["incidents not in the order of their numbers"] == 1


@pytest.mark.skipif(not LOG.is_file(), reason="SLA_GUARD_DATA names no folder with incident_event_log.csv.gz")
def test_the_whole_history_is_replayed_and_its_known_faults_are_all_met():
	log = IncidentLog(LOG)
	terms, now = terms_for_the_log(office()), instant(datetime(2017, 3, 1, tzinfo=timezone.utc))
	rows = clocks = 0
	for _, events in log:
		rows += sum(event.kind == STATUS for event in events)
		clocks += len(replay(events, terms, now))
	assert (log.rows, rows, clocks) == (141_712, 141_712, 2 * 24_918)
	assert {name: count for name, count in log.oddities.items() if count} == {
		"rows of an unknown state": 5,
		"rows without sys_created_at": 53_076,
		"rows without resolved_at": 3_141,
		"rows before the opening, taken as at the opening": 5,
		"incidents with rows out of time order": 1,
		"incidents with two states in one minute": 6_441,
		"incidents with two rows of one sequence number": 5,
	}
