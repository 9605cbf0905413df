"""Random contracts with penalties, and what was missed under them. One number makes one case, always the same."""

from datetime import date, timedelta
from decimal import Decimal

from sla_guard.engine.availability import Availability
from sla_guard.engine.instants import DAY, HOUR, MINUTE
from sla_guard.engine.lateness import MEASURES, NOT_LATE, Lateness
from sla_guard.engine.penalty import NO_AMOUNT, Amount, Decided, Miss, PenaltyTerms, Rule, Tier
from sla_guard.engine.penalty.rules import (
	BY_AVAILABILITY,
	BY_COMPLIANCE,
	BY_LATENESS,
	FIXED,
	PER_UNIT,
	PERCENT,
)
from sla_guard.engine.penalty.terms import CUMULATIONS
from sla_guard.engine.periods import FREQUENCIES, MONTH, QUARTER
from sla_guard.engine.terms import METRICS
from tests.unit.penalties import JUNE, SECOND_QUARTER

PRIORITIES, SERVICES, ZONES = ("P1", "P2"), ("Mail", "ERP"), ("UTC", "Europe/Paris", "America/New_York")
OF_BREACHES = (FIXED, PERCENT, PER_UNIT, BY_LATENESS)


def some_money(chance):
	return Amount(money=Decimal(chance.randrange(50_000)).scaleb(-2))


def some_percent(chance):
	return Amount(percent=Decimal(chance.randrange(400)).scaleb(-1))


def money_or_percent(chance):
	return chance.choice([some_money, some_percent])(chance)


def cap(chance):
	return money_or_percent(chance) if chance.random() < 0.5 else NO_AMOUNT


def a_rule(chance, id, kinds):
	kind = chance.choice(kinds)
	if kind == BY_AVAILABILITY:
		return Rule(id, kind, service="Mail", tiers=share_tiers(chance))
	about = {
		"metric": chance.choice(["", *METRICS]),
		"priority": chance.choice(["", "", *PRIORITIES]),
		"service": chance.choice(["", "", *SERVICES]),
	}
	if kind == BY_COMPLIANCE:
		return Rule(id, kind, **about | {"metric": "Resolution"}, tiers=share_tiers(chance))
	values = about | multiplier(chance) | {"measure": chance.choice(MEASURES)}
	if kind == BY_LATENESS:
		return Rule(id, kind, **values, tiers=lateness_tiers(chance))
	amount = {FIXED: some_money, PERCENT: some_percent, PER_UNIT: money_or_percent}[kind](chance)
	return Rule(id, kind, **values, amount=amount, unit_us=chance.choice([HOUR // 2, HOUR, 8 * HOUR, DAY]))


def multiplier(chance):
	if chance.random() < 0.5:
		return {}
	return {
		"multiplier": chance.choice([Decimal("1.5"), Decimal(3)]),
		"multiplied_from": chance.randint(2, 4),
	}


def lateness_tiers(chance):
	lows = sorted(chance.sample(range(0, 400), chance.randint(1, 4)))
	return tiers(chance, [low * HOUR // 2 for low in lows], None, worse_first=False)


def share_tiers(chance):
	lows = [Decimal(0), *map(Decimal, sorted(chance.sample(range(1, 100), chance.randint(0, 3))))]
	return tiers(chance, lows, chance.choice([Decimal(100), None]), worse_first=True)


def tiers(chance, lows, last, worse_first):
	"""Without gaps; what is worse costs no less."""
	draw = chance.choice([some_money, some_percent])
	amounts = sorted((draw(chance) for _ in lows), key=lambda each: each.of(100), reverse=worse_first)
	return tuple(Tier(*each) for each in zip(lows, [*lows[1:], last], amounts, strict=True))


def a_contract(
	chance, *, capped=True, kinds=(*OF_BREACHES, BY_COMPLIANCE, BY_AVAILABILITY), cumulations=CUMULATIONS
):
	"""Its versions, each in force up to the next."""
	changes = sorted(chance.sample(range(100), chance.choice([0, 0, 1, 2])))
	firsts = [date(2025, 1, 1), *(date(2026, 4, 2) + timedelta(days=each) for each in changes)]
	shared = {"decimals": chance.choice([0, 2, 3]), "cap_every": chance.choice([MONTH, QUARTER])}
	return [
		a_version(chance, f"v{number}", first, over, kinds, cumulations, capped, shared)
		for number, (first, over) in enumerate(zip(firsts, [*firsts[1:], None], strict=True))
	]


def a_version(chance, name, first, over, kinds, cumulations, capped, shared):
	limits = {}
	if capped:
		limits = {each: cap(chance) for each in ("breach_cap", "period_cap", "year_cap")}
		limits["minimum_payable"] = chance.choice([Decimal(0), Decimal(chance.randrange(500))])
	return PenaltyTerms(
		name,
		first,
		over,
		rules=tuple(a_rule(chance, f"rule {each}", kinds) for each in range(chance.randint(1, 3))),
		fee=Decimal(chance.randrange(1, 1_000_000)).scaleb(-2),
		fee_frequency=chance.choice(FREQUENCIES),
		cumulation=chance.choice(cumulations),
		minimum_sample=chance.choice([0, 5]),
		penalties_from=chance.choice([None, None, date(2026, 6, 4)]),
		**shared,
		**limits,
	)


def some_lateness(chance, least=NOT_LATE):
	"""No less than that; less support time than elapsed time is added."""
	support = chance.randrange(300)
	return Lateness(
		least.support_us + support * HOUR // 2,
		least.elapsed_us + (support + chance.randrange(300)) * HOUR // 2,
	)


def some_misses(chance, versions, first_day=-80, last_day=31, least=0):
	"""Breaches of three tickets, dated from so many days before the first of June to so many after it."""
	every = [
		(ticket, metric, cycle) for ticket in ("T1", "T2", "T3") for metric in METRICS for cycle in (1, 2)
	]
	return [
		a_miss(chance, each, chance.randrange(first_day * 48, last_day * 48), chance.choice(versions).version)
		for each in chance.sample(every, chance.randint(least, 8))
	]


def a_miss(chance, commitment, half_hours, version):
	late = some_lateness(chance)
	return Miss(
		" ".join(map(str, commitment)),
		*commitment,
		JUNE.instants("UTC")[0] + half_hours * 30 * MINUTE,
		chance.choice(PRIORITIES),
		chance.choice(SERVICES),
		version,
		late,
		some_lateness(chance, late),
	)


def some_decided(chance):
	return [
		Decided(
			chance.choice(METRICS), chance.choice(PRIORITIES), chance.choice(SERVICES), chance.random() < 0.7
		)
		for _ in range(chance.randrange(12))
	]


def a_case(chance, **contract):
	"""All that a charge is worked out from."""
	versions = a_contract(chance, **contract)
	quarterly = any(each.period_cap and each.cap_every == QUARTER for each in versions)
	return {
		"period": SECOND_QUARTER if quarterly else chance.choice([JUNE, SECOND_QUARTER]),
		"versions": versions,
		"misses": some_misses(chance, versions),
		"decided": some_decided(chance),
		"availability": chance.choice([{}, {"Mail": Availability(100, chance.randint(0, 100))}]),
		"zone": chance.choice(ZONES),
		"used_in_year": chance.choice([Decimal(0), Decimal(chance.randrange(500))]),
		"earn_back": chance.choice([Decimal(0), Decimal(chance.randrange(500))]),
	}
