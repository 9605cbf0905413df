"""The lines of a statement and what was said to them: who disputes what and why, who answers until when, how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard import disputes
from sla_guard.portal.reader import Reader
from sla_guard.portal.words import ReadersWords
from sla_guard.site_time import to_us
from sla_guard.sla_guard.doctype.sla_dispute.sla_dispute import CHANGED, CLOSED, KEPT
from sla_guard.sla_guard.doctype.sla_exclusion.sla_exclusion import WAIVER
from sla_guard.statements import printing, tables
from sla_guard.statements.holding import EXCLUSION, PENALTY
from sla_guard.statements.sentences import sentences
from sla_guard.statements.words import Words


class DisputeView(NamedTuple):
	"""`tone`, `word`: how it stands. `facts`: label and value, in the order in which they are read."""

	name: str
	tone: str
	word: str
	facts: list[tuple[str, str]]
	may_withdraw: bool


class LineView(NamedTuple):
	"""A penalty, or a breach that was excused. `ticket_seen`: whether the reader may open it. `said`: how the amount
	came about, or why it was excused."""

	key: str
	title: str
	ticket: str
	ticket_seen: bool
	service: str
	said: list[str]
	amount: str
	dispute: DisputeView | None
	may_dispute: bool


def view_lines(doc: Document, reader: Reader, words: ReadersWords) -> tuple[list[LineView], list[LineView]]:
	"""The penalties of a statement, and what was excused or waived."""
	money, rows = printing.words_of(doc), disputes.lines_of(doc.name)
	waived = [row for row in printing.figures_of(doc)["exclusions"] if row["kind"] == WAIVER]
	seen = reader.sees_tickets({row["ticket"] for row in (*rows, *waived) if row["ticket"]})
	penalties = {row.line_key: row for row in doc.lines}
	views = {PENALTY: [], EXCLUSION: []}
	for row in rows:
		dispute = _dispute(row["dispute"], money, words) if row["dispute"] else None
		line = _penalty(penalties[row["key"]], money) if row["kind"] == PENALTY else _excused(row)
		views[row["kind"]].append(
			line | {"dispute": dispute, "may_dispute": bool(row["key"]) and row["may_dispute"]}
		)
	views[EXCLUSION].extend(map(_waived, waived))
	return tuple(
		[LineView(**line, ticket_seen=line["ticket"] in seen) for line in each] for each in views.values()
	)


def _penalty(row: Document, money: Words) -> dict:
	return {
		"key": row.line_key or "",
		"title": row.rule_name,
		"ticket": row.ticket or "",
		"service": _(row.service) if row.service else "",
		"said": sentences(row.steps, money) or [row.arithmetic or ""],
		"amount": money.money(row.amount),
	}


def _excused(row: dict) -> dict:
	title = _("Excluded: {0}").format(_(row["title"] or ""))
	about = {"ticket": row["ticket"] or "", "service": "", "amount": ""}
	return {"key": row["key"], "title": title, "said": [row["text"] or ""], **about}


def _waived(row: dict) -> dict:
	about = {"key": "", "ticket": row["ticket"] or "", "service": "", "amount": ""}
	said = {"title": _("Waived"), "said": [row["reason"] or ""]}
	return {**about, **said, "dispute": None, "may_dispute": False}


def _dispute(dispute: dict, money: Words, words: ReadersWords) -> DisputeView:
	closed = dispute["status"] == CLOSED
	how = _(dispute["outcome"] if closed else dispute["status"])
	facts = [*_asked(dispute, words), *(_ended if closed else _pending)(dispute, money, words)]
	return DisputeView(
		dispute["name"],
		"done" if closed else "wait",
		_("Dispute: {0}").format(how),
		[(label, value) for label, value in facts if value],
		dispute["may_withdraw"],
	)


def _asked(dispute: dict, words: ReadersWords) -> Iterator[tuple[str, str]]:
	yield _("Disputed"), _by(dispute["opened_on"], dispute["opened_by"], words)
	yield _("Reason"), dispute["reason"]
	yield _("Responsible"), dispute["responsible"]


def _pending(dispute: dict, money: Words, words: ReadersWords) -> Iterator[tuple[str, str]]:
	yield _("Answer due on"), words.long_day(str(dispute["due_on"])) if dispute["due_on"] else ""
	yield _("Answer"), dispute["answer"]
	yield _("Held until it is settled"), money.money(dispute["held"]) if dispute["held"] else ""


def _ended(dispute: dict, money: Words, words: ReadersWords) -> Iterator[tuple[str, str]]:
	yield _("Answer"), dispute["answer"]
	yield _("Outcome"), _outcome(dispute, money)
	yield _("Closed on"), _by(dispute["closed_on"], "", words)


def _outcome(dispute: dict, money: Words) -> str:
	if dispute["outcome"] == CHANGED:
		return _("The line comes to {0} instead of {1}; the next statement corrects it.").format(
			money.money(dispute["new_amount"]), money.money(dispute["amount"])
		)
	return _("The line stays as it is.") if dispute["outcome"] == KEPT else _("You have withdrawn it.")


def _by(on: object, whom: str, words: ReadersWords) -> str:
	at = words.when(to_us(on)) if on else ""
	return _("{0} by {1}").format(at, whom) if at and whom else at


# ---- the statement as a whole


def acceptance(doc: Document, words: ReadersWords) -> dict:
	"""Whether it was accepted, in words; until when its lines may be disputed; whether the reader may accept it."""
	found = disputes.acceptance_of(doc.name)
	return {
		"accepted": _accepted(found, words),
		"until": words.when(to_us(found["until"])) if found["until"] and not found["accepted_on"] else "",
		"may_accept": found["may_accept"],
		"held": printing.words_of(doc).money(doc.held) if doc.held and tables.about_money(doc) else "",
	}


def _accepted(found: dict, words: ReadersWords) -> str:
	if not found["accepted_on"]:
		return ""
	at = words.when(to_us(found["accepted_on"]))
	if found["accepted_by"]:
		return _("Accepted {0} by {1}").format(at, found["accepted_by"])
	return _("Accepted {0}: nobody objected in time").format(at)


# ---- waivers


class WaiverView(NamedTuple):
	name: str
	ticket: str
	metric: str
	missed: str
	reason: str


def waivers(reader: Reader, words: ReadersWords) -> list[WaiverView]:
	"""What we ask the customer whose pages are read to renounce, and the reader may consent to."""
	return [
		WaiverView(
			row.name,
			row.ticket or "",
			_(row.metric, context="SLA Clock"),
			words.when(to_us(row.breached_at)),
			row.reason or "",
		)
		for row in disputes.waivers_waiting()
		if row.customer == reader.customer
	]


def names_of_disputes(statement: str) -> set[str]:
	return set(frappe.get_all(disputes.DISPUTE, {"statement": statement}, pluck="name"))
