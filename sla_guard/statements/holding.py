"""What of a statement may be disputed, and what becomes of its amount: a disputed line is held alone.

While a line is disputed the credit note credits the rest. What was withheld, and what the outcome changes, is a
correction line of the next statement (account.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard.statements.currencies import exact
from sla_guard.statements.states import CREDITED

PENALTY, EXCLUSION = "Penalty", "Exclusion"


class Disputable(NamedTuple):
	"""A line that a customer may dispute. `key` names it in its statement; `amount` is what it came to there."""

	key: str
	kind: str
	title: str
	amount: Decimal
	ticket: str | None
	breach: str | None
	penalty: str | None
	text: str


def lines_of(statement: Document) -> list[Disputable]:
	"""The penalties of a statement, then the breaches that a ground of the contract excused. What the customer
	renounced is not among them."""
	return [*_penalties(statement), *_exclusions(statement)]


def line_of(statement: Document, key: str) -> Disputable:
	"""The line of this key. Raises DoesNotExistError if the statement has none."""
	found = next((line for line in lines_of(statement) if line.key == key), None)
	if found is None:
		frappe.throw(
			_("Statement {0} has no such line.").format(frappe.bold(statement.name)),
			frappe.DoesNotExistError,
		)
	return found


def exclusion_key(breach: str) -> str:
	"""Like that of the lines of a breach, without a rule."""
	return f"{breach}|"


def belongs(line_key: str, disputed: str) -> bool:
	"""Whether a line of a period, worked out again, is what was disputed: of an excluded breach all of its lines."""
	return line_key.startswith(disputed) if disputed.endswith("|") else line_key == disputed


def _penalties(statement: Document) -> Iterator[Disputable]:
	for row in statement.lines:
		# Below the minimum payable the lines come to nothing.
		amount = Decimal(0) if statement.lapsed else exact(row.amount)
		about = (row.ticket, row.breach, row.penalty)
		yield Disputable(row.line_key, PENALTY, row.rule_name, amount, *about, row.arithmetic)


def _exclusions(statement: Document) -> Iterator[Disputable]:
	figures = json.loads(statement.figures or "{}")
	for row in figures.get("exclusions", ()):
		if row["kind"] == EXCLUSION:
			about = (row["ticket"], row["breach"], None)
			key = exclusion_key(row["breach"])
			yield Disputable(key, EXCLUSION, row["ground"], Decimal(0), *about, row["reason"])


# ---- what is held


def to_hold(statement: frappe._dict, line: Disputable) -> Decimal:
	"""What the credit note of a locked statement is not to credit because of this line: not more than it still owes,
	and nothing if it credits all already."""
	if statement.status == CREDITED:
		return Decimal(0)
	return max(min(line.amount, creditable(statement)), Decimal(0))


def creditable(statement: frappe._dict | Document) -> Decimal:
	"""What the credit note of a statement comes to: what is due, less what is held."""
	return exact(statement.amount_due) - exact(statement.held)


def hold(statement: frappe._dict, amount: Decimal) -> None:
	"""Of a locked statement that much more, or less, is held."""
	if amount:
		statement.held = float(exact(statement.held) + amount)
		frappe.db.set_value("SLA Statement", statement.name, "held", statement.held)


def held_penalties(statement: str) -> set[str]:
	"""Those of its lines that its credit note does not credit."""
	held = {"statement": statement, "held": (">", 0), "penalty": ("is", "set")}
	return set(frappe.get_all("SLA Dispute", held, pluck="penalty"))


def corrected_penalties(statement: str) -> set[str]:
	"""Those of earlier statements that were held, and that this one brings as the outcome of their dispute."""
	told = {"parent": statement, "parenttype": "SLA Statement", "dispute": ("is", "set")}
	disputes = frappe.get_all("SLA Statement Correction", told, pluck="dispute")
	if not disputes:
		return set()
	return set(
		frappe.get_all("SLA Dispute", {"name": ("in", disputes), "penalty": ("is", "set")}, pluck="penalty")
	)
