"""What limits the cost of a breach and of a ticket: the cap per breach, and only the highest of several, by hand."""

from decimal import Decimal

from sla_guard.engine.penalty.terms import HIGHEST
from tests.unit.penalties import (
	AUGUST,
	JULY,
	amounts,
	charged,
	fixed,
	miss,
	money,
	per_hour,
	percent,
	terms,
	told,
)


def total(*misses, under, **rest):
	return str(charged(*misses, under=under, **rest).total)


# ---- cap per breach


def test_a_breach_never_costs_more_than_its_cap_however_long_it_stays_late():
	under = terms(per_hour(10), breach_cap=money(100))
	june = charged(miss("06-30 18:00", late=6), under=under)
	july = charged(miss("06-30 18:00", before=6, late=36.5), under=under, period=JULY)
	august = charged(miss("06-30 18:00", before=36.5, late=99), under=under, period=AUGUST)
	assert [amounts(found) for found in (june, july, august)] == [["60.00"], ["40.00"], []]
	assert told(july.lines[0])[-2:] == [
		"Under all rules 370.00, capped per breach at 100.00",
		"Charged before 60.00, now 40.00",
	]


def test_the_cap_of_a_breach_holds_for_all_its_rules_together():
	under = terms(fixed(100, id="a"), per_hour(10, id="b"), breach_cap=money(150))
	june = charged(miss("06-30 18:00", late=6), under=under)
	july = charged(miss("06-30 18:00", before=4, late=36.5), under=under, period=JULY)
	assert amounts(june) == ["93.75", "56.25"]
	assert amounts(july) == ["10.00"]
	assert told(june.lines[0])[-2:] == [
		"Under all rules 160.00, capped per breach at 150.00",
		"Of that under this rule: 93.75",
	]


def test_each_of_two_rules_says_what_was_charged_before_under_it():
	under = terms(fixed(100, id="a"), per_hour(10, id="b"))
	july = charged(miss("06-30 18:00", before=6, late=36.5), under=under, period=JULY)
	assert [line.rule for line in july.lines] == ["b"]
	assert told(july.lines[0])[-2:] == [
		"Under this rule, rounded: 370.00",
		"Charged before 60.00, now 310.00",
	]


def test_where_a_cap_took_some_of_two_rules_the_arithmetic_is_that_of_the_breach():
	under = terms(fixed(100, id="a"), per_hour(10, id="b"), breach_cap=money(400))
	july = charged(miss("06-30 18:00", before=6, late=36.5), under=under, period=JULY)
	assert told(july.lines[0])[-4:] == [
		"Under this rule, rounded: 370.00",
		"Under all rules 470.00, capped per breach at 400.00",
		"Charged before 160.00, now 240.00",
		"Of that under this rule: 240.00",
	]


def test_a_cap_per_breach_in_percent_is_one_of_the_fee_of_its_period():
	under = terms(fixed(100), fee="333.33", breach_cap=percent(10))
	assert total(miss("06-10 10:00"), under=under) == "33.33"


# ---- cumulation


def test_all_breaches_of_a_ticket_cost():
	misses = [miss("06-10 10:00", metric="Response"), miss("06-10 12:00")]
	assert total(*misses, under=terms(fixed(100))) == "200.00"


HIGHEST_OF = terms(
	fixed(100, id="GTI", metric="Response"),
	per_hour(10, id="GTR", metric="Resolution"),
	cumulation=HIGHEST,
)


def test_only_the_highest_breach_of_a_ticket_costs():
	misses = [
		miss("06-10 10:00", metric="Response"),
		miss("06-10 12:00", late=30),
		miss("06-10 12:00", ticket="T2"),
	]
	found = charged(*misses, under=HIGHEST_OF)
	assert [(line.ticket, line.rule, str(line.gross)) for line in found.lines] == [
		("T1", "GTI", "0.00"),
		("T1", "GTR", "300.00"),
		("T2", "GTR", "10.00"),
	]
	assert told(found.lines[0])[-1] == (
		"Only the highest of the breaches of this ticket costs something, and this is not it"
	)
	assert told(found.lines[1])[-1] == "The highest of the breaches of this ticket: 300.00"


def test_the_highest_of_a_ticket_is_that_of_all_its_periods():
	response = miss("06-30 10:00", metric="Response", before=1)
	june = charged(response, miss("06-30 18:00", late=6), under=HIGHEST_OF)
	july = charged(response, miss("06-30 18:00", before=6, late=36.5), under=HIGHEST_OF, period=JULY)
	assert (june.total, july.total) == (Decimal("100.00"), Decimal("270.00"))
	assert told(july.lines[0])[-2:] == [
		"The highest of the breaches of this ticket: 370.00",
		"Charged before 100.00, now 270.00",
	]


def test_the_highest_breach_may_be_one_under_two_rules():
	under = terms(
		fixed(100, id="a", metric="Response"),
		fixed(80, id="b", metric="Resolution"),
		per_hour(10, id="c", metric="Resolution"),
		cumulation=HIGHEST,
	)
	misses = [miss("06-30 10:00", metric="Response", before=1), miss("06-30 18:00", before=1, late=5)]
	july = charged(*misses, under=under, period=JULY)
	assert [(line.rule, str(line.gross)) for line in july.lines] == [("c", "30.00")]
	assert told(july.lines[0])[-4:] == [
		"Under all rules 130.00",
		"The highest of the breaches of this ticket: 130.00",
		"Charged before 100.00, now 30.00",
		"Of that under this rule: 30.00",
	]


def test_two_equal_breaches_of_a_ticket_cost_the_first():
	misses = [miss("06-11 10:00", metric="Response"), miss("06-10 12:00", cycle=2)]
	found = charged(*misses, under=terms(fixed(100), cumulation=HIGHEST))
	assert [(line.key, str(line.gross)) for line in found.lines] == [
		("T1 Resolution 2", "100.00"),
		("T1 Response 1", "0.00"),
	]
