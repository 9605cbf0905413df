"""Planned maintenance: when it takes place, and which part of it excuses. Tables made by hand."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.instants import DAY, HOUR, instant, moment
from sla_guard.engine.maintenance import Occurrence, counted, repeated
from tests.unit.factories import jan

# ---- which part of it excuses


def occurrence(start, end, *, announced="1 00:00"):
	return Occurrence(jan(start), jan(end), jan(announced))


def spans(found):
	return [tuple(f"{moment(at):%d %H:%M}".lstrip("0") for at in each) for each in found]


@pytest.mark.parametrize(
	"announced, notice, counts",
	[
		("5 10:00", 0, True),
		("5 10:01", 0, False),
		("4 10:00", 24, True),
		("4 10:01", 24, False),
		("3 00:00", 24, True),
		("6 00:00", 0, False),
	],
)
def test_announced_in_time_is_at_the_latest_so_many_hours_before_the_start(announced, notice, counts):
	found = counted([occurrence("5 10:00", "5 12:00", announced=announced)], notice * HOUR)
	assert spans(found) == ([("5 10:00", "5 12:00")] if counts else [])


def test_two_at_once_are_one():
	found = counted([occurrence("5 11:00", "5 13:00"), occurrence("5 10:00", "5 12:00")])
	assert spans(found) == [("5 10:00", "5 13:00")]


def ten_days(at):
	"""Periods from the 1st, the 11th and the 21st of January."""
	first = jan("1 00:00")
	begun = (at - first) // (10 * DAY) * 10 * DAY
	return first + begun, first + begun + 10 * DAY


@pytest.mark.parametrize(
	"quota, expected",
	[
		(0, [("5 10:00", "5 12:00"), ("6 10:00", "6 12:00"), ("10 23:00", "11 02:00")]),
		(1, [("5 10:00", "5 11:00"), ("11 00:00", "11 01:00")]),
		(2, [("5 10:00", "5 12:00"), ("11 00:00", "11 02:00")]),
		(3, [("5 10:00", "5 12:00"), ("6 10:00", "6 11:00"), ("11 00:00", "11 02:00")]),
		(
			4.5,
			[
				("5 10:00", "5 12:00"),
				("6 10:00", "6 12:00"),
				("10 23:00", "10 23:30"),
				("11 00:00", "11 02:00"),
			],
		),
	],
)
def test_the_quota_of_a_period_goes_to_what_starts_first_and_cuts_the_one_that_crosses_it(quota, expected):
	planned = [
		occurrence("10 23:00", "11 02:00"),
		occurrence("6 10:00", "6 12:00"),
		occurrence("5 10:00", "5 12:00"),
	]
	assert spans(counted(planned, 0, int(quota * HOUR), ten_days)) == expected


def test_what_was_announced_too_late_takes_nothing_of_the_quota():
	planned = [occurrence("5 10:00", "5 12:00", announced="5 11:00"), occurrence("6 10:00", "6 12:00")]
	assert spans(counted(planned, 0, 2 * HOUR, ten_days)) == [("6 10:00", "6 12:00")]


def test_overlapping_ones_take_their_time_of_the_quota_once():
	planned = [
		occurrence("5 10:00", "5 12:00"),
		occurrence("5 11:00", "5 13:00"),
		occurrence("6 10:00", "6 12:00"),
	]
	assert spans(counted(planned, 0, 4 * HOUR, ten_days)) == [("5 10:00", "5 13:00"), ("6 10:00", "6 11:00")]


# ---- when it takes place


def first_time(zone="Europe/Paris", wall=(2026, 1, 4, 2), hours=3):
	start = instant(datetime(*wall, tzinfo=ZoneInfo(zone)))
	return start, start + hours * HOUR


def walls(rule, *, zone="Europe/Paris", last=None, **rest):
	found = repeated(*first_time(zone, **rest), rule, zone, last)
	return [tuple(f"{moment(at).astimezone(ZoneInfo(zone)):%d.%m. %H:%M}" for at in each) for each in found]


@pytest.mark.parametrize(
	"rule, starts",
	[
		("FREQ=WEEKLY;COUNT=3", ["04.01.", "11.01.", "18.01."]),
		("RRULE:FREQ=WEEKLY;COUNT=2", ["04.01.", "11.01."]),
		(" freq=weekly;count=2; ", ["04.01.", "11.01."]),
		("FREQ=MONTHLY;BYDAY=1SU;COUNT=3", ["04.01.", "01.02.", "01.03."]),
		("FREQ=MONTHLY;BYDAY=1SU;UNTIL=20260301", ["04.01.", "01.02.", "01.03."]),
		("FREQ=MONTHLY;BYDAY=1SU;UNTIL=20260301T020000", ["04.01.", "01.02.", "01.03."]),
		("FREQ=MONTHLY;BYDAY=1SU;UNTIL=20260301T010000Z", ["04.01.", "01.02.", "01.03."]),
		("FREQ=MONTHLY;BYDAY=1SU;UNTIL=20260301T005959Z", ["04.01.", "01.02."]),
	],
)
def test_a_rule_gives_all_its_times(rule, starts):
	assert walls(rule) == [(f"{day} 02:00", f"{day} 05:00") for day in starts]


def test_a_rule_without_an_end_ends_on_the_last_day_given():
	assert len(walls("FREQ=WEEKLY", last=date(2026, 1, 18))) == 3
	assert len(walls("FREQ=WEEKLY;COUNT=2", last=date(2026, 1, 18))) == 2


@pytest.mark.parametrize(
	"clocks_change, wall, lasts",
	[
		pytest.param("29.03.", (2026, 3, 22, 1), 2, id="forward, at 2:00"),
		pytest.param("25.10.", (2026, 10, 18, 1), 4, id="back, at 3:00"),
	],
)
def test_it_starts_and_ends_at_the_same_time_of_day_when_clocks_change(clocks_change, wall, lasts):
	rule = "FREQ=WEEKLY;COUNT=3"
	assert walls(rule, wall=wall)[1] == (f"{clocks_change} 01:00", f"{clocks_change} 04:00")
	lengths = [(end - start) // HOUR for start, end in repeated(*first_time(wall=wall), rule, "Europe/Paris")]
	assert lengths == [3, lasts, 3]


def test_in_the_hour_that_clocks_skip_there_is_none():
	found = walls("FREQ=WEEKLY;COUNT=3", wall=(2026, 3, 22, 2), hours=1)
	assert found == [("22.03. 02:00", "22.03. 03:00"), ("05.04. 02:00", "05.04. 03:00")]


@pytest.mark.parametrize(
	"rule, words",
	[
		("every Sunday", "every Sunday is no recurrence"),
		("", "is no recurrence"),
		("FREQ=WEEKLY;BYDAY=XX;COUNT=2", "is no recurrence"),
		("FREQ=WEEKLY;COUNT=two", "is no recurrence"),
		("FREQ=WEEKLY;COUNT=2;COUNT=3", "is no recurrence"),
		("FREQ=WEEKLY;INTERVAL=0;COUNT=2", "is no recurrence"),
		("FREQ=WEEKLY;UNTIL=20261331", "is no recurrence"),
		("FREQ=WEEKLY;UNTIL=soon", "is no recurrence"),
		("FREQ=WEEKLY;COUNT=2\nEXDATE:20260111T020000", "is no recurrence"),
		("FREQ=HOURLY;COUNT=2", "none of DAILY"),
		("COUNT=2", "no FREQ"),
		("FREQ=WEEKLY", "never ends"),
		("FREQ=WEEKLY;COUNT=2;UNTIL=20260301", "both"),
		("FREQ=DAILY;COUNT=1001", "more than 1000"),
		("FREQ=WEEKLY;BYDAY=MO;COUNT=2", "does not include the first start, 2026-01-04 02:00"),
		("FREQ=WEEKLY;UNTIL=20260101", "does not include the first start"),
	],
)
def test_what_is_no_such_rule_is_refused(rule, words):
	with pytest.raises(WrongInput) as refused:
		walls(rule)
	assert words in str(refused.value)
