"""Caps of periods and years, how they are spread, and what is due in the end, by hand."""

from datetime import date
from decimal import Decimal

import pytest

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.penalty import earned_back
from sla_guard.engine.penalty.money import spread
from sla_guard.engine.penalty.terms import HIGHEST
from sla_guard.engine.periods import QUARTER
from sla_guard.engine.share import Share
from tests.unit.penalties import (
	JULY,
	SECOND_QUARTER,
	amounts,
	by_availability,
	by_compliance,
	charged,
	decided,
	fixed,
	miss,
	money,
	of_fee,
	per_hour,
	percent,
	terms,
	told,
)


def breaches(*days, **rest):
	"""One breach of a ticket of its own on each of these days, at 10:00."""
	return [miss(f"{day} 10:00", ticket=f"T{day}", **rest) for day in days]


# ---- how a cap is spread


@pytest.mark.parametrize(
	"units, limit, expected",
	[
		pytest.param([100, 100], 300, [100, 100], id="not reached"),
		pytest.param([100, 100], 200, [100, 100], id="just reached"),
		pytest.param([300, 100], 200, [150, 50], id="pro rata"),
		pytest.param([100, 100, 100], 100, [34, 33, 33], id="a tie goes to the first"),
		pytest.param([50, 25, 25], 99, [49, 25, 25], id="the largest remainder"),
		pytest.param([0, 7], 5, [0, 5], id="nothing of nothing"),
		pytest.param([3, 4], 0, [0, 0], id="a cap of nothing"),
		pytest.param([], 10, [], id="no lines"),
	],
)
def test_a_cap_is_spread_to_the_last_cent(units, limit, expected):
	assert spread(units, limit) == expected


# ---- the cap of a period


def test_a_cap_that_is_hit_in_the_middle_of_a_period_is_spread_over_all_its_lines():
	found = charged(*breaches("06-02", "06-10", "06-20"), under=terms(fixed(400), period_cap=money(1000)))
	assert amounts(found) == ["333.34", "333.33", "333.33"]
	assert (found.gross, found.capped, found.total) == tuple(map(Decimal, ("1200.00", "1000.00", "1000.00")))
	assert told(found.lines[0])[-1] == "Cap of the period: 1000.00 for 1200.00, of this line 333.34 is left"


def test_a_cap_that_is_just_reached_cuts_nothing():
	found = charged(*breaches("06-02", "06-10"), under=terms(fixed(500), period_cap=money(1000)))
	assert amounts(found) == ["500.00", "500.00"]
	assert not any("Cap" in each for each in told(found.lines[0]))


def test_a_cap_in_percent_is_one_of_the_fee_for_the_days_in_force_rounded_down():
	under = terms(fixed(400), first=date(2026, 6, 11), fee="1000.00", period_cap=percent("12.3456"))
	assert str(charged(*breaches("06-20"), under=under).total) == "82.30"


def test_a_cap_as_an_amount_is_pro_rata_like_the_fee():
	under = terms(fixed(400), first=date(2026, 6, 11), period_cap=money(100))
	assert str(charged(*breaches("06-20"), under=under).total) == "66.66"


def test_what_lateness_adds_falls_under_the_cap_of_the_period_in_which_it_is_added():
	under = terms(per_hour(10), period_cap=money(100))
	june = charged(miss("06-30 10:00", late=14), under=under)
	july = charged(miss("06-30 10:00", before=14, late=22), under=under, period=JULY)
	assert (str(june.gross), str(june.total)) == ("140.00", "100.00")
	assert (str(july.gross), str(july.total)) == ("80.00", "80.00")


# ---- a quarter with a monthly cap

MONTHLY_CAP = terms(fixed(400), period_cap=money(1000))


def test_in_a_quarter_a_monthly_cap_holds_for_the_breaches_of_each_month():
	misses = breaches("04-02", "04-10", "04-20", "05-10", "06-01", "06-30")
	found = charged(*misses, under=MONTHLY_CAP, period=SECOND_QUARTER)
	assert amounts(found) == ["333.34", "333.33", "333.33", "400.00", "400.00", "400.00"]
	assert told(found.lines[0])[-1] == (
		"Cap from 2026-04-01 to 2026-04-30: 1000.00 for 1200.00, of this line 333.34 is left"
	)
	assert [line.amount for line in found.lines[3:]] == [line.gross for line in found.lines[3:]]


def test_in_a_quarter_a_quarterly_cap_holds_for_all_its_breaches():
	under = terms(fixed(400), period_cap=money(1000), cap_every=QUARTER)
	found = charged(*breaches("04-02", "04-10", "06-30"), under=under, period=SECOND_QUARTER)
	assert amounts(found) == ["333.34", "333.33", "333.33"]


def test_where_statements_became_monthly_a_third_of_a_quarterly_cap_holds_for_a_month():
	found = charged(*breaches("06-02"), under=terms(fixed(400), period_cap=money(1000), cap_every=QUARTER))
	assert str(found.total) == "333.33"


