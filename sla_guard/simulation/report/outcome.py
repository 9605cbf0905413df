"""What a simulation came to, as its report reads it: the stored result and the contracts that it is about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_system_timezone

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.instants import moment
from sla_guard.engine.periods import MONTH, QUARTER
from sla_guard.engine.share import Share
from sla_guard.engine.terms import METRICS
from sla_guard.engine.wall_clock import zone_named
from sla_guard.simulation import asking
from sla_guard.statements.words import Words

# More months than these do not fit beside each other in a chart.
MOST_MONTHS = 14


@dataclass(frozen=True)
class Tried:
	"""What would have been under one contract. `found`: its part of the result; `document`: the contract as it is now."""

	found: dict
	document: Document | None
	words: Words

	@property
	def name(self) -> str:
		return self.found["contract"]

	@property
	def title(self) -> str:
		return self.found["title"] or self.name

	@property
	def about_money(self) -> bool:
		"""Whether the contract knows penalties."""
		return bool(self.found.get("currency"))

	def share(self, **named: str) -> Share:
		"""What was kept of the commitments of this metric, priority or month."""
		return share_of(
			row for row in self.found["compliance"] if all(row[key] == named[key] for key in named)
		)

	def sum(self, field: str) -> Decimal:
		"""Of all its periods."""
		return sum((Decimal(each[field] or 0) for each in self.found["penalties"]), Decimal())

	@property
	def capped(self) -> Decimal:
		"""What its caps have taken."""
		return self.sum("gross") - self.sum("capped")


@dataclass(frozen=True)
class Outcome:
	"""`found`: the result as it was stored; `tried`: the contracts side by side, in the order of the form."""

	document: Document
	found: dict
	tried: list[Tried]

	@cached_property
	def words(self) -> Words:
		"""Without a currency."""
		return Words(frappe.local.lang, self.zone, None)

	@property
	def zone(self) -> str:
		"""In which its instants are told: that of the file where it has a name, else the site's."""
		named = self.document.time_zone if asking.is_imported(self.document) else ""
		return _known(named) or get_system_timezone()

	@property
	def days(self) -> tuple[date, date]:
		"""Of the first opening, and of the instant as of which the clocks were read."""
		zone = zone_named(self.zone)
		return tuple(
			moment(at).astimezone(zone).date() for at in (self.document.first_us, self.found["until_us"])
		)

	@property
	def metrics(self) -> list[str]:
		return [metric for metric in METRICS if any(each.share(metric=metric).whole for each in self.tried)]

	@property
	def about_money(self) -> bool:
		return any(each.about_money for each in self.tried)

	@property
	def customers(self) -> list[str]:
		"""Those whom the simulation or its contracts name."""
		named = {self.document.customer, *(each.document.customer for each in self.tried if each.document)}
		return sorted(named - {None, ""})

	@property
	def is_of_several(self) -> bool:
		"""Whether the history holds tickets of more than one customer."""
		return (self.found.get("customers") or 0) > 1

	def named(self, field: str) -> list[str]:
		"""All priorities, or months, of which something was decided, in order; tickets without one at the end."""
		found = {
			row[field]
			for each in self.tried
			for row in each.found["compliance"]
			if row["met"] + row["missed"]
		}
		return sorted(found, key=lambda name: (not name, name))

	@property
	def by(self) -> str:
		"""Whether its charts go by months or, of a long history, by quarters."""
		return MONTH if len(self.named("month")) <= MOST_MONTHS else QUARTER

	def changed_since(self) -> list[str]:
		"""Titles of the contracts that were saved after it ran."""
		finished = self.found.get("finished")
		return [
			each.title
			for each in self.tried
			if finished and each.document and str(each.document.modified) > finished
		]


def share_of(rows: Iterable[dict]) -> Share:
	met = missed = 0
	for row in rows:
		met, missed = met + row["met"], missed + row["missed"]
	return Share(met, met + missed)


def outcome_of(document: Document) -> Outcome:
	"""In the session's language. Refused before it has finished."""
	if not document.results:
		frappe.throw(_("This simulation has no results yet: start it first."), title=_("Not Yet"))
	outcome = Outcome(document, json.loads(document.results), [])
	outcome.tried.extend(_tried(outcome))
	return outcome


def _tried(outcome: Outcome) -> Iterator[Tried]:
	for each in outcome.found["contracts"]:
		# It may be deleted, being a draft; its figures stay.
		there = frappe.db.exists("SLA Contract", each["contract"])
		contract = frappe.get_doc("SLA Contract", each["contract"]) if there else None
		yield Tried(each, contract, Words(frappe.local.lang, outcome.zone, each["currency"]))


def _known(zone: str | None) -> str:
	"""A time zone that has a name; an offset from UTC has none."""
	try:
		return zone if zone and zone_named(zone) else ""
	except WrongInput:
		return ""
