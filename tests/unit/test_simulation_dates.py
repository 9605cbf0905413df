"""Dates, times and zones as files of ticket histories have them."""

import random
from datetime import datetime, timedelta, timezone

import pytest

from sla_guard.engine.instants import MINUTE, instant
from sla_guard.engine.wall_clock import zone_named
from sla_guard.simulation.instants import (
	DAY_FIRST,
	MONTH_FIRST,
	YEAR_FIRST,
	Dates,
	Unreadable,
	order_of,
	reader,
	zone_of,
)
from sla_guard.simulation.kinds import WrongFile
from tests.unit.histories import utc


@pytest.mark.parametrize(
	"text, order, moment",
	[
		("29/2/2016 01:16", DAY_FIRST, (2016, 2, 29, 1, 16)),
		("2/29/2016 01:16:07", MONTH_FIRST, (2016, 2, 29, 1, 16, 7)),
		("02-03-16", DAY_FIRST, (2016, 3, 2)),
		("2.3.2016, 14.05", DAY_FIRST, (2016, 3, 2, 14, 5)),
		("3/2/2016 2:05 PM", MONTH_FIRST, (2016, 3, 2, 14, 5)),
		("3/2/2016 12:05 a.m.", MONTH_FIRST, (2016, 3, 2, 0, 5)),
		("2016-03-02T14:05:06.25", YEAR_FIRST, (2016, 3, 2, 14, 5, 6, 250_000)),
		("2016/3/2 14h05", DAY_FIRST, (2016, 3, 2, 14, 5)),
		("2016-03-02 14:05:06Z", YEAR_FIRST, (2016, 3, 2, 14, 5, 6)),
		("2016-03-02T16:05+02:00", YEAR_FIRST, (2016, 3, 2, 14, 5)),
		("2016-03-02 09:05 UTC-5", YEAR_FIRST, (2016, 3, 2, 14, 5)),
		("42431.5868055556", DAY_FIRST, (2016, 3, 2, 14, 5)),
		("42431,5", MONTH_FIRST, (2016, 3, 2, 12)),
		("5/5/2016", YEAR_FIRST, (2016, 5, 5)),
	],
)
def test_an_instant_is_read_as_it_is_written(text, order, moment):
	assert reader(order, "UTC")(text, "") == utc(*moment)


@pytest.mark.parametrize(
	"text",
	[
		"",
		"soon",
		"32/1/2016",
		"1/13/2016",
		"1/2/016",
		"29/2/2015",
		"1/2/2016 25:00",
		"13/2/2016 13:00 PM",
		"7",
		"1/2-2016",
	],
)
def test_what_is_no_instant_is_not_made_one(text):
	with pytest.raises(Unreadable):
		reader(DAY_FIRST, "UTC")(text, "")


def test_every_instant_is_read_back_in_each_order():
	chance = random.Random(3)
	forms = {
		DAY_FIRST: "%d/%m/%Y %H:%M:%S",
		MONTH_FIRST: "%m/%d/%Y %H:%M:%S",
		YEAR_FIRST: "%Y-%m-%d %H:%M:%S",
	}
	for order, form in forms.items():
		read_it = reader(order, "UTC")
		for _ in range(500):
			moment = datetime(2016, 1, 1) + timedelta(seconds=chance.randrange(10 * 365 * 86400))
			assert read_it(moment.strftime(form), "") == instant(moment.replace(tzinfo=timezone.utc))
			serial = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
			assert read_it(repr(serial), "") == instant(moment.replace(tzinfo=timezone.utc))


def dates(*texts, column="at"):
	found = Dates(column)
	for text in texts:
		found.see(text)
	return found


def test_the_order_of_a_column_is_told_by_one_of_its_dates():
	assert dates("1/2/2016", "13/2/2016").order == DAY_FIRST
	assert dates("1/2/2016", "2/13/2016").order == MONTH_FIRST
	assert dates("2016-01-02", "5/5/2016", "42431.5").order == YEAR_FIRST
	assert dates("1/2/2016").order == ""


def test_a_column_that_does_not_tell_follows_the_others_and_is_asked_for_where_there_are_none():
	known, silent = dates("13/2/2016"), dates("1/2/2016", column="opened")
	assert order_of([known, silent]) == {"at": DAY_FIRST, "opened": DAY_FIRST}
	with pytest.raises(WrongFile, match="opened: 1/2/2016 may have its day or its month first"):
		order_of([silent])
	with pytest.raises(WrongFile, match="at: 13/2/2016 has its day first, 2/13/2016 its month"):
		order_of([dates("13/2/2016", "2/13/2016")])


@pytest.mark.parametrize(
	"name, hours", [("Europe/Paris", 1), ("+02:00", 2), ("UTC-5", -5), ("GMT+0530", 5.5), ("Z", 0)]
)
def test_a_zone_is_a_name_or_an_offset(name, hours):
	assert zone_of(name).utcoffset(datetime(2016, 1, 5)) == timedelta(hours=hours)


@pytest.mark.parametrize("name", ["Mars", "+15:00", "+02:70", "../etc/passwd"])
def test_an_unknown_zone_is_told(name):
	with pytest.raises(Unreadable) as told:
		zone_of(name)
	assert told.value.zone


def test_a_clock_change_is_that_of_the_zone():
	read_it = reader(DAY_FIRST, "Europe/Paris")
	winter, summer = read_it("27/3/2016 01:59", ""), read_it("27/3/2016 03:00", "")
	assert summer - winter == MINUTE
	# Of a repeated hour the first one.
	assert read_it("30/10/2016 02:30", "") == instant(
		datetime(2016, 10, 30, 2, 30, tzinfo=zone_named("Europe/Paris"))
	)
