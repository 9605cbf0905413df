"""Where the marks of a statement's charts stand: plain numbers for a template that draws them as SVG.

They are read in black and white: what was missed is hatched, and every mark has its number beside it.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import NamedTuple

from frappe import _

from sla_guard.engine.periods import QUARTER
from sla_guard.engine.share import Share
from sla_guard.statements.words import Words

WIDTH, HEIGHT = 680, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 14, 34, 36
BAR, BAR_GAP, BAR_LEFT, BAR_RIGHT = 18, 10, 120, 130
# How far a number stands above its point, and below it where the line goes up on both sides.
ABOVE, BELOW = -9, 16


class Mark(NamedTuple):
	"""A point of the line: where it stands, what it says and where; `y` is None where there is no data."""

	x: float
	y: float | None
	text_y: float
	text: str
	label: str


class Level(NamedTuple):
	"""A line across the chart."""

	y: float
	text: str


class Trend(NamedTuple):
	"""Compliance over some periods. `lines`: the points of each stretch without a gap, as SVG wants them."""

	width: int
	height: int
	left: int
	right: int
	marks: list[Mark]
	lines: list[str]
	levels: list[Level]
	target: Level | None


def trend(periods: list[dict], every: str, target: Decimal | None, words: Words) -> Trend:
	"""`periods`: the oldest first, each with `first`, `met` and `missed`; `target`: percent to hold, if one is agreed."""
	shares = [Share(each["met"], each["met"] + each["missed"]) for each in periods]
	lowest = _lowest([share.percent for share in shares if share.whole], target)
	label = words.quarter if every == QUARTER else words.month
	step = (WIDTH - LEFT - RIGHT) / max(len(periods), 1)
	heights = [_height(share.percent, lowest) if share.whole else None for share in shares]
	marks = [
		Mark(
			round(LEFT + (place + 0.5) * step, 1),
			heights[place],
			_text_height(heights, place),
			words.number(share.percent) if share.whole else _("no data"),
			label(each["first"]),
		)
		for place, (each, share) in enumerate(zip(periods, shares, strict=True))
	]
	levels = [
		Level(_height(Decimal(level), lowest), words.percent(level, places=0)) for level in _levels(lowest)
	]
	aim = target is not None and Level(
		_height(target, lowest), _("Target {0}").format(words.percent(target, places=0))
	)
	return Trend(WIDTH, HEIGHT, LEFT, WIDTH - RIGHT, marks, list(_lines(marks)), levels, aim or None)


def _lowest(values: list[Decimal], target: Decimal | None) -> int:
	"""The foot of the chart: a ten below all of it, so that small differences near 100 can be seen."""
	least = min([*values, target or 100, Decimal(95)])
	return max(int(least) // 10 * 10 - (10 if least % 10 == 0 and least else 0), 0)


def _levels(lowest: int) -> list[int]:
	step = next(step for step in (5, 10, 20, 25, 50) if (100 - lowest) / step <= 4 or step == 50)
	return list(range(100, lowest - 1, -step))


def _height(percent: Decimal, lowest: int) -> float:
	inside = HEIGHT - TOP - BOTTOM
	return round(TOP + inside * (1 - float(percent - lowest) / (100 - lowest)), 1)


def _text_height(heights: list[float | None], place: int) -> float:
	mine = heights[place]
	if mine is None:
		return HEIGHT - BOTTOM
	beside = [each for each in heights[max(place - 1, 0) : place + 2] if each is not None and each != mine]
	in_a_valley = beside and all(each < mine for each in beside)
	return mine + (BELOW if in_a_valley else ABOVE)


def _lines(marks: list[Mark]) -> list[str]:
	stretches: list[list[Mark]] = [[]]
	for mark in marks:
		if mark.y is None:
			stretches.append([])
		else:
			stretches[-1].append(mark)
	return [" ".join(f"{mark.x},{mark.y}" for mark in each) for each in stretches if len(each) > 1]


class Bar(NamedTuple):
	label: str
	y: int
	met: int
	missed: int
	met_width: float
	missed_width: float
	text: str


class Bars(NamedTuple):
	"""Met and missed side by side, a bar for each priority."""

	width: int
	height: int
	left: int
	thick: int
	bars: list[Bar]


def by_priority(compliance: list[dict], words: Words) -> Bars:
	met, missed = Counter(), Counter()
	for row in compliance:
		met[row["priority"]] += row["met"]
		missed[row["priority"]] += row["missed"]
	priorities = [each for each in sorted(met) if met[each] + missed[each]]
	most = max((met[each] + missed[each] for each in priorities), default=1)
	unit = (WIDTH - BAR_LEFT - BAR_RIGHT) / most
	bars = [
		Bar(
			_(priority) if priority else _("without priority"),
			BAR_GAP + place * (BAR + BAR_GAP),
			met[priority],
			missed[priority],
			round(met[priority] * unit, 1),
			round(missed[priority] * unit, 1),
			words.share(met[priority], met[priority] + missed[priority]),
		)
		for place, priority in enumerate(priorities)
	]
	return Bars(WIDTH, BAR_GAP + len(bars) * (BAR + BAR_GAP), BAR_LEFT, BAR, bars)
