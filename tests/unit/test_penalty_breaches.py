"""What breaches cost, kind of rule by kind of rule, by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.instants import DAY, HOUR
from sla_guard.engine.lateness import ELAPSED, Lateness
from sla_guard.engine.periods import MONTH, QUARTER, YEAR, period_of
from tests.unit.penalties import (
	AUGUST,
	JULY,
	JUNE,
	SECOND_QUARTER,
	amounts,
	by_lateness,
	charged,
	fixed,
	miss,
	of_fee,
	per_hour,
	percent,
	terms,
	told,
)


def total(*misses, under, **rest):
	return str(charged(*misses, under=under, **rest).total)


# ---- fixed, percent of fee


def test_a_fixed_amount_for_each_breach():
	assert total(miss("06-01 10:00"), miss("06-30 23:59", ticket="T2"), under=terms(fixed(100))) == "200.00"


def test_a_breach_of_another_period_costs_nothing_in_this_one():
	assert total(miss("05-31 23:59", before=1, late=9), under=terms(fixed(100))) == "0.00"
	assert total(miss("07-01 00:00", late=0), under=terms(fixed(100))) == "0.00"


def test_a_breach_at_the_first_instant_of_a_period_is_of_that_period():
	assert total(miss("06-01 00:00"), under=terms(fixed(100))) == "100.00"


def test_midnight_is_that_of_the_contracts_zone():
	# In Paris it is half past midnight on the first of June.
	late_in_may = miss("05-31 22:30")
	assert total(late_in_may, under=terms(fixed(100)), zone="Europe/Paris") == "100.00"
	assert total(late_in_may, under=terms(fixed(100)), zone="UTC") == "0.00"


@pytest.mark.parametrize(
	"fee, frequency, period, expected",
	[
		pytest.param("1000.00", MONTH, JUNE, "50.00", id="of a month"),
		pytest.param("1000.00", QUARTER, JUNE, "16.67", id="a third of a quarter, rounded once"),
		pytest.param("1000.00", YEAR, JUNE, "4.17", id="a twelfth of a year"),
		pytest.param(
			"1000.00", MONTH, SECOND_QUARTER, "150.00", id="reported by quarter: the fee of the quarter"
		),
		pytest.param("0.90", MONTH, JUNE, "0.05", id="half a cent is rounded up"),
	],
)
def test_a_percentage_of_the_fee_of_the_period(fee, frequency, period, expected):
	under = terms(of_fee(5), fee=fee, fee_frequency=frequency)
	assert total(miss("06-10 10:00"), under=under, period=period) == expected


def test_a_breach_in_a_leap_february_is_measured_by_29_days():
	under = terms(of_fee(10), first=date(2024, 2, 20), fee="2900.00")
	breach = miss("02-25 10:00")._replace(breached_us=miss("02-25 10:00").breached_us - 731 * DAY)
	assert total(breach, under=under, period=period_of(MONTH, date(2024, 2, 1))) == "100.00"


# ---- per started unit


@pytest.mark.parametrize(
	"late, units",
	[(0, 0), (1 / 3600, 1), (1, 1), (1 + 1 / 3600, 2), (24, 24)],
)
def test_any_part_is_a_started_unit_and_exactly_n_units_are_n(late, units):
	assert total(miss("06-10 10:00", late=late), under=terms(per_hour(10))) == f"{units * 10}.00"


def test_a_day_of_support_time_is_as_long_as_the_contract_says():
	late = miss("06-10 10:00", late=17)
	assert total(late, under=terms(per_hour(100, unit_us=8 * HOUR))) == "300.00"
	assert total(late, under=terms(per_hour(100, unit_us=DAY))) == "100.00"


def test_lateness_counts_in_support_time_or_in_elapsed_time():
	late = miss("06-10 10:00")._replace(late_at_end=Lateness(2 * HOUR, 26 * HOUR))
	assert total(late, under=terms(per_hour(10))) == "20.00"
	assert total(late, under=terms(per_hour(10, measure=ELAPSED))) == "260.00"


def test_a_percentage_of_the_fee_for_each_started_unit():
	rule = replace(per_hour(), amount=percent("0.1"))
	found = charged(miss("06-10 10:00", late=3), under=terms(rule, fee="1234.00"))
	assert found.total == Decimal("3.70")
	assert told(found.lines[0])[2:] == [
		"Fee of a month 1234.00, in force on 30 of the 30 days from 2026-06-01",
		"3 × 0.1 % of the fee 1234.00",
		"Under this rule, rounded: 3.70",
	]


def test_a_ticket_open_over_three_periods_costs_as_much_as_at_once():
	under = terms(per_hour(10))
	parts = [
		total(miss("06-30 18:00", late=6), under=under),
		total(miss("06-30 18:00", before=6, late=750), under=under, period=JULY),
		total(miss("06-30 18:00", before=750, late=760.5), under=under, period=AUGUST),
	]
	assert parts == ["60.00", "7440.00", "110.00"]
	assert sum(map(Decimal, parts)) == 10 * 761


def test_lateness_that_a_corrected_calendar_made_shorter_gives_nothing_back():
	assert charged(miss("05-30 18:00", before=30, late=20), under=terms(per_hour(10))).lines == ()


# ---- tiers by lateness

GRACE = terms(by_lateness((1, 4, 100), (4, 8, 250), (8, None, 400)))


@pytest.mark.parametrize(
	"late, expected",
	[
		pytest.param(1, "0.00", id="exactly the grace"),
		pytest.param(1 + 1 / 3600, "100.00", id="just over it"),
		pytest.param(4, "100.00", id="exactly on a bound: the lower tier"),
		pytest.param(4 + 1 / 3600, "250.00", id="just over it"),
		pytest.param(8, "250.00", id="exactly on the last bound"),
		pytest.param(800, "400.00", id="without end"),
	],
)
def test_tiers_by_lateness(late, expected):
	assert total(miss("06-10 10:00", late=late), under=GRACE) == expected


def test_a_later_tier_costs_what_is_missing_to_it():
	found = charged(miss("05-30 18:00", before=6, late=30), under=GRACE)
	assert amounts(found) == ["150.00"]
	assert told(found.lines[0]) == [
		"Late by 30 h of support time",
		"Tier: later than 8 h",
		"It costs 400.00",
		"Under this rule, rounded: 400.00",
		"Charged before 250.00, now 150.00",
	]


def test_within_one_tier_nothing_is_added_and_there_is_no_line():
	assert charged(miss("05-30 18:00", before=9, late=30), under=GRACE).lines == ()


def test_within_the_grace_a_line_says_why_it_costs_nothing():
	assert told(charged(miss("06-10 10:00", late=0.5), under=GRACE).lines[0]) == [
		"Late by 30 min of support time",
		"No tier: not later than 1 h",
		"Under this rule, rounded: 0.00",
	]


# ---- filters, several rules


@pytest.mark.parametrize(
	"filters, expected",
	[
		({}, "100.00"),
		({"metric": "Resolution"}, "100.00"),
		({"metric": "Response"}, "0.00"),
		({"priority": "P1", "service": "Mail"}, "100.00"),
		({"priority": "P2"}, "0.00"),
		({"service": "ERP"}, "0.00"),
	],
)
def test_a_rule_is_about_what_it_names(filters, expected):
	assert total(miss("06-10 10:00"), under=terms(fixed(100, **filters))) == expected


def test_a_breach_under_two_rules_has_two_lines():
	found = charged(miss("06-10 10:00", late=3), under=terms(per_hour(10, id="b"), fixed(100, id="a")))
	assert [(line.rule, str(line.gross)) for line in found.lines] == [("a", "100.00"), ("b", "30.00")]


# ---- multiplier


def three_times_from_the_third(**rest):
	return fixed(100, multiplier=Decimal(3), multiplied_from=3, **rest)


def test_from_the_third_breach_of_a_period_on_it_costs_three_times():
	misses = [miss(f"06-{day} 10:00", ticket=f"T{day}") for day in (11, 12, 13, 14)]
	found = charged(*reversed(misses), under=terms(three_times_from_the_third()))
	assert amounts(found) == ["100.00", "100.00", "300.00", "300.00"]
	assert told(found.lines[1])[1] == (
		"Breach number 2 of its period under this rule, multiplied only from number 3 on"
	)
	assert told(found.lines[2])[1] == "Breach number 3 of its period under this rule, from number 3 on: × 3"


def test_breaches_are_numbered_by_their_instants_whatever_their_names():
	misses = [miss(f"06-{day} 10:00", ticket=f"T{40 - day}") for day in (11, 12, 13)]
	found = charged(*misses, under=terms(three_times_from_the_third()))
	assert [(line.ticket, str(line.amount)) for line in found.lines] == [
		("T29", "100.00"),
		("T28", "100.00"),
		("T27", "300.00"),
	]


def test_breaches_of_one_instant_are_numbered_by_ticket_metric_and_cycle():
	misses = [
		miss("06-11 10:00", ticket="T1", metric="Resolution", cycle=2),
		miss("06-11 10:00", ticket="T1", metric="Response"),
		miss("06-11 10:00", ticket="T2"),
		miss("06-11 10:00", ticket="T1", metric="Resolution", cycle=1),
	]
	found = charged(*misses, under=terms(three_times_from_the_third()))
	assert [(line.key, str(line.amount)) for line in found.lines] == [
		("T1 Resolution 1", "100.00"),
		("T1 Resolution 2", "100.00"),
		("T1 Response 1", "300.00"),
		("T2 Resolution 1", "300.00"),
	]


def test_only_breaches_of_the_rule_and_of_its_period_are_numbered():
	misses = [
		miss("05-30 10:00", ticket="T1"),
		miss("06-11 10:00", ticket="T2"),
		miss("06-12 10:00", ticket="T3", priority="P2"),
		miss("06-13 10:00", ticket="T4"),
	]
	found = charged(*misses, under=terms(three_times_from_the_third(priority="P1")))
	assert amounts(found) == ["100.00", "100.00"]


def test_a_breach_keeps_the_number_of_its_own_period_while_it_stays_late():
	rule = per_hour(10, multiplier=Decimal(2), multiplied_from=2)
	misses = [
		miss("05-30 10:00", ticket="T1", before=1, late=1),
		miss("05-31 22:00", ticket="T2", before=2, late=5),
		miss("06-10 10:00", ticket="T3", late=1),
	]
	assert amounts(charged(*misses, under=terms(rule))) == ["60.00", "10.00"]


def test_a_factor_need_not_be_whole_and_a_line_is_rounded_once():
	rule = of_fee("3.333", multiplier=Decimal("1.5"), multiplied_from=2)
	misses = [miss("06-10 10:00"), miss("06-11 10:00", ticket="T2")]
	# 3.333 % of 101.00 is 3.36633; one and a half times that is 5.049495.
	assert amounts(charged(*misses, under=terms(rule, fee="101.00"))) == ["3.37", "5.05"]


# ---- ramp-up


def test_what_is_missed_in_the_ramp_up_phase_costs_nothing_for_ever():
	under = terms(per_hour(10), penalties_from=date(2026, 6, 11))
	misses = [miss("06-10 23:59", late=9), miss("06-11 00:00", ticket="T2", late=1)]
	found = charged(*misses, under=under)
	assert amounts(found) == ["0.00", "10.00"]
	assert told(found.lines[0]) == ["Missed before 2026-06-11, from when on penalties are due"]
	assert charged(miss("06-10 23:59", before=9, late=500), under=under, period=JULY).lines == ()


# ---- currencies


@pytest.mark.parametrize("decimals, expected", [(0, "335"), (2, "334.50"), (3, "334.500")])
def test_a_line_is_rounded_half_up_to_what_the_currency_writes(decimals, expected):
	assert total(miss("06-10 10:00"), under=terms(of_fee(50), fee="669", decimals=decimals)) == expected


def test_a_dinar_has_a_thousand_parts_and_a_yen_none():
	assert (
		total(miss("06-10 10:00"), under=terms(of_fee(1), fee="12.345", decimals=3, currency="TND"))
		== "0.123"
	)
	assert (
		total(miss("06-10 10:00"), under=terms(of_fee(1), fee="12345", decimals=0, currency="JPY")) == "123"
	)


def test_two_currencies_are_never_added():
	versions = [
		terms(version="v1", next=date(2026, 6, 10), currency="EUR"),
		terms(version="v2", first=date(2026, 6, 10), currency="USD"),
	]
	with pytest.raises(WrongInput, match="not in one currency"):
		charged(under=versions)


# ---- what does not fit together


def test_a_breach_under_a_version_that_is_not_given_is_refused():
	with pytest.raises(WrongInput, match="Breach T1 Resolution 1 is under v0, which is not given"):
		charged(miss("06-10 10:00", version="v0"), under=terms(fixed()))


def test_a_breach_given_twice_is_refused():
	with pytest.raises(WrongInput, match="Breach T1 Resolution 1 is given twice"):
		charged(miss("06-10 10:00"), miss("06-10 10:00"), under=terms(fixed()))


@pytest.mark.parametrize("versions", [[], [terms(), terms()]])
def test_no_version_and_one_twice_are_refused(versions):
	with pytest.raises(WrongInput, match="No version of the contract, or one of them twice"):
		charged(under=versions)
