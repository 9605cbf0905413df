"""What other terms make of a ticket: its clocks as they are and as they would be. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sla_guard import ledger
from sla_guard.breaches import counted
from sla_guard.clocks import late_us
from sla_guard.engine.clock import Clock
from sla_guard.helpdesk.ticket import Ticket, now_for
from sla_guard.ledger import Fact, Standing

APPEARS, WITHDRAWN, DATED_ANEW = "Breach appears", "Breach is withdrawn", "Breach is dated anew"
LATENESS, AVAILABILITY, DUE = "Lateness changes", "Availability changes", "Due moves"
DIFFERENCES = (APPEARS, WITHDRAWN, DATED_ANEW, LATENESS, AVAILABILITY, DUE)


class Standpoint(NamedTuple):
	"""What is told of a clock before and after. `due_us`: 0 where nothing is to come; `late_us`: support time."""

	due_us: int
	breached_us: int
	late_us: int
	verdict: str


class Compared(NamedTuple):
	"""One clock, by the terms that hold for its ticket so far and by those asked for, at the same instant. `standing`:
	that of the ticket then, or at the breach."""

	clock: Clock
	standing: Standing
	before: Standpoint
	after: Standpoint

	@property
	def difference(self) -> str:
		"""The gravest of the DIFFERENCES; none: ""."""
		before, after = self.before, self.after
		if before.breached_us != after.breached_us:
			both = before.breached_us and after.breached_us
			return DATED_ANEW if both else APPEARS if after.breached_us else WITHDRAWN
		if before.late_us != after.late_us:
			return LATENESS
		return DUE if before.due_us != after.due_us else ""

	@property
	def touched(self) -> tuple[int, int] | None:
		"""From when to when what counts of it is another; None: only what is to come."""
		breaches = [each.breached_us for each in (self.before, self.after) if each.breached_us]
		if self.difference in ("", DUE):
			return None
		last = self.clock.stretches[-1]
		# Of one that has stopped, a verdict counts when it was decided; one that has not is late to the present.
		return min(breaches), max(*breaches, self.clock.decided or last.end)


# ---- what is recorded


def renewals(ticket: Ticket, terms: dict[str, str], reason: str) -> list[Fact]:
	"""The facts by which a ticket is measured by these terms of its contracts from now on; none if it is already.

	One for each contract, that of the present last: the last fact of a ticket says all that it is.
	"""
	present = ticket.history[-1].standing
	last = _last_under_each(ticket.history) | {present.contract: present}
	stale = _stale(ticket, terms)
	if not stale:
		return []
	order = [contract for contract in last if contract in stale and contract != present.contract]
	return [
		Fact(
			ticket.history[-1].sequence + 1 + number,
			now_for(ticket),
			ledger.RECOMPUTED,
			last[contract]._replace(terms=terms.get(contract, last[contract].terms)),
			cause=ledger.RECOMPUTE,
			reason=reason,
		)
		for number, contract in enumerate([*order, present.contract])
	]


def _stale(ticket: Ticket, terms: dict[str, str]) -> set[str]:
	standings = {each.standing for each in ledger.in_force(ticket.history)} | {ticket.history[-1].standing}
	return {each.contract for each in standings if terms.get(each.contract, each.terms) != each.terms}


def _last_under_each(history: Iterable[Fact]) -> dict[str, Standing]:
	told = sorted(ledger.in_force(history), key=lambda each: each.sequence)
	return {each.standing.contract: each.standing for each in told}


# ---- what that makes of it


def compare(ticket: Ticket, facts: list[Fact]) -> Iterator[Compared]:
	"""The clocks of a ticket without and with these facts, at this instant. Hours change no status: there are the same
	clocks."""
	now = now_for(ticket)
	history = [*ticket.history, *ledger.as_if_recorded(facts)]
	clocks = ledger.clocks_of(ticket.history, now), ledger.clocks_of(history, now)
	for was, will in zip(*clocks, strict=True):
		before, after = _standpoint(was, now), _standpoint(will, now)
		standing = ledger.standing_at(history, after.breached_us or before.breached_us or now)
		yield Compared(will, standing, before, after)


def _standpoint(clock: Clock, now: int) -> Standpoint:
	breached = counted(clock)
	return Standpoint(clock.due or 0, breached, late_us(clock, now) if breached else 0, clock.verdict or "")
