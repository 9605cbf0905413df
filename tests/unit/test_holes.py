"""Announced maintenance is a hole in the clocks of its service: tables made by hand, and counts by brute force."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.events import PRIORITY, SERVICE, STATUS
from sla_guard.engine.instants import DAY, HOUR, MINUTE
from sla_guard.engine.replay import replay
from sla_guard.engine.terms import NOT_COVERED, terms_from_json
from tests.unit.factories import ROUND_THE_CLOCK, check, event, jan, office, opened, target, terms
from tests.unit.test_properties import POOL, instants, lives, offsets

some = settings(max_examples=300, deadline=None)


def span(start, end):
	return jan(start), jan(end)


# ---- hours with something shut


@pytest.mark.parametrize(
	"shut, open_hours, due",
	[
		pytest.param([], 16, "6 11:00", id="nothing"),
		pytest.param([span("5 10:00", "5 12:00")], 14, "6 13:00", id="inside a window"),
		pytest.param([span("5 08:00", "5 10:00")], 15, "6 12:00", id="over an opening"),
		pytest.param([span("5 16:00", "6 10:00")], 14, "6 13:00", id="over a night"),
		pytest.param([span("5 17:00", "6 09:00")], 16, "6 11:00", id="in closed hours alone"),
		pytest.param([span("5 00:00", "6 00:00")], 8, "7 11:00", id="a whole day"),
		pytest.param(
			[span("5 10:00", "5 11:00"), span("5 10:30", "5 11:30")], 14.5, "6 12:30", id="twice is once"
		),
		pytest.param(
			[span("5 13:00", "5 14:00"), span("5 10:00", "5 11:00")], 14, "6 13:00", id="in any order"
		),
		pytest.param([span("5 11:00", "5 11:00")], None, None, id="of no length"),
	],
)
def test_what_is_shut_is_no_support_time(shut, open_hours, due):
	if due is None:
		with pytest.raises(WrongInput):
			office().without(shut)
		return
	hours = office().without(shut)
	assert hours.between(jan("5 00:00"), jan("7 00:00")) == open_hours * HOUR
	assert hours.add(jan("5 09:00"), 10 * HOUR) == jan(due)


def test_a_target_used_up_just_before_what_is_shut_is_due_there():
	hours = office().without([span("5 10:00", "5 12:00")])
	assert hours.add(jan("5 09:00"), HOUR) == jan("5 10:00")
	assert hours.add(jan("5 09:00"), HOUR + 1) == jan("5 12:00") + 1


def test_round_the_clock_with_something_shut_never_closes_no_more():
	hours = ROUND_THE_CLOCK.without([span("5 10:00", "5 12:00")])
	assert not hours.never_closes
	assert hours.between(jan("5 00:00"), jan("6 00:00")) == 22 * HOUR
	assert hours.add(jan("5 09:00"), 2 * HOUR) == jan("5 13:00")


def test_the_same_content_is_the_same_calendar_with_one_table():
	assert office().without([]) == office() != office().without([span("5 10:00", "5 12:00")])
	one, other = (office().without([span("5 10:00", "5 12:00")]) for _ in range(2))
	assert one is other
	twice = one.without([span("6 10:00", "6 11:00")])
	assert twice == office().without([span("6 10:00", "6 11:00"), span("5 10:00", "5 12:00")])


def test_terms_with_such_hours_say_so():
	plain = terms(target("default"))
	holed = terms(target("default", calendar=office().without([span("5 10:00", "5 12:00")])))
	assert plain.hash != holed.hash
	assert terms_from_json(holed.json) == holed
	assert terms_from_json(holed.json).target("default").calendar.shut == (span("5 10:00", "5 12:00"),)


# ---- the clocks of a service


MAIL_TO_NOON = span("5 10:00", "5 12:00")


def measured(*life, now, policies=None, **holes):
	"""The clocks of this life; `holes` by service."""
	its = policies or terms()
	given = {(its.hash, service): [each] for service, each in holes.items()}
	return replay(life, its, jan(now), given)


def test_due_moves_behind_the_hole():
	response, resolution = measured(opened("5 09:30", service="Mail"), now="5 09:40", Mail=MAIL_TO_NOON)
	check(response, due="5 12:30", elapsed=pytest.approx(1 / 6))
	check(resolution, due="6 11:30")


def test_in_the_hole_no_time_passes_and_nothing_is_missed():
	life = opened("5 09:30", service="Mail")
	check(measured(life, now="5 11:00", Mail=MAIL_TO_NOON)[0], elapsed=0.5, due="5 12:30", breached=None)
	check(measured(life, now="5 13:00", Mail=MAIL_TO_NOON)[0], elapsed=1.5, breached="5 12:30")


def test_other_services_and_tickets_of_none_are_untouched():
	for service in ("ERP", ""):
		response = measured(opened("5 09:30", service=service), now="5 09:40", Mail=MAIL_TO_NOON)[0]
		check(response, due="5 10:30")


def test_other_terms_are_untouched():
	elsewhere = {("other terms", "Mail"): [MAIL_TO_NOON]}
	life = [opened("5 09:30", service="Mail")]
	assert replay(life, terms(), jan("5 11:00"), elsewhere) == replay(life, terms(), jan("5 11:00"))


@pytest.mark.parametrize(
	"policy, due",
	[
		pytest.param("from opening", "5 17:00", id="as if it had been the other service all along"),
		pytest.param("from change", "6 11:00", id="what was used stays used"),
		pytest.param("keep", "6 12:00", id="the clock goes on as it was promised"),
	],
)
def test_a_change_of_service_changes_the_holes_by_the_policy(policy, due):
	# Eight hours from 9:00, in those of Mail, shut from 11:00 for two or three hours; from 14:00 in those of ERP.
	life = opened("5 09:00", service="Mail"), event("5 14:00", SERVICE, "ERP", target="default")
	holes = {"Mail": span("5 11:00", "5 13:00")}
	if policy == "keep":
		holes["Mail"] = span("5 11:00", "5 14:00")
	resolution = measured(*life, now="5 14:10", policies=terms(service=policy), **holes)[1]
	check(resolution, due=due)


def test_a_first_service_brings_its_holes_from_the_opening():
	life = opened("5 09:00"), event("5 14:00", SERVICE, "Mail", target="default")
	for policy in ("from opening", "from change", "keep"):
		resolution = measured(*life, now="5 14:10", policies=terms(service=policy), Mail=MAIL_TO_NOON)[1]
		check(resolution, due="6 11:00")


def test_a_service_left_with_what_was_used_may_be_breached_by_that():
	"""From the opening in the other service's hours more is used than the target allows: at the change."""
	life = opened("5 09:30", service="Mail"), event("5 12:10", SERVICE, "ERP", target="default")
	check(measured(*life, now="5 12:20", Mail=MAIL_TO_NOON)[0], breached="5 12:10")


