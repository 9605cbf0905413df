"""What a period costs as a whole: tiers by compliance and by availability, by hand."""

from datetime import date

import pytest

from sla_guard.engine.availability import Availability
from sla_guard.engine.instants import MINUTE
from sla_guard.engine.penalty import compliance
from sla_guard.engine.share import Share
from tests.unit.penalties import (
	JULY,
	JUNE,
	SECOND_QUARTER,
	amounts,
	by_availability,
	by_compliance,
	charged,
	decided,
	percent,
	terms,
	told,
)

BELOW_95 = by_compliance((0, 90, 500), (90, 95, 200))


@pytest.mark.parametrize(
	"met, missed, expected",
	[
		pytest.param(189, 10, "200.00", id="189/199 is below 95 %"),
		pytest.param(19, 1, "0.00", id="exactly 95 %"),
		pytest.param(18, 2, "200.00", id="exactly 90 %: the better tier"),
		pytest.param(179, 20, "500.00", id="just below 90 %"),
		pytest.param(0, 20, "500.00", id="none met"),
		pytest.param(20, 0, "0.00", id="all met"),
	],
)
def test_tiers_by_compliance(met, missed, expected):
	assert amounts(charged(under=terms(BELOW_95), decided=decided(met, missed))) == [expected]


def test_a_share_is_compared_exactly_and_told_with_its_fraction():
	found = charged(under=terms(BELOW_95), decided=decided(189, 10))
	assert told(found.lines[0]) == [
		"Compliance: 94.97 % (189/199)",
		"Tier: at least 90 %, below 95 %",
		"It costs 200.00",
		"Under this rule, rounded: 200.00",
	]


def test_a_tier_without_end_reaches_up_to_all():
	under = terms(by_compliance((0, 90, 500), (90, None, 10)))
	found = charged(under=under, decided=decided(20, 0))
	assert amounts(found) == ["10.00"]
	assert told(found.lines[0])[1] == "Tier: at least 90 %"


@pytest.mark.parametrize(
	"met, missed, minimum, expected, because",
	[
		(5, 4, 10, "0.00", "9 decided, fewer than 10: no tier"),
		(5, 5, 10, "500.00", "Tier: at least 0 %, below 90 %"),
		(0, 1, 0, "500.00", "Tier: at least 0 %, below 90 %"),
	],
)
def test_in_a_sample_below_the_minimum_there_is_no_tier(met, missed, minimum, expected, because):
	found = charged(under=terms(BELOW_95, minimum_sample=minimum), decided=decided(met, missed))
	assert amounts(found) == [expected]
	assert told(found.lines[0])[1] == because


def test_the_sample_is_that_of_the_rule():
	rule = by_compliance((0, 95, 500), priority="P1")
	mixed = [*decided(5, 4), *decided(5, 4, priority="P2"), *decided(50, 0, metric="Response")]
	assert amounts(charged(under=terms(rule, minimum_sample=10), decided=mixed)) == ["0.00"]
	assert amounts(charged(under=terms(rule, minimum_sample=9), decided=mixed)) == ["500.00"]


def test_nothing_decided_is_no_data():
	found = charged(under=terms(BELOW_95), decided=decided(20, 20, metric="Response"))
	assert amounts(found) == ["0.00"]
	assert told(found.lines[0]) == ["Nothing was decided in the period: no data"]


def test_above_all_tiers_a_line_says_so():
	found = charged(under=terms(BELOW_95), decided=decided(20, 0))
	assert told(found.lines[0]) == ["Compliance: 100.00 % (20/20)", "No tier for that"]


def test_compliance_is_counted_by_what_matches():
	mixed = [*decided(5, 4), *decided(3, 1, priority="P2"), *decided(50, 0, metric="Response", service="ERP")]
	assert compliance(mixed) == Share(58, 63)
	assert compliance(mixed, "Resolution") == Share(8, 13)
	assert compliance(mixed, priority="P1", service="Mail") == Share(5, 9)
	assert compliance(mixed, priority="P9") == Share(0, 0)


def test_a_percentage_is_one_of_the_fee_of_the_whole_period():
	under = terms(by_compliance((0, 95, percent(10))), fee="1000.00")
	found = charged(under=under, decided=decided(18, 2), period=SECOND_QUARTER)
	assert amounts(found) == ["300.00"]
	assert told(found.lines[0])[-2] == "It costs 10 % of the fee 3000.00"


# ---- availability

BELOW_99_9 = by_availability((0, 99, 1000), (99, "99.9", 100))


def minutes(up, agreed):
	return {"Mail": Availability(agreed * MINUTE, (agreed - up) * MINUTE)}


@pytest.mark.parametrize(
	"up, agreed, expected",
	[
		pytest.param(43_000, 43_080, "100.00", id="99.81 %"),
		pytest.param(999, 1000, "0.00", id="exactly 99.9 %"),
		pytest.param(99, 100, "100.00", id="exactly 99 %"),
		pytest.param(98, 100, "1000.00", id="98 %"),
	],
)
def test_tiers_by_availability(up, agreed, expected):
	assert amounts(charged(under=terms(BELOW_99_9), availability=minutes(up, agreed))) == [expected]


def test_availability_is_told_with_its_times():
	found = charged(under=terms(BELOW_99_9), availability=minutes(43_000, 43_080))
	assert told(found.lines[0])[:2] == [
		"Availability: 99.81 % (716 h 40 min of 718 h)",
		"Tier: at least 99 %, below 99.9 %",
	]
	assert (found.lines[0].service, found.lines[0].key, found.lines[0].ticket) == ("Mail", "", "")


@pytest.mark.parametrize("availability", [{}, {"ERP": Availability(100, 100)}, {"Mail": Availability(0, 0)}])
def test_without_agreed_time_of_the_service_there_is_no_data(availability):
	found = charged(under=terms(BELOW_99_9), availability=availability)
	assert amounts(found) == ["0.00"]
	assert told(found.lines[0]) == ["No agreed time in the period: no data"]


# ---- ramp-up


@pytest.mark.parametrize("period, expected", [(JUNE, "0.00"), (JULY, "500.00")])
def test_a_tier_holds_for_periods_that_begin_when_penalties_are_due(period, expected):
	under = terms(by_compliance((0, 95, 500)), penalties_from=date(2026, 6, 2))
	found = charged(under=under, decided=decided(0, 9), period=period)
	assert amounts(found) == [expected]
	if period == JUNE:
		assert told(found.lines[0]) == ["The period began before 2026-06-02, from when on penalties are due"]


def test_a_period_that_begins_on_the_day_itself_has_its_tier():
	under = terms(by_compliance((0, 95, 500)), penalties_from=date(2026, 6, 1))
	assert amounts(charged(under=under, decided=decided(0, 9))) == ["500.00"]
