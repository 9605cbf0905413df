"""Working days are those on which support hours open: no weekends, no holidays; midnight is the zone's own."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.errors import WrongInput
from sla_guard.engine.instants import DAY, HOUR, instant
from sla_guard.engine.working_days import end_of_working_day_after, opens_on, working_day_after

PARIS = ZoneInfo("Europe/Paris")
OFFICE = Calendar(
	"Europe/Paris",
	[(day, 540, 1080) for day in range(5)],
	holidays=[date(2026, 5, 1), date(2026, 5, 8)],
	half_days=[date(2026, 5, 4)],
)


def paris(text):
	return instant(datetime.fromisoformat(text).replace(tzinfo=PARIS))


def test_weekends_and_holidays_are_none():
	# Thursday; the 1st of May is a holiday, and half of Monday is a working day.
	assert working_day_after(OFFICE, paris("2026-04-30 16:00"), 1) == date(2026, 5, 4)
	assert working_day_after(OFFICE, paris("2026-04-30 16:00"), 5) == date(2026, 5, 11)


def test_the_day_itself_does_not_count_however_early_it_is():
	assert working_day_after(OFFICE, paris("2026-05-04 00:00"), 1) == date(2026, 5, 5)
	assert working_day_after(OFFICE, paris("2026-05-02 10:00"), 0) == date(2026, 5, 2)


def test_the_day_is_that_of_the_hours():
	"""In UTC it is still Sunday."""
	at = instant(datetime.fromisoformat("2026-05-10 22:30+00:00"))
	assert working_day_after(OFFICE, at, 1) == date(2026, 5, 12)


def test_it_ends_at_midnight_of_the_zone_over_a_clock_change():
	"""From Friday the 27th of March to the end of Monday are two days of 24 hours and one of 23."""
	friday = paris("2026-03-27 12:00")
	assert end_of_working_day_after(OFFICE, friday, 1) == paris("2026-03-31 00:00")
	assert end_of_working_day_after(OFFICE, friday, 1) - paris("2026-03-28 00:00") == 3 * DAY - HOUR


def test_around_the_clock_every_day_is_one():
	assert working_day_after(Calendar.always("UTC"), paris("2026-05-01 12:00"), 3) == date(2026, 5, 4)


def test_a_window_over_midnight_belongs_to_the_day_on_which_it_opens():
	nights = Calendar("Europe/Paris", [(day, 1320, 360) for day in range(5)])
	assert not opens_on(nights, date(2026, 5, 9))


def test_a_negative_number_of_days_is_refused():
	with pytest.raises(WrongInput):
		working_day_after(OFFICE, paris("2026-05-04 00:00"), -1)


@given(st.integers(0, 400), st.integers(0, 30), st.integers(0, 30))
def test_so_many_and_so_many_more_are_the_sum(days, first, more):
	start = paris("2026-01-01 12:00") + days * DAY
	between = end_of_working_day_after(OFFICE, start, first) - HOUR
	assert working_day_after(OFFICE, between, more) == working_day_after(OFFICE, start, first + more)


@given(st.integers(0, 400), st.integers(1, 30))
def test_each_is_a_working_day_and_none_is_left_out(days, count):
	start = paris("2026-01-01 12:00") + days * DAY
	first, last = working_day_after(OFFICE, start, 0), working_day_after(OFFICE, start, count)
	between = (first + timedelta(days=ahead) for ahead in range(1, (last - first).days + 1))
	assert sum(opens_on(OFFICE, day) for day in between) == count
	assert opens_on(OFFICE, last)
