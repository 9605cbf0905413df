"""One clock as the customer reads it, and what pauses it; with what a small script needs to count it down."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from frappe import _

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.clock import MET, Clock, Stretch
from sla_guard.engine.lateness import lateness
from sla_guard.engine.terms import PAUSED, RUNNING, STOPPED
from sla_guard.portal.words import ReadersWords
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import hours_of

CUSTOMER = "customer"
MILLISECOND = 1000
# As many open periods as a script is told: what it counts down while a page is open.
TOLD = 40


class ClockView(NamedTuple):
	"""`tone`: good, bad, wait or done, for the colour; `word` says the same. `lines`: what else there is to say, the
	most important first. `left`: the time that is left, between what is said before and after it. `used`: how much of the target, in percent. `live`: for the countdown, {} if it stands still."""

	metric: str
	label: str
	tone: str
	word: str
	left: tuple[str, str, str] | None
	lines: list[str]
	target: str
	used: int
	live: dict


def view_clock(clock: Clock, words: ReadersWords, zone: str) -> ClockView:
	"""`zone`: the contract's."""
	tone, word = _standing(clock)
	counts_down = clock.state == RUNNING and not clock.breached_at and clock.due
	return ClockView(
		clock.metric,
		_(clock.metric, context="SLA Clock"),
		tone,
		word,
		_left(clock, words),
		[line for line in _lines(clock, words, zone) if line],
		words.span(clock.target_us),
		min(max(clock.elapsed_us * 100 // clock.target_us, 0), 100),
		_live(clock, hours_of(clock), words.now) if counts_down else {},
	)


def _standing(clock: Clock) -> tuple[str, str]:
	if clock.state == STOPPED:
		return ("done", _("Met")) if clock.verdict == MET else ("bad", _("Missed"))
	if clock.breached_at:
		return "bad", _("Overdue")
	return ("wait", _("Paused")) if clock.state == PAUSED else ("good", _("On time"))


def _left(clock: Clock, words: ReadersWords) -> tuple[str, str, str] | None:
	if clock.state == STOPPED or clock.breached_at:
		return None
	before, _gap, after = _("{0} left").partition("{0}")
	return before, words.span(max(clock.left_us, 0)), after


def _lines(clock: Clock, words: ReadersWords, zone: str) -> list[str]:
	if clock.state == STOPPED:
		missed = clock.breached_at and _("Deadline: {0}").format(words.when(clock.breached_at, zone))
		return [_("Done: {0}").format(words.when(clock.stopped, zone)), missed or "", _late(clock, words)]
	since = clock.breached_at and _("Deadline: {0}").format(words.when(clock.breached_at, zone))
	if clock.state == PAUSED:
		return [since or "", pause_text(clock, words)]
	if since:
		return [since, _late(clock, words)]
	due = _("Deadline: {0}").format(words.when(clock.due, zone)) if clock.due else ""
	return [due, _closed_now(clock, words, zone)]


def _late(clock: Clock, words: ReadersWords) -> str:
	if not clock.breached_at:
		return ""
	at = clock.stopped or clock.stretches[-1].end
	return _("Late by {0} of support time").format(
		words.span(lateness(clock, hours_of(clock), at).support_us)
	)


def _closed_now(clock: Clock, words: ReadersWords, zone: str) -> str:
	"""That support is closed, where nothing counts down at this instant, and when it opens."""
	ahead = hours_of(clock).periods(words.now, clock.due) if clock.due and clock.due > words.now else ()
	if not ahead or ahead[0][0] <= words.now:
		return ""
	return _("Support is closed until {0}").format(words.when(ahead[0][0], zone))


def _live(clock: Clock, hours: Calendar, now: int) -> dict:
	"""`open`: the open periods up to the deadline, in milliseconds; `rest`: the support time after those told."""
	ahead = hours.periods(now, max(clock.due, now))
	told, rest = ahead[:TOLD], ahead[TOLD:]
	return {
		"open": json.dumps([[start // MILLISECOND, end // MILLISECOND] for start, end in told]),
		"rest": sum(end - start for start, end in rest) // MILLISECOND,
		"due": clock.due // MILLISECOND,
		"target": clock.target_us // MILLISECOND,
	}


# ---- pauses


def pause_since(clock: Clock) -> Stretch:
	"""The pause that a clock is in, from when it began for this reason, whatever status it has had meanwhile."""
	last = begun = clock.stretches[-1]
	for each in reversed(clock.stretches[:-1]):
		if (each.state, each.reason) != (last.state, last.reason):
			break
		begun = each
	return last._replace(start=begun.start)


def pause_text(clock: Clock, words: ReadersWords) -> str:
	stretch = pause_since(clock)
	return _("{0} since {1} ({2})").format(
		pause_words(stretch.reason), words.when(stretch.start), _(stretch.status)
	)


def pause_words(reason: str) -> str:
	return {
		CUSTOMER: _("Waiting for you"),
		"vendor": _("Waiting for a supplier"),
		"planned maintenance": _("Waiting for a planned maintenance"),
	}.get(reason, _("Paused on our side"))


def waiting(clocks: Iterable[Clock], words: ReadersWords) -> str:
	"""What a ticket waits for the customer for, and since when; "" if it does not."""
	paused = [each for each in clocks if each.state == PAUSED and each.stretches[-1].reason == CUSTOMER]
	if not paused:
		return ""
	since = min((pause_since(each) for each in paused), key=lambda stretch: stretch.start)
	return _("We need something from you since {0} ({1}): the ticket has the status “{2}”.").format(
		words.when(since.start), words.ago(since.start), _(since.status)
	)
