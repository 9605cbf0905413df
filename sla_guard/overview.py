"""What the workspace shows of a month and of a year: by the functions of the reports, so that the figures are theirs.

Each reader sees what a report would show: permissions are those of the rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from urllib.parse import urlencode

import frappe
from frappe import _
from frappe.core.doctype.user_permission.user_permission import get_user_permissions
from frappe.permissions import get_allowed_docs_for_doctype
from frappe.utils import (
	add_months,
	escape_html,
	fmt_money,
	get_first_day,
	get_last_day,
	get_url_to_report_with_filters,
	getdate,
)

from sla_guard.engine.periods import MONTH, Period
from sla_guard.reporting import Asked
from sla_guard.site_time import now_us, to_site
from sla_guard.sla_guard.doctype.sla_breach.sla_breach import OPEN
from sla_guard.sla_guard.report.sla_breaches import sla_breaches
from sla_guard.sla_guard.report.sla_compliance import sla_compliance
from sla_guard.statements.account import work_out
from sla_guard.statements.commitments import customers_with_tickets
from sla_guard.statements.compute import Chain, read_chain, rounded

MONTHS = 12
CHARTED = 10
# How long what a running period costs is kept: it is worked out from all of its tickets.
FRESH = 10 * 60


# ---- cards


@frappe.whitelist()
def compliance_this_month(filters: str | None = None) -> str:
	"""Number card: what was met of what was decided since the first of this month, as the report says it."""
	asked = _days(1)
	(share, *_others) = sla_compliance.execute(asked)[4]
	return _to_report("SLA Compliance", asked, share["value"])


@frappe.whitelist()
def penalties_so_far(filters: str | None = None) -> str:
	"""Number card: what the running periods of all contracts cost so far, after caps, and the caps; each currency apart."""
	frappe.has_permission("SLA Penalty", throw=True)
	totals: dict[str, list[Decimal | None]] = defaultdict(lambda: [Decimal(), Decimal()])
	for currency, amount, cap in _running():
		both = totals[currency]
		both[0] += amount
		# One that has no cap leaves the whole without.
		both[1] = None if cap is None or both[1] is None else both[1] + cap
	if not totals:
		return escape_html(_("none"))
	return "".join(
		f'<div class="sla-figure">{escape_html(_of_cap(*each))}</div>' for each in sorted(totals.items())
	)


def _of_cap(currency: str, both: list[Decimal | None]) -> str:
	amount, cap = (None if each is None else fmt_money(each, currency=currency) for each in both)
	return amount if cap is None else _("{0} of {1}").format(amount, cap)


def _running() -> Iterator[tuple[str, Decimal, Decimal | None]]:
	"""Currency, costs so far and cap of each contract and customer with penalties, in its reporting period of now."""
	today = getdate(to_site(now_us()))
	allowed = get_allowed_docs_for_doctype(get_user_permissions().get("Customer", []), "SLA Penalty")
	chains = frappe.get_list(
		"SLA Contract",
		{"docstatus": 1, "effective_from": ("<=", today)},
		pluck="chain",
		distinct=True,
		order_by="chain",
	)
	for name in chains:
		for customer, *costs in _costs_of_chain(name, today):
			if not allowed or customer in allowed:
				yield tuple(costs)


def _costs_of_chain(name: str, today: date) -> list[tuple[str, str, Decimal, Decimal | None]]:
	"""By customer; kept for a while."""
	key = f"sla_guard_running|{name}|{today}"
	found = frappe.cache.get_value(key, expires=True)
	if found is None:
		found = _work_out(name)
		frappe.cache.set_value(key, found, expires_in_sec=FRESH)
	return found


def _work_out(name: str) -> list[tuple[str, str, Decimal, Decimal | None]]:
	chain = read_chain(name)
	now = now_us()
	period = chain.period_at(now)
	version = chain.at_end_of(period)
	if not version.penalty_rules or (chain.over and chain.over <= period.first):
		return []
	customers = customers_with_tickets(chain.names, *chain.instants(period))
	return [
		(customer, version.currency, work_out(chain, customer, period)[0].charge.total, _cap(chain, period))
		for customer in sorted(customers | ({version.customer} if version.customer else set()))
	]


def _cap(chain: Chain, period: Period) -> Decimal | None:
	"""What the caps allow in a period, all versions together; None: there is one without."""
	found: list[Fraction | None] = [
		terms.cap_of(span)
		for terms in chain.terms
		for span in (period.months() if terms.cap_every == MONTH else (period,))
		if terms.parts(span)
	]
	if not found or None in found:
		return None
	return rounded(sum(found, Fraction()), chain.terms[-1].decimals)


# ---- charts


@frappe.whitelist()
def compliance_by_month(**_asked: str) -> dict:
	"""Dashboard chart: compliance of each of the last twelve months; one in which nothing was decided is left out."""
	return _charted(sla_compliance.execute(_days(MONTHS) | {"group_by": MONTH})[3])


@frappe.whitelist()
def breaches_by_cause(**_asked: str) -> dict:
	"""Dashboard chart: the breaches of the last twelve months that count, by the kind of their cause."""
	return _counted(lambda each: _(each.cause_class) if each.cause_class else _unclassified(each))


@frappe.whitelist()
def breaches_by_customer(**_asked: str) -> dict:
	"""Dashboard chart: the same by customer."""
	return _counted(lambda each: each.customer or _("not named"))


def _unclassified(each: frappe._dict) -> str:
	return _("Not classified") if each.cause else _("No cause yet")


def _counted(by: Callable[[frappe._dict], str]) -> dict:
	found = sla_breaches.find(Asked(_days(MONTHS) | {"state": OPEN}))
	counts = Counter(map(by, found)).most_common(CHARTED)
	values = [count for _label, count in counts]
	return {
		"labels": [label for label, _count in counts],
		"datasets": [{"name": _("Breaches"), "values": values}],
	}


def _charted(chart: dict | None) -> dict:
	return chart["data"] if chart else {"labels": [], "datasets": []}


# ---- days


def _days(months: int) -> dict:
	"""This month and those before it, so many in all, by the site's calendar."""
	today = getdate(to_site(now_us()))
	first = add_months(get_first_day(today), 1 - months)
	return {"from_date": str(first), "to_date": str(get_last_day(today))}


def _to_report(report: str, asked: dict, text: str) -> str:
	address = get_url_to_report_with_filters(report, urlencode(asked))
	return f'<a href="{escape_html(address)}">{escape_html(text)}</a>'
