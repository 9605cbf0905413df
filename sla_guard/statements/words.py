"""How a reader of a language sees days, instants, amounts of time, percentages and money: by Babel, in one language,
one time zone and one currency. What is stored has none of these; whoever shows it makes a `Words` for the reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from decimal import Decimal

import frappe
from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal, get_currency_symbol, parse_pattern
from frappe import _
from frappe.translate import print_language

from sla_guard.engine.instants import DAY, HOUR, MINUTE, SECOND, moment
from sla_guard.engine.periods import MONTH, QUARTER
from sla_guard.engine.share import Share
from sla_guard.site_time import zone_named
from sla_guard.statements.currencies import decimals_of

# No line breaks between a number and its unit.
GAP = "\u00a0"
NOTHING = "–"


def locale_of(language: str | None) -> Locale:
	"""Babel's locale of a language of Frappe; English where Babel knows none."""
	try:
		return Locale.parse((language or "en").replace("-", "_"))
	except (UnknownLocaleError, ValueError):
		return Locale.parse("en")


def language_of(customer: str | None) -> str:
	"""The language in which a customer is written to: its own, else the site's."""
	own = customer and frappe.db.get_value("Customer", customer, "language")
	return own or frappe.db.get_single_value("System Settings", "language") or "en"


def written_for(customer: str) -> AbstractContextManager:
	"""What is said and printed in here is in the language of a customer."""
	return in_language(language_of(customer))


@contextmanager
def in_language(language: str) -> Iterator[None]:
	"""What is said and printed in here is in this language."""
	before = frappe.local.lang, getattr(frappe.local, "jenv", None)
	try:
		with print_language(language):
			yield
	finally:
		# The framework puts it back only if nothing is raised.
		frappe.local.lang, frappe.local.jenv = before


def day_text(day: date | str, language: str | None) -> str:
	return format_date(_date(day), "medium", locale=locale_of(language))


class Words:
	"""`zone`: the contract's. Sentences are translated to the session's language, which is to be that of `language`."""

	def __init__(self, language: str | None, zone: str, currency: str | None) -> None:
		self.locale = locale_of(language)
		self.zone = zone_named(zone)
		self.currency = currency or ""
		self.decimals = decimals_of(currency)

	# ---- time

	def day(self, day: date | str) -> str:
		return format_date(_date(day), "medium", locale=self.locale)

	def month(self, day: date | str) -> str:
		"""The month of a day, short enough for an axis."""
		return format_date(_date(day), "LLL yy", locale=self.locale)

	def quarter(self, day: date | str) -> str:
		return format_date(_date(day), "QQQ yy", locale=self.locale)

	def period(self, every: str, first: date | str, last: date | str) -> str:
		"""The name of a month or a quarter; the days of a period that is neither."""
		pattern = {MONTH: "LLLL y", QUARTER: "QQQQ y"}.get(every)
		if pattern:
			return format_date(_date(first), pattern, locale=self.locale)
		return f"{self.day(first)} – {self.day(last)}"

	def moment(self, at: int | None) -> str:
		"""An instant on the clocks of the contract's zone, to the minute in which it lies."""
		if not at:
			return NOTHING
		local = moment(at).astimezone(self.zone)
		return f"{self.day(local.date())} {local:%H:%M}"

	def span(self, amount: int | None) -> str:
		"""An amount of time in hours and minutes; below a minute in seconds. Parts of the last unit are left out."""
		if amount is None:
			return NOTHING
		if 0 < amount < MINUTE:
			return f"{amount // SECOND}{GAP}s"
		hours, minutes = amount // HOUR, amount % HOUR // MINUTE
		parts = [f"{self.number(hours)}{GAP}h"] if hours else []
		return GAP.join([*parts, f"{minutes}{GAP}min"] if minutes or not hours else parts)

	def age(self, amount: int | None) -> str:
		"""A longer amount of elapsed time: in days of 24 hours from two on."""
		if amount is None or amount < 2 * DAY:
			return self.span(amount)
		return _("{0} d").format(self.number(Decimal(amount * 10 // DAY) / 10)).replace(" ", GAP)

	# ---- numbers

	def number(self, value: Decimal | int) -> str:
		return format_decimal(value, locale=self.locale)

	def percent(self, value: Decimal | str, places: int = 2) -> str:
		"""A percentage that was truncated where it was made; no further digit is dropped or rounded here."""
		pattern = "#,##0." + "0" * places + "#" * 6
		return f"{format_decimal(Decimal(value), pattern, locale=self.locale)}{GAP}%"

	def share(self, part: int, whole: int) -> str:
		"""94.97 % (189/199), or that there is no data."""
		percent = self.share_percent(part, whole)
		return f"{percent} ({part}/{whole})" if whole else percent

	def share_percent(self, part: int, whole: int) -> str:
		return self.percent(Share(part, whole).percent) if whole else _("no data")

	def money(self, amount: Decimal | float | str | None) -> str:
		"""An amount of the currency with all its decimals, those of SLA Settings where it says so; with more only where
		it has more, as the price of a unit may."""
		exact = Decimal(str(amount or 0))
		decimals = max(self.decimals, -exact.normalize().as_tuple().exponent)
		pattern = parse_pattern(self._money_pattern)
		pattern.frac_prec = (decimals, decimals)
		return pattern.apply(exact, self.locale, currency=self.currency, currency_digits=False).strip()

	@property
	def _money_pattern(self) -> str:
		usual = self.locale.currency_formats["standard"].pattern
		# A code is not to touch the number.
		is_code = get_currency_symbol(self.currency, self.locale)[-1:].isalpha()
		return usual.replace("¤#", f"¤{GAP}#") if is_code else usual


def _date(day: date | str) -> date:
	return date.fromisoformat(day) if isinstance(day, str) else day
