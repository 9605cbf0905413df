"""Amounts of a currency: what is meant by what is stored, and how many decimals they have."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import frappe

USUAL = 2

try:
	from frappe.utils.number_format import NumberFormat

	def _decimals(number_format: str) -> int:
		# One that the framework does not know is one that was imported, or written with its quotes doubled.
		with suppress(KeyError):
			return NumberFormat.from_string(number_format).precision
		return USUAL

except ImportError:
	from frappe.utils.data import get_number_format_info

	def _decimals(number_format: str) -> int:
		return get_number_format_info(number_format)[2]


def decimals_of(currency: str | None) -> int:
	"""Those that SLA Settings say for it, else those of its number format: Frappe's fraction units say 2 for the yen."""
	for row in frappe.get_cached_doc("SLA Settings").currency_decimals:
		if row.currency == currency:
			return row.decimals
	number_format = currency and frappe.get_cached_value("Currency", currency, "number_format")
	return _decimals(number_format) if number_format else USUAL


def exact(amount: float | Decimal | None) -> Decimal:
	"""The amount that is meant by what the database returns."""
	return Decimal(str(amount or 0))
