"""The charts of a simulation's report: drawn by the desk from numbers, on paper as those of a statement."""

from __future__ import annotations

from datetime import date
from itertools import chain

from frappe import _

from sla_guard.engine.periods import MONTH, QUARTER, period_of
from sla_guard.engine.share import Share
from sla_guard.simulation.report.outcome import MOST_MONTHS, Outcome, Tried
from sla_guard.statements import charts
from sla_guard.statements.words import Words

# Seen on the desk's light and dark ground.
COLORS = ("#2f7bd8", "#e86c13", "#7b5cc4", "#3f9d6d", "#c0392b")


# ---- on paper, a chart for each contract


def trend(outcome: Outcome, tried: Tried) -> dict:
	periods = periods_of(outcome, tried)
	return {"title": tried.title, "chart": charts.trend(periods, outcome.by, None, outcome.words)}


def bars(outcome: Outcome, tried: Tried) -> dict:
	return {
		"title": tried.title,
		"met": _("Met"),
		"missed": _("Missed"),
		"chart": charts.by_priority(tried.found["compliance"], outcome.words),
	}


# ---- in the desk, all contracts in one chart


def of_desk(outcome: Outcome) -> list[dict]:
	"""As the framework's charts want them; `key` says where each stands."""
	return [each for each in (_kept(outcome), _priorities(outcome), *_penalties(outcome)) if each["labels"]]


def _kept(outcome: Outcome) -> dict:
	label = _label(outcome.by, outcome.words)
	rows = [periods_of(outcome, each) for each in outcome.tried]
	series = [[_percent(row["met"], row["missed"]) for row in its] for its in rows]
	# The framework gives an even line no height.
	is_line = len(set(chain.from_iterable(series))) > 1
	return {
		"key": "by_month",
		"type": "line" if is_line else "bar",
		"labels": [label(row["first"]) for row in (rows[0] if rows else [])],
		"datasets": [
			{"name": tried.title, "values": values}
			for tried, values in zip(outcome.tried, series, strict=True)
		],
		"unit": "%",
	}


def _priorities(outcome: Outcome) -> dict:
	priorities = outcome.named("priority")
	shares = [[each.share(priority=priority) for priority in priorities] for each in outcome.tried]
	return {
		"key": "by_priority",
		"type": "bar",
		"labels": [_(priority) if priority else _("without priority") for priority in priorities],
		"datasets": [
			{"name": tried.title, "values": [_percent(share.part, share.whole - share.part) for share in its]}
			for tried, its in zip(outcome.tried, shares, strict=True)
		],
		"unit": "%",
	}


def _penalties(outcome: Outcome) -> list[dict]:
	"""A chart for each currency: amounts of two are not held against each other."""
	currencies = dict.fromkeys(each.found["currency"] for each in outcome.tried if each.about_money)
	return [_penalties_in(outcome, currency) for currency in currencies]


def _penalties_in(outcome: Outcome, currency: str) -> dict:
	tried = [each for each in outcome.tried if each.found["currency"] == currency]
	every = QUARTER if any(each.found["every"] == QUARTER for each in tried) else MONTH
	firsts = sorted({_first(every, row["first"]) for each in tried for row in each.found["penalties"]})
	label = _label(every, outcome.words)
	return {
		"key": "penalties",
		"type": "bar",
		"labels": [label(first) for first in firsts],
		"datasets": [{"name": each.title, "values": _totals(each, every, firsts)} for each in tried],
		"unit": currency,
	}


def _totals(tried: Tried, every: str, firsts: list[str]) -> list[float]:
	totals = dict.fromkeys(firsts, 0.0)
	for row in tried.found["penalties"]:
		totals[_first(every, row["first"])] += float(row["total"])
	return [round(totals[first], 2) for first in firsts]


# ---- periods


def periods_of(outcome: Outcome, tried: Tried) -> list[dict]:
	"""What was met and missed in each month or quarter of the charts, the oldest first; of a history that is longer, the
	last ones."""
	rows: dict[str, dict] = {}
	for month in outcome.named("month"):
		first = _first(outcome.by, f"{month}-01")
		row = rows.setdefault(first, {"first": first, "met": 0, "missed": 0})
		share = tried.share(month=month)
		row["met"], row["missed"] = row["met"] + share.part, row["missed"] + share.whole - share.part
	return list(rows.values())[-MOST_MONTHS:]


def _first(every: str, day: str) -> str:
	return period_of(every, date.fromisoformat(day)).first.isoformat()


def _label(every: str, words: Words) -> object:
	return words.quarter if every == QUARTER else words.month


def _percent(met: int, missed: int) -> float | None:
	share = Share(met, met + missed)
	return float(share.percent) if share.whole else None