def test_a_change_of_priority_keeps_the_holes_of_the_service():
	its = terms(target("default"), target("P1", response=2))
	life = opened("5 09:30", service="Mail"), event("5 09:40", PRIORITY, "P1", target="P1")
	check(measured(*life, now="5 09:50", policies=its, Mail=MAIL_TO_NOON)[0], due="5 13:30", target="P1")


def test_a_ticket_not_covered_has_no_clocks_to_put_holes_in():
	life = opened("5 09:30", service="Mail", target=NOT_COVERED, terms=NOT_COVERED)
	assert measured(life, now="5 11:00", Mail=MAIL_TO_NOON) == ()


def test_a_pause_and_a_hole_at_once_are_taken_out_once():
	its = terms(pauses={"Resolution": {"On Hold": "customer"}})
	life = (
		opened("5 09:00", service="Mail"),
		event("5 11:00", STATUS, "On Hold"),
		event("5 13:00", STATUS, "Open", sequence=2),
	)
	resolution = measured(*life, now="5 14:00", policies=its, Mail=MAIL_TO_NOON)[1]
	check(resolution, elapsed=2, due="6 12:00")


# ---- by brute force


def some_shut(chance, around):
	minutes = [chance.randrange(-20 * 1440, 20 * 1440) for _ in range(chance.randint(1, 6))]
	return [
		(around + start * MINUTE, around + (start + chance.choice([1, 30, 240, 1440, 4000])) * MINUTE)
		for start in minutes
	]


HOLED = [
	(calendar, some_shut(random.Random(number), around), around)
	for number, (calendar, around) in enumerate(POOL)
]
holed = st.sampled_from(HOLED)


@settings(max_examples=60, deadline=None)
@given(holed, st.integers(-20 * 24, 20 * 24), st.integers(1, 40))
def test_support_time_is_that_of_the_minutes_that_are_not_shut(drawn, hour, length):
	calendar, shut, around = drawn
	start = around + hour * HOUR
	minutes = range(start, start + length * HOUR, MINUTE)
	counted = sum(
		calendar.between(minute, minute + MINUTE)
		for minute in minutes
		if not any(one <= minute < other for one, other in shut)
	)
	assert calendar.without(shut).between(start, start + length * HOUR) == counted


@some
@given(holed, offsets, st.integers(1, 100 * HOUR))
def test_a_due_date_is_the_first_instant_with_so_much_support_time(drawn, offset, amount):
	calendar, shut, around = drawn
	hours, start = calendar.without(shut), around + offset
	due = hours.add(start, amount)
	assert hours.between(start, due) == amount
	assert hours.between(start, due - 1) == amount - 1
	assert due >= calendar.add(start, amount)


def holed_terms(each, shut):
	rows = (replace(row, calendar=row.calendar.without(shut)) for row in each.targets)
	return replace(each, targets=tuple(rows))


@some
@given(lives(), instants, st.randoms(use_true_random=False))
def test_clocks_are_as_with_support_hours_that_are_shut_then(life, later, chance):
	events, book, start = life
	shut = some_shut(chance, start)
	named = {hash: holed_terms(each, shut) for hash, each in book.items()}
	everywhere = {(hash, service): shut for hash in book for service in ("", "high")}
	found = replay(events, book, start + later, everywhere)
	again = replay(
		[
			each._replace(terms=named[each.terms].hash if each.terms in named else each.terms)
			for each in events
		],
		{each.hash: each for each in named.values()},
		start + later,
	)
	assert [unnamed(clock) for clock in found] == [unnamed(clock) for clock in again]


def unnamed(clock):
	promises, undone = (
		tuple(each._replace(terms="") for each in rows) for rows in (clock.promises, clock.undone)
	)
	return clock._replace(terms="", promises=promises, undone=undone)


@some
@given(lives(), instants)
def test_holes_that_lie_in_the_future_change_no_verdict(life, later):
	events, book, start = life
	now = start + later
	future = {(hash, service): [(now, now + DAY)] for hash in book for service in ("", "high")}
	for one, other in zip(replay(events, book, now), replay(events, book, now, future), strict=True):
		assert other._replace(due=one.due, promises=one.promises, hours=one.hours) == one
		assert (other.due or 0) >= (one.due or 0)