def test_what_an_earlier_quarter_left_late_falls_under_its_first_month():
	old = miss("03-31 10:00", ticket="T0", before=5, late=125)
	under = terms(per_hour(10), period_cap=money(1000))
	found = charged(old, *breaches("05-02", late=90), under=under, period=SECOND_QUARTER)
	assert amounts(found) == ["1000.00", "900.00"]


def test_a_line_about_the_whole_quarter_falls_under_the_sum_of_the_caps_alone():
	under = terms(fixed(900), by_compliance((0, 95, 2500)), period_cap=money(1000))
	found = charged(*breaches("04-02", "04-10"), under=under, period=SECOND_QUARTER, decided=decided(8, 2))
	# April: 1800 becomes 1000; with 2500 for the quarter 3500, of which three caps leave 3000.
	assert amounts(found) == ["428.57", "428.57", "2142.86"]
	assert str(found.total) == "3000.00"


# ---- an amendment within a period


def two_versions(before, after, **rest):
	"""Version v1 up to 10 June, v2 from the 11th."""
	return [
		terms(*before, version="v1", next=date(2026, 6, 11), **rest),
		terms(*after, version="v2", first=date(2026, 6, 11), **rest),
	]


def test_each_breach_is_under_the_version_of_its_clock_and_of_its_part_of_the_fee():
	versions = two_versions([of_fee(10)], [of_fee(20)], fee="3000.00")
	misses = [miss("06-05 10:00", ticket="T1"), miss("06-20 10:00", ticket="T2", version="v2")]
	# 10 % of 1000 for ten days, 20 % of 2000 for twenty.
	assert amounts(charged(*misses, under=versions)) == ["100.00", "400.00"]


def test_each_version_has_its_part_of_the_cap():
	versions = two_versions([fixed(400)], [fixed(400)], period_cap=money(900))
	found = charged(*breaches("06-02"), *breaches("06-20", "06-21", version="v2"), under=versions)
	assert amounts(found) == ["300.00", "300.00", "300.00"]
	assert told(found.lines[0])[-1] == (
		"Cap from 2026-06-01 to 2026-06-10: 300.00 for 400.00, of this line 300.00 is left"
	)
	assert told(found.lines[1])[-1] == (
		"Cap from 2026-06-11 to 2026-06-30: 600.00 for 800.00, of this line 300.00 is left"
	)


def test_an_amendment_that_changes_no_cap_loses_no_cent_of_it():
	versions = [
		terms(fixed(400), by_compliance((0, 95, 900)), version="v1", next=date(2026, 7, 11), period_cap=money(1000)),
		terms(fixed(400), by_compliance((0, 95, 900)), version="v2", first=date(2026, 7, 11), period_cap=money(1000)),
	]  # fmt: skip
	found = charged(*breaches("07-02"), under=versions, period=JULY, decided=decided(8, 2))
	assert str(found.total) == "1000.00"


def test_a_clock_of_the_old_version_that_is_missed_under_the_new_one_has_the_fee_and_cap_of_then():
	versions = [
		terms(of_fee(10), version="v1", next=date(2026, 6, 1), fee="1000.00", period_cap=money(150)),
		terms(version="v2", first=date(2026, 6, 1), fee="2000.00", period_cap=money(150)),
	]
	found = charged(*breaches("06-02"), under=versions)
	assert (str(found.gross), str(found.total)) == ("200.00", "150.00")


def test_what_is_carried_over_from_a_version_that_is_gone_falls_under_the_first_of_the_period():
	versions = two_versions([per_hour(10)], [per_hour(10)], period_cap=money(900))
	gone = terms(
		per_hour(10), version="v0", first=date(2025, 1, 1), next=date(2026, 1, 1), period_cap=money(900)
	)
	old = miss("05-30 10:00", ticket="T0", before=10, late=60, version="v0")
	found = charged(old, *breaches("06-20", late=70, version="v2"), under=[gone, *versions])
	assert amounts(found) == ["300.00", "600.00"]


def test_where_one_version_has_no_cap_the_other_one_keeps_its_own():
	versions = [
		terms(fixed(400), version="v1", next=date(2026, 6, 11), period_cap=money(900)),
		terms(fixed(400), version="v2", first=date(2026, 6, 11)),
	]
	found = charged(*breaches("06-02"), *breaches("06-20", "06-21", version="v2"), under=versions)
	assert amounts(found) == ["300.00", "400.00", "400.00"]


def test_after_the_contract_is_over_its_cap_leaves_nothing():
	ended = terms(per_hour(10), next=date(2026, 6, 1), period_cap=money(100))
	found = charged(miss("05-30 10:00", before=5, late=50), under=ended)
	assert (str(found.gross), str(found.total)) == ("450.00", "0.00")


def test_the_tiers_are_those_of_the_version_at_the_end_of_the_whole_period():
	versions = [
		terms(by_compliance((0, 95, 100), id="old"), version="v1", next=date(2026, 6, 11), fee="300.00"),
		terms(
			by_compliance((0, 95, percent(10)), id="new"), version="v2", first=date(2026, 6, 11), fee="600.00"
		),
	]
	found = charged(under=versions, decided=decided(8, 2))
	# Ten days of 300 and twenty of 600.
	assert [(line.rule, line.version, str(line.amount)) for line in found.lines] == [("new", "v2", "50.00")]


