"""Which steps of the rules a clock has reached, when each was, and when the clock is to be looked at again."""

from __future__ import annotations

from hashlib import sha1
from typing import NamedTuple

from sla_guard.engine.clock import Clock
from sla_guard.engine.terms import PAUSED, RUNNING, STOPPED
from sla_guard.engine.thresholds import reached_at
from sla_guard.notify.rules import rules_for
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import hours_of

DUE = 100


class Step(NamedTuple):
	"""A percentage of a target, by a rule, and the instant at which the clock had used so much."""

	rule: str
	percent: int
	at_us: int
	counted_from_us: int
	target_us: int

	@property
	def mark(self) -> str:
		"""By which a clock remembers it: another target, or one that is counted from later, has steps of its own."""
		said = (self.rule, self.percent, self.counted_from_us, self.target_us)
		return sha1(repr(said).encode()).hexdigest()[:12]


class Look(NamedTuple):
	"""`wake_us`: the next instant after which something is different by itself, 0 for none."""

	wake_us: int
	reached: tuple[Step, ...]


def look(clock: Clock, contract: str, priority: str, service: str, now: int) -> Look:
	"""How a clock stands to the rules, for a ticket of this priority and service.

	As with a due, what is reached at this very instant is not yet: it may stop now. A clock that has stopped in time has
	nothing to tell any more, nor has one of which nothing is owed.
	"""
	if clock.state not in (RUNNING, PAUSED, STOPPED):
		return Look(0, ())
	hours, ahead, reached = None, [clock.due or 0], []
	for rule in rules_for(contract, clock.metric, priority, service):
		if clock.state == STOPPED and (rule.percent < DUE or not clock.breached_at):
			continue
		hours = hours or hours_of(clock)
		at = reached_at(clock, hours, rule.percent, now)
		if at is None:
			continue
		if at >= now and clock.state == RUNNING:
			ahead.append(at)
		elif at < now and at >= rule.since_us:
			reached.append(Step(rule.name, rule.percent, at, clock.counted_from, clock.target_us))
	return Look(min(filter(None, ahead), default=0), tuple(reached))
