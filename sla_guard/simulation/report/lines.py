"""The main figures of a simulation, line by line, for the command line: in the session's language."""

from __future__ import annotations

from collections.abc import Iterator

import frappe
from frappe import _
from frappe.utils import get_system_timezone

from sla_guard.simulation.report.changes import sentence
from sla_guard.simulation.report.outcome import Tried
from sla_guard.statements.cells import metric_text
from sla_guard.statements.words import Words

# So many single changes are told of each contract.
_CHANGES = 3


def lines(found: dict) -> Iterator[str]:
	"""`found`: the result as it is stored."""
	words = _words(None)
	counts = (words.number(found[each]) for each in ("tickets", "events"))
	yield _("{0} tickets, {1} events").format(*counts)
	for fault in found["faults"]:
		told = _("{0}: {1}").format(_(fault["fault"]), _(fault["handled"]))
		yield f"  {words.number(fault['count']):>8}  {told}"
	for each in found["contracts"]:
		contract = frappe.get_doc("SLA Contract", each["contract"])
		yield f"\n{each['contract']}  {each['title']}"
		yield from (f"  {line}" for line in _of_contract(Tried(each, contract, _words(each["currency"]))))


def _words(currency: str | None) -> Words:
	return Words(frappe.local.lang, get_system_timezone(), currency)


def _of_contract(tried: Tried) -> Iterator[str]:
	number, money, found = tried.words.number, tried.words.money, tried.found
	counts = (number(found[each]) for each in ("tickets", "not_covered", "in_progress"))
	yield _("Tickets: {0}, not covered: {1}, in progress: {2}").format(*counts)
	for metric in dict.fromkeys(row["metric"] for row in found["compliance"]):
		kept = tried.share(metric=metric)
		yield _("{0}: {1} met, {2} missed").format(
			metric_text(metric), number(kept.part), number(kept.whole - kept.part)
		)
	if tried.about_money:
		yield _("Penalties: {0}, before caps: {1}").format(money(found["total"]), money(found["gross"]))
	yield from (sentence(each, tried) for each in found["changes"][:_CHANGES])
