"""When a clock has used a part of its target: examples by hand, and what holds for every life of a ticket."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.events import PRIORITY, STATUS
from sla_guard.engine.replay import replay
from sla_guard.engine.terms import NOT_COVERED, RUNNING, WITHDRAWN
from sla_guard.engine.thresholds import reached_at
from tests.unit.factories import day, event, jan, office, opened, resolution, target, terms
from tests.unit.test_properties import instants, lives

# Eight hours of 9 to 5: 75 % are six.
PAUSES = terms(target("default"), pauses={"Resolution": {"On Hold": "customer"}})


def reached(*events, percent=75, now, terms=PAUSES, hours=None):
	clock = resolution(*events, terms=terms, now=now)
	return day(reached_at(clock, hours or office(), percent, jan(now)))


@pytest.mark.parametrize(
	"percent, at", [(1, "5 09:04"), (50, "5 13:00"), (75, "5 15:00"), (100, "5 17:00"), (150, "6 13:00")]
)
def test_a_clock_that_goes_on_running_reaches_it_then_whenever_that_is_asked(percent, at):
	for now in ("5 09:00", "5 13:00", "5 15:30", "6 08:00", "9 12:00"):
		assert reached(opened("5 09:00"), percent=percent, now=now) == at


def test_a_pause_moves_it():
	life = opened("5 09:00"), event("5 11:00", STATUS, "On Hold")
	over = *life, event("5 12:30", STATUS, "Open", sequence=2)
	assert reached(*life, now="5 12:00") is None
	assert reached(*over, now="5 13:00") == "5 16:30"
	assert reached(*over, now="7 12:00") == "5 16:30"


def test_what_was_reached_before_a_pause_or_a_stop_stays_reached():
	for status in ("On Hold", "Closed"):
		life = opened("5 09:00"), event("5 16:00", STATUS, status)
		assert reached(*life, now="7 12:00") == "5 15:00"
		assert reached(*life, now="7 12:00", percent=100) is None


def test_used_up_exactly_at_a_closing_time_it_is_reached_there_and_not_at_the_next_opening():
	assert reached(opened("5 11:00"), now="6 12:00") == "5 17:00"


def test_a_target_counted_from_a_change_is_reached_after_it():
	held = terms(target("default"), target("P1", resolution=4), priority="from change")
	life = opened("5 09:00", priority="P3"), event("5 15:00", PRIORITY, "P1", target="P1")
	assert reached(*life, now="5 15:30", terms=held) == "6 10:00"
	assert reached(*life, now="7 12:00", terms=held) == "6 10:00"


def test_what_a_shorter_target_puts_behind_the_clock_is_reached_at_the_change():
	held = terms(target("default"), target("P1", resolution=4))
	life = opened("5 09:00", priority="P3"), event("5 14:00", PRIORITY, "P1", target="P1")
	assert reached(*life, now="5 16:00", terms=held) == "5 14:00"
	assert reached(*life, now="5 16:00", terms=held, percent=150) == "5 15:00"


def test_a_ticket_not_covered_any_more_reaches_nothing():
	life = opened("5 09:00", priority="P3"), event("5 16:00", PRIORITY, "P1", target=NOT_COVERED)
	assert reached(*life, now="7 12:00") == "5 15:00"
	assert reached(*life, now="7 12:00", percent=100) is None


@pytest.mark.parametrize("percent", [0, -1, 7.5, True, None])
def test_what_is_no_percentage_is_refused(percent):
	with pytest.raises(WrongInput, match="percentage"):
		reached(opened("5 09:00"), now="5 10:00", percent=percent)


# ---- for every life

some = settings(max_examples=1500, deadline=None)
percents = st.integers(1, 500)


def read(life, later):
	"""The clocks of a life at an instant, each with the hours it is measured in."""
	events, book, start = life
	for clock in replay(events, book, start + later):
		yield clock, book[clock.terms].target(clock.target).calendar, start + later


@some
@given(lives(), instants)
def test_all_of_the_target_is_reached_when_it_is_due(life, later):
	for clock, hours, now in read(life, later):
		found = reached_at(clock, hours, 100, now)
		if clock.due is not None and clock.left_us:
			assert found == clock.due
		elif clock.due is not None:
			assert found <= clock.due, "used up just before a pause, it is due when that ends"
		elif clock.breached_at is not None and not clock.promises and clock.state != WITHDRAWN:
			assert found <= clock.breached_at
			assert hours.between(found, clock.breached_at) == 0


@some
@given(lives(), instants, percents)
def test_until_then_it_has_used_just_so_much(life, later, percent):
	for clock, hours, now in read(life, later):
		at = reached_at(clock, hours, percent, now)
		wanted = -(-clock.target_us * percent // 100)
		if at is None:
			assert clock.state != RUNNING
			assert clock.elapsed_us < wanted
		elif at == clock.promised_since:
			assert _used_by(at, clock, hours, now) >= wanted
		else:
			assert _used_by(at, clock, hours, now) == wanted
			assert _used_by(at - 1, clock, hours, now) == wanted - 1


def _used_by(at, clock, hours, now):
	running = [(max(s.start, clock.counted_from), s.end) for s in clock.stretches if s.state == RUNNING]
	if clock.state == RUNNING:
		running.append((now, max(at, now)))
	return sum(hours.between(start, min(end, at)) for start, end in running)


@some
@given(lives(), instants, percents, percents)
def test_more_is_never_reached_earlier(life, later, one, other):
	for clock, hours, now in read(life, later):
		less, more = (reached_at(clock, hours, percent, now) for percent in sorted((one, other)))
		assert more is None or less <= more


@some
@given(lives(), instants, instants, percents)
def test_whenever_it_is_asked_the_answer_is_the_same_while_nothing_happens(life, one, other, percent):
	events, _book, start = life
	earlier, later = sorted((one, other))
	if any(start + earlier < each.at <= start + later for each in events):
		return
	before, after = (
		[reached_at(*each[:2], percent, each[2]) for each in read(life, when)] for when in (earlier, later)
	)
	assert before == after
