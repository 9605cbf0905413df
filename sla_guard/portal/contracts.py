"""A contract in plain words: what it covers, when support is open, what is promised, what makes a clock stand still."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.instants import SECOND
from sla_guard.helpdesk import contracts
from sla_guard.ledger import Standing
from sla_guard.portal.hours import HoursView, view_hours
from sla_guard.portal.words import ReadersWords
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import terms_named
from sla_guard.statements.words import NOTHING

# Stands for a service that no contract names.
ANY_OTHER = "\0"


class TargetView(NamedTuple):
	"""`hours`: the number of its support hours among those of the contract, 0 where there are no others."""

	name: str
	definition: str
	response: str
	resolution: str
	hours: int


class ContractView(NamedTuple):
	title: str
	dates: str
	next_version: str
	services: list[str]
	hours: list[HoursView]
	targets: list[TargetView]
	rules: list[str]


def in_force(customer: str, at: int) -> list[str]:
	"""The contracts by which a ticket of this customer would be measured that is opened at `at`, whatever its service."""
	first, explanation = contracts.choose(Standing(customer=customer), at)
	weighed = [name for name, _level, _outcome in json.loads(explanation)]
	services = {each for name in weighed for each in contracts.coverage(name).services} | {ANY_OTHER}
	found = {first.name}
	for service in sorted(services) if len(weighed) > 1 else ():
		found.add(contracts.choose(Standing(customer=customer, service=service), at)[0].name)
	return sorted(found - {""})


def view_contract(name: str, words: ReadersWords) -> ContractView:
	contract = frappe.get_cached_doc("SLA Contract", name)
	calendars = _calendars(contract)
	return ContractView(
		contract.title,
		_dates(contract, words),
		_next_version(contract, words),
		sorted(_(row.service) for row in contract.services),
		[
			view_hours(title, calendar, contract.hours_of(row), words)
			for (title, calendar, row) in calendars.values()
		],
		[_target(contract, row, list(calendars), words) for row in contract.targets],
		list(_rules(contract)),
	)


def _dates(contract: Document, words: ReadersWords) -> str:
	since = words.long_day(str(contract.effective_from))
	if contract.effective_to:
		return _("In force from {0} to {1}").format(since, words.long_day(str(contract.effective_to)))
	return _("In force since {0}").format(since)


def _next_version(contract: Document, words: ReadersWords) -> str:
	later = {"chain": contract.chain, "docstatus": 1, "starts_us": (">", words.now)}
	rows = frappe.get_all("SLA Contract", later, pluck="effective_from", order_by="starts_us", limit=1)
	return _("A new version holds from {0} on.").format(words.long_day(str(rows[0]))) if rows else ""


def _calendars(contract: Document) -> dict[str, tuple[str, Calendar, Document]]:
	"""The support hours of its targets, by their record: the contract's own first."""
	terms = terms_named(contract.terms)
	rows = sorted(contract.targets, key=lambda row: contract.hours_of(row) != contract.support_hours)
	found = {}
	for row in rows:
		name = contract.hours_of(row)
		found.setdefault(name, (name, terms.target(row.name).calendar, row))
	return found


def _target(contract: Document, row: Document, hours: list[str], words: ReadersWords) -> TargetView:
	names = [_(each) for each in (row.priority, row.service, row.issue_type) if each]
	several = hours.index(contract.hours_of(row)) + 1 if len(hours) > 1 else 0
	return TargetView(
		", ".join(names) or (_("All other tickets") if len(contract.targets) > 1 else _("All tickets")),
		row.definition or "",
		_promised(row.response_time, words),
		_promised(row.resolution_time, words),
		several,
	)


def _promised(seconds: float | None, words: ReadersWords) -> str:
	return words.span(int(seconds) * SECOND) if seconds else NOTHING


def _rules(contract: Document) -> Iterator[str]:
	"""What counts, in sentences."""
	yield _("Times are support time: they count only while support is open.")
	if contract.answer_mail and contract.answer_taken_in_charge:
		yield _(
			"A response is our first mail to you, or that we take your ticket in charge by telephone or on site."
		)
	elif contract.answer_mail:
		yield _("A response is our first mail to you; automatic mails do not count.")
	else:
		yield _("A response is that we take your ticket in charge by telephone or on site.")
	if contract.resolution_stops_at == "Restored or resolved":
		yield _("A ticket counts as resolved as soon as the service is restored, be it by a workaround.")
	for status in _waiting_statuses(contract):
		yield _("While a ticket waits for you, with the status “{0}”, its time stands still.").format(
			_(status)
		)


def _waiting_statuses(contract: Document) -> list[str]:
	return [row.status for row in contract.status_rules if row.reason == "Customer"]
