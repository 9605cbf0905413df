"""What is refused of penalty rules and terms, so that nothing stays open about what something costs."""

from datetime import date
from decimal import Decimal

import pytest

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.instants import DAY, HOUR
from sla_guard.engine.penalty import NO_AMOUNT, Amount, PenaltyTerms, Rule, Tier, check_reporting
from sla_guard.engine.penalty.rules import (
	BY_AVAILABILITY,
	BY_COMPLIANCE,
	BY_LATENESS,
	FIXED,
	PER_UNIT,
	PERCENT,
)
from sla_guard.engine.periods import MONTH, QUARTER, YEAR
from tests.unit.penalties import (
	by_availability,
	by_compliance,
	by_lateness,
	fixed,
	money,
	of_fee,
	percent,
	terms,
)

TEN = money(10)
OPEN_END = Tier(0, None, TEN)


@pytest.mark.parametrize(
	"values, message",
	[
		pytest.param(dict(id="", kind=FIXED, amount=TEN), "A penalty rule has no name", id="no name"),
		pytest.param(dict(kind="Flat"), "Rule r: Flat is no kind of penalty", id="unknown kind"),
		pytest.param(dict(kind=""), "Rule r: [?] is no kind of penalty", id="no kind"),
		pytest.param(dict(kind=FIXED, metric="Update", amount=TEN), "Update is no metric", id="unknown metric"),
		pytest.param(dict(kind=BY_COMPLIANCE, tiers=(OPEN_END,)), "that of one metric; name it", id="compliance of what"),
		pytest.param(dict(kind=BY_AVAILABILITY, tiers=(OPEN_END,)), "that of one service; name it", id="of which service"),
		pytest.param(dict(kind=BY_AVAILABILITY, service="Mail", metric="Response", tiers=(OPEN_END,)), "no metric and no priority", id="availability of a metric"),
		pytest.param(dict(kind=BY_AVAILABILITY, service="Mail", priority="P1", tiers=(OPEN_END,)), "no metric and no priority", id="availability of a priority"),
		pytest.param(dict(kind=FIXED), "an amount is missing", id="fixed without an amount"),
		pytest.param(dict(kind=FIXED, amount=percent(5)), "an amount is missing", id="fixed with a percentage"),
		pytest.param(dict(kind=PERCENT, amount=TEN), "a percentage of the fee is missing", id="percentage as an amount"),
		pytest.param(dict(kind=PER_UNIT), "neither an amount nor a percentage", id="per unit, but what"),
		pytest.param(dict(kind=PER_UNIT, amount=Amount(Decimal(1), Decimal(1))), "not both", id="amount and percentage"),
		pytest.param(dict(kind=FIXED, amount=money(-1)), "r: -1 is below 0", id="negative amount"),
		pytest.param(dict(kind=PERCENT, amount=percent(-1)), "r: -1 is below 0", id="negative percentage"),
		pytest.param(dict(kind=FIXED, amount=Amount(1.5)), "r: 1.5 is not a decimal number", id="a float"),
		pytest.param(dict(kind=FIXED, amount=money("NaN")), "is not a decimal number", id="not a number"),
		pytest.param(dict(kind=PER_UNIT, amount=TEN, unit_us=0), "longer than nothing", id="a unit of nothing"),
		pytest.param(dict(kind=PER_UNIT, amount=TEN, measure="Office"), "not Office", id="unknown measure"),
		pytest.param(dict(kind=FIXED, amount=TEN, multiplier=Decimal(2)), "second breach or later", id="multiplier from when"),
		pytest.param(dict(kind=FIXED, amount=TEN, multiplier=Decimal(2), multiplied_from=1), "second breach or later", id="multiplier from the first"),
		pytest.param(dict(kind=FIXED, amount=TEN, multiplier=Decimal("0.5"), multiplied_from=3), "later breaches cheaper", id="multiplier below 1"),
		pytest.param(dict(kind=BY_COMPLIANCE, metric="Response", tiers=(OPEN_END,), multiplier=Decimal(2), multiplied_from=2), "no breach that could be multiplied", id="multiplier of a period"),
		pytest.param(dict(kind=FIXED, amount=TEN, tiers=(OPEN_END,)), "of a kind without tiers", id="tiers where there are none"),
		pytest.param(dict(kind=BY_LATENESS), "Rule r has no tiers", id="no tiers"),
		pytest.param(dict(kind=BY_LATENESS, amount=TEN, tiers=(OPEN_END,)), "not beside them", id="an amount beside tiers"),
	],
)  # fmt: skip
def test_a_rule_that_leaves_it_open_is_refused(values, message):
	with pytest.raises(WrongInput, match=message):
		Rule(**{"id": "r"} | values)


