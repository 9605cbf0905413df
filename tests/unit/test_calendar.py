"""What the cases do not cover of support hours: tables made by hand."""

from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

import pytest

from sla_guard.engine.calendar import FIRST, LAST, Calendar, shared_calendar
from sla_guard.engine.errors import NoHoursLeft, WrongInput
from sla_guard.engine.instants import DAY, HOUR, MINUTE, instant, moment
from tests.unit.factories import NINE_TO_FIVE, jan, office

EVERY_DAY = range(7)


def local(zone, *wall):
	return instant(datetime(*wall, tzinfo=ZoneInfo(zone)))


# ---- half-day holidays


@pytest.mark.parametrize(
	"windows, expected_hours, last_minute",
	[
		pytest.param([(0, 540, 1020)], 4, "5 13:00", id="one window is left its first half"),
		pytest.param(
			[(0, 540, 720), (0, 780, 1080)],
			4,
			"5 14:00",
			id="the lunch break is no part of the day's open time",
		),
		pytest.param([(0, 600, 660), (0, 540, 720)], 1.5, "5 10:30", id="what overlaps is halved once"),
		pytest.param([(0, 1320, 360)], 4, "6 02:00", id="a night is halved whole, past midnight too"),
		pytest.param([(0, 0, 1440)], 12, "5 12:00", id="a whole day is left its morning"),
		pytest.param([(0, 540, 541)], 1 / 120, None, id="one minute is left thirty seconds"),
	],
)
def test_a_half_day_leaves_the_first_half_of_the_open_time(windows, expected_hours, last_minute):
	calendar = office(windows=windows, half_days=[date(2026, 1, 5)])
	open_time = calendar.between(jan("5 00:00"), jan("7 00:00"))
	assert open_time == expected_hours * HOUR
	if last_minute:
		assert calendar.add(jan("5 00:00"), open_time) == jan(last_minute)


def test_a_half_day_does_not_cut_the_night_before_it():
	nights = [(weekday, 22 * 60, 6 * 60) for weekday in EVERY_DAY]
	calendar = office(windows=nights, half_days=[date(2026, 1, 6)])
	assert calendar.between(jan("6 00:00"), jan("6 12:00")) == 6 * HOUR
	assert calendar.between(jan("6 12:00"), jan("7 12:00")) == 4 * HOUR


def test_a_half_day_of_25_hours_is_halved_in_hours_not_on_the_wall_clock():
	calendar = Calendar("Europe/Paris", [(6, 0, 1440)], half_days=[date(2026, 10, 25)])
	start = local("Europe/Paris", 2026, 10, 25)
	assert calendar.add(start, 25 * HOUR // 2) == start + 25 * HOUR // 2
	assert calendar.between(start, start + 30 * HOUR) == 25 * HOUR // 2


def test_a_holiday_wins_over_a_half_day_of_the_same_date():
	calendar = office(holidays=[date(2026, 1, 5)], half_days=[date(2026, 1, 5)])
	assert calendar.between(jan("5 00:00"), jan("6 00:00")) == 0


# ---- 24/7


@pytest.mark.parametrize(
	"windows",
	[
		pytest.param([(day, 0, 1440) for day in EVERY_DAY], id="24:00"),
		pytest.param([(day, 0, 0) for day in EVERY_DAY], id="00:00 to 00:00"),
		pytest.param([(day, 540, 540) for day in EVERY_DAY], id="09:00 to 09:00"),
		pytest.param(
			[(day, 1320, 720) for day in EVERY_DAY] + [(day, 720, 1320) for day in EVERY_DAY], id="shifts"
		),
	],
)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "Pacific/Apia", "Australia/Lord_Howe"])
def test_hours_that_never_close_are_plain_arithmetic(zone, windows):
	calendar = Calendar(zone, windows)
	assert calendar.never_closes
	for start in (local(zone, 2011, 12, 29, 23, 59), local(zone, 2026, 3, 29, 1), FIRST, LAST - 90 * DAY):
		assert calendar.add(start, 80 * DAY + 1) == start + 80 * DAY + 1
		assert calendar.between(start, start + 80 * DAY + 1) == 80 * DAY + 1


def test_a_holiday_interrupts_hours_that_otherwise_never_close():
	calendar = Calendar("UTC", [(day, 0, 1440) for day in EVERY_DAY], [date(2026, 1, 6)])
	assert not calendar.never_closes
	assert calendar.add(jan("5 12:00"), 13 * HOUR) == jan("7 01:00")


def test_a_minute_short_of_the_week_is_not_24_7():
	windows = [(day, 0, 1440) for day in range(6)] + [(6, 0, 1439)]
	assert not Calendar("UTC", windows).never_closes


# ---- due dates at the bounds


