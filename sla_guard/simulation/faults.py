"""What is wrong with rows of a file: each fault with its row, column and value, and what was done about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

NO_TICKET, NO_INSTANT, WRONG_INSTANT, WRONG_ZONE = UNPLACED = (
	*("no ticket", "no instant", "wrong instant", "wrong zone"),
)
CELLS, UNKNOWN_STATUS, UNKNOWN, MISSING, FAILED = ("cells", "unknown status", "unknown", "missing", "failed")
OUT_OF_ORDER, DUPLICATE, SAME_INSTANT = ("out of order", "duplicate", "same instant")
NO_OPENING, NO_OPENINGS, OTHER_OPENING, BEFORE_OPENING = (
	*("no opening", "no openings", "other opening", "before opening"),
)
WRONG_OPENING, WRONG_SEQUENCE, WRONG_RESPONSE, EARLY_RESPONSE = (
	*("wrong opening", "wrong sequence", "wrong response", "early response"),
)


class Fault(NamedTuple):
	row: int
	ticket: str
	column: str
	value: str
	kind: str


def words(kind: str, say: Callable[[str], str] = str) -> tuple[str, str]:
	"""What is wrong, and what was done about it, as `say` translates it."""
	return _words(say)[kind]


def _words(_: Callable[[str], str]) -> dict[str, tuple[str, str]]:
	left_out = _("Left out")
	return {
		NO_TICKET: (_("No ticket"), left_out),
		NO_INSTANT: (_("No instant"), left_out),
		WRONG_INSTANT: (_("Not a date and time"), left_out),
		WRONG_ZONE: (_("Unknown time zone"), left_out),
		CELLS: (_("Another number of cells than headers"), _("Read as far as it goes")),
		UNKNOWN_STATUS: (_("Unknown status"), _("Kept: the clocks run in it")),
		UNKNOWN: (_("Unknown value"), _("Kept as it stands there")),
		MISSING: (_("Missing value"), _("What the ticket was before holds on")),
		FAILED: (_("An error of the spreadsheet"), _("What the ticket was before holds on")),
		OUT_OF_ORDER: (_("Earlier than a row of the ticket above it"), _("Put in the order of time")),
		DUPLICATE: (_("The same row once more"), _("Counted once")),
		SAME_INSTANT: (_("Two states at one instant"), _("Taken by their sequence, else as they follow")),
		NO_OPENING: (_("The ticket's opening is missing"), _("Opened at its first row")),
		NO_OPENINGS: (_("No column says when tickets were opened"), _("Each opened at its first row")),
		OTHER_OPENING: (_("Another opening than in the rows before"), _("The earliest one is taken")),
		WRONG_OPENING: (_("The opening is not a date and time"), _("Opened as the other rows say")),
		BEFORE_OPENING: (_("Before the opening"), _("Taken as at the opening")),
		WRONG_SEQUENCE: (_("The sequence is not a number"), _("Taken as the rows follow")),
		WRONG_RESPONSE: (_("Neither an instant nor yes or no"), _("Taken as no response")),
		EARLY_RESPONSE: (_("A response before the opening"), _("Taken as at the opening")),
	}


def counted(counts: Mapping[str, int]) -> list[dict]:
	"""How often there is each, as a result keeps it: without a language."""
	return [
		{"fault": fault, "count": counts[kind], "handled": handled}
		for kind, (fault, handled) in _words(str).items()
		if counts.get(kind)
	]


def table(faults: Iterable[Fault], _: Callable[[str], str]) -> Iterable[list]:
	"""The list to download, translated."""
	yield [_("Row"), _("Ticket"), _("Column"), _("Value"), _("Fault"), _("What Was Done")]
	said = _words(_)
	for each in faults:
		yield [each.row, each.ticket, each.column, each.value, *said[each.kind]]
