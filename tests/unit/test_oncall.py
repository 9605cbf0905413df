"""On call: who is on duty, when nobody is, and who is called next; by hand, and against brute force."""

from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.instants import DAY, HOUR, instant
from sla_guard.engine.oncall import (
	MANAGERS,
	Shift,
	Step,
	clash,
	gaps,
	holding,
	next_step,
	on_duty,
	turns,
)

PARIS = ZoneInfo("Europe/Paris")


def paris(*wall, fold=0):
	return instant(datetime(*wall, tzinfo=PARIS, fold=fold))


# ---- who is on duty


def test_a_shift_begins_at_its_first_instant_and_is_over_at_its_last():
	shifts = [Shift(1, 100, 200, "ann"), Shift(1, 200, 300, "bob")]
	assert [on_duty(shifts, at) for at in (99, 100, 199, 200, 299, 300)] == [
		{},
		{1: "ann"},
		{1: "ann"},
		{1: "bob"},
		{1: "bob"},
		{},
	]


def test_the_levels_come_in_order():
	shifts = [Shift(3, 0, 10, "eve"), Shift(1, 0, 10, "ann"), Shift(2, 0, 10, "bob")]
	assert list(on_duty(shifts, 5).items()) == [(1, "ann"), (2, "bob"), (3, "eve")]


# ---- who is called next


@pytest.mark.parametrize(
	"after, at, step",
	[
		(0, 5, Step((), 1, "ann")),
		(1, 5, Step((), 2, "bob")),
		(2, 5, Step((), MANAGERS)),
		(0, 15, Step((1,), 2, "bob")),
		(0, 25, Step((1, 2), MANAGERS)),
		(2, 25, Step((), MANAGERS)),
	],
)
def test_the_next_is_the_lowest_level_with_somebody_then_the_managers(after, at, step):
	assert next_step([Shift(1, 0, 10, "ann"), Shift(2, 0, 20, "bob")], after, at) == step


def test_without_any_shift_the_first_level_is_the_one_that_is_missed():
	assert next_step([], 0, 5) == Step((1,), MANAGERS)


# ---- gaps


def test_a_gap_is_what_nobody_of_that_level_covers():
	shifts = [Shift(1, 10, 20, "ann"), Shift(2, 0, 100, "bob"), Shift(1, 30, 40, "ann")]
	assert gaps(shifts, 0, 50) == ((0, 10), (20, 30), (40, 50))
	assert gaps(shifts, 12, 35) == ((20, 30),)
	assert gaps(shifts, 0, 50, level=2) == ()
	assert gaps(shifts, 5, 5) == ()


def test_while_the_office_is_staffed_nobody_is_missing():
	shifts = [Shift(1, 20, 30, "ann")]
	assert gaps(shifts, 0, 50, staffed=[(0, 10), (25, 35), (48, 90)]) == ((10, 20), (35, 48))
	assert gaps([], 0, 50, staffed=[(0, 50)]) == ()
	assert gaps(shifts, 60, 70, staffed=[(0, 50)]) == ((60, 70),)


def test_in_the_hour_that_the_clocks_repeat_a_gap_is_told_to_the_microsecond():
	ends, begins = paris(2026, 10, 25, 2, 30), paris(2026, 10, 25, 2, 30, fold=1)
	shifts = [Shift(1, 0, ends, "ann"), Shift(1, begins, begins + DAY, "bob")]
	assert gaps(shifts, ends - DAY, begins + DAY) == ((ends, begins),)
	assert begins - ends == HOUR


# ---- two at one level


def test_shifts_that_meet_do_not_clash_and_those_that_share_a_microsecond_do():
	assert clash([Shift(1, 0, 10, "ann"), Shift(1, 10, 20, "bob"), Shift(2, 5, 15, "eve")]) is None
	assert clash([Shift(1, 9, 20, "bob"), Shift(2, 0, 5, "eve"), Shift(1, 0, 10, "ann")]) == (0, 2)