def test_a_target_used_up_at_closing_time_is_due_then_and_not_at_the_next_opening():
	assert office().add(jan("9 09:00"), 8 * HOUR) == jan("9 17:00")
	assert office().add(jan("9 09:00"), 8 * HOUR + 1) == jan("12 09:00") + 1


def test_adding_nothing_gives_the_start_in_closed_hours_too():
	assert office().add(jan("10 12:00"), 0) == jan("10 12:00")


def test_nothing_lies_between_an_instant_and_an_earlier_one():
	assert office().between(jan("6 12:00"), jan("5 12:00")) == 0


def test_a_time_before_what_was_worked_out_first_is_found_too():
	calendar = office()
	late = calendar.add(jan("5 09:00"), HOUR)
	early = local("UTC", 1999, 3, 1, 8, 0)
	assert calendar.add(early, HOUR) == early + 2 * HOUR
	assert calendar.between(early, local("UTC", 1999, 3, 8, 8, 0)) == 40 * HOUR
	assert calendar.add(jan("5 09:00"), HOUR) == late


def test_a_night_reaches_into_the_first_day_that_was_worked_out():
	nights = office(windows=[(weekday, 22 * 60, 6 * 60) for weekday in EVERY_DAY])
	new_year = local("UTC", 2026, 1, 1)
	assert nights.between(new_year + 180 * DAY, new_year + 181 * DAY) == 8 * HOUR
	assert nights.between(new_year, new_year + DAY) == 8 * HOUR


# ---- no hours left


def test_support_time_beyond_the_last_known_day_is_said_to_be_missing():
	calendar = office(windows=[(0, 540, 600)])
	with pytest.raises(NoHoursLeft, match="before the year 2200"):
		calendar.add(jan("5 09:00"), 10_000 * HOUR)
	assert calendar.add(jan("5 09:00"), 2 * HOUR) == jan("12 10:00")


def test_24_7_ends_where_every_calendar_ends():
	with pytest.raises(NoHoursLeft):
		Calendar.always().add(LAST - HOUR, HOUR + 1)
	assert Calendar.always().add(LAST - HOUR, HOUR) == LAST


@pytest.mark.parametrize("at", [FIRST - 1, LAST + 1])
def test_an_instant_outside_the_known_years_is_refused(at):
	for fold in (lambda: office().add(at, 1), lambda: office().between(min(at, 0), max(at, 0))):
		with pytest.raises(WrongInput, match="outside the years 1900 to 2199"):
			fold()


@pytest.mark.parametrize(
	"windows, holidays",
	[
		pytest.param(
			[(5, 540, 1020)],
			[
				date.fromordinal(day)
				for day in range(date(2026, 1, 3).toordinal(), date(2026, 12, 27).toordinal(), 7)
			],
			id="Saturday hours and a list with the year's Saturdays off",
		),
		pytest.param(
			NINE_TO_FIVE,
			[
				date.fromordinal(day)
				for day in range(date(2026, 1, 1).toordinal(), date(2027, 1, 1).toordinal())
			],
			id="every day of a year",
		),
	],
)
def test_holidays_that_close_the_hours_for_a_year_are_refused_at_building(windows, holidays):
	with pytest.raises(WrongInput, match="keep these support hours shut from"):
		Calendar("UTC", windows, holidays)


def test_holidays_that_leave_one_opening_in_the_year_are_taken():
	year = range(date(2026, 1, 1).toordinal(), date(2027, 1, 1).toordinal())
	calendar = office(holidays=[date.fromordinal(day) for day in year if day != date(2026, 6, 1).toordinal()])
	assert calendar.add(jan("5 09:00"), HOUR) == local("UTC", 2026, 6, 1, 10)


# ---- clock changes, as one reads them


@pytest.mark.parametrize(
	"zone, windows, day, hours",
	[
		pytest.param("Europe/Paris", (6, 0, 1440), (2026, 3, 29), 23, id="spring in Paris has 23 hours"),
		pytest.param("Europe/Paris", (6, 0, 1440), (2026, 10, 25), 25, id="autumn in Paris has 25"),
		pytest.param("Europe/Paris", (6, 120, 180), (2026, 3, 29), 0, id="the skipped hour holds nothing"),
		pytest.param("Europe/Paris", (6, 120, 180), (2026, 10, 25), 2, id="the repeated hour counts twice"),
		pytest.param(
			"America/New_York",
			(6, 90, 150),
			(2026, 3, 8),
			0.5,
			id="a bound in the skipped hour is the change",
		),
		pytest.param(
			"Australia/Lord_Howe", (6, 0, 1440), (2026, 4, 5), 24.5, id="Lord Howe moves half an hour"
		),
		pytest.param("Pacific/Apia", (4, 0, 1440), (2011, 12, 30), 0, id="Apia had no 30 December 2011"),
	],
)
def test_a_day_of_a_clock_change_has_the_hours_it_has(zone, windows, day, hours):
	calendar = Calendar(zone, [windows])
	start = instant(datetime(*day, tzinfo=timezone.utc))
	assert calendar.between(start - DAY, start + 2 * DAY) == hours * HOUR


