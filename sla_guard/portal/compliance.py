"""What was kept of what was promised, month by month: the figures of the report SLA Compliance, for one customer."""

from __future__ import annotations

from typing import NamedTuple

from frappe import _
from frappe.utils import add_months
from pypika.terms import Criterion

from sla_guard.engine.clock import MET, MISSED
from sla_guard.engine.instants import moment
from sla_guard.engine.periods import MONTH
from sla_guard.engine.share import Share
from sla_guard.portal.words import ReadersWords
from sla_guard.reporting import Asked
from sla_guard.sla_guard.report.sla_compliance.counting import find, periods, tally
from sla_guard.statements import charts

MONTHS = 12


class OfCustomer(Asked):
	"""What the report asks for, of one customer and of nobody else, whatever the reader may see in the desk."""

	def rows(self, doctype: str) -> Criterion:
		if not self.filters.customer:
			raise ValueError("Of no customer")
		return self.wanted(doctype)


class MonthView(NamedTuple):
	"""`percent`: for the length of its bar; None where nothing was decided."""

	label: str
	met: int
	missed: int
	percent: float | None
	text: str


class Compliance(NamedTuple):
	title: str
	chart: charts.Trend
	months: list[MonthView]
	now: str
	fraction: str


def by_month(customer: str, words: ReadersWords) -> Compliance | None:
	"""The last months, this one included; None where nothing was decided in any of them."""
	today = moment(words.now).astimezone(words.zone).date()
	first = add_months(today.replace(day=1), 1 - MONTHS)
	asked = OfCustomer({"from_date": first, "to_date": today, "group_by": MONTH, "customer": customer})
	months = periods(asked)
	tallies = tally(asked, find(asked), months)
	rows = [
		{"first": each.first, "met": tallies[each, ""][MET], "missed": tallies[each, ""][MISSED]}
		for each in months
	]
	while rows and not _whole(rows[0]):
		rows.pop(0)
	if not rows:
		return None
	last = rows[-1]
	return Compliance(
		_("Commitments kept, by month"),
		charts.trend(rows, MONTH, None, words),
		[_month(row, words) for row in rows],
		words.share_percent(last["met"], _whole(last)),
		f"{last['met']}/{_whole(last)}" if _whole(last) else "",
	)


def _whole(row: dict) -> int:
	return row["met"] + row["missed"]


def _month(row: dict, words: ReadersWords) -> MonthView:
	share = Share(row["met"], _whole(row))
	return MonthView(
		words.month(row["first"]),
		row["met"],
		row["missed"],
		float(share.percent) if share.whole else None,
		words.share(*share),
	)
