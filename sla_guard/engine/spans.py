"""Stretches of time as pairs (start, end), the end not part of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sla_guard.engine.errors import WrongInput

Span = tuple[int, int]


def disjoint(spans: Iterable[Span]) -> Iterator[Span]:
	"""Spans in order of their start, each cut short of what those before it cover; none that is empty."""
	covered = None
	for start, end in spans:
		if end > start and (covered is None or end > covered):
			yield (start if covered is None else max(start, covered)), end
			covered = end


def united(spans: Iterable[Span]) -> tuple[Span, ...]:
	"""The time in any of them, in order, those that overlap or meet as one. Raises WrongInput for one that does not
	end after its start."""
	found: list[Span] = []
	for start, end in sorted(spans):
		if not start < end:
			raise WrongInput("From {start} µs to {end} µs there is no time", start=start, end=end)
		if found and start <= found[-1][1]:
			found[-1] = found[-1][0], max(found[-1][1], end)
		else:
			found.append((start, end))
	return tuple(found)


def outside(spans: Iterable[Span], shut: Sequence[Span]) -> Iterator[Span]:
	"""What of these spans lies outside of what is shut; either is in order, none overlapping another."""
	passed = 0
	for start, end in spans:
		while passed < len(shut) and shut[passed][0] < end:
			closes, opens = shut[passed]
			if start < closes:
				yield start, closes
			start = max(start, opens)
			if opens > end:
				break
			passed += 1
		if start < end:
			yield start, end


def within(spans: Iterable[Span], start: int, end: int) -> tuple[Span, ...]:
	"""What of these spans lies between two instants."""
	cut = ((max(start, one), min(end, other)) for one, other in spans)
	return tuple((one, other) for one, other in cut if one < other)
