"""The arithmetic of a line, step by step: sentences with blanks, so that each reader has them in their own language.

A step is a template and what fills its blanks. Which kind of value a blank takes goes by its name: see below. A sum
of money, a percentage, a factor is a `Decimal`; a day is text like 2026-06-30; an amount of time is text already.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

MONEY = frozenset({"amount", "sum", "cap", "fee", "before", "used"})
PERCENTAGES = frozenset({"percent", "low_percent", "high_percent"})
FACTORS = frozenset({"multiplier"})
NUMBERS = frozenset({"units", "ordinal", "from_ordinal", "met", "decided", "minimum", "days", "of"})
DAYS = frozenset({"day", "first_day", "last_day"})
TIMES = frozenset({"lateness", "unit", "low", "high", "up", "agreed"})

# A breach under a rule.
LATE_SUPPORT = "Late by {lateness} of support time"
LATE_ELAPSED = "Late by {lateness} of elapsed time"
STARTED = "Started units of {unit}: {units}"
UNITS_MONEY = "{units} × {amount}"
UNITS_PERCENT = "{units} × {percent} % of the fee {fee}"
TIER = "Tier: later than {low}, up to {high}"
LAST_TIER = "Tier: later than {low}"
BEFORE_TIERS = "No tier: not later than {low}"
ONE_MONEY = "It costs {amount}"
ONE_PERCENT = "It costs {percent} % of the fee {fee}"
FEE_PART = "Fee of a month {fee}, in force on {days} of the {of} days from {day}"
MULTIPLIED = (
	"Breach number {ordinal} of its period under this rule, from number {from_ordinal} on: × {multiplier}"
)
NOT_MULTIPLIED = (
	"Breach number {ordinal} of its period under this rule, multiplied only from number {from_ordinal} on"
)
OF_RULE = "Under this rule, rounded: {amount}"
FREE = "Missed before {day}, from when on penalties are due"

# A breach under all its rules, a ticket with all its breaches.
ALL_RULES = "Under all rules {sum}"
BREACH_CAP = "Under all rules {sum}, capped per breach at {cap}"
BEFORE = "Charged before {before}, now {amount}"
HIGHEST_COUNTS = "The highest of the breaches of this ticket: {amount}"
NOT_HIGHEST = "Only the highest of the breaches of this ticket costs something, and this is not it"
PART_OF_BREACH = "Of that under this rule: {amount}"

# A period under a rule.
COMPLIANCE = "Compliance: {percent} % ({met}/{decided})"
AVAILABILITY = "Availability: {percent} % ({up} of {agreed})"
NOTHING_DECIDED = "Nothing was decided in the period: no data"
NO_AGREED_TIME = "No agreed time in the period: no data"
SMALL_SAMPLE = "{decided} decided, fewer than {minimum}: no tier"
SHARE_TIER = "Tier: at least {low_percent} %, below {high_percent} %"
BEST_SHARE_TIER = "Tier: at least {low_percent} %"
NO_SHARE_TIER = "No tier for that"
FREE_PERIOD = "The period began before {day}, from when on penalties are due"

# All lines of a period.
CAP_PART = "Cap from {first_day} to {last_day}: {cap} for {sum}, of this line {amount} is left"
CAP = "Cap of the period: {cap} for {sum}, of this line {amount} is left"
YEAR_CAP = "Cap of the contract year: {cap}, used before {used}, now {sum}; of this line {amount} is left"
EARN_BACK = "Earned back: {amount} of {sum}"
LAPSED = "Below the minimum payable of {sum}: {amount} lapses"

TEMPLATES = tuple(
	value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str)
)


class Step(NamedTuple):
	"""One sentence of the arithmetic."""

	template: str
	values: Mapping[str, Decimal | int | str]

	def __str__(self) -> str:
		"""In English, for whom nothing else is there."""
		return self.template.format(**self.values)


def step(template: str, **values: Decimal | int | str) -> Step:
	return Step(template, values)