# ---- the cap of the contract year


@pytest.mark.parametrize(
	"used, expected",
	[("0", "400.00"), ("500", "400.00"), ("700", "300.00"), ("1000", "0.00"), ("1200", "0.00")],
)
def test_the_cap_of_the_contract_year_leaves_what_was_not_used(used, expected):
	found = charged(*breaches("06-02"), under=terms(fixed(400), year_cap=money(1000)), used=used)
	assert str(found.total) == expected
	assert found.used_of_year == Decimal(expected)


def test_a_year_cap_in_percent_is_one_of_twelve_months_of_the_fee():
	under = terms(fixed(400), fee="100.00", fee_frequency=QUARTER, year_cap=percent(10))
	found = charged(*breaches("06-02"), under=under)
	assert str(found.total) == "40.00"
	assert told(found.lines[0])[-1] == (
		"Cap of the contract year: 40.00, used before 0.00, now 400.00; of this line 40.00 is left"
	)


def test_the_cap_of_the_period_comes_before_that_of_the_year():
	under = terms(fixed(400), period_cap=money(500), year_cap=money(1000))
	found = charged(*breaches("06-02", "06-03"), under=under, used="800")
	assert amounts(found) == ["100.00", "100.00"]
	assert "Cap of the period: 500.00 for 800.00, of this line 250.00 is left" in told(found.lines[0])


# ---- earn-back, minimum payable


@pytest.mark.parametrize(
	"earn_back, returned, total",
	[
		("0", "0.00", "400.00"),
		("100", "100.00", "300.00"),
		("400", "400.00", "0.00"),
		("900", "400.00", "0.00"),
	],
)
def test_what_is_earned_back_is_never_more_than_what_is_due(earn_back, returned, total):
	found = charged(*breaches("06-02"), under=terms(fixed(400)), earn_back=earn_back)
	assert (str(found.earn_back), str(found.total)) == (returned, total)
	assert [str(step) for step in found.steps] == (
		[f"Earned back: {returned} of {Decimal(earn_back):.2f}"] if earn_back != "0" else []
	)


HELD = Share(98, 100)


@pytest.mark.parametrize(
	"later, expected",
	[
		pytest.param([HELD, HELD, HELD], "500.00", id="held"),
		pytest.param([Share(95, 100)] * 3, "500.00", id="exactly the level"),
		pytest.param([HELD, Share(9499, 10000), HELD], "0", id="once below it"),
		pytest.param([HELD, Share(0, 0), HELD], "0", id="once without data"),
		pytest.param([HELD, HELD], "0", id="not yet long enough"),
		pytest.param([], "0", id="not at all"),
	],
)
def test_a_level_held_for_three_later_periods_gives_back_what_was_credited(later, expected):
	assert earned_back(Decimal("500.00"), later, Decimal(95), 3) == Decimal(expected)


def test_a_level_held_for_no_period_is_refused():
	with pytest.raises(WrongInput, match="for one period at least, not 0"):
		earned_back(Decimal(500), [], Decimal(95), 0)


@pytest.mark.parametrize(
	"minimum, lapsed, total",
	[("100", "0.00", "100.00"), ("100.01", "100.00", "0.00"), ("0", "0.00", "100.00")],
)
def test_below_the_minimum_payable_nothing_is_due(minimum, lapsed, total):
	found = charged(*breaches("06-02"), under=terms(fixed(100), minimum_payable=minimum))
	assert (str(found.lapsed), str(found.total)) == (lapsed, total)
	assert found.used_of_year == Decimal(total)
	assert [str(step) for step in found.steps] == (
		["Below the minimum payable of 100.01: 100.00 lapses"] if minimum == "100.01" else []
	)


def test_what_is_earned_back_counts_before_the_minimum_payable():
	under = terms(fixed(100), minimum_payable="50")
	found = charged(*breaches("06-02"), under=under, earn_back="60")
	assert [str(each) for each in (found.capped, found.earn_back, found.lapsed, found.total)] == [
		"100.00", "60.00", "40.00", "0.00",
	]  # fmt: skip


def test_every_step_of_the_order_in_one():
	under = terms(
		fixed(300, id="GTI", metric="Response"),
		per_hour(100, id="GTR", metric="Resolution", multiplier=Decimal(2), multiplied_from=2),
		by_availability((0, 99, 200)),
		breach_cap=money(900),
		cumulation=HIGHEST,
		period_cap=money(1600),
		year_cap=money(5000),
		minimum_payable="10",
	)
	misses = [
		miss("06-01 10:00", metric="Response"),
		miss("06-02 10:00", late=5),
		miss("06-03 10:00", ticket="T2", late=6),
	]
	found = charged(*misses, under=under, used="3500", earn_back="400")
	# T1: 300 or 500, T2: number 2, 1200 capped at 900: 1400 and no cap of the period; the year leaves 1500.
	assert amounts(found) == ["0.00", "500.00", "900.00", "0.00"]
	assert str(found.total) == "1000.00"
