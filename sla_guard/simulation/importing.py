"""What the form asks of a file before it is simulated."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice

import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard.engine.errors import EngineError
from sla_guard.engine.instants import moment
from sla_guard.simulation import asking, faults
from sla_guard.simulation.columns import KINDS, guess
from sla_guard.simulation.faults import Fault
from sla_guard.simulation.formats import DELIMITERS, ENCODINGS, Format
from sla_guard.simulation.instants import zone_of
from sla_guard.simulation.meanings import guess as guess_meaning
from sla_guard.simulation.meanings import is_begun, known_names
from sla_guard.simulation.reading import History, Source, read
from sla_guard.simulation.running import said
from sla_guard.simulation.telling import Row
from sla_guard.simulation.workbook import Sheet

MOST_ROWS = 200


def preview(simulation: Document, limit: int) -> dict:
	"""The first rows of the file, what was guessed, and what they tell.

	Throws for a file that is no table; what else is wrong is told as faults.
	"""
	limit = min(max(limit, 1), MOST_ROWS)
	path, asked = asking.file_of(simulation), asking.asked_of(simulation)
	try:
		source = Source(path, asked)
		rows = [{"row": number, "cells": cells} for number, cells in islice(source.cells(), limit)]
	except EngineError as refusal:
		frappe.throw(said(refusal))
	found = {
		"columns": source.headers,
		"sheets": list(source.format.names) if isinstance(source.format, Sheet) else [],
		"guess": _guess(source, simulation),
		"rows": rows,
		"told": [],
		"faults": [],
	}
	try:
		with read(path, asked) as history:
			found["guess"]["date_order"] = history.orders["time"]
			found.update(_understood(simulation, history, {each["row"] for each in rows}))
	except EngineError as refusal:
		found["faults"] = [{"row": 1, "text": said(refusal)}]
	return found


def _guess(source: Source, simulation: Document) -> dict:
	columns = {f"column_{field}": header for field, header in guess(source.headers).items()}
	return {**columns, **_format(source.format), "time_zone": source.asked.zone}


def _format(how: Format | Sheet) -> dict:
	if isinstance(how, Sheet):
		return {"sheet": how.name}
	names = {codec: name for name, codec in ENCODINGS.items()}
	signs = {sign: name for name, sign in DELIMITERS.items()}
	return {"encoding": names.get(how.encoding, how.encoding), "delimiter": signs[how.delimiter]}


def _understood(simulation: Document, history: History, shown: set[int]) -> dict:
	"""What these rows tell, each by itself, and what is wrong with them."""
	meanings, zone, wrong = (
		asking.meanings_of(simulation),
		zone_of(history.source.asked.zone),
		defaultdict(list),
	)
	teller = history.teller(meanings, lambda fault: wrong[fault.row].append(fault))
	told = {}
	for cells in history.spool.rows(max(shown, default=0)):
		row = teller.read(cells)
		if row and row.number in shown:
			told[row.number] = _in_words(row, cells[1], meanings, zone)
	for fault in history.faults(MOST_ROWS):
		wrong[fault.row].append(fault)
	return {
		"told": [told.get(number, {"row": number}) for number in sorted(shown)],
		"faults": [_fault(each) for number in sorted(wrong) if number in shown for each in wrong[number]],
	}


def _in_words(row: Row, ticket: str, meanings: object, zone: object) -> dict:
	names = {
		field: meanings.name(kind, getattr(row, field)) if getattr(row, field) else ""
		for field, kind in KINDS.items()
	}
	responded = (
		row.responded if row.responded is True or row.responded is None else _moment(row.responded, zone)
	)
	return {
		"row": row.number,
		"ticket": ticket,
		"at": _moment(row.at, zone),
		"opened": "" if row.opened is None else _moment(row.opened, zone),
		**names,
		"response": "✓" if responded is True else responded or "",
	}


def _moment(at: int, zone: object) -> str:
	return moment(at).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %z")


def _fault(fault: Fault) -> dict:
	wrong, handled = faults.words(fault.kind, _)
	plain, _handled = faults.words(fault.kind)
	text = ": ".join(filter(None, (fault.column, wrong))) + (f" ({fault.value})" if fault.value else "")
	return {
		"row": fault.row,
		"ticket": fault.ticket,
		"fault": plain,
		"values": {},
		"text": text,
		"handled": handled,
	}


def read_values(simulation: Document) -> None:
	"""Fills `found_values` with what the file holds and a guess of what each means; what was entered stays."""
	try:
		with read(asking.file_of(simulation), asking.asked_of(simulation)) as history:
			found = history.values
	except EngineError as refusal:
		frappe.throw(said(refusal))
	entered = {(row.kind, row.found): row for row in simulation.found_values}
	known, rows = known_names(), []
	for kind, counts in found.items():
		for value, count in counts.most_common():
			before = entered.get((kind, value))
			means = before.means if before else guess_meaning(kind, value, known)
			answers = before.is_answer if before else kind == "Status" and is_begun(value)
			rows.append(
				{"kind": kind, "found": value, "count": count, "means": means, "is_answer": int(answers)}
			)
	simulation.set("found_values", rows)
	simulation.save()
