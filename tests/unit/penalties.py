"""Short ways to say penalty terms, breaches and their charge in tests. The year is 2026, the zone UTC, 24/7."""

from datetime import date, datetime, timezone
from decimal import Decimal

from sla_guard.engine.instants import HOUR, instant
from sla_guard.engine.lateness import Lateness
from sla_guard.engine.penalty import Amount, Decided, Miss, PenaltyTerms, Rule, Tier, charge
from sla_guard.engine.penalty.rules import (
	BY_AVAILABILITY,
	BY_COMPLIANCE,
	BY_LATENESS,
	FIXED,
	PER_UNIT,
	PERCENT,
)
from sla_guard.engine.periods import MONTH, QUARTER, period_of

JUNE, JULY, AUGUST = (period_of(MONTH, date(2026, month, 1)) for month in (6, 7, 8))
SECOND_QUARTER = period_of(QUARTER, date(2026, 6, 1))


def at(text):
	"""The instant of "06-30 18:00"."""
	return instant(datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=timezone.utc))


def money(value):
	return Amount(money=Decimal(str(value)))


def percent(value):
	return Amount(percent=Decimal(str(value)))


def fixed(amount=100, *, id="fixed", **rest):
	return Rule(id, FIXED, amount=money(amount), **rest)


def of_fee(value=10, *, id="of fee", **rest):
	return Rule(id, PERCENT, amount=percent(value), **rest)


def per_hour(amount=10, *, id="per hour", **rest):
	return Rule(id, PER_UNIT, amount=money(amount), **rest)


def by_lateness(*rows, id="by lateness", **rest):
	"""Rows of hours, hours, amount."""
	return Rule(id, BY_LATENESS, tiers=tuple(_tier(row, _in_hours) for row in rows), **rest)


def by_compliance(*rows, id="by compliance", metric="Resolution", **rest):
	"""Rows of percent, percent, amount."""
	return Rule(
		id, BY_COMPLIANCE, metric=metric, tiers=tuple(_tier(row, _in_percent) for row in rows), **rest
	)


def by_availability(*rows, id="by availability", service="Mail", **rest):
	return Rule(
		id, BY_AVAILABILITY, service=service, tiers=tuple(_tier(row, _in_percent) for row in rows), **rest
	)


def _tier(row, convert):
	low, high, amount = row
	amount = amount if isinstance(amount, Amount) else money(amount)
	return Tier(convert(low), None if high is None else convert(high), amount)


def _in_hours(value):
	return round(value * HOUR)


def _in_percent(value):
	return Decimal(str(value))


def terms(*rules, version="v1", first=date(2026, 1, 1), **rest):
	for name in ("fee", "minimum_payable"):
		if name in rest:
			rest[name] = Decimal(str(rest[name]))
	return PenaltyTerms(version, first, rules=rules, **rest)


def hours(value):
	return Lateness(round(value * HOUR), round(value * HOUR))


def miss(breached, *, late=1, before=0, ticket="T1", metric="Resolution", cycle=1, version="v1", **rest):
	"""A breach dated at "06-30 18:00", `late` hours late at the period's end and `before` hours at its start."""
	key = rest.pop("key", f"{ticket} {metric} {cycle}")
	named = {"priority": "P1", "service": "Mail", **rest}
	return Miss(
		key, ticket, metric, cycle, at(breached), **named, version=version,
		late_at_start=hours(before), late_at_end=hours(late),
	)  # fmt: skip


def decided(met, missed, *, metric="Resolution", priority="P1", service="Mail"):
	return [Decided(metric, priority, service, each < met) for each in range(met + missed)]


def charged(*misses, under, period=JUNE, decided=(), availability=None, zone="UTC", used=0, earn_back=0):
	"""What a period costs under one version or several."""
	versions = [under] if isinstance(under, PenaltyTerms) else under
	used, earn_back = Decimal(str(used)), Decimal(str(earn_back))
	return charge(period, versions, misses, decided, availability or {}, zone, used, earn_back)


def amounts(found):
	"""What is left of each line, as text."""
	return [str(line.amount) for line in found.lines]


def told(line):
	return [str(step) for step in line.steps]
