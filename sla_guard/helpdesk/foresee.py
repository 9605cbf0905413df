"""What saving an Issue would do to its clocks: said before it is saved, by a replay with what is not yet recorded."""

from __future__ import annotations

import frappe
from frappe import _

from sla_guard import ledger
from sla_guard.engine.clock import MET, Clock
from sla_guard.engine.instants import MINUTE, SECOND
from sla_guard.engine.lateness import duration_text
from sla_guard.engine.terms import PAUSED, RESPONSE, RUNNING, STOPPED, WITHDRAWN
from sla_guard.helpdesk.reconcile import COMPARED
from sla_guard.helpdesk.ticket import Ticket, news, now_for, read
from sla_guard.helpdesk.timers import UNDER_WAY, was_answered
from sla_guard.ledger import Fact
from sla_guard.site_time import text
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import terms_named


@frappe.whitelist()
def foresee(ticket: str, values: dict | str) -> dict:
	"""What would become of each clock if the Issue were saved now with these values of its form, by field.

	`ask`: whether it is worth a question: a clock would pause, or the ticket close although nobody answered the customer.
	`effects`: a sentence for each clock that this concerns, in the reader's language. Writes nothing.
	"""
	issue = frappe.get_doc("Issue", ticket)
	issue.check_permission()
	found = read(ticket)
	if not found.history:
		return {"ask": False, "effects": []}
	now = now_for(found)
	history = found.history + _not_yet_recorded(found, frappe.parse_json(values), now)
	known = {(clock.metric, clock.cycle): clock for clock in ledger.clocks_of(found.history, now)}
	compared = [(known.get((clock.metric, clock.cycle)), clock) for clock in ledger.clocks_of(history, now)]
	unanswered = _closes(found.history, history) and not was_answered(found)
	return {
		"ask": any(_is_worth_a_question(*both, unanswered) for both in compared),
		"effects": [said for both in compared if (said := _effect(*both, unanswered))],
	}


def _not_yet_recorded(ticket: Ticket, values: dict, now: int) -> list[Fact]:
	said = {ours: values[field] or "" for field, ours in COMPARED.items() if field in values}
	changed = ticket._replace(standing=ticket.standing._replace(**said))
	facts = news(changed, ledger.SAVED, now)
	# As if recorded: one without a name would be what every other one replaces.
	return [each._replace(name=f"not yet {number}") for number, each in enumerate(facts)]


def _closes(before: list[Fact], after: list[Fact]) -> bool:
	"""Whether the ticket is closed by what is new."""
	was, will = before[-1].standing, after[-1].standing
	return was.status != will.status and bool(will.terms) and will.status in terms_named(will.terms).stops


def _is_worth_a_question(before: Clock | None, after: Clock, unanswered: bool) -> bool:
	if before is None or before.state not in UNDER_WAY:
		return False
	if after.state == PAUSED:
		return before.state == RUNNING
	return after.metric == RESPONSE and unanswered


def _effect(before: Clock | None, after: Clock, unanswered: bool) -> str:
	"""What happens to one clock; nothing of one that had stopped and stays so."""
	if before is not None and before.state not in UNDER_WAY and before.state == after.state:
		return ""
	name = _(after.metric, context="SLA Clock")
	if after.metric == RESPONSE and unanswered:
		return _unanswered(name, after)
	if after.state == STOPPED:
		return _stops(name, after)
	if after.state == PAUSED:
		return _pauses(name, before, after)
	if after.state == RUNNING:
		return _runs(name, before, after)
	return _("{0} is not promised any more.").format(name) if after.state == WITHDRAWN else ""


def _unanswered(name: str, clock: Clock) -> str:
	if clock.state != STOPPED:
		return _("{0} does not stop: nobody has answered the customer.").format(name)
	if clock.verdict == MET:
		said = _("{0} stops without an answer: nobody has answered the customer. It counts as met.")
	else:
		said = _("{0} stops without an answer: nobody has answered the customer. It counts as missed.")
	return said.format(name)


def _stops(name: str, clock: Clock) -> str:
	if clock.verdict == MET:
		return _("{0} stops: met, with {1} left.").format(name, _amount(clock.left_us))
	return _("{0} stops: missed.").format(name)


def _pauses(name: str, before: Clock | None, clock: Clock) -> str:
	if before and before.state == PAUSED:
		return _("{0} stays paused.").format(name)
	if clock.breached_at:
		return _("{0} pauses; it stays breached since {1}.").format(name, text(clock.breached_at))
	return _("{0} pauses with {1} left ({2}).").format(
		name, _amount(clock.left_us), waiting_for()[clock.stretches[-1].reason]
	)


def _runs(name: str, before: Clock | None, clock: Clock) -> str:
	if clock.breached_at:
		return _("{0} goes on, breached since {1}.").format(name, text(clock.breached_at))
	goes_on = before is not None and before.state == RUNNING
	said = _("{0} goes on running, due {1}.") if goes_on else _("{0} runs again, due {1}.")
	return said.format(name, text(clock.due))


def waiting_for() -> dict[str, str]:
	"""Why a clock is paused, by reason class."""
	return {
		"customer": _("waiting for the customer"),
		"vendor": _("waiting for a vendor"),
		"internal": _("waiting for ourselves"),
		"planned maintenance": _("planned maintenance"),
	}


def _amount(amount_us: int) -> str:
	"""To the minute, below that to the second."""
	unit = MINUTE if amount_us >= MINUTE else SECOND
	return duration_text(amount_us // unit * unit)
