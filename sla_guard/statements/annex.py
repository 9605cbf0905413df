"""The annex of a statement: every commitment that was counted, so that the customer can recompute each percentage.

A CSV file (csv_file.py), its instants on the clocks of the contract's zone.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import tzinfo

import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard.engine.clock import MET, MISSED
from sla_guard.engine.errors import NoHoursLeft
from sla_guard.engine.figures import EXCLUDED, WAIVED, Commitment
from sla_guard.site_time import zone_named
from sla_guard.statements.commitments import read
from sla_guard.statements.csv_file import csv_file, instant_text, span_text

COUNTED = (MET, MISSED, EXCLUDED, WAIVED)


class Differs(Exception):
	"""What is known now is not what was frozen: its percentages could not be recomputed from the annex."""

	def __init__(self, count: int) -> None:
		self.count = count

	def __str__(self) -> str:
		# Here, for whoever reads it: the file was to be made in the customer's language.
		return _(
			"The list of commitments does not add up to the figures of the statement: {0} differ. Something of that period was recorded after it was approved."
		).format(self.count)


def file_of(statement: Document) -> bytes:
	"""The annex as a file in the session's language. Raises Differs."""
	counted = commitments_of(statement)
	check(statement, counted)
	return csv_file([heads(), *_rows(statement, counted)])


def rows(statement: Document) -> list[list]:
	"""A row for each commitment that was met, missed, excluded or waived in the period, in the order of their verdicts."""
	return _rows(statement, commitments_of(statement))


def heads() -> list[str]:
	return [
		_("Ticket"),
		_("Metric"),
		_("Cycle"),
		_("Priority"),
		_("Service"),
		_("Contract"),
		_("Opened"),
		_("Promised Within"),
		_("Due or Missed"),
		_("Done On"),
		_("Support Time Used"),
		_("Verdict"),
	]


def commitments_of(statement: Document) -> list[Commitment]:
	versions = frappe.get_all("SLA Contract", {"chain": statement.chain, "docstatus": 1}, pluck="name")
	reading = read(versions, statement.customer, statement.starts_us, statement.ends_us)
	counted = [each for each in reading.commitments if each.outcome in COUNTED]
	return sorted(counted, key=lambda each: (each.at, each.ticket, each.clock.metric, each.clock.cycle))


def check(statement: Document, counted: Iterable[Commitment]) -> None:
	now = Counter((each.clock.metric, each.priority, each.service, each.outcome) for each in counted)
	frozen = Counter()
	for row in json.loads(statement.figures)["compliance"]:
		for outcome in COUNTED:
			frozen[row["metric"], row["priority"], row["service"], outcome] += row[outcome]
	if now != +frozen:
		raise Differs(sum((now - frozen).values()) + sum((frozen - now).values()))


def _rows(statement: Document, counted: Iterable[Commitment]) -> list[list]:
	zone = zone_named(json.loads(statement.figures)["zone"])
	return [_row(each, zone) for each in counted]


def _row(each: Commitment, zone: tzinfo) -> list:
	clock = each.clock
	return [
		each.ticket,
		_(clock.metric, context="SLA Clock"),
		clock.cycle,
		each.priority,
		each.service,
		each.contract,
		instant_text(clock.started, zone),
		span_text(clock.target_us),
		instant_text(_due(each), zone),
		instant_text(clock.stopped, zone),
		span_text(clock.elapsed_us),
		_(each.outcome),
	]


def _due(each: Commitment) -> int | None:
	"""When it was missed, or would have been had it gone on."""
	clock = each.clock
	if clock.breached_at is not None:
		return clock.breached_at
	try:
		return each.calendar.add(clock.stopped, clock.left_us)
	except NoHoursLeft:
		return None