# ---- taking turns


@pytest.mark.parametrize(
	"first, hours",
	[
		(date(2026, 3, 23), [167, 168]),
		(date(2026, 10, 19), [169, 168]),
		(date(2026, 6, 1), [168, 168]),
	],
)
def test_a_week_lasts_from_monday_nine_to_monday_nine_also_over_a_clock_change(first, hours):
	found = list(turns("Europe/Paris", first, 9 * 60, 7, ["ann", "bob"], 2))
	assert [(end - start) // HOUR for _user, start, end in found] == hours
	assert [user for user, _start, _end in found] == ["ann", "bob"]
	assert found[0][1] == paris(first.year, first.month, first.day, 9)


@pytest.mark.parametrize("users, days", [([], 7), (["ann"], 0)])
def test_nobody_and_turns_without_days_are_refused(users, days):
	with pytest.raises(WrongInput):
		list(turns("UTC", date(2026, 1, 5), 0, days, users, 3))


# ---- which roster


@pytest.mark.parametrize(
	"scopes, holds",
	[
		([("", ""), ("C1", ""), ("", "Mail"), ("C1", "Mail")], ("C1", "Mail")),
		([("", ""), ("C1", ""), ("", "Mail")], ("C1", "")),
		([("", ""), ("", "Mail")], ("", "Mail")),
		([("", ""), ("C2", ""), ("", "ERP")], ("", "")),
		([("C2", ""), ("C1", "ERP")], None),
	],
)
def test_the_roster_of_the_contract_goes_before_that_of_the_service(scopes, holds):
	assert holding(scopes, "C1", "Mail") == holds


# ---- against brute force


SHIFTS = st.lists(
	st.builds(
		lambda level, start, length, user: Shift(level, start, start + length, user),
		st.integers(1, 3),
		st.integers(0, 40),
		st.integers(1, 20),
		st.sampled_from(["ann", "bob", "eve"]),
	),
	max_size=8,
)


@given(SHIFTS, st.integers(1, 3), st.integers(0, 60), st.integers(0, 30))
def test_gaps_are_the_instants_at_which_nobody_is_on_duty(shifts, level, start, length):
	found = gaps(shifts, start, start + length, level)
	inside = {at for one, other in found for at in range(one, other)}
	assert inside == {at for at in range(start, start + length) if level not in on_duty(shifts, at)}
	assert all(one < other for one, other in found)
	assert all(before[1] < after[0] for before, after in pairwise(found))


@given(SHIFTS)
def test_two_clash_exactly_if_some_instant_has_two_of_one_level(shifts):
	crowded = any(
		sum(shift.level == level and shift.start <= at < shift.end for shift in shifts) > 1
		for level in (1, 2, 3)
		for at in range(70)
	)
	assert (clash(shifts) is not None) == crowded


@given(SHIFTS, st.integers(0, 60))
def test_called_one_after_the_other_each_level_comes_once_and_the_managers_last(shifts, at):
	after, seen = 0, []
	while True:
		step = next_step(shifts, after, at)
		seen += step.skipped
		if step.level == MANAGERS:
			break
		assert on_duty(shifts, at)[step.level] == step.user
		seen.append(after := step.level)
	assert seen == sorted({1, *(shift.level for shift in shifts)})


ZONES = st.sampled_from(["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"])


@given(
	ZONES,
	st.dates(date(2011, 1, 1), date(2030, 1, 1)),
	st.integers(0, 1439),
	st.integers(1, 14),
	st.integers(1, 60),
)
def test_turns_leave_no_gap_and_nobody_twice(zone, first, minute, days, count):
	shifts = [
		Shift(1, start, end, user) for user, start, end in turns(zone, first, minute, days, "ab", count)
	]
	assert clash(shifts) is None
	assert gaps(shifts, shifts[0].start, shifts[-1].end) == ()
