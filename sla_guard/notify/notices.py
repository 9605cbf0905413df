"""One reader is told of all that waits for them: of each clock its furthest step alone, and of many clocks in one
message with a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from itertools import groupby
from typing import NamedTuple

import frappe
from frappe.utils import get_system_timezone, get_url, now_datetime

from sla_guard import store
from sla_guard.engine.terms import PAUSED
from sla_guard.notify import words
from sla_guard.notify.alerts import ALERT, NOT_TOLD, TOLD, WAITING
from sla_guard.notify.delivery import NOTICE, again, clock_of, locked, waiting_for, why_not
from sla_guard.notify.steps import DUE
from sla_guard.notify.telling import EMAIL, IN_APP, TODO, Outcome, attempt, may_be_told, write_to
from sla_guard.notify.words import Told
from sla_guard.portal import page
from sla_guard.site_time import now_us
from sla_guard.statements.words import Words, language_of

# Where SLA Settings says nothing.
DIGEST_FROM = 4

FURTHER = "A further step was told of"
MAY_NOT = "The reader is disabled, or may not read the ticket"
NOT_WANTED = "The reader wants no such messages"
# What a notice says of each way.
TOLD_BY = {IN_APP: "in_app", EMAIL: "email", TODO: "todo"}


class Item(NamedTuple):
	"""What a reader is told of one clock: the notice of its furthest step, and those that it makes needless."""

	notice: frappe._dict
	told: Told
	ways: frozenset[str]
	passed: tuple[frappe._dict, ...]
	customer: str


def tell_reader(reader: str) -> None:
	"""Tells one reader. In a transaction of its own."""
	items = list(_items(reader))
	if not items:
		return
	user, address = items[0].notice.user, items[0].notice.address
	outcomes = _tell_user(user, items) if user else _write(address, items)
	for item, outcome in zip(items, outcomes, strict=True):
		_remember(item, outcome)


# ---- what there is to tell


def _items(reader: str) -> Iterator[Item]:
	found = [each for each in map(_found, waiting_for(reader)) if each]
	found.sort(key=lambda each: (each[1].ticket, each[1].metric, each[1].cycle, each[1].percent))
	for _clock, steps in groupby(found, key=lambda each: (each[1].ticket, each[1].metric, each[1].cycle)):
		*passed, (notice, alert, clock) = steps
		ways = frozenset(way for each in (*passed, (notice,)) for way in (each[0].ways or "").split())
		yield Item(notice, _told(alert, clock), ways, tuple(each[0] for each in passed), alert.customer)


def _found(name: str) -> tuple[frappe._dict, frappe._dict, frappe._dict] | None:
	"""A notice with its alert and its clock, locked; None if there is nothing to tell of it, or not yet."""
	notice = locked(NOTICE, name)
	if not notice or notice.state != WAITING:
		return None
	alert = frappe.db.get_value(ALERT, notice.alert, "*", as_dict=True)
	clock = clock_of(alert) if alert else None
	if why := why_not(alert, clock):
		store.update(NOTICE, name, {"state": NOT_TOLD, "why": why})
		return None
	if clock.state == PAUSED and alert.percent < DUE:
		return None
	return notice, alert, clock


def _told(alert: frappe._dict, clock: frappe._dict) -> Told:
	title, zone = frappe.get_cached_value("SLA Contract", alert.contract, ["title", "time_zone"])
	return Told(
		alert.ticket,
		# The framework has escaped a part of it if there was a tag in it.
		unescape(frappe.db.get_value("Issue", alert.ticket, "subject") or ""),
		alert.metric,
		alert.percent,
		alert.at_us,
		alert.customer or "",
		alert.priority or "",
		alert.service or "",
		title or "",
		zone or get_system_timezone(),
		clock.state,
		clock.due_us,
		clock.breached_us,
	)


# ---- telling


def _tell_user(user: str, items: list[Item]) -> list[Outcome]:
	zone = frappe.db.get_value("User", user, "time_zone") or get_system_timezone()
	mine = [item for item in items if may_be_told(user, "Issue", item.told.ticket)]
	many = {way: _many([item for item in mine if way in item.ways]) for way in (IN_APP, EMAIL)}
	digests = {way: _digest(user, zone, group, way) for way, group in many.items() if group}
	outcomes = []
	for item in items:
		in_digest = {way for way in digests if way in item.ways}
		outcome = _one(user, zone, item, item.ways - in_digest) if item in mine else None
		outcomes.append(outcome and _added(outcome, *(digests[way] for way in in_digest)))
	return [outcome or Outcome() for outcome in outcomes]


def _many(items: list[Item]) -> list[Item]:
	"""All of them if they are too many for messages of their own."""
	digest_from = frappe.get_cached_doc("SLA Settings").digest_from or DIGEST_FROM
	return items if len(items) >= digest_from else []


def _one(user: str, zone: str, item: Item, ways: frozenset[str]) -> Outcome:
	return attempt(
		user,
		lambda language: words.subject(item.told, Words(language, zone, None)),
		lambda language: words.body(item.told, Words(language, zone, None)),
		("Issue", item.told.ticket, ""),
		ways,
	)


def _digest(user: str, zone: str, items: list[Item], way: str) -> Outcome:
	many = [item.told for item in items]
	return attempt(
		user,
		lambda _language: words.digest_subject(many),
		lambda language: words.digest_body(many, Words(language, zone, None), words.our_link),
		("Issue", "", words.digest_link(many)),
		{way},
	)


def _added(*outcomes: Outcome) -> Outcome:
	told = frozenset().union(*(each.told for each in outcomes))
	return Outcome(told, frozenset().union(*(each.failed for each in outcomes)))


def _write(address: str, items: list[Item]) -> list[Outcome]:
	"""To a contact of the customer, in the customer's language and the contract's time zone."""
	language, zone = language_of(items[0].customer), items[0].told.zone
	if many := _many(items):
		told = [item.told for item in many]
		return [_digest_to(address, language, zone, told)] * len(items)
	return [_one_to(address, language, item) for item in items]


def _digest_to(address: str, language: str, zone: str, many: list[Told]) -> Outcome:
	done = write_to(
		address,
		language,
		lambda _language: words.digest_subject(many),
		lambda language: words.digest_body(many, Words(language, zone, None), words.customers_link),
		reference_doctype="Issue",
		reference_name="",
		link=get_url(page.path("")),
	)
	return _outcome(done)


def _one_to(address: str, language: str, item: Item) -> Outcome:
	done = write_to(
		address,
		language,
		lambda language: words.subject(item.told, Words(language, item.told.zone, None)),
		lambda language: words.body(item.told, Words(language, item.told.zone, None)),
		reference_doctype="Issue",
		reference_name=item.told.ticket,
		link=words.customers_link(item.told),
	)
	return _outcome(done)


def _outcome(done: bool | None) -> Outcome:
	mail = frozenset({EMAIL})
	return Outcome(told=mail) if done else Outcome(failed=mail if done is None else frozenset())


# ---- remembering


def _remember(item: Item, outcome: Outcome) -> None:
	for notice in item.passed:
		store.update(NOTICE, notice.name, {"state": NOT_TOLD, "why": FURTHER})
	store.update(NOTICE, item.notice.name, _columns(item, outcome))


def _columns(item: Item, outcome: Outcome) -> dict:
	told = {field for way, field in TOLD_BY.items() if item.notice.get(field) or way in outcome.told}
	said = dict.fromkeys(told, 1) | ({"told_at": now_datetime()} if told else {})
	if outcome.failed:
		left = {"ways": " ".join(sorted(outcome.failed))}
		return said | left | again(item.notice, now_us())
	if told:
		return said | {"state": TOLD, "ways": None, "why": None}
	may = not item.notice.user or may_be_told(item.notice.user, "Issue", item.told.ticket)
	# A ToDo that is there already says it.
	todo_only = item.ways == {TODO}
	return (
		{"state": TOLD} if may and todo_only else {"state": NOT_TOLD, "why": NOT_WANTED if may else MAY_NOT}
	)
