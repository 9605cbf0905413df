"""SLA Compliance: what was met of what was decided, by month or quarter, customer, priority, service or agent."""

from __future__ import annotations

from collections import Counter

from frappe import _
from frappe.utils import formatdate

from sla_guard.engine.clock import MET, MISSED
from sla_guard.engine.figures import EXCLUDED, WAIVED
from sla_guard.engine.periods import MONTH, QUARTER, Period
from sla_guard.engine.share import Share, percent_text
from sla_guard.reporting import Asked, card, chart, column, link
from sla_guard.sla_guard.report.sla_compliance.counting import TRENDS, find, periods, tally

# Of which DocType the groups are, where they are no periods.
DOCTYPES = {"Customer": "Customer", "Priority": "Issue Priority", "Service": "SLA Service", "Agent": "User"}
CHARTED = 20


def execute(filters: dict | None = None) -> tuple:
	asked = Asked({"group_by": MONTH, **(filters or {})})
	found = find(asked)
	rows = _groups(asked, tally(asked, found, periods(asked)))
	total = _row(_("Total"), sum(tally(asked, found, [asked.period]).values(), Counter()))
	data = [*rows, {**total, "is_total": 1}] if rows else []
	return _columns(asked), data, None, _chart(asked, rows), _cards(total)


def _groups(asked: Asked, tallies: dict[tuple[Period, str], Counter]) -> list[dict]:
	"""The periods in order, empty ones too; or the others, the worst first."""
	if asked.filters.group_by in TRENDS:
		return [_row(_label(asked, each), tallies[each, ""]) for each in periods(asked)]
	rows = [_row(name, counts) for (_period, name), counts in tallies.items()]
	return sorted(rows, key=lambda row: (row["percent"] is None, row["percent"], row["name"]))


def _row(name: str, counts: Counter) -> dict:
	share = Share(counts[MET], counts[MET] + counts[MISSED])
	return {
		"name": name,
		"met": counts[MET],
		"missed": counts[MISSED],
		"compliance": percent_text(*share) or _("no data"),
		"percent": float(share.percent) if share.whole else None,
		"excluded": counts[EXCLUDED],
		"waived": counts[WAIVED],
	}


def _label(asked: Asked, period: Period) -> str:
	if asked.filters.group_by == QUARTER:
		return _("Q{0} {1}").format((period.first.month + 2) // 3, period.first.year)
	return formatdate(period.first, "MMM yyyy")


def _columns(asked: Asked) -> list[dict]:
	by = asked.filters.group_by
	return [
		column("name", _(by), width=180) if by in TRENDS else link("name", _(by), DOCTYPES[by], 180),
		column("met", _("Met"), "Int", 100),
		column("missed", _("Missed"), "Int", 100),
		column("compliance", _("Compliance"), width=180),
		column("percent", _("Compliance (%)"), "Float", 170, precision=2),
		column("excluded", _("Excluded"), "Int", 100),
		column("waived", _("Waived"), "Int", 100),
	]


def _chart(asked: Asked, rows: list[dict]) -> dict | None:
	told = [row for row in rows if row["percent"] is not None][:CHARTED]
	if not told:
		return None
	kind = "line" if asked.filters.group_by in TRENDS and len(told) > 1 else "bar"
	series = {_("Compliance (%)"): [row["percent"] for row in told]}
	return chart(kind, [row["name"] or _("not named") for row in told], series, ["green"], fieldtype="Float")


def _cards(total: dict) -> list[dict]:
	return [
		card(_("Compliance"), total["compliance"], "blue", "Data"),
		card(_("Met"), total["met"], "green"),
		card(_("Missed"), total["missed"], "red"),
		card(_("Excluded"), total["excluded"], "gray"),
		card(_("Waived"), total["waived"], "gray"),
	]
