"""What happened to a ticket, as far as it changed the deadlines; without the names of those who did it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from frappe import _

from sla_guard.engine.clock import Clock
from sla_guard.engine.events import RESTORED
from sla_guard.engine.terms import ANSWERS, PAUSED, RESPONSE, RUNNING, WITHDRAWN
from sla_guard.portal.clocks import pause_words
from sla_guard.portal.tickets import TicketView
from sla_guard.portal.words import ReadersWords


class Happening(NamedTuple):
	at: str
	iso: str
	text: str


def life(view: TicketView, words: ReadersWords) -> list[Happening]:
	"""In the order in which it happened."""
	found = {(view.opened_us, _("Opened"))}
	for clock in view.replayed:
		found.update((*_pauses(clock), *_stops(clock), *_changes(clock)))
	return [Happening(words.when(at), words.iso(at), text) for at, text in sorted(found)]


def _pauses(clock: Clock) -> Iterator[tuple[int, str]]:
	for each in clock.stretches:
		if each.state == PAUSED:
			yield each.start, f"{pause_words(each.reason)} ({_(each.status)})"
	for before, after in pairwise(clock.stretches):
		if (before.state, after.state) == (PAUSED, RUNNING):
			yield after.start, _("It goes on")


def _stops(clock: Clock) -> Iterator[tuple[int, str]]:
	for each in clock.undone:
		yield each.stopped, _stop_words(clock.metric, each.stopped_by)
		yield each.reopened, _("Reopened")
	if clock.cycle > 1:
		yield clock.started, _("Reopened")
	if clock.stopped:
		yield clock.stopped, _stop_words(clock.metric, clock.stopped_by)


def _stop_words(metric: str, by: str | None) -> str:
	if by == RESTORED:
		return _("Service restored")
	if metric == RESPONSE:
		return _("First answer") if by in ANSWERS else _("Done without an answer ({0})").format(_(by or ""))
	return _("Done ({0})").format(_(by or ""))


def _changes(clock: Clock) -> Iterator[tuple[int, str]]:
	metric = _(clock.metric, context="SLA Clock")
	if clock.breached_at:
		yield clock.breached_at, _("Deadline missed: {0}").format(metric)
	for each in clock.promises:
		if each.replaced_by != WITHDRAWN:
			yield each.replaced_at, _("The promised time changed: {0}").format(metric)
