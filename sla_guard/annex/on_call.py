"""Who is called outside of working hours: for the rows of a contract that promise an answer around the clock."""

from __future__ import annotations

from collections.abc import Iterator

from frappe import _
from frappe.model.document import Document

from sla_guard.annex.naming import scope_of
from sla_guard.annex.parts import Part
from sla_guard.engine.oncall import holding
from sla_guard.oncall.rosters import Roster, rosters
from sla_guard.site_time import now_us
from sla_guard.statements.words import Words


def on_call(contract: Document, words: Words) -> Iterator[Part]:
	"""A paragraph for each roster that is for such a row; nothing where none is in use."""
	known = rosters(now_us())
	by_roster: dict[tuple[str, str], list[Document]] = {}
	for row in contract.targets:
		scope = holding(known, contract.chain or "", row.service or "")
		if scope and row.response_time and contract.calendar_of(row).never_closes:
			by_roster.setdefault(scope, []).append(row)
	for scope, rows in by_roster.items():
		yield Part(heading=_("On-Call: {0}").format(_names(rows)), text=_called(known[scope], words))


def _names(rows: list[Document]) -> str:
	return "; ".join(map(scope_of, rows))


def _called(roster: Roster, words: Words) -> str:
	called = _("Around the clock somebody is on call and is notified as soon as such a ticket is opened.")
	levels = len({shift.level for shift in roster.shifts})
	if levels < 2 or not roster.minutes:
		return called
	next_level = _("What is not acknowledged within {0} minutes goes to the next of {1} levels.")
	return f"{called} {next_level.format(words.number(roster.minutes), words.number(levels))}"