@pytest.mark.parametrize(
	"rows, message",
	[
		pytest.param([(0, 4, 10), (5, None, 20)], "Rule r: no tier from 4 h to 5 h", id="a gap"),
		pytest.param([(0, 4, 10), (3.5, None, 20)], "Rule r: two tiers overlap at 3 h 30 min", id="an overlap"),
		pytest.param([(0, None, 10), (4, None, 20)], "Rule r: two tiers overlap at 4 h", id="two without end"),
		pytest.param([(0, 4, 20), (4, None, 10)], "Rule r: the tier from 4 h costs less", id="later costs less"),
		pytest.param([(0, 4, 10)], "Rule r: the last tier must have no end", id="an end"),
		pytest.param([(4, 4, 10), (4, None, 10)], "Rule r: a tier from 4 h to 4 h is empty", id="an empty one"),
		pytest.param([(-1, None, 10)], "Rule r: -3600000000 is no bound of a tier", id="a negative bound"),
		pytest.param([(0, 4, 10), (4, None, percent(5))], "all amounts or all percentages", id="amounts and percentages"),
		pytest.param([(0, None, NO_AMOUNT)], "neither an amount nor a percentage", id="nothing"),
		pytest.param([(0, None, -10)], "r: -10 is below 0", id="a negative amount"),
	],
)  # fmt: skip
def test_tiers_by_lateness_that_leave_it_open_are_refused(rows, message):
	with pytest.raises(WrongInput, match=message):
		by_lateness(*rows, id="r")


@pytest.mark.parametrize("rule", [by_compliance, by_availability])
@pytest.mark.parametrize(
	"rows, message",
	[
		pytest.param([(0, 90, 20), (92, 95, 10)], "Rule r: no tier from 90 % to 92 %", id="a gap"),
		pytest.param([(0, 90, 20), (85, 95, 10)], "Rule r: two tiers overlap at 85 %", id="an overlap"),
		pytest.param(
			[(0, 90, 10), (90, 95, 20)], "Rule r: the tier from 0 % costs less", id="worse costs less"
		),
		pytest.param([(80, 95, 10)], "Rule r: the lowest tier must begin at 0 %", id="nothing for the worst"),
		pytest.param([(0, 101, 10)], "Rule r: 101 is more than 100 %", id="more than all"),
		pytest.param([], "Rule r has no tiers", id="none"),
	],
)
def test_tiers_by_a_percentage_that_leave_it_open_are_refused(rule, rows, message):
	with pytest.raises(WrongInput, match=message):
		rule(*rows, id="r")


def test_tiers_may_be_entered_in_any_order_cost_the_same_and_begin_after_a_grace():
	tiers = by_lateness((4, None, 10), (1, 4, 10)).tiers
	assert [tier.low for tier in tiers] == [1 * HOUR, 4 * HOUR]


@pytest.mark.parametrize(
	"values, message",
	[
		pytest.param(dict(rules=(fixed(id="a"), fixed(id="a"))), "Two penalty rules have the name a", id="a name twice"),
		pytest.param(dict(rules=(of_fee(5),)), "Rule of fee is a percentage of a fee, and there is no fee", id="percentage without a fee"),
		pytest.param(dict(rules=(of_fee(5),), fee=Decimal(0)), "there is no fee", id="percentage of nothing"),
		pytest.param(dict(rules=(by_lateness((0, None, percent(5))),)), "Rule by lateness is a percentage of a fee", id="a tier without a fee"),
		pytest.param(dict(period_cap=percent(10)), "A cap is a percentage of a fee", id="cap without a fee"),
		pytest.param(dict(year_cap=percent(10)), "A cap is a percentage of a fee", id="year cap without a fee"),
		pytest.param(dict(period_cap=Amount(Decimal(1), Decimal(1)), fee=Decimal(1)), "A cap is an amount or a percentage", id="both caps"),
		pytest.param(dict(breach_cap=money(-1)), "v1: -1 is below 0", id="negative cap"),
		pytest.param(dict(fee=Decimal(-1)), "v1: -1 is below 0", id="negative fee"),
		pytest.param(dict(fee=100.0), "v1: 100.0 is not a decimal number", id="a float"),
		pytest.param(dict(minimum_payable=Decimal(-1)), "v1: -1 is below 0", id="negative minimum"),
		pytest.param(dict(fee_frequency="Week"), "Week is none of Month, Quarter, Year", id="unknown frequency"),
		pytest.param(dict(cap_every=YEAR), "Year is none of Month, Quarter", id="unknown period of the cap"),
		pytest.param(dict(cumulation="Sum"), "Sum is none of All, Highest per ticket", id="unknown cumulation"),
		pytest.param(dict(minimum_sample=-1), "-1 is not a whole number from 0", id="negative sample"),
		pytest.param(dict(decimals=-1), "-1 is not a whole number from 0", id="negative decimals"),
		pytest.param(dict(next=date(2026, 1, 1)), "In force from 2026-01-01 and over on 2026-01-01", id="never in force"),
	],
)  # fmt: skip
def test_terms_that_contradict_themselves_are_refused(values, message):
	with pytest.raises(WrongInput, match=message):
		PenaltyTerms("v1", date(2026, 1, 1), **values)


def test_a_cap_for_a_quarter_needs_a_statement_for_a_quarter():
	quarterly = terms(period_cap=money(100), cap_every=QUARTER)
	check_reporting(quarterly, QUARTER)
	check_reporting(terms(cap_every=QUARTER), MONTH)
	with pytest.raises(WrongInput, match="needs a statement every quarter"):
		check_reporting(quarterly, MONTH)


def test_a_unit_may_be_a_day_of_eight_hours_or_of_twenty_four():
	assert (
		Rule("r", PER_UNIT, amount=TEN, unit_us=8 * HOUR).unit_us
		< Rule("r", PER_UNIT, amount=TEN, unit_us=DAY).unit_us
	)
