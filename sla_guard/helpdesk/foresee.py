"""What saving an Issue would do to its clocks: said before it is saved, by a replay with what is not yet recorded."""

from __future__ import annotations

import frappe

from sla_guard import ledger
from sla_guard.helpdesk.effects import Effect, effect, said, said_of_many
from sla_guard.helpdesk.reconcile import COMPARED
from sla_guard.helpdesk.ticket import Ticket, news, now_for, read
from sla_guard.helpdesk.timers import was_answered
from sla_guard.ledger import Fact
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import terms_named


@frappe.whitelist()
def foresee(ticket: str, values: dict | str) -> dict:
	"""What would become of each clock if the Issue were saved now with these values of its form, by field.

	`ask`: whether it is worth a question: a clock would pause, or the ticket close although nobody answered the customer.
	`effects`: a sentence for each clock that this concerns, in the reader's language. Writes nothing.
	"""
	found = _effects(ticket, frappe.parse_json(values))
	return {
		"ask": any(each.asks for each in found),
		"effects": [words for each in found if (words := said(each))],
	}


@frappe.whitelist()
def foresee_all(tickets: list | str, values: dict | str) -> dict:
	"""The same of several Issues, each saved with these values: `ask` if one of them is worth a question; `effects` a line
	for each thing that happens to clocks, and to those of how many tickets."""
	names, values = list(dict.fromkeys(frappe.parse_json(tickets))), frappe.parse_json(values)
	found = {name: _effects(name, values) for name in names}
	asks = any(each.asks for effects in found.values() for each in effects)
	return {"ask": asks, "effects": said_of_many(found)}


def _effects(name: str, values: dict) -> list[Effect]:
	issue = frappe.get_doc("Issue", name)
	issue.check_permission()
	found = read(name)
	if not found.history:
		return []
	now = now_for(found)
	history = found.history + _not_yet_recorded(found, values, now)
	known = {(clock.metric, clock.cycle): clock for clock in ledger.clocks_of(found.history, now)}
	unanswered = _closes(found.history, history) and not was_answered(found)
	after = ledger.clocks_of(history, now)
	return [effect(known.get((clock.metric, clock.cycle)), clock, unanswered) for clock in after]


def _not_yet_recorded(ticket: Ticket, values: dict, now: int) -> list[Fact]:
	entered = {ours: values[field] or "" for field, ours in COMPARED.items() if field in values}
	changed = ticket._replace(standing=ticket.standing._replace(**entered))
	return ledger.as_if_recorded(news(changed, ledger.SAVED, now))


def _closes(before: list[Fact], after: list[Fact]) -> bool:
	"""Whether the ticket is closed by what is new."""
	was, will = before[-1].standing, after[-1].standing
	return was.status != will.status and bool(will.terms) and will.status in terms_named(will.terms).stops
