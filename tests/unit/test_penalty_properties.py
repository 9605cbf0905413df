"""What holds for every charge, whatever the rules and the breaches, on random ones."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from sla_guard.engine.instants import HOUR
from sla_guard.engine.lateness import NOT_LATE, Lateness
from sla_guard.engine.penalty import charge
from sla_guard.engine.penalty.money import spread
from sla_guard.engine.penalty.terms import ALL, HIGHEST
from sla_guard.engine.periods import MONTH
from tests.unit.penalties import AUGUST, JULY, JUNE, SECOND_QUARTER
from tests.unit.penalty_cases import OF_BREACHES, a_case, a_contract, cap, some_lateness, some_misses

many = settings(max_examples=400, deadline=None)
chances = st.integers(0, 2**40).map(Random)


@many
@given(chances)
def test_nothing_is_negative_and_the_lines_add_up_to_the_total(chance):
	case = a_case(chance)
	found = charge(**case)
	assert all(0 <= line.amount <= line.gross for line in found.lines)
	assert sum(line.gross for line in found.lines) == found.gross
	assert sum(line.amount for line in found.lines) == found.capped
	assert found.total == found.capped - found.earn_back - found.lapsed
	assert min(found.gross, found.capped, found.earn_back, found.lapsed, found.total) >= 0
	assert found.earn_back <= case["earn_back"]


@many
@given(chances)
def test_no_cap_is_ever_passed(chance):
	case = a_case(chance)
	found = charge(**case)
	versions = {each.version: each for each in case["versions"]}
	inside = [each for each in versions.values() if each.parts(case["period"])]
	year = inside[-1].cap_of_year()
	if year is not None:
		assert found.capped <= max(year - Fraction(case["used_in_year"]), 0)
	if all(each.period_cap for each in versions.values()):
		assert found.capped <= sum(each.cap_of(case["period"]) for each in inside)
	by_breach = defaultdict(Decimal)
	for line in found.lines:
		by_breach[line.key, line.version] += line.gross
	for (key, version), gross in by_breach.items():
		if key and versions[version].breach_cap.money is not None:
			assert gross <= versions[version].breach_cap.money


@many
@given(chances)
def test_in_a_quarter_no_monthly_cap_is_passed_by_the_breaches_of_its_month(chance):
	case = a_case(chance) | {"period": SECOND_QUARTER, "zone": "UTC"}
	case["versions"] = [replace(case["versions"][0], next=None, cap_every=MONTH)]
	case["misses"] = [each._replace(version="v0") for each in case["misses"]]
	found = charge(**case)
	dated = {each.key: each.breached_us for each in case["misses"]}
	for month in SECOND_QUARTER.months() if case["versions"][0].period_cap else ():
		start, end = month.instants("UTC")
		first = start if month != SECOND_QUARTER.months()[0] else 0
		amounts = [line.amount for line in found.lines if line.key and first <= dated[line.key] < end]
		assert sum(amounts) <= case["versions"][0].cap_of(month)


@many
@given(chances)
def test_again_and_in_any_order_it_charges_the_same(chance):
	case = a_case(chance)
	first = charge(**case)
	assert charge(**case) == first
	for name in ("versions", "misses", "decided"):
		chance.shuffle(case[name])
	assert charge(**case) == first


@many
@given(chances)
def test_what_is_missed_later_changes_nothing(chance):
	case = a_case(chance)
	first = charge(**case)
	later = some_misses(chance, case["versions"], first_day=62, last_day=90)
	later = [each._replace(key=f"later {each.key}") for each in later]
	assert charge(**case | {"misses": [*case["misses"], *later]}) == first


@many
@given(chances)
def test_what_is_late_no_more_and_of_other_tickets_changes_nothing(chance):
	case = a_case(chance)
	first = charge(**case)
	# Of periods in which no other breach is dated: it takes part in no numbering.
	old = some_misses(chance, case["versions"], first_day=-300, last_day=-160)
	old = [
		each._replace(key=f"old {each.key}", ticket=f"old {each.ticket}", late_at_end=each.late_at_start)
		for each in old
	]
	assert charge(**case | {"misses": [*case["misses"], *old]}) == first


@many
@given(chances)
def test_a_later_stop_never_costs_less_before_the_caps(chance):
	case = a_case(chance)
	if case["misses"]:
		more_late, key = later_stop(chance, case)
		less, more = charge(**case), charge(**more_late)
		assert more.gross >= less.gross
		if all(each.cumulation == ALL for each in case["versions"]):
			assert gross_of(more, key) >= gross_of(less, key)


@many
@given(chances)
def test_a_later_stop_never_makes_less_due(chance):
	# Where only the highest breach of a ticket costs and parts of the period have caps of their own, it may: the highest
	# may then be a breach of a part whose cap is used up.
	case = a_case(chance, cumulations=[ALL]) if chance.random() < 0.5 else in_one_part(a_case(chance))
	if case["misses"]:
		assert charge(**later_stop(chance, case)[0]).total >= charge(**case).total


def in_one_part(case):
	"""Under one version that caps the whole period."""
	only = replace(case["versions"][0], next=None, cap_every=MONTH, cumulation=HIGHEST)
	misses = [each._replace(version=only.version) for each in case["misses"]]
	return case | {"period": JUNE, "versions": [only], "misses": misses}


def later_stop(chance, case):
	"""The case with one of its breaches later than it was, and the key of that one."""
	misses = list(case["misses"])
	at = chance.randrange(len(misses))
	misses[at] = misses[at]._replace(late_at_end=some_lateness(chance, misses[at].late_at_end))
	return case | {"misses": misses}, misses[at].key


def gross_of(found, key):
	return sum((line.gross for line in found.lines if line.key == key), Decimal())


@many
@given(chances)
def test_what_a_ticket_costs_over_its_periods_is_what_it_costs_at_once(chance):
	versions = a_contract(chance, capped=False, kinds=OF_BREACHES)
	versions = [replace(each, breach_cap=cap(chance)) for each in versions]
	misses = some_misses(chance, versions, first_day=1, last_day=30, least=1)
	nothing = [NOT_LATE for _ in misses]
	june, july = ([getattr(each, name) for each in misses] for name in ("late_at_start", "late_at_end"))
	august = [Lateness(*(each + 7 * HOUR for each in late)) for late in july]
	parts = [
		charged_between(JUNE, versions, misses, nothing, june),
		charged_between(JULY, versions, misses, june, july),
		charged_between(AUGUST, versions, misses, july, august),
	]
	at_once = charged_between(JUNE, versions, misses, nothing, august)
	assert sum(part.gross for part in parts) == at_once.gross
	if all(each.cumulation == ALL for each in versions):
		for miss in misses:
			assert sum(gross_of(part, miss.key) for part in parts) == gross_of(at_once, miss.key)


def charged_between(period, versions, misses, starts, ends):
	late = [
		miss._replace(late_at_start=start, late_at_end=end)
		for miss, start, end in zip(misses, starts, ends, strict=True)
	]
	return charge(period, versions, late, [], {}, "UTC")


@many
@given(st.lists(st.integers(0, 1000), max_size=12), st.integers(0, 5000))
def test_what_a_limit_leaves_is_each_ones_part_to_less_than_a_unit(units, limit):
	cut = spread(units, limit)
	whole = sum(units)
	assert sum(cut) == min(limit, whole)
	for before, after in zip(units, cut, strict=True):
		assert abs(after - before * Fraction(min(limit, whole), whole or 1)) < 1
		assert 0 <= after <= before
