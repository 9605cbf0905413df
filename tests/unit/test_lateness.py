"""How late a missed commitment is."""

import pytest

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.events import STATUS
from sla_guard.engine.instants import HOUR, MINUTE, SECOND
from sla_guard.engine.lateness import ELAPSED, NOT_LATE, SUPPORT, Lateness, duration_text, lateness
from tests.unit.factories import ROUND_THE_CLOCK, event, jan, office, opened, resolution, target, terms

# Monday the 5th 09:00, eight hours of 9 to 5: due on Monday 17:00.
PAUSES = terms(target("default"), pauses={"Resolution": {"On Hold": "customer"}})


def late(*events, at, terms=PAUSES, calendar=None, **rest):
	clock = resolution(*events, terms=terms, now=at)
	found = lateness(clock, calendar or office(), jan(at), **rest)
	return found.support_us / HOUR, found.elapsed_us / HOUR


def test_open_it_grows_with_support_time_and_with_elapsed_time():
	assert late(opened("5 09:00"), at="6 10:30") == (1.5, 17.5)


def test_stopped_it_grows_no_more():
	assert late(opened("5 09:00"), event("6 10:30", STATUS, "Closed"), at="9 12:00") == (1.5, 17.5)


def test_what_is_not_missed_is_not_late():
	assert late(opened("5 09:00"), event("5 12:00", STATUS, "Closed"), at="9 12:00") == (0, 0)
	assert late(opened("5 09:00"), at="5 12:00") == (0, 0)


def test_at_the_breach_itself_it_is_not_late_yet():
	clock = resolution(opened("5 09:00"), terms=PAUSES, now="6 12:00")
	assert lateness(clock, office(), jan("5 17:00")) == NOT_LATE
	assert lateness(clock, office(), jan("5 17:00") + 1) == Lateness(0, 1)


def test_an_instant_before_the_reading_is_that_of_then():
	clock = resolution(opened("5 09:00"), terms=PAUSES, now="9 12:00")
	assert lateness(clock, office(), jan("6 10:30")).support_us == 1.5 * HOUR


def test_an_instant_after_the_reading_is_not_known():
	clock = resolution(opened("5 09:00"), terms=PAUSES, now="6 12:00")
	with pytest.raises(WrongInput, match="does not know"):
		lateness(clock, office(), jan("6 12:01"))


PAUSED = (
	opened("5 09:00"),
	event("6 10:00", STATUS, "On Hold"),
	event("6 14:00", STATUS, "Open", sequence=2),
)


def test_a_pause_after_the_breach_counts_as_late():
	assert late(*PAUSED, at="6 15:00") == (6, 22)
	assert late(*PAUSED, at="6 12:00") == (3, 19)


def test_a_pause_after_the_breach_does_not_count_where_the_contract_says_so():
	assert late(*PAUSED, at="6 15:00", pauses_count=False) == (2, 18)
	assert late(*PAUSED, at="6 12:00", pauses_count=False) == (1, 17)


def test_a_pause_before_the_breach_is_never_late():
	life = (
		opened("5 09:00"),
		event("5 10:00", STATUS, "On Hold"),
		event("5 12:00", STATUS, "Open", sequence=2),
	)
	assert late(*life, at="6 12:00") == (1, 1)


def test_while_it_was_stopped_before_a_reopening_it_was_not_late():
	life = (
		opened("5 09:00"),
		event("6 10:00", STATUS, "Closed"),
		event("7 10:00", STATUS, "Open", sequence=2),
		event("7 12:00", STATUS, "Closed", sequence=3),
	)
	assert late(*life, at="9 12:00") == (3, 19)


def test_the_hours_are_those_it_is_asked_in():
	assert late(opened("5 09:00"), at="6 10:30", calendar=ROUND_THE_CLOCK) == (17.5, 17.5)


def test_by_which_measure():
	found = Lateness(1, 2)
	assert (found.by(SUPPORT), found.by(ELAPSED)) == (1, 2)


@pytest.mark.parametrize(
	"amount, text",
	[
		(0, "0 h"),
		(HOUR, "1 h"),
		(36 * HOUR + 30 * MINUTE, "36 h 30 min"),
		(90 * SECOND, "1 min 30 s"),
		(HOUR + SECOND, "1 h 1 s"),
		(SECOND // 2, "0.5 s"),
		(1, "0.000001 s"),
		(10 * SECOND, "10 s"),
	],
)
def test_an_amount_of_time_as_people_write_it(amount, text):
	assert duration_text(amount) == text
