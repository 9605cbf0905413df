"""The arithmetic of a penalty in the reader's language."""

from __future__ import annotations

import json
from decimal import Decimal

from frappe import _

from sla_guard.engine.penalty import steps as kinds
from sla_guard.statements.words import Words


def sentences(steps: str | None, words: Words) -> list[str]:
	"""Of steps as they are stored: JSON, a template and what fills its blanks each."""
	return [sentence(template, values, words) for template, values in json.loads(steps or "[]")]


def sentence(template: str, values: dict, words: Words) -> str:
	"""A blank's name says what kind of value it takes."""
	return _(template).format(**{name: _value(name, value, words) for name, value in values.items()})


def _value(name: str, value: object, words: Words) -> str:
	if name in kinds.MONEY:
		return words.money(value)
	if name in kinds.DAYS:
		return words.day(value)
	if name in kinds.PERCENTAGES or name in kinds.FACTORS:
		return words.number(Decimal(str(value)))
	return words.number(value) if isinstance(value, int) else str(value)
