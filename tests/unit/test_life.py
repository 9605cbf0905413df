"""What a picture of a clock's life shows is what the clock says."""

from datetime import date
from itertools import pairwise

from hypothesis import given

from sla_guard.engine.events import PRIORITY, STATUS
from sla_guard.engine.instants import DAY, HOUR, MINUTE
from sla_guard.engine.life import life
from sla_guard.engine.replay import replay
from sla_guard.engine.terms import PAUSED, RUNNING
from tests.unit.factories import by_priority, event, jan, office, opened, target, terms
from tests.unit.test_holes import some
from tests.unit.test_properties import instants, lives


def resolution(*events, terms, now, holes=None):
	return replay(events, terms, jan(now), holes or {})[-1]


def spans(*texts):
	return tuple((jan(start), jan(end)) for start, end in texts)


def points(*rows):
	return tuple((jan(at), round(hours * HOUR)) for at, hours in rows)


def test_the_hours_and_the_use_of_two_days():
	told = life(resolution(opened("5 15:00"), terms=terms(), now="6 10:00"))
	assert (told.start, told.end) == (jan("5 15:00"), jan("6 15:00"))
	assert told.open == spans(("5 15:00", "5 17:00"), ("6 09:00", "6 15:00"))
	assert told.used == points(("5 15:00", 0), ("5 17:00", 2), ("6 09:00", 2), ("6 10:00", 3))
	assert told.ahead == points(("6 10:00", 3), ("6 15:00", 8))


def test_nothing_is_used_in_a_pause_and_nothing_lies_ahead():
	book = terms(pauses={"Resolution": {"On Hold": "customer"}})
	told = life(resolution(opened("5 09:00"), event("5 11:00", STATUS, "On Hold"), terms=book, now="5 16:00"))
	assert told.used == points(("5 09:00", 0), ("5 11:00", 2), ("5 16:00", 2))
	assert told.ahead == ()


def test_what_was_stopped_tells_nothing_more():
	told = life(
		resolution(opened("5 09:00"), event("5 11:00", STATUS, "Closed"), terms=terms(), now="9 16:00")
	)
	assert (told.start, told.end) == (jan("5 09:00"), jan("5 11:00"))
	assert told.used == points(("5 09:00", 0), ("5 11:00", 2))


def test_a_holiday_takes_away_what_would_have_been_open():
	hours = office(holidays=[date(2026, 1, 6), date(2026, 1, 10)], half_days=[date(2026, 1, 7)])
	told = life(resolution(opened("5 15:00"), terms=terms(target("default", calendar=hours)), now="12 10:00"))
	assert told.days_off == (
		(date(2026, 1, 6), jan("6 09:00"), jan("6 17:00")),
		(date(2026, 1, 7), jan("7 13:00"), jan("7 17:00")),
	), "the 10th is a Saturday"


def test_announced_maintenance_is_shut_and_no_holiday():
	book = terms(target("default", calendar=office(holidays=[date(2026, 1, 6)])))
	shut = spans(("5 10:00", "5 12:00"))
	clock = resolution(
		opened("5 09:00", service="Mail"), terms=book, now="5 14:00", holes={(book.hash, "Mail"): shut}
	)
	told = life(clock)
	assert told.shut == shut
	assert told.open[:2] == spans(("5 09:00", "5 10:00"), ("5 12:00", "5 17:00"))
	assert [each.day.day for each in told.days_off] == [6]


def test_a_target_from_a_change_is_used_from_there_on_and_the_hours_before_it_stay_as_they_were():
	book = by_priority(priority="from change")
	raised = event("5 19:00", PRIORITY, "P1", target="P1")
	told = life(resolution(opened("5 15:00", priority="P3", target="P3"), raised, terms=book, now="5 20:00"))
	assert told.open == spans(("5 15:00", "5 17:00"), ("5 19:00", "5 23:00"))
	assert told.used == points(("5 19:00", 0), ("5 20:00", 1))
	assert told.ahead == points(("5 20:00", 1), ("5 23:00", 4))


@some
@given(lives(), instants, instants)
def test_what_is_used_beside_maintenance_is_what_the_clock_says_also_where_the_service_changes(
	drawn, later, one
):
	events, book, start = drawn
	shut = [(start + one, start + one + 5 * HOUR)]
	holes = {(name, service): shut for name in book for service in ("high", "")}
	for clock in replay(events, book, start + later, holes):
		told = life(clock)
		assert told.used[-1][1] == clock.elapsed_us
		assert all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(told.used))
		assert not any(begin < over and since < end for begin, end in told.open for since, over in told.shut)


@some
@given(lives(), instants)
def test_a_picture_says_what_the_clock_says(drawn, later):
	events, book, start = drawn
	for clock in replay(events, book, start + later):
		told = life(clock)
		assert told.used[0] == (clock.counted_from, 0)
		assert told.used[-1][1] == clock.elapsed_us
		assert all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(told.used))
		assert all(a[1] <= b[0] for a, b in pairwise(told.open))
		if clock.due:
			assert told.ahead[0] == told.used[-1]
			assert told.ahead[-1] == (clock.due, clock.target_us)
		if clock.state in (RUNNING, PAUSED):
			assert told.used[-1][0] == start + later
		row = book[clock.terms].target(clock.target).calendar
		if clock.counted_from == clock.started:
			assert sum(end - begin for begin, end in told.open) == row.between(told.start, told.end)
		assert all(begin < end <= begin + DAY + HOUR + 30 * MINUTE for _day, begin, end in told.days_off)
