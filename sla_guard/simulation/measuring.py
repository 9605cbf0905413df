"""One batch of tickets under the contracts on trial: what each comes to, and what with single changes."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sla_guard.engine.changes import Changed
from sla_guard.engine.history import Told
from sla_guard.engine.lateness import Lateness
from sla_guard.engine.terms import NOT_COVERED
from sla_guard.engine.trial import Late, Measured, Timeline, Trial, Verdict, measure, timeline
from sla_guard.simulation.contract import OnTrial

Ticket = tuple[str, list[Told]]
COUNTS = ("tickets", "not_covered", "to_be_qualified", "in_progress")


class Span(NamedTuple):
	"""From the first instant of a history to the one as of which it is read."""

	first: int
	until: int

	def line(self, trial: Trial) -> Timeline:
		return timeline(trial.zone, trial.every, *self)


def packed(values: object) -> str:
	"""As text that any database keeps."""
	return b64encode(zlib.compress(json.dumps(values, separators=(",", ":")).encode(), 1)).decode()


def unpacked(text: str) -> Any:
	return json.loads(zlib.decompress(b64decode(text)))


def pack_tickets(tickets: Iterable[Ticket]) -> str:
	return packed(list(tickets))


def unpack_tickets(text: str) -> list[Ticket]:
	return [(ticket, [Told(*each) for each in told]) for ticket, told in unpacked(text)]


def measured(tickets: Sequence[Ticket], contracts: Iterable[OnTrial], span: Span) -> list[dict]:
	"""For each contract: counts, packed its verdicts and what was missed, and of each single change which tickets come to
	something else by it, and what to. Packed apart, so that `Tally` holds one of them at a time."""
	return [_under(tickets, contract, span) for contract in contracts]


def _under(tickets: Sequence[Ticket], contract: OnTrial, span: Span) -> dict:
	trial, line = contract.trial, span.line(contract.trial)
	found = [(ticket, told, measure(ticket, told, trial, line)) for ticket, told in tickets]
	counts, verdicts, missed = Counter(), Counter(), []
	for _ticket, told, each in found:
		counts.update(_counts(told, each, trial, line))
		verdicts.update(each.verdicts)
		missed += each.missed
	missing = [each for each in found if each[2].missed]
	changes = [
		_changed(found if change.may_spoil else missing, change, line) for change in contract.changes(span)
	]
	return {
		"counts": {name: counts[name] for name in COUNTS},
		"found": packed([_as_rows(verdicts), missed]),
		"touched": packed([change[0] for change in changes]),
		"changes": [packed(change) if change[0] else "" for change in changes],
	}


def _counts(told: list[Told], each: Measured, trial: Trial, line: Timeline) -> dict[str, int]:
	if not each.targets or not any(trial.owns(fact.customer) for fact in told):
		return {}
	service = next(fact.service for fact in reversed(told) if fact.at <= line.until)
	return {
		"tickets": 1,
		"not_covered": each.targets == {NOT_COVERED},
		"to_be_qualified": trial.coverage.to_be_qualified(service),
		"in_progress": each.in_progress,
	}


def _changed(found: list, change: Changed, line: Timeline) -> list:
	"""The tickets that come to something else, their verdicts more and less, and all that they miss then."""
	tickets, verdicts, missed = [], Counter(), []
	for ticket, told, before in found:
		if change.touches(told, before):
			after = measure(ticket, told, change.trial, line)
			if after != before:
				tickets.append(ticket)
				verdicts.update(after.verdicts)
				verdicts.subtract(before.verdicts)
				missed += after.missed
	return [tickets, _as_rows(verdicts), missed]


def _as_rows(verdicts: Counter[Verdict]) -> list:
	return [[*verdict, count] for verdict, count in verdicts.items() if count]


def verdicts_of(rows: Iterable[list]) -> Iterator[tuple[Verdict, int]]:
	return ((Verdict(*verdict), count) for *verdict, count in rows)


def missed_of(rows: Iterable[list]) -> Iterator[Late]:
	return (Late(*rest, tuple(Lateness(*late) for late in lates)) for *rest, lates in rows)
