"""SLA Penalty follows what a period comes to: drafts are kept up to date, one that was approved is never edited."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard.engine.penalty import Line
from sla_guard.statements.compute import Computed
from sla_guard.statements.sentences import in_words, stored


def sync(computed: Computed) -> dict[str, str]:
	"""Brings the penalties of a customer and period to what was computed; returns their names by the line's key.

	Drafts are made, changed and deleted. One approved for another amount is cancelled, with the reason, and drafted
	anew: it waits for another approval. Running again changes nothing.
	"""
	standing = _standing(computed)
	wanted = {key_of(computed, line): line for line in computed.charge.lines if line.gross}
	for key in standing.keys() - wanted.keys():
		_drop(standing[key], _("Nothing is owed for this any more."))
	return {line_key(line): _bring(computed, key, line, standing.get(key)) for key, line in wanted.items()}


def line_key(line: Line) -> str:
	"""What a line is about, the same in each working out of its period."""
	return f"{line.key}|{line.rule}"


def key_of(computed: Computed, line: Line) -> str:
	"""What makes a penalty the only one of its kind."""
	return _key(line.key, computed.chain.name, computed.customer, line.rule, computed.period.first)


def _key(breach: str | None, chain: str, customer: str, rule: str, first: date) -> str:
	return f"{breach or f'{chain}|{customer}'}|{rule}|{first}"


def _standing(computed: Computed) -> dict[str, Document]:
	filters = {
		"chain": computed.chain.name,
		"customer": computed.customer,
		"period_start": computed.period.first,
		"docstatus": ("<", 2),
	}
	names = frappe.get_all("SLA Penalty", filters, pluck="name")
	# By what they are about: the stored key has the name that the customer had then.
	return {
		_key(each.breach, each.chain, each.customer, each.rule_name, each.period_start): each
		for each in (frappe.get_doc("SLA Penalty", name) for name in names)
	}


def _bring(computed: Computed, key: str, line: Line, penalty: Document | None) -> str:
	values = _values(computed, line) | {"unique_key": key}
	if penalty and penalty.docstatus == 1 and line.gross != _amount(penalty):
		_drop(
			penalty,
			_("It was approved for {0}; by what is known now it is {1}.").format(
				_amount(penalty), line.gross
			),
		)
		penalty = None
	if penalty is None:
		penalty = frappe.new_doc("SLA Penalty").update(values)
		penalty.flags.from_app = True
		return penalty.insert(ignore_permissions=True).name
	if penalty.docstatus == 0 and any(
		comparable(penalty.get(field)) != comparable(value) for field, value in values.items()
	):
		penalty.update(values)
		penalty.flags.from_app = True
		penalty.save(ignore_permissions=True)
	return penalty.name


def comparable(value: object) -> object:
	"""What is stored and what was worked out, alike if they are: amounts come back as floats, days as text."""
	if isinstance(value, Decimal | float | int):
		return Decimal(str(value)).normalize()
	return str(value or "")


def _drop(penalty: Document, why: str) -> None:
	penalty.flags.from_app = True
	if penalty.docstatus == 0:
		# The draft of the statement names it still, and is written next.
		penalty.delete(ignore_permissions=True, force=True)
		return
	penalty.cancel_reason = why
	penalty.flags.ignore_permissions = True
	penalty.cancel()


def _values(computed: Computed, line: Line) -> dict:
	breach = (
		frappe.db.get_value(
			"SLA Breach", line.key, ["ticket", "metric", "priority", "service", "title"], as_dict=True
		)
		if line.key
		else frappe._dict()
	)
	version, steps = computed.version, stored(line.steps)
	return {
		"title": f"{breach.title or computed.customer} {line.rule}",
		"customer": computed.customer,
		"contract": line.version,
		"chain": computed.chain.name,
		"company": version.company,
		"currency": version.currency,
		"period_start": computed.period.first,
		"period_end": computed.period.last,
		"amount": line.gross,
		"breach": line.key or None,
		"ticket": breach.ticket,
		"metric": breach.metric,
		"priority": breach.priority,
		"service": breach.service or line.service,
		"rule_name": line.rule,
		"kind": line.kind,
		"steps": steps,
		"arithmetic": in_words(steps, version.currency),
	}


def _amount(penalty: Document) -> Decimal:
	return Decimal(str(penalty.amount))