# ---- as a value


def test_calendars_that_say_the_same_are_equal_however_they_were_entered():
	one = Calendar("UTC", [(1, 0, 0), (0, 540, 1020)], [date(2026, 5, 1), date(2026, 1, 1)])
	other = Calendar(
		"UTC", [(0, 540, 1020), (1, 0, 1440), (0, 540, 1020)], [date(2026, 1, 1), date(2026, 5, 1)]
	)
	assert one == other and hash(one) == hash(other)
	assert one != office()


def test_the_same_content_is_one_calendar_in_a_process():
	assert shared_calendar("UTC", NINE_TO_FIVE) is shared_calendar("UTC", NINE_TO_FIVE)


# ---- what is refused, with what and where


@pytest.mark.parametrize(
	"wrong, message",
	[
		pytest.param({"windows": []}, "Support hours without a window never open", id="no windows"),
		pytest.param({"windows": [(0, 0, 60), (7, 0, 60)]}, "Window 2: weekday 7 is not", id="weekday"),
		pytest.param(
			{"windows": [(0, -1, 60)]}, "Window 1: start -1 is not .* 0 to 1439", id="start before the day"
		),
		pytest.param({"windows": [(0, 1440, 60)]}, "Window 1: start 1440 is not", id="start after the day"),
		pytest.param(
			{"windows": [(0, 0, 1441)]}, "Window 1: end 1441 is not .* 0 to 1440", id="end after the day"
		),
		pytest.param(
			{"windows": [(0, 9.5, 60)]}, "Window 1: start 9.5 is not a whole number", id="half minutes"
		),
		pytest.param({"windows": [(0, 540)]}, r"Window 1: \(0, 540\) is not", id="two numbers"),
		pytest.param({"windows": [None]}, "Window 1: None is not", id="no window at all"),
		pytest.param({"zone": "Europe/Pariss"}, "Unknown time zone: 'Europe/Pariss'", id="misspelt zone"),
		pytest.param({"zone": "Europe"}, "Unknown time zone: 'Europe'", id="a folder of zones"),
		pytest.param({"zone": ""}, "Unknown time zone: ''", id="no zone"),
		pytest.param({"zone": "../UTC"}, "Unknown time zone", id="a path"),
		pytest.param({"zone": None}, "Unknown time zone: None", id="None as zone"),
		pytest.param(
			{"holidays": ["2026-01-01"]}, "Holiday '2026-01-01' is not a date", id="text as holiday"
		),
		pytest.param({"holidays": [date(1, 1, 1)]}, "Holiday .* from 1900 to 2199", id="year one"),
		pytest.param(
			{"half_days": [datetime(2026, 1, 1)]},
			"Half-day holiday datetime.* is not a date",
			id="time as half day",
		),
	],
)
def test_support_hours_that_mean_nothing_are_refused(wrong, message):
	with pytest.raises(WrongInput, match=message):
		office(**wrong)


def test_a_refusal_keeps_its_values_apart_for_translation():
	with pytest.raises(WrongInput) as refused:
		office(zone="Nowhere")
	assert refused.value.template == "Unknown time zone: {zone}"
	assert refused.value.values == {"zone": "'Nowhere'"}


def test_a_negative_amount_of_support_time_is_refused():
	with pytest.raises(WrongInput, match=r"negative amount .* -1 µs"):
		office().add(jan("5 09:00"), -1)


@pytest.mark.parametrize("at", [datetime(2026, 1, 5), datetime(2026, 1, 5, tzinfo=timezone.utc), 1.5, None])
def test_only_an_instant_is_taken_for_one(at):
	with pytest.raises(WrongInput, match=r"Start of support time: .* is not an instant"):
		office().add(at, HOUR)
	with pytest.raises(WrongInput, match=r"End of support time: .* is not an instant"):
		office().between(jan("5 09:00"), at)


def test_a_naive_datetime_names_no_instant():
	with pytest.raises(
		WrongInput, match=r"datetime.datetime\(2026, 1, 5, 0, 0\) is not a datetime with a time zone"
	):
		instant(datetime(2026, 1, 5))


def test_an_instant_and_its_moment_are_the_same_in_every_zone():
	noon = datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Asia/Kolkata"))
	assert moment(instant(noon)) == noon
	assert instant(noon) == instant(noon.astimezone(timezone.utc)) == local("UTC", 2026, 7, 1, 6, 30)
	assert instant(noon) + 30 * MINUTE == local("UTC", 2026, 7, 1, 7)
