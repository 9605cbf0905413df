"""What saving an Issue would do to its clocks: said before it is saved, by a replay with what is not yet recorded."""

from __future__ import annotations

from collections.abc import Iterator

import frappe

from sla_guard import ledger
from sla_guard.helpdesk.effects import Effect, Happening, effect, happenings, said, said_of_many
from sla_guard.helpdesk.reconcile import COMPARED
from sla_guard.helpdesk.ticket import Ticket, news, now_for, read
from sla_guard.helpdesk.timers import was_answered
from sla_guard.ledger import Fact
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import terms_named

# So many tickets are looked at in one request: however many are ticked, none takes long, holds much, or times out.
AT_ONCE = 200


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
def foresee_all(tickets: list | str, values: dict | str, found: dict | str | None = None) -> dict:
	"""The same of several Issues, each saved with these values: `ask` if one of them is worth a question; `effects` a line
	for each thing that happens to clocks, and to those of how many tickets.

	No more than AT_ONCE are looked at. Where there are others, the answer has no effects yet, but those tickets that are
	`left`, and what was `found`: both are to be asked for again.
	"""
	names, values = sorted(set(frappe.parse_json(tickets))), frappe.parse_json(values)
	before = frappe.parse_json(found) or {"ask": False, "happens": []}
	looked_at = {name: _effects(name, values) for name in names[:AT_ONCE]}
	asks = bool(before["ask"]) or any(each.asks for effects in looked_at.values() for each in effects)
	happens = happenings(looked_at, _happened(before["happens"]))
	if left := names[AT_ONCE:]:
		return {"left": left, "found": {"ask": asks, "happens": happens}}
	return {"ask": asks, "effects": said_of_many(happens)}


def _happened(rows: list) -> Iterator[Happening]:
	for metric, kind, count, names in rows:
		yield Happening(str(metric), str(kind), int(count), tuple(map(str, names)))


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
