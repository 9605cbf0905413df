"""The arithmetic of a penalty as sentences in a reader's language."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe import _

from sla_guard.engine.penalty import Step
from sla_guard.engine.penalty.steps import DAYS, FACTORS, MONEY, NUMBERS, PERCENTAGES
from sla_guard.statements.words import Words

COUNTS = PERCENTAGES | FACTORS | NUMBERS


def stored(steps: Iterable[Step]) -> str:
	"""As a record keeps them: without a language."""
	return json.dumps([[each.template, dict(each.values)] for each in steps], default=str, ensure_ascii=False)


def in_words(steps: str, currency: str | None) -> str:
	"""What is stored, a sentence a line, in the language of the session."""
	return "\n".join(sentences(steps, Words(frappe.local.lang, "UTC", currency)))


def sentences(steps: str | None, words: Words) -> list[str]:
	"""What is stored, each sentence for itself. A blank's name says what kind of value it takes."""
	return [
		_(template).format(**{name: _shown(name, value, words) for name, value in values.items()})
		for template, values in json.loads(steps or "[]")
	]


def _shown(name: str, value: object, words: Words) -> str:
	if name in MONEY:
		return words.money(value)
	if name in DAYS:
		return words.day(value)
	return words.number(Decimal(str(value))) if name in COUNTS else str(value)


def money_text(amount: Decimal | str | float, currency: str | None) -> str:
	"""An amount with the decimals of its currency, as the session's language writes it."""
	return Words(frappe.local.lang, "UTC", currency).money(amount)
