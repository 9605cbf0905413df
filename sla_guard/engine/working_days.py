"""Days on which somebody works: those on which support hours open."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.errors import NoHoursLeft, WrongInput
from sla_guard.engine.instants import moment
from sla_guard.engine.wall_clock import day_start

# Calendars never stay shut for longer than a year.
LONGEST = 366


def opens_on(hours: Calendar, day: date) -> bool:
	"""Whether support hours begin on a date that is no holiday; half of one is enough."""
	return day not in hours.holidays and any(weekday == day.weekday() for weekday, *_times in hours.windows)


def working_day_after(hours: Calendar, at: int, count: int) -> date:
	"""The count-th working day after the day of an instant, both on the wall clock of the hours. With a count of 0 that
	day itself, be it one or not. Raises WrongInput for a negative count."""
	if count < 0:
		raise WrongInput("A negative number of days: {count}", count=count)
	day = moment(at).astimezone(ZoneInfo(hours.zone)).date()
	for _each in range(count):
		day = _next_working_day(hours, day)
	return day


def end_of_working_day_after(hours: Calendar, at: int, count: int) -> int:
	"""The instant at which that day is over: midnight on the wall clock of the hours."""
	return day_start(hours.zone, working_day_after(hours, at, count) + timedelta(days=1))


def _next_working_day(hours: Calendar, day: date) -> date:
	following = (day + timedelta(days=ahead) for ahead in range(1, LONGEST + 1))
	found = next((each for each in following if opens_on(hours, each)), None)
	if found is None:
		raise NoHoursLeft("No support hours left after {day}", day=day.isoformat())
	return found
