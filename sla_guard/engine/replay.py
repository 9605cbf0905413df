"""The heart: from what happened to a ticket, and the terms, to the clocks as they stand at an instant.

Saving a ticket, the sweep, the back-fill, the what-if and the explanation of a due date all call `replay`; nothing
else computes time. It has no clock of its own and looks at no event after `now`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from sla_guard.engine.clock import Clock, Meter
from sla_guard.engine.errors import WrongInput
from sla_guard.engine.events import (
	CHANGES,
	CUSTOMER,
	ISSUE_TYPE,
	OPENED,
	PRIORITY,
	RESPONDED,
	RESTORATION_FAILED,
	RESTORED,
	SERVICE,
	STATUS,
	VOID,
	Event,
	in_order,
)
from sla_guard.engine.instants import checked
from sla_guard.engine.spans import Span
from sla_guard.engine.terms import (
	CONTINUE,
	FROM_CHANGE,
	FROM_OPENING,
	KEEP,
	METRICS,
	NAUGHT,
	NEW_CYCLE,
	NOT_COVERED,
	OFF,
	ON,
	RESOLUTION,
	RESPONSE,
	Phase,
	Target,
	Terms,
)

Holes = Mapping[tuple[str, str], Sequence[Span]]
NO_HOLES: Holes = MappingProxyType({})


def replay(
	events: Iterable[Event], terms: Terms | Mapping[str, Terms], now: int, holes: Holes = NO_HOLES
) -> tuple[Clock, ...]:
	"""The clocks of one ticket at `now`: Response first, then Resolution by cycle; none before it was opened.

	`events` may come in any order. `terms` are those of the ticket, or, where the contract changed during its life,
	all of them by their hash. `holes` are the instants (from, to) of announced maintenance, by the hash of the terms
	and the service: a ticket of that service under those terms is measured as if its support hours were shut then. A
	change of service that changes nothing but these follows the policy for services; "from change", what was used
	stays used. Raises WrongInput for an event that cannot be understood or comes before the opening.
	"""
	ticket = _lived(events, terms, now, holes)
	return ticket.readings(now) if ticket else ()


def restored(events: Iterable[Event], terms: Terms | Mapping[str, Terms], now: int) -> bool:
	"""Whether the service is restored at `now`, which neither a failure nor the reopening of the ticket has ended."""
	ticket = _lived(events, terms, now)
	return ticket.restored if ticket else False


def readings(
	events: Iterable[Event], terms: Terms | Mapping[str, Terms], ends: Iterable[int], holes: Holes = NO_HOLES
) -> Iterator[tuple[Clock, ...]]:
	"""The clocks of one ticket at each of these instants, which rise, by what had happened before it: what `replay` of the
	facts dated before an instant gives there, for all of them at the cost of one."""
	life = in_order(events)
	ticket, told = None, 0
	for end in ends:
		checked(end, "end")
		while told < len(life) and life[told].at < end:
			ticket = ticket.hear(life[told]) if ticket else _Ticket(life[told], terms, holes)
			told += 1
		yield ticket.readings(end) if ticket else ()


def _lived(
	events: Iterable[Event], terms: Terms | Mapping[str, Terms], now: int, holes: Holes = NO_HOLES
) -> _Ticket | None:
	"""The ticket after all that has happened to it by `now`; none before it was opened."""
	checked(now, "now")
	life = in_order(events)
	if not life or life[0].at > now:
		return None
	ticket = _Ticket(life[0], terms, holes)
	for event in life[1:]:
		if event.at > now:
			break
		ticket.hear(event)
	return ticket


class _Life:
	"""What happened to a ticket, told to the clocks of some metrics that run under one row of terms."""

	__slots__ = ("clocks", "current", "facts", "reopen", "restored", "row", "status", "terms")

	def __init__(self, status: str, terms: Terms | None, row: Target | None, reopen: str = "") -> None:
		self.status = status
		self.restored = False
		self.terms = terms
		self.row = row
		# The policy for reopening; empty, that of the terms in force.
		self.reopen = reopen
		# The facts so far, which a change "from opening" tells again.
		self.facts: list[Event] = []
		self.clocks: list[Meter] = []
		self.current: dict[str, Meter] = {}

	def start(self, metric: str, at: int, cycle: int = 1) -> None:
		if self.row is None or self.row.commitment(metric) is None:
			return
		begin = (len(self.facts), self.status)
		meter = self.current[metric] = Meter(metric, cycle, at, self.terms, self.row, begin)
		self.clocks.append(meter)
		self.enter_phase(meter, at, self.status)

	def phase(self, meter: Meter) -> Phase:
		if self.restored and meter.metric == RESOLUTION and meter.terms.restored_stops:
			return OFF
		return meter.phases.get(self.status, ON)

	def enter_phase(self, meter: Meter, at: int, by: str) -> None:
		phase = self.phase(meter)
		if phase is not meter.phase:
			meter.enter(at, phase, by)

	def move(self, at: int, by: str) -> None:
		for meter in tuple(self.current.values()):
			if meter.finished:
				self.reopen_if_so(meter, at)
			elif not meter.withdrawn:
				self.enter_phase(meter, at, by)

	def reopen_if_so(self, meter: Meter, at: int) -> None:
		"""A Response clock that stopped stays stopped, and so does any clock of a ticket not covered any more."""
		phase = self.phase(meter)
		if phase is OFF or meter.metric == RESPONSE or self.row is None:
			return
		if (self.reopen or self.terms.policies.reopen) == NEW_CYCLE:
			self.start(RESOLUTION, at, meter.cycle + 1)
		else:
			meter.enter(at, phase)

	# ---- facts

	def tell(self, event: Event) -> None:
		self.facts.append(event)
		_FACTS[event.kind](self, event)

	def status_changed(self, event: Event) -> None:
		before, self.status = self.status, event.value
		if (
			self.restored
			and self.terms
			and before in self.terms.stops
			and self.status not in self.terms.stops
		):
			self.restored = False
		if before != self.status:
			self.move(event.at, self.status)

	def responded(self, event: Event) -> None:
		meter = self.current.get(RESPONSE)
		if meter and not meter.finished and not meter.withdrawn and event.value in meter.terms.answers:
			meter.enter(event.at, OFF, event.value)

	def restoration(self, event: Event) -> None:
		self.restored = event.kind == RESTORED
		self.move(event.at, RESTORED)


class _Ticket(_Life):
	"""The life of a ticket, with the decisions that change which row and which terms hold."""

	__slots__ = ("book", "holes", "is_void", "named", "opening")

	def __init__(self, opening: Event, book: Terms | Mapping[str, Terms], holes: Holes) -> None:
		self.book = book
		self.holes = holes
		self.opening = opening
		self.is_void = False
		self.named = {
			PRIORITY: opening.priority,
			SERVICE: opening.service,
			ISSUE_TYPE: opening.issue_type,
			CUSTOMER: opening.customer,
		}
		terms = self._terms(opening, book if isinstance(book, Terms) else None)
		super().__init__(opening.value, terms, self._row(opening, terms))
		for metric in METRICS:
			self.start(metric, opening.at)

	def hear(self, event: Event) -> _Ticket:
		if not self.is_void:
			_HANDLERS[event.kind](self, event)
		return self

	def opened_again(self, event: Event) -> None:
		raise WrongInput(
			"{event}: the ticket was opened already, at {at} µs", event=event, at=self.opening.at
		)

	def changed(self, event: Event) -> None:
		terms = self._terms(event, self.terms)
		policy = self._policy(event, terms)
		row = self._row(event, terms)
		if (terms, row) == (self.terms, self.row) or (policy == KEEP and self.row is not None):
			return
		if policy == FROM_CHANGE and self._has_other_holes_only(terms, row):
			self._go_on_in(row, event.at)
			return
		self.terms, self.row = terms, row
		for metric in METRICS:
			self._retarget(metric, event.at, policy)

	def _policy(self, event: Event, terms: Terms | None) -> str:
		# Naming what had no name before corrects the opening, whatever the policy for changes.
		first_named = event.kind in self.named and not self.named[event.kind] and event.value
		if event.kind in self.named:
			self.named[event.kind] = event.value
		if first_named:
			return FROM_OPENING
		return getattr(terms.policies, CHANGES[event.kind]) if terms else FROM_CHANGE

	def void(self, event: Event) -> None:
		"""It was no ticket: nothing is owed, and what was met or missed counts no more. Nothing after it matters."""
		self.is_void = True
		for meter in self.clocks:
			meter.enter(event.at, NAUGHT)

	def _retarget(self, metric: str, at: int, policy: str) -> None:
		meter = self.current.get(metric)
		if meter is None:
			self._start_late(metric, at)
		elif not meter.finished:
			self._promise_anew(meter, at, policy)

	def _promise_anew(self, meter: Meter, at: int, policy: str) -> None:
		if self.row is None or self.row.commitment(meter.metric) is None:
			if not meter.withdrawn:
				meter.withdraw(at)
			return
		if policy == FROM_CHANGE and not meter.withdrawn:
			meter.restart(at, self.terms, self.row)
			self.enter_phase(meter, at, self.status)
		else:
			# From none to a value is always from opening.
			meter.replace(at, self._as_if(meter))
		meter.breach_if_used_up(at)

	def _as_if(self, meter: Meter) -> Meter:
		"""The same clock, had it lived under the row and terms of now from its start."""
		told, status = meter.begin
		life = self._live_again(meter.metric, meter.started, status, self.facts[told:], CONTINUE)
		return life.current[meter.metric]

	def _has_other_holes_only(self, terms: Terms | None, row: Target | None) -> bool:
		return bool(self.holes and row and self.row) and (terms, row.id) == (self.terms, self.row.id)

	def _go_on_in(self, row: Target, at: int) -> None:
		self.row = row
		for meter in self.current.values():
			if not meter.finished and not meter.withdrawn:
				meter.go_on_in(at, row)

	def _start_late(self, metric: str, at: int) -> None:
		"""The ticket had no such commitment until now: it has it from its opening, what is late is so from now."""
		life = self._live_again(metric, self.opening.at, self.opening.value, self.facts)
		for meter in life.clocks:
			meter.settle(at)
			meter.breached_at = None if meter.breached_at is None else at
			# It was no commitment then.
			meter.promised_since = at
			meter.undone.clear()
			meter.decided = at if meter.finished else None
		self.clocks += life.clocks
		self.current.update(life.current)

	def _live_again(
		self, metric: str, start: int, status: str, facts: list[Event], reopen: str = ""
	) -> _Life:
		life = _Life(status, self.terms, self.row, reopen)
		life.start(metric, start)
		for fact in facts:
			life.tell(fact)
		return life

	def _terms(self, event: Event, in_force: Terms | None) -> Terms | None:
		if event.terms == NOT_COVERED:
			return None
		if event.terms:
			book = {self.book.hash: self.book} if isinstance(self.book, Terms) else self.book
			in_force = book.get(event.terms)
		if in_force is None and (event.terms or event.target != NOT_COVERED):
			raise WrongInput("{event}: the terms {terms} are not given", event=event, terms=repr(event.terms))
		return in_force

	def _row(self, event: Event, terms: Terms | None) -> Target | None:
		if event.target == NOT_COVERED:
			return None
		row = terms.target(event.target) if terms else None
		if row is None:
			raise WrongInput(
				"{event}: the terms have no target {target}", event=event, target=repr(event.target)
			)
		if self.holes:
			shut = self.holes.get((terms.hash, self.named[SERVICE]), ())
			row = replace(row, calendar=row.calendar.without(shut))
		return row

	def readings(self, now: int) -> tuple[Clock, ...]:
		self.clocks.sort(key=lambda meter: (meter.metric != RESPONSE, meter.cycle))
		return tuple([meter.reading(now) for meter in self.clocks])


_FACTS = {
	STATUS: _Life.status_changed,
	RESPONDED: _Life.responded,
	RESTORED: _Life.restoration,
	RESTORATION_FAILED: _Life.restoration,
}
_HANDLERS = dict.fromkeys(_FACTS, _Life.tell) | {
	OPENED: _Ticket.opened_again,
	VOID: _Ticket.void,
	**dict.fromkeys(CHANGES, _Ticket.changed),
}
