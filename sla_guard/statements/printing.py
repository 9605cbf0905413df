"""A statement as it is read: on paper, in its form, in the mail. Every text in the session's language, for templates
that only put it in its place.

`sla_guard/templates/statement/` holds what is drawn of it; the Print Format *SLA Statement* is the page around it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard.engine.terms import METRICS
from sla_guard.statements import acceptance, charts, key_figures, tables
from sla_guard.statements.words import Words

BY_COMPLIANCE = "Tiers by compliance"


def sla_statement(doc: Document) -> dict:
	"""All that the print of a statement shows (a method of Jinja)."""
	figures, words = figures_of(doc), words_of(doc)
	return _head(doc, figures, words) | {
		"tables": [each for each in tables.all_of(doc, figures, words) if each],
		"legend_title": _("How to Read the Figures"),
		"legend": key_figures.legend(figures),
	}


@frappe.whitelist()
def overview(statement: str) -> str:
	"""The HTML at the top of its form: the first page of the print without what the form shows itself."""
	doc = frappe.get_doc("SLA Statement", statement)
	doc.check_permission()
	if not doc.figures:
		return ""
	return frappe.render_template(
		"sla_guard/templates/statement/overview.html", {"s": _head(doc, figures_of(doc), words_of(doc))}
	)


def words_of(doc: Document) -> Words:
	"""For the session's language."""
	return Words(frappe.local.lang, figures_of(doc)["zone"], doc.currency)


def letter(doc: Document) -> dict:
	"""The mail that brings it: subject, and the lines of its text."""
	figures, words = figures_of(doc), words_of(doc)
	head = _head(doc, figures, words)
	of = f"{figures['title']}, {head['period']}"
	return {
		"subject": f"{head['heading']} {doc.name}: {of}",
		"lines": [
			_("Hello,"),
			_("Attached you find the statement of your support contract: {0}.").format(of),
			head["sentence"],
			_(
				"The second file lists every commitment that was counted, so that you can recompute each percentage."
			),
			*_silence(doc, words),
		],
	}


def _silence(doc: Document, words: Words) -> Iterator[str]:
	"""Until when a word of the customer is waited for."""
	if until := acceptance.silent_until_if_sent_now(doc):
		yield _(
			"If a line is not right, dispute it on the page of your contract before {0}; without a word from you the statement counts as accepted then."
		).format(words.moment(until))


def figures_of(doc: Document) -> dict:
	"""What was frozen in it."""
	return json.loads(doc.figures)


# ---- the first page


def _head(doc: Document, figures: dict, words: Words) -> dict:
	return {
		"heading": _("SLA Statement"),
		"facts": _facts(doc, figures, words),
		"period": words.period(figures["every"], figures["first"], figures["last"]),
		"notice": _notice(doc),
		"compliance": [_large(figures, metric, words) for metric in METRICS],
		"due": _due(doc, words) if tables.about_money(doc) else None,
		"sentence": _sentence(doc, figures, words),
		"trend": _trend(doc, figures, words),
		"by_priority": _by_priority(figures, words),
	}


def _facts(doc: Document, figures: dict, words: Words) -> list[tuple[str, str]]:
	"""Who, what, when."""
	days = f"{words.day(figures['first'])} – {words.day(figures['last'])}"
	facts = [
		(_("Customer"), frappe.db.get_value("Customer", doc.customer, "customer_name") or doc.customer),
		(_("Contract"), f"{figures['title']} ({doc.contract})"),
		(_("Period"), days),
		(_("Statement"), doc.name),
		(_("Company"), doc.company),
		(_("Fee"), words.money(doc.fee) if doc.fee else ""),
	]
	return [(label, value) for label, value in facts if value]


def _notice(doc: Document) -> str:
	if doc.docstatus == 0:
		return _("Draft: not yet approved, the figures may change.")
	if doc.docstatus == 2:
		return _("Cancelled: this statement is void.")
	return _("Final statement of this contract.") if doc.final else ""


def _large(figures: dict, metric: str, words: Words) -> dict:
	met, missed = _decided([row for row in figures["compliance"] if row["metric"] == metric])
	return {
		"label": _(metric, context="SLA Clock"),
		"percent": words.share_percent(met, met + missed),
		"fraction": f"{met}/{met + missed}" if met + missed else "",
	}


def _due(doc: Document, words: Words) -> dict:
	return {"label": _("Amount Due"), "amount": words.money(doc.amount_due)}


def _sentence(doc: Document, figures: dict, words: Words) -> str:
	met, missed = _decided(figures["compliance"])
	if not met + missed:
		kept = _("No commitment was decided in this period.")
	else:
		kept = _("Commitments met: {0} of {1}.").format(met, met + missed)
	if not tables.about_money(doc):
		return kept
	if Decimal(str(doc.amount_due or 0)) > 0:
		return f"{kept} {_('We credit you {0}.').format(words.money(doc.amount_due))}"
	return f"{kept} {_('Nothing is due.')}"


def _decided(rows: list[dict]) -> tuple[int, int]:
	return sum(row["met"] for row in rows), sum(row["missed"] for row in rows)


def _trend(doc: Document, figures: dict, words: Words) -> dict | None:
	if not any(_decided(figures["trend"])):
		return None
	target, metric = _target(doc)
	title = _("Compliance by period")
	if target is not None:
		title = _("Compliance by period, and the level agreed for {0}").format(_(metric, context="SLA Clock"))
	return {"title": title, "chart": charts.trend(figures["trend"], figures["every"], target, words)}


def _target(doc: Document) -> tuple[Decimal | None, str]:
	"""The compliance from which on nothing is to be paid and its metric, where the contract names just one."""
	rules = frappe.get_all(
		"SLA Penalty Rule", {"parent": doc.contract, "kind": BY_COMPLIANCE}, ["rule_name", "metric"]
	)
	tiers = frappe.get_all(
		"SLA Penalty Tier",
		{"parent": doc.contract, "parenttype": "SLA Contract"},
		["rule", "from_value", "to_value", "amount", "percent"],
		order_by="from_value",
	)
	levels = {
		(_free_from([each for each in tiers if each.rule == rule.rule_name]), rule.metric) for rule in rules
	}
	return levels.pop() if len(levels) == 1 else (None, "")


def _free_from(tiers: list[frappe._dict]) -> Decimal | None:
	"""Where the best tier ends, or begins if it costs nothing; None if something is to be paid at 100 % still."""
	best = tiers[-1] if tiers else frappe._dict()
	if best.to_value and best.to_value < 100:
		return Decimal(str(best.to_value))
	return Decimal(str(best.from_value)) if best.from_value and not (best.amount or best.percent) else None


def _by_priority(figures: dict, words: Words) -> dict:
	return {
		"title": _("Met and missed by priority"),
		"met": _("Met"),
		"missed": _("Missed"),
		"chart": charts.by_priority(figures["compliance"], words),
	}
