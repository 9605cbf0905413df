"""Months, quarters, contract years, and the part of a fee that falls in them."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.instants import HOUR
from sla_guard.engine.penalty.money import to_units
from sla_guard.engine.periods import (
	MONTH,
	QUARTER,
	YEAR,
	Period,
	contract_year,
	counted_year,
	parts_in_force,
	period_of,
	share_of,
)


def period(first, next):
	return Period(date.fromisoformat(first), date.fromisoformat(next))


@pytest.mark.parametrize(
	"frequency, day, expected",
	[
		(MONTH, "2026-06-01", ("2026-06-01", "2026-07-01")),
		(MONTH, "2026-06-30", ("2026-06-01", "2026-07-01")),
		(MONTH, "2024-02-29", ("2024-02-01", "2024-03-01")),
		(MONTH, "2026-12-31", ("2026-12-01", "2027-01-01")),
		(QUARTER, "2026-03-31", ("2026-01-01", "2026-04-01")),
		(QUARTER, "2026-05-15", ("2026-04-01", "2026-07-01")),
		(QUARTER, "2026-12-01", ("2026-10-01", "2027-01-01")),
		(YEAR, "2026-07-14", ("2026-01-01", "2027-01-01")),
	],
)
def test_the_period_that_holds_a_day(frequency, day, expected):
	found = period_of(frequency, date.fromisoformat(day))
	assert found == period(*expected)
	assert found.holds(date.fromisoformat(day))


def test_an_unknown_frequency_is_refused():
	with pytest.raises(WrongInput, match="'Week' is no frequency of periods"):
		period_of("Week", date(2026, 1, 1))


def test_a_period_holds_its_first_day_and_its_last_and_no_other():
	june = period_of(MONTH, date(2026, 6, 15))
	assert june.last == date(2026, 6, 30)
	assert june.days == 30
	assert [june.holds(date(2026, *day)) for day in ((5, 31), (6, 1), (6, 30), (7, 1))] == [
		False,
		True,
		True,
		False,
	]


@pytest.mark.parametrize(
	"count, expected",
	[
		(1, ("2026-04-01", "2026-07-01")),
		(-1, ("2025-10-01", "2026-01-01")),
		(0, ("2026-01-01", "2026-04-01")),
		(-12, ("2023-01-01", "2023-04-01")),
	],
)
def test_the_quarters_before_and_after(count, expected):
	assert period_of(QUARTER, date(2026, 2, 1)).shifted(count) == period(*expected)


def test_the_months_before_and_after_are_as_long_as_they_are():
	march = period_of(MONTH, date(2024, 3, 31))
	assert [march.shifted(count).days for count in (-2, -1, 0, 1)] == [31, 29, 31, 30]


def test_a_year_of_a_contract_is_not_moved_by_months():
	with pytest.raises(WrongInput, match="2026-01-10 to 2027-01-09 is not whole months"):
		contract_year(date(2026, 1, 10), date(2026, 5, 1)).shifted(1)


def test_the_months_of_a_quarter():
	quarter = period_of(QUARTER, date(2024, 1, 1))
	assert quarter.months() == tuple(period_of(MONTH, date(2024, month, 1)) for month in (1, 2, 3))


def test_a_period_begins_and_ends_at_midnight_of_the_contracts_zone():
	june = period_of(MONTH, date(2026, 6, 1))
	assert june.instants("Asia/Kolkata")[0] == june.instants("UTC")[0] - 5 * HOUR - HOUR // 2


def test_march_in_paris_is_an_hour_short():
	start, end = period_of(MONTH, date(2026, 3, 1)).instants("Europe/Paris")
	assert end - start == (31 * 24 - 1) * HOUR


@pytest.mark.parametrize(
	"start, day, expected",
	[
		("2026-01-10", "2026-01-10", ("2026-01-10", "2027-01-10")),
		("2026-01-10", "2027-01-09", ("2026-01-10", "2027-01-10")),
		("2026-01-10", "2027-01-10", ("2027-01-10", "2028-01-10")),
		("2024-02-29", "2025-02-27", ("2024-02-29", "2025-02-28")),
		("2024-02-29", "2025-02-28", ("2025-02-28", "2026-02-28")),
		("2024-02-29", "2028-02-28", ("2027-02-28", "2028-02-29")),
		("2024-02-29", "2028-02-29", ("2028-02-29", "2029-02-28")),
	],
)
def test_the_contract_year_runs_from_one_anniversary_to_the_next(start, day, expected):
	found = contract_year(date.fromisoformat(start), date.fromisoformat(day))
	assert found == period(*expected)
	assert found.holds(date.fromisoformat(day))


def test_before_its_start_a_contract_has_no_year():
	with pytest.raises(WrongInput, match="2026-01-09 is before the contract's start on 2026-01-10"):
		contract_year(date(2026, 1, 10), date(2026, 1, 9))


def test_each_contract_year_counts_twelve_months_wherever_it_starts():
	start, month = date(2026, 1, 10), period_of(MONTH, date(2026, 1, 1))
	years = [counted_year(start, month.shifted(count)).first.year for count in range(24)]
	assert years == [2026] * 12 + [2027] * 12


def test_the_month_in_which_a_contract_is_over_counts_in_its_last_year():
	start, january = date(2026, 1, 10), period_of(MONTH, date(2027, 1, 1))
	assert counted_year(start, january).first == date(2027, 1, 10)
	assert counted_year(start, january, ends=date(2027, 1, 10)).first == start


def test_a_period_before_the_start_counts_in_the_first_year():
	assert counted_year(date(2026, 1, 10), period_of(MONTH, date(2025, 12, 1))).first == date(2026, 1, 10)


@pytest.mark.parametrize(
	"fee, frequency, of, first, next, expected",
	[
		pytest.param("3100.00", MONTH, (MONTH, "2026-01-01"), "2026-01-10", None, "2200.00", id="from 10 January"),
		pytest.param("3100.00", MONTH, (MONTH, "2026-01-01"), "2025-01-01", None, "3100.00", id="a whole month"),
		pytest.param("3100.00", MONTH, (MONTH, "2026-01-01"), "2026-02-01", None, "0.00", id="not yet in force"),
		pytest.param("3100.00", MONTH, (MONTH, "2026-01-01"), "2025-01-01", "2026-01-01", "0.00", id="over before"),
		pytest.param("2900.00", MONTH, (MONTH, "2024-02-01"), "2024-02-29", None, "100.00", id="one day of a leap February"),
		pytest.param("2800.00", MONTH, (MONTH, "2026-02-01"), "2026-02-28", None, "100.00", id="one day of another one"),
		pytest.param("3000.00", QUARTER, (MONTH, "2026-02-01"), "2025-01-01", None, "1000.00", id="a month of a quarter"),
		pytest.param("100.00", QUARTER, (QUARTER, "2026-02-01"), "2025-01-01", None, "100.00", id="a quarter is its months"),
		pytest.param("12000.00", YEAR, (QUARTER, "2026-05-01"), "2025-01-01", None, "3000.00", id="a quarter of a year"),
		pytest.param("900.00", MONTH, (QUARTER, "2026-04-01"), "2026-05-11", "2026-06-16", "1059.68", id="parts of two months"),
	],
)  # fmt: skip
def test_the_fee_of_a_period(fee, frequency, of, first, next, expected):
	parts = parts_in_force(
		period_of(of[0], date.fromisoformat(of[1])),
		date.fromisoformat(first),
		next and date.fromisoformat(next),
	)
	found = share_of(Fraction(Decimal(fee)), frequency, parts)
	assert to_units(found, 2) == Decimal(expected) * 100


def test_two_versions_in_a_month_share_its_fee_to_the_last_fraction():
	month = period_of(MONTH, date(2026, 7, 1))
	before = share_of(Fraction(1000), MONTH, parts_in_force(month, date(2026, 1, 1), date(2026, 7, 12)))
	after = share_of(Fraction(1000), MONTH, parts_in_force(month, date(2026, 7, 12), None))
	assert before + after == 1000
