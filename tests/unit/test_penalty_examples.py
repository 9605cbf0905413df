"""The worked examples of a contract's arithmetic, by hand."""

from datetime import date
from decimal import Decimal

from tests.unit.penalties import JULY, JUNE, charged, fixed, miss, money, of_fee, per_hour, terms, told


def test_a_ticket_open_over_the_end_of_a_month_costs_in_each_what_it_adds():
	ten_an_hour = terms(per_hour(10))
	june = charged(miss("06-30 18:00", late=6), under=ten_an_hour)
	july = charged(miss("06-30 18:00", before=6, late=36.5), under=ten_an_hour, period=JULY)
	assert (june.total, july.total) == (Decimal("60.00"), Decimal("310.00"))
	assert told(july.lines[0]) == [
		"Late by 36 h 30 min of support time",
		"Started units of 1 h: 37",
		"37 × 10.00",
		"Under this rule, rounded: 370.00",
		"Charged before 60.00, now 310.00",
	]


def test_a_fee_from_the_tenth_is_pro_rata():
	found = charged(
		miss("01-20 10:00"),
		under=terms(of_fee(10), first=date(2026, 1, 10), fee="3100.00"),
		period=JUNE.shifted(-5),
	)
	assert found.total == Decimal("220.00")
	assert told(found.lines[0]) == [
		"Fee of a month 3100.00, in force on 22 of the 31 days from 2026-01-01",
		"It costs 10 % of the fee 2200.00",
		"Under this rule, rounded: 220.00",
	]


def test_a_waiver_under_the_cap_makes_no_difference():
	misses = [miss(f"06-0{day} 10:00", ticket=f"T{day}") for day in range(1, 6)]
	under = terms(fixed(300), period_cap=money(1000))
	old, new = charged(*misses, under=under), charged(*misses[1:], under=under)
	assert (old.gross, old.total) == (Decimal("1500.00"), Decimal("1000.00"))
	assert (new.gross, new.total) == (Decimal("1200.00"), Decimal("1000.00"))
