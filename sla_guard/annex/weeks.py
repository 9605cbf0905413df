"""The weekly picture of support hours on paper: plain numbers for a template that draws them as SVG."""

from __future__ import annotations

from typing import NamedTuple

from sla_guard.engine.calendar import DAY_MINUTES, Calendar
from sla_guard.week import caption, week

WIDTH, LEFT, BAR = 680, 60, 400
TOP, ROW, THICK = 16, 18, 12
HOURS = (0, 6, 12, 18, 24)


class Bar(NamedTuple):
	x: float
	width: float


class Row(NamedTuple):
	"""A day: its name, when it is open, and the same in words."""

	y: int
	name: str
	text: str
	bars: list[Bar]


class Weekly(NamedTuple):
	"""`marks`: hours of the day and where they stand. No rows where support never closes."""

	caption: str
	width: int
	height: int
	left: int
	right: int
	thick: int
	marks: list[tuple[int, float]]
	rows: list[Row]


def weekly(hours: Calendar) -> Weekly:
	days = [] if hours.never_closes else week(hours)
	rows = [
		Row(
			TOP + place * ROW,
			day.name,
			day.text,
			[Bar(_x(opens), round((closes - opens) * BAR / DAY_MINUTES, 1)) for opens, closes in day.open],
		)
		for place, day in enumerate(days)
	]
	marks = [(hour, _x(hour * 60)) for hour in HOURS]
	return Weekly(caption(hours), WIDTH, TOP + 7 * ROW, LEFT, LEFT + BAR, THICK, marks, rows)


def _x(minute: int) -> float:
	return round(LEFT + minute * BAR / DAY_MINUTES, 1)
