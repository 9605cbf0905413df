"""SLA Penalties: what each one comes to, and what the caps of its period leave of it; each currency apart."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import frappe
from frappe import _

from sla_guard.reporting import Asked, card, chart, column, in_words, link, total

FIELDS = ("ticket", "customer", "metric", "priority", "service", "rule_name", "kind", "period_start")
FIELDS += ("period_end", "status", "arithmetic", "contract", "company", "currency", "amount")
CHARTED = 20


def execute(filters: dict | None = None) -> tuple:
	rows = _find(Asked(filters))
	columns, totals = _columns(), _totals(rows)
	return columns, [*rows, *_total_rows(columns, totals)], None, _chart(rows), _cards(rows, totals)


def _find(asked: Asked) -> list[dict]:
	"""Those of a period that ended within the days asked for, so that each is in one month, or one quarter, alone."""
	penalty, line = frappe.qb.DocType("SLA Penalty"), frappe.qb.DocType("SLA Statement Line")
	status = asked.filters.status
	rows = (
		frappe.qb.from_(penalty)
		.left_join(line)
		.on((line.penalty == penalty.name) & (line.docstatus < 2))
		.select(penalty.name.as_("penalty"), *(penalty[field] for field in FIELDS))
		.select(line.amount.as_("due"), line.parent.as_("statement"))
		.where(penalty.status == status if status else penalty.status != "Cancelled")
		.where((penalty.period_end >= asked.period.first) & (penalty.period_end <= asked.period.last))
		.where(asked.rows("SLA Penalty"))
		.orderby(penalty.period_end)
		.orderby(penalty.name)
	).run(as_dict=True)
	return in_words(rows, "metric", "kind", "status")


def _totals(rows: list[dict]) -> dict[str, tuple[Decimal, Decimal]]:
	"""By currency, what was incurred and what is due."""
	totals: dict[str, tuple[Decimal, Decimal]] = defaultdict(lambda: (Decimal(), Decimal()))
	for row in rows:
		gross, due = totals[row["currency"]]
		totals[row["currency"]] = gross + _exact(row["amount"]), due + _exact(row["due"])
	return dict(sorted(totals.items()))


def _exact(amount: float | None) -> Decimal:
	# The database gives floats.
	return Decimal(str(amount or 0))


def _total_rows(columns: list[dict], totals: dict[str, tuple[Decimal, Decimal]]) -> list[dict]:
	return [
		total(
			columns,
			penalty=_("Total {0}").format(currency),
			currency=currency,
			amount=float(gross),
			due=float(due),
		)
		for currency, (gross, due) in totals.items()
	]


def _columns() -> list[dict]:
	return [
		link("penalty", _("Penalty"), "SLA Penalty", 160),
		link("ticket", _("Ticket"), "Issue", 170),
		link("customer", _("Customer"), "Customer", 160),
		column("rule_name", _("Rule"), width=160),
		column("kind", _("Kind"), width=220),
		column("amount", _("Incurred"), "Currency", 120, options="currency"),
		column("due", _("Due After Caps"), "Currency", 160, options="currency"),
		column("status", _("Status"), width=100),
		column("metric", _("Metric"), width=170),
		link("priority", _("Priority"), "Issue Priority", 90),
		link("service", _("Service"), "SLA Service", 150),
		column("period_start", _("From"), "Date", 100),
		column("period_end", _("To"), "Date", 100),
		link("statement", _("Statement"), "SLA Statement", 160),
		column("arithmetic", _("Arithmetic"), width=300),
		link("contract", _("Contract"), "SLA Contract"),
		link("company", _("Company"), "Company"),
		link("currency", _("Currency"), "Currency", 80),
	]


def _chart(rows: list[dict]) -> dict | None:
	"""What is due to each customer, the most first; a bar for each currency, since they have no sum."""
	due: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
	for row in rows:
		if row["due"]:
			due[row["customer"]][row["currency"]] += _exact(row["due"])
	customers = sorted(due, key=lambda customer: -max(due[customer].values()))[:CHARTED]
	if not customers:
		return None
	currencies = sorted({currency for each in due.values() for currency in each})
	series = {currency: [float(due[customer][currency]) for customer in customers] for currency in currencies}
	return chart("bar", customers, series, ["blue", "orange", "purple", "green"], fieldtype="Float")


def _cards(rows: list[dict], totals: dict[str, tuple[Decimal, Decimal]]) -> list[dict]:
	cards = [card(_("Penalties"), len(rows), "blue")]
	for currency, (gross, due) in totals.items():
		money = {"datatype": "Currency", "currency": currency}
		cards.append(card(_("Incurred ({0})").format(currency), float(gross), "orange", **money))
		cards.append(card(_("Due After Caps ({0})").format(currency), float(due), "red", **money))
	return cards
