"""The arithmetic of a penalty as sentences in a reader's language."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal

from frappe import _
from frappe.utils import fmt_money, formatdate

from sla_guard.engine.penalty import Step
from sla_guard.engine.penalty.steps import DAYS, MONEY
from sla_guard.statements.currencies import decimals_of


def stored(steps: Iterable[Step]) -> str:
	"""As a record keeps them: without a language."""
	return json.dumps([[each.template, dict(each.values)] for each in steps], default=str, ensure_ascii=False)


def in_words(steps: str, currency: str | None, lang: str | None = None) -> str:
	"""What is stored, a sentence a line, in this language or that of the session."""
	return "\n".join(
		_(template, lang).format(**{name: _shown(name, value, currency) for name, value in values.items()})
		for template, values in json.loads(steps or "[]")
	)


def _shown(name: str, value: object, currency: str | None) -> object:
	if name in MONEY:
		return money_text(value, currency)
	return formatdate(value) if name in DAYS else value


def money_text(amount: Decimal | str | float, currency: str | None) -> str:
	"""An amount with the decimals of its currency, with more only where it has more."""
	exact = Decimal(str(amount)).normalize()
	decimals = max(decimals_of(currency), -exact.as_tuple().exponent)
	return fmt_money(str(amount), precision=decimals, currency=currency)
