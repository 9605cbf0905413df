"""The availability of a service, and shares as they are compared and shown."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla_guard.engine.availability import Availability, Outage, availability
from sla_guard.engine.calendar import Calendar
from sla_guard.engine.instants import DAY, HOUR, MINUTE, SECOND
from sla_guard.engine.share import Share, percent_text
from tests.unit.factories import ROUND_THE_CLOCK, jan, office

START, END = jan("1 00:00"), jan("31 00:00")


def outage(start, end=None, **rest):
	return Outage(jan(start), end and jan(end), **rest)


def found(*outages, calendar=ROUND_THE_CLOCK, maintenance=()):
	maintenance = [(jan(start), jan(end)) for start, end in maintenance]
	return availability(calendar, START, END, outages, maintenance)


def test_thirty_days_with_two_overlapping_outages_and_announced_maintenance():
	found_ = found(
		outage("10 10:00", "10 10:50"), outage("10 10:30", "10 11:20"), maintenance=[("17 02:00", "17 04:00")]
	)
	assert found_.share == Share(43_000, 43_080)
	assert percent_text(*found_.share) == "99.81 % (43000/43080)"


@pytest.mark.parametrize(
	"outages, maintenance, minutes",
	[
		pytest.param([("10 10:00", "10 10:10"), ("10 10:10", "10 10:20")], [], 20, id="one after the other"),
		pytest.param([("10 10:00", "10 12:00"), ("10 10:30", "10 11:00")], [], 120, id="one within the other"),
		pytest.param([("10 10:00", "10 12:00")], [("10 11:00", "10 13:00")], 60, id="into a maintenance"),
		pytest.param([("10 10:00", "10 13:00")], [("10 11:00", "10 12:00")], 120, id="around a maintenance"),
		pytest.param([("10 10:00", "10 11:00")], [("10 09:00", "10 12:00")], 0, id="within a maintenance"),
		pytest.param([("30 23:00", None)], [], 60, id="not restored: to the end of the period"),
		pytest.param([("31 01:00", None)], [], 0, id="after the period"),
		pytest.param([("1 00:00", "1 00:01")], [], 1, id="from the first instant"),
	],
)  # fmt: skip
def test_how_long_a_service_was_down(outages, maintenance, minutes):
	assert found(*(outage(*each) for each in outages), maintenance=maintenance).down_us == minutes * MINUTE


def test_an_outage_that_began_before_the_period_counts_from_its_start():
	assert availability(ROUND_THE_CLOCK, START, END, [Outage(START - DAY, START + HOUR)]).down_us == HOUR


def test_a_partial_outage_counts_nothing():
	assert found(outage("10 10:00", "10 11:00", partial=True)).share.fraction == 1


def test_only_the_services_own_hours_count():
	# Thursday 16:00 to Friday 10:00 of 9 to 5, and a weekend.
	found_ = found(outage("8 16:00", "9 10:00"), outage("10 00:00", "12 00:00"), calendar=office())
	assert found_ == Availability(22 * 8 * HOUR, 2 * HOUR)


def test_without_agreed_time_there_is_no_data():
	nothing = availability(office(), jan("10 00:00"), jan("12 00:00"), [outage("10 10:00", "10 11:00")])
	assert nothing == Availability(0, 0)
	assert nothing.share.fraction is None
	assert found(maintenance=[("1 00:00", "31 00:00")]).share.whole == 0


def test_a_maintenance_for_the_whole_period_leaves_no_data():
	assert found(outage("10 10:00", "10 11:00"), maintenance=[("1 00:00", "31 00:00")]) == Availability(0, 0)


def test_a_share_is_told_in_the_longest_unit_that_makes_it_whole():
	assert Availability(HOUR, MINUTE).share == Share(59, 60)
	assert Availability(HOUR, SECOND).share == Share(3599, 3600)
	assert Availability(HOUR, 1).share == Share(HOUR - 1, HOUR)


# ---- shares


def test_a_share_just_below_a_level_is_below_it():
	share = Share(189, 199)
	assert percent_text(*share) == "94.97 % (189/199)"
	assert not share.reaches(Decimal(95))
	assert share.reaches(Decimal("94.97"))


def test_exactly_a_level_reaches_it():
	assert Share(19, 20).reaches(Decimal(95))
	assert not Share(1_899_999, 2_000_000).reaches(Decimal(95))
	assert percent_text(1_899_999, 2_000_000) == "94.99 % (1899999/2000000)"


def test_a_share_of_nothing_reaches_no_level():
	assert Share(0, 0).fraction is None
	assert Share(0, 0).percent is None
	assert not Share(0, 0).reaches(Decimal(0))
	assert percent_text(0, 0) == ""


@pytest.mark.parametrize(
	"part, whole, text", [(1, 1, "100.00"), (0, 3, "0.00"), (2, 3, "66.66"), (1, 3, "33.33")]
)
def test_a_percentage_is_cut_off_after_two_decimals(part, whole, text):
	assert str(Share(part, whole).percent) == text


minutes = st.integers(-200, 1700).map(lambda value: START + value * MINUTE)
outages = st.lists(st.builds(Outage, minutes, st.none() | minutes, st.booleans()), max_size=6)
windows = st.lists(st.tuples(minutes, minutes), max_size=4)


@settings(max_examples=300, deadline=None)
@given(outages, windows, st.randoms())
def test_it_lies_between_nothing_and_all_and_heeds_no_order(outages, maintenance, random):
	end = START + DAY
	first = availability(ROUND_THE_CLOCK, START, end, outages, maintenance)
	random.shuffle(outages)
	random.shuffle(maintenance)
	assert 0 <= first.down_us <= first.agreed_us <= DAY
	assert availability(ROUND_THE_CLOCK, START, end, outages, maintenance) == first
	# Minute by minute.
	up = sum(
		not any(start <= at < end for start, end in maintenance)
		and not any(
			each.started <= at and (each.restored is None or at < each.restored) and not each.partial
			for each in outages
		)
		for at in range(START, end, MINUTE)
	)
	assert first.share.fraction == (Fraction(up * MINUTE, first.agreed_us) if first.agreed_us else None)


def test_hours_with_the_maintenance_taken_out_give_the_same():
	shut = [(jan("10 09:00"), jan("10 10:30"))]
	down = [outage("10 10:00", "10 11:00")]
	assert availability(Calendar.always().without(shut), START, END, down) == availability(
		ROUND_THE_CLOCK, START, END, down, shut
	)
