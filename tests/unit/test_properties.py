"""What holds for every calendar and every life of a ticket, on random ones, zones and clock changes among them."""

import random
from datetime import datetime, timedelta, timezone
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.events import (
	CONTRACT,
	CUSTOMER,
	ISSUE_TYPE,
	OPENED,
	PRIORITY,
	RESPONDED,
	RESTORATION_FAILED,
	RESTORED,
	SERVICE,
	STATUS,
	VOID,
	Event,
)
from sla_guard.engine.instants import DAY, HOUR, MINUTE, instant
from sla_guard.engine.replay import readings, replay
from sla_guard.engine.terms import (
	ANSWERS,
	CHANGES,
	METRICS,
	NOT_COVERED,
	REASONS,
	REOPENING,
	RUNNING,
	STOPPED,
	Policies,
	Target,
	Terms,
)

many = settings(max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# A zone, and an instant close to which its clocks do something worth a test.
CHANGES_OF_CLOCKS = (
	("Europe/Paris", (2026, 3, 29)),
	("Europe/Paris", (2026, 10, 25)),
	("America/New_York", (2026, 3, 8)),
	("America/New_York", (2026, 11, 1)),
	("Australia/Lord_Howe", (2026, 4, 5)),
	("Australia/Lord_Howe", (2026, 10, 4)),
	("Asia/Kolkata", (2026, 1, 1)),
	("Africa/Casablanca", (2026, 2, 15)),
	("Africa/Casablanca", (2026, 3, 22)),
	("Pacific/Apia", (2011, 12, 30)),
)


def a_calendar(chance, zone, around):
	# Enough in a week that no amount drawn below outlasts the years a calendar knows.
	start = chance.randrange(1440)
	windows = [(chance.randrange(7), start, (start + 240) % 1440)]
	for weekday in chance.sample(range(7), chance.randint(1, 7)):
		for _ in range(chance.randint(1, 3)):
			start, length = chance.randrange(1440), chance.choice([1, 30, 60, 240, 480, 1439, 1440])
			windows.append((weekday, start, (start + length) % 1440))
	dates = [(around + timedelta(days=chance.randint(-20, 20))).date() for _ in range(chance.randint(0, 8))]
	return Calendar(zone, windows, dates[::2], dates[1::2])


def calendars_and_instants():
	"""A pool, since working out a calendar costs more than asking it: the examples draw from it."""
	chance = random.Random(7)
	pool = []
	for zone, day in CHANGES_OF_CLOCKS:
		around = datetime(*day, tzinfo=timezone.utc)
		pool += [(a_calendar(chance, zone, around), instant(around)) for _ in range(12)]
		pool.append((Calendar.always(zone), instant(around)))
	return pool


POOL = calendars_and_instants()
pool = st.sampled_from(POOL)
offsets = st.integers(-40 * DAY, 40 * DAY) | st.integers(-2 * DAY // MINUTE, 2 * DAY // MINUTE).map(
	lambda n: n * MINUTE
)
amounts = st.integers(0, 200 * HOUR) | st.integers(0, 48).map(lambda n: n * HOUR)


# ---- the two folds


@many
@given(pool, offsets, amounts)
def test_between_undoes_add(drawn, offset, amount):
	calendar, around = drawn
	start = around + offset
	due = calendar.add(start, amount)
	assert due >= start
	assert calendar.between(start, due) == amount
	if amount:
		assert calendar.between(start, due - 1) == amount - 1, "an earlier instant would have done"


@many
@given(pool, offsets, offsets)
def test_add_undoes_between_up_to_closed_hours(drawn, one, other):
	calendar, around = drawn
	start, end = sorted((around + one, around + other))
	due = calendar.add(start, calendar.between(start, end))
	assert due <= end
	assert calendar.between(due, end) == 0


@many
@given(pool, offsets, amounts, amounts)
def test_adding_in_two_parts_is_adding_the_sum(drawn, offset, first, second):
	calendar, around = drawn
	start = around + offset
	assert calendar.add(calendar.add(start, first), second) == calendar.add(start, first + second)


@many
@given(pool, offsets, offsets, offsets)
def test_support_time_is_additive_and_never_more_than_time(drawn, one, two, three):
	calendar, around = drawn
	a, b, c = sorted((around + one, around + two, around + three))
	assert calendar.between(a, c) == calendar.between(a, b) + calendar.between(b, c)
	assert 0 <= calendar.between(a, c) <= c - a


@many
@given(pool, offsets, offsets)
def test_the_open_periods_of_a_stretch_are_its_support_time(drawn, one, other):
	calendar, around = drawn
	start, end = sorted((around + one, around + other))
	periods = calendar.periods(start, end)
	assert sum(closes - opens for opens, closes in periods) == calendar.between(start, end)
	assert all(start <= opens < closes <= end for opens, closes in periods)
	assert all(before[1] < after[0] for before, after in pairwise(periods))
	assert all(calendar.between(*each) == each[1] - each[0] for each in periods)


@many
@given(pool, offsets, st.integers(0, DAY), amounts, st.integers(0, DAY))
def test_a_later_start_or_a_larger_target_is_never_due_earlier(drawn, offset, later, amount, more):
	calendar, around = drawn
	start = around + offset
	assert calendar.add(start, amount) <= calendar.add(start + later, amount)
	assert calendar.add(start, amount) <= calendar.add(start, amount + more)


@settings(max_examples=500, deadline=None)
@given(pool, offsets, amounts, st.integers(0, 1500))
def test_what_was_asked_before_changes_no_answer(drawn, offset, amount, days_before):
	calendar, around = drawn
	fresh = Calendar(calendar.zone, calendar.windows, calendar.holidays, calendar.half_days)
	assert fresh == calendar
	fresh.add(around - days_before * DAY, HOUR)
	assert fresh.add(around + offset, amount) == calendar.add(around + offset, amount)


# ---- the life of a ticket

STATUSES = ("Open", "Replied", "On Hold", "At Vendor", "Resolved", "Closed")
ROWS = ("default", "high", "low")


def some_terms(chance):
	"""Three contracts for one ticket to move between: rows of the same names, all else of their own."""
	_, around = chance.choice(POOL)
	near = [calendar for calendar, at in POOL if abs(at - around) < 400 * DAY]
	return [
		Terms(
			targets=tuple(
				Target(
					name,
					chance.choice(near),
					chance.choice([None, 30 * MINUTE, 4 * HOUR, 8 * HOUR]),
					chance.choice([None, 8 * HOUR, 24 * HOUR, 40 * HOUR]),
				)
				for name in ROWS
			),
			pauses={
				metric: {status: chance.choice(REASONS) for status in STATUSES[1:4] if chance.random() < 0.4}
				for metric in METRICS
			},
			answers=frozenset(chance.sample(ANSWERS, chance.randint(1, 2))),
			closing_answers=chance.random() < 0.7,
			stops=frozenset(STATUSES[chance.randint(4, 5) :]),
			restored_stops=chance.random() < 0.5,
			policies=Policies(chance.choice(REOPENING), *(chance.choice(CHANGES) for _ in range(3))),
		)
		for _ in range(3)
	], around


CONTRACTS = [some_terms(random.Random(number)) for number in range(60)]
ROWS_OR_NONE = (*ROWS, NOT_COVERED)
MOVING = (CUSTOMER, CONTRACT)
FACTS = [
	*[(STATUS, status) for status in STATUSES] * 4,
	*[(RESPONDED, answer) for answer in ANSWERS] * 2,
	*[(RESTORED, ""), (RESTORATION_FAILED, "")] * 2,
	*[
		(kind, value, row)
		for kind in (PRIORITY, ISSUE_TYPE, SERVICE)
		for value in ("", "high")
		for row in ROWS_OR_NONE
	],
	*[(kind, "Somebody", row, number) for kind in MOVING for row in ROWS_OR_NONE for number in range(3)],
	(VOID, ""),
]
OPENINGS = [(status, row, given) for status in STATUSES for row in ROWS_OR_NONE for given in ("", "low")]
# Mostly half hours, so that events often share an instant with another or with a due date.
SLOTS = [n * 30 * MINUTE + odd for n in range(12 * 48) for odd in (0, 0, 0, 1_234_567_891)]
instants = st.sampled_from(SLOTS)
numbers = st.integers(0, len(FACTS) * len(SLOTS) - 1)


def an_event(number, sequence, start, contracts):
	"""One number says when and what: quick to draw, and smaller ones are simpler."""
	slot, fact = divmod(number, len(FACTS))
	kind, value, *target = FACTS[fact]
	if kind in MOVING:
		target = [target[0], contracts[target[1]].hash]
	return Event(start + SLOTS[slot], sequence, kind, value, *target)


@st.composite
def lives(draw):
	contracts, around = draw(st.sampled_from(CONTRACTS))
	start = around - 6 * DAY
	status, row, priority = draw(st.sampled_from(OPENINGS))
	events = [Event(start, 0, OPENED, status, row, contracts[0].hash, priority)]
	for sequence, number in enumerate(draw(st.lists(numbers, max_size=10)), 1):
		events.append(an_event(number, sequence, start, contracts))
	return events, {terms.hash: terms for terms in contracts}, start


@many
@given(lives(), instants, st.randoms(use_true_random=False))
def test_shuffling_the_events_changes_nothing(life, later, chance):
	events, book, start = life
	shuffled = chance.sample(events, len(events))
	assert replay(shuffled, book, start + later) == replay(events, book, start + later)


@many
@given(lives(), instants)
def test_what_happens_later_changes_nothing_now(life, later):
	events, book, start = life
	now = start + later
	past = [event for event in events if event.at <= now]
	assert replay(events, book, now) == replay(past, book, now)


@many
@given(lives(), st.lists(instants, min_size=1, max_size=4))
def test_readings_one_after_the_other_are_replays_of_what_had_happened_before_each(life, later):
	events, book, start = life
	ends = [start + each for each in sorted(later)]
	for end, clocks in zip(ends, readings(events, book, ends), strict=True):
		assert clocks == replay([event for event in events if event.at < end], book, end)


@many
@given(lives(), instants, instants)
def test_a_breach_stays_and_is_found_at_due_by_whoever_looks_later(life, one, other):
	events, book, start = life
	earlier, later = start + min(one, other), start + max(one, other)
	quiet = not any(earlier < event.at <= later for event in events)
	before = {(clock.metric, clock.cycle): clock for clock in replay(events, book, earlier)}
	after = {(clock.metric, clock.cycle): clock for clock in replay(events, book, later)}
	assert before.keys() <= after.keys()
	for key, clock in before.items():
		if clock.breached_at is not None:
			assert after[key].breached_at == clock.breached_at
		elif quiet and clock.due is not None and clock.due < later:
			assert after[key].breached_at == clock.due
		elif quiet:
			assert after[key].breached_at is None


@many
@given(lives(), instants, instants)
def test_a_stop_that_somebody_saw_stands_or_is_told_as_undone_and_no_other_is(life, one, other):
	events, book, start = life
	earlier, later = start + min(one, other), start + max(one, other)
	before = {(clock.metric, clock.cycle): clock for clock in replay(events, book, earlier)}
	for clock in replay(events, book, later):
		stops = [*clock.undone, clock]
		told = [each[:-2] for each in clock.undone if each.decided <= earlier < each.reopened]
		if clock.state == STOPPED and clock.decided <= earlier:
			told.append((clock.decided, clock.stopped, clock.stopped_by))
		seen = before.get((clock.metric, clock.cycle))
		stood = seen is not None and seen.state == STOPPED
		assert told == ([(seen.decided, seen.stopped, seen.stopped_by)] if stood else [])
		assert all(a.reopened <= b.decided for a, b in pairwise(stops) if b.decided is not None)


@many
@given(lives(), instants)
def test_a_clock_agrees_with_itself(life, later):
	events, book, start = life
	now = start + later
	for clock in replay(events, book, now):
		row = book[clock.terms].target(clock.target)
		assert clock.target_us == row.commitment(clock.metric)
		assert clock.left_us == clock.target_us - clock.elapsed_us
		assert (clock.verdict is not None) == (clock.stopped is not None) == (clock.state == STOPPED)
		assert (clock.verdict == "missed") == (clock.state == STOPPED and clock.breached_at is not None)
		assert clock.due is None or (clock.state == RUNNING and clock.due >= now and clock.left_us >= 0)
		assert clock.left_us >= 0 or clock.breached_at is not None or clock.state != RUNNING
		assert clock.breached_at is None or clock.breached_at <= now
		assert clock.elapsed_us == _running_time(clock, row.calendar)
		_check_stretches(clock.stretches, clock, now)


def _running_time(clock, calendar):
	"""The support time of the running stretches that count."""
	running = [part for part in clock.stretches if part.state == RUNNING]
	return sum(calendar.between(max(part.start, clock.counted_from), part.end) for part in running)


def _check_stretches(stretches, clock, now):
	assert (stretches[0].start, stretches[-1].end, stretches[-1].state) == (clock.started, now, clock.state)
	for one, following in pairwise(stretches):
		assert one.start < one.end == following.start
		assert one[2:] != following[2:], "two stretches that say the same are one"
