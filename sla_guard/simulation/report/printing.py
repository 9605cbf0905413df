"""A simulation's report for whoever shows it: every text in the session's language, for templates that only put it in
its place. `sla_guard/templates/simulation/` holds them; the Print Formats *SLA Simulation* and *SLA Simulation for the
Customer* are the pages around it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard.simulation.report import changes, charts, legend, tables
from sla_guard.simulation.report.outcome import Outcome, Tried, outcome_of
from sla_guard.statements.cells import Table, metric_text
from sla_guard.statements.words import Words

# The Print Formats.
FOR_US, FOR_CUSTOMER = "SLA Simulation", "SLA Simulation for the Customer"


class Part(NamedTuple):
	"""A heading and what stands under it. `trends` and `bars`: charts on paper; `key`: which chart the desk draws here."""

	title: str
	tables: Sequence[Table] = ()
	points: Sequence[str] = ()
	note: str = ""
	trends: Sequence[dict] = ()
	bars: Sequence[dict] = ()
	key: str = ""

	@property
	def says_something(self) -> bool:
		return bool(self.tables or self.points)


def sla_simulation(doc: Document) -> dict:
	"""All that the provider reads (a method of Jinja)."""
	return _report(doc, _("SLA Simulation"), doc.title or doc.name, money=True)


def sla_simulation_for_customer(doc: Document) -> dict:
	"""What the customer reads: what is promised and what would have been kept, no amount and no ticket (a method of
	Jinja). Refused where the contracts are of several customers."""
	return _report(doc, _("Service Level Simulation"), "", money=False)


@frappe.whitelist()
def report(simulation: str) -> dict:
	"""What the form shows: the report as HTML, and the charts that the desk draws in it."""
	document = frappe.get_doc("SLA Simulation", simulation)
	document.check_permission()
	outcome = outcome_of(document)
	html = frappe.render_template(
		"sla_guard/templates/simulation/desk.html", {"s": _told(outcome, "", "", money=True)}
	)
	return {"html": html, "charts": charts.of_desk(outcome), "colors": charts.COLORS}


def _report(doc: Document, heading: str, title: str, *, money: bool) -> dict:
	if not doc.results:
		return {"heading": heading, "title": title, "notices": [_("No results yet: it has not run.")]}
	outcome = outcome_of(doc)
	if not money:
		refuse_several_customers(outcome)
	return _told(outcome, heading, title, money)


def _told(outcome: Outcome, heading: str, title: str, money: bool) -> dict:
	return {
		"heading": heading,
		"title": title or ", ".join(each.title for each in outcome.tried),
		"notices": list(_notices(outcome)),
		"facts": list(_facts(outcome, money)),
		"contracts": [_at_a_glance(outcome, each, money) for each in outcome.tried],
		"parts": [part for part in _parts(outcome, money) if part.says_something],
		"legend_title": _("How to Read the Figures"),
		"legend": list(legend.lines(outcome, money)),
	}


def refuse_several_customers(outcome: Outcome) -> None:
	if len(outcome.customers) > 1:
		frappe.throw(
			_("There is no version for the customer: the simulation names several customers, {0}.").format(
				", ".join(outcome.customers)
			),
			title=_("Several Customers"),
		)


# ---- the first page


def _notices(outcome: Outcome) -> Iterator[str]:
	yield _("A simulation: nothing was written to any ticket, clock, breach or statement.")
	if changed := outcome.changed_since():
		yield _("Changed since it ran, so that the figures are those of before: {0}.").format(
			", ".join(changed)
		)


def _facts(outcome: Outcome, money: bool) -> Iterator[tuple[str, str]]:
	doc, found, words = outcome.document, outcome.found, outcome.words
	first, last = map(words.day, outcome.days)
	facts = (
		(_("Customer"), _customer_of(outcome)),
		(_("Tickets"), words.number(found["tickets"]) if money else ""),
		(_("Period"), f"{first} – {last}"),
		(_("As Known At"), words.moment(found["until_us"])),
		(_("Source"), _(doc.source) if money else ""),
		(_("Facts Read"), words.number(found["events"]) if money else ""),
		(_("Simulation"), doc.name),
	)
	yield from ((label, value) for label, value in facts if value)


def _customer_of(outcome: Outcome) -> str:
	"""The one whom all of it is about."""
	if len(outcome.customers) != 1:
		return ""
	(customer,) = outcome.customers
	return frappe.db.get_value("Customer", customer, "customer_name") or customer


def _at_a_glance(outcome: Outcome, tried: Tried, money: bool) -> dict:
	figures = [_large(tried, metric, outcome.words) for metric in outcome.metrics]
	if money and tried.about_money:
		amount = tried.words.money(tried.sum("total"))
		figures.append({"label": _("Penalties"), "value": amount, "below": _breaches(tried), "money": True})
	return {"title": tried.title, "name": tried.name, "figures": figures}


def _breaches(tried: Tried) -> str:
	count = tried.found["breaches"]
	return _("one breach") if count == 1 else _("{0} breaches").format(tried.words.number(count))


def _large(tried: Tried, metric: str, words: Words) -> dict:
	share = tried.share(metric=metric)
	return {
		"label": metric_text(metric),
		"value": words.share_percent(share.part, share.whole),
		"below": f"{share.part}/{share.whole}" if share.whole else "",
	}


# ---- part by part


def _parts(outcome: Outcome, money: bool) -> Iterator[Part]:
	tried = outcome.tried
	yield Part(_("At a Glance"), [tables.side_by_side(outcome, money)])
	together = _("In the chart all commitments together, in the table each metric by itself.")
	yield Part(
		_("Kept by Month"),
		[tables.by_month(outcome)],
		note=together,
		trends=[charts.trend(outcome, each) for each in tried],
		key="by_month",
	)
	yield Part(
		_("Kept by Priority"),
		[tables.by_priority(outcome)],
		note=together,
		bars=[charts.bars(outcome, each) for each in tried],
		key="by_priority",
	)
	if money:
		yield from _of_money(outcome)
	yield Part(_("What Is Promised"), _each(tried, tables.promised))
	faults = tables.faults(outcome, money)
	yield Part(_("What the History Lacks"), [faults] if faults else [])


def _of_money(outcome: Outcome) -> Iterator[Part]:
	yield Part(_("Penalties by Period"), _each(outcome.tried, tables.penalties), key="penalties")
	yield Part(_("Tickets That Cost Most"), _each(outcome.tried, tables.dearest))
	for each in outcome.tried:
		title = _("What Would Have Saved Most")
		if len(outcome.tried) > 1:
			title = f"{title}: {each.title}"
		yield Part(
			title,
			points=changes.sentences(each),
			note=_("One change at a time, all else as it is in the contract."),
		)


def _each(tried: list[Tried], table: object) -> list[Table]:
	return [found for found in map(table, tried) if found]
