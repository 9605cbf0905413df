"""What a change of priority or service does to the clocks: tables made by hand.

Support hours are 09:00 to 17:00 from Monday the 5th unless said.
"""

import pytest

from sla_guard.engine.events import PRIORITY, RESPONDED, SERVICE, STATUS
from sla_guard.engine.replay import replay
from sla_guard.engine.terms import MAIL, NOT_COVERED
from tests.unit.factories import (
	ROUND_THE_CLOCK,
	by_priority,
	check,
	clocks,
	day,
	event,
	jan,
	opened,
	resolution,
	response,
	target,
	terms,
)

# ---- hours per priority


def test_p1_of_sunday_night_is_due_in_half_an_hour_and_p3_of_the_same_minute_on_monday():
	p1 = response(opened("11 03:00", target="P1"), terms=by_priority(), now="11 03:10")
	p3 = response(opened("11 03:00", target="P3"), terms=by_priority(), now="11 03:10")
	check(p1, due="11 03:30", elapsed=pytest.approx(1 / 6))
	check(p3, due="12 10:00", elapsed=0)


@pytest.mark.parametrize(
	"policy, expected",
	[
		("from opening", {"due": None, "breached": "11 06:00", "elapsed": 3.5, "target": "P1"}),
		("from change", {"due": None, "breached": "11 06:30", "elapsed": 0.5 + 1e-9, "target": "P1"}),
		("keep", {"due": "12 10:00", "breached": None, "elapsed": 0, "target": "P3"}),
	],
)
def test_a_priority_raised_to_one_with_hours_of_its_own(policy, expected):
	life = opened("11 03:00", target="P3", priority="P3"), event("11 06:00", PRIORITY, "P1", target="P1")
	clock = replay(life, by_priority(priority=policy), jan("11 06:30") + 1)[0]
	check(clock, **expected | {"elapsed": pytest.approx(expected["elapsed"])})
	assert clock.started == jan("11 03:00")


def test_a_priority_lowered_from_opening_is_measured_in_the_new_hours_alone():
	life = opened("11 03:00", target="P1", priority="P1"), event("11 03:20", PRIORITY, "P3", target="P3")
	check(response(*life, terms=by_priority(), now="12 09:30"), elapsed=0.5, due="12 10:00", breached=None)


@pytest.mark.parametrize("policy", ["keep", "from change", "from opening"])
def test_a_first_priority_is_always_from_opening(policy):
	life = opened("11 03:00"), event("11 03:20", PRIORITY, "P1", target="P1")
	check(response(*life, terms=by_priority(priority=policy), now="11 03:25"), due="11 03:30", target="P1")


def test_a_priority_taken_away_and_given_back_is_first_named_again():
	life = (
		opened("11 03:00", target="P1", priority="P1"),
		event("11 03:05", PRIORITY, "", target="default"),
		event("11 03:20", PRIORITY, "P1", target="P1", sequence=2),
	)
	check(response(*life, terms=by_priority(priority="from change"), now="11 03:25"), due="11 03:30")


def test_pauses_before_a_change_of_hours_stay_pauses():
	held = by_priority(pauses={"Response": {"On Hold": "customer"}})
	life = (
		opened("11 03:00", target="P3", priority="P3"),
		event("11 03:10", STATUS, "On Hold"),
		event("11 05:00", STATUS, "Open", sequence=2),
		event("11 05:10", PRIORITY, "P1", target="P1", sequence=3),
	)
	check(response(*life, terms=held, now="11 05:15"), elapsed=pytest.approx(25 / 60), due="11 05:20")


def test_a_target_cut_to_exactly_what_is_used_is_missed_only_if_the_clock_goes_on():
	short = terms(
		target("default"),
		target("P1", resolution=3),
		pauses={"Resolution": {"On Hold": "customer"}},
	)
	cut = event("5 12:00", PRIORITY, "P1", target="P1", sequence=2)
	opening = opened("5 09:00", priority="P3")
	check(resolution(opening, cut, terms=short, now="5 12:00"), elapsed=3, due="5 12:00", breached=None)
	check(resolution(opening, cut, terms=short, now="5 12:01"), due=None, breached="5 12:00")
	held = event("5 12:00", STATUS, "On Hold", sequence=1)
	check(resolution(opening, held, cut, terms=short, now="6 09:00"), state="paused", breached=None)


# ---- service change


def services(**policies):
	return terms(
		target("default", response=1, resolution=8),
		target("ERP"),
		target("Mail", response=None, resolution=24, calendar=ROUND_THE_CLOCK),
		**policies,
	)


@pytest.mark.parametrize(
	"policy, expected",
	[
		("from opening", {"elapsed": 46, "due": None, "breached": "12 10:00", "target": "Mail"}),
		("from change", {"elapsed": 0, "due": "13 10:00", "breached": None, "target": "Mail"}),
		("keep", {"elapsed": 1, "due": "12 17:00", "breached": None, "target": "ERP"}),
	],
)
def test_a_service_changed_in_mid_life(policy, expected):
	life = opened("10 12:00", target="ERP", service="ERP"), event("12 10:00", SERVICE, "Mail", target="Mail")
	check(resolution(*life, terms=services(service=policy), now="12 10:00"), **expected)


def test_a_ticket_to_be_qualified_runs_on_the_default_target_and_gets_its_own_from_opening():
	unnamed = opened("10 12:00")
	check(resolution(unnamed, terms=services(service="keep"), now="12 10:00"), elapsed=1, target="default")
	named = event("11 10:00", SERVICE, "Mail", target="Mail")
	check(
		resolution(unnamed, named, terms=services(service="keep"), now="11 10:00"), elapsed=22, due="11 12:00"
	)


def test_a_commitment_that_the_new_row_does_not_have_is_withdrawn():
	life = opened("5 09:00", target="ERP", service="ERP"), event("5 09:30", SERVICE, "Mail", target="Mail")
	check(
		response(*life, terms=services(), now="6 09:00"),
		state="withdrawn",
		due=None,
		verdict=None,
		breached=None,
	)


def test_a_commitment_that_the_first_row_did_not_have_starts_at_the_opening():
	life = opened("5 09:00", target="Mail", service="Mail"), event("5 09:30", SERVICE, "ERP", target="ERP")
	assert len(clocks(*life, terms=services(), now="5 09:29")) == 1
	check(response(*life, terms=services(), now="5 09:45"), elapsed=0.75, due="5 10:00")


# ---- not covered


NOT_OURS = event("5 12:00", SERVICE, "Coffee", target=NOT_COVERED)


def test_a_ticket_about_a_service_that_is_not_covered_has_no_clocks():
	assert (
		clocks(opened("5 09:00", target=NOT_COVERED, service="Coffee"), terms=services(), now="6 09:00") == ()
	)


def test_a_service_that_turns_out_not_to_be_covered_withdraws_what_is_owed_but_not_what_was_missed():
	life = (
		opened("5 09:00", target="ERP", service="ERP"),
		NOT_OURS,
		event("5 13:00", RESPONDED, MAIL, sequence=2),
	)
	ours = clocks(*life, event("5 14:00", STATUS, "Closed", sequence=3), terms=services(), now="8 09:00")
	check(ours[0], state="withdrawn", breached="5 10:00", elapsed=3, verdict=None, stopped=None, due=None)
	check(ours[1], state="withdrawn", breached=None, elapsed=3, verdict=None, stopped=None, due=None)


def test_under_keep_a_service_that_is_not_covered_changes_nothing():
	life = opened("5 09:00", target="ERP", service="ERP"), NOT_OURS
	check(resolution(*life, terms=services(service="keep"), now="5 13:00"), state="running", elapsed=4)


@pytest.mark.parametrize("policy", ["keep", "from change", "from opening"])
def test_from_not_covered_to_covered_is_from_opening_and_what_is_late_is_so_from_then_on(policy):
	life = (
		opened("5 09:00", target=NOT_COVERED, service="Coffee"),
		event("5 12:00", SERVICE, "ERP", target="ERP"),
	)
	ours = clocks(*life, terms=services(service=policy), now="5 13:00")
	check(ours[0], breached="5 12:00", elapsed=4, due=None)
	check(ours[1], breached=None, elapsed=4, due="5 17:00")


def test_an_answer_given_before_the_ticket_was_covered_is_an_answer():
	life = (
		opened("5 09:00", target=NOT_COVERED, service="Coffee"),
		event("5 09:30", RESPONDED, MAIL),
		event("5 12:00", SERVICE, "ERP", target="ERP", sequence=2),
	)
	check(response(*life, terms=services(), now="5 13:00"), verdict="met", stopped="5 09:30", stopped_by=MAIL)


def test_cycles_before_the_ticket_was_covered_are_cycles():
	life = (
		opened("5 09:00", target=NOT_COVERED, service="Coffee"),
		event("5 10:00", STATUS, "Closed"),
		event("5 11:00", STATUS, "Open", sequence=2),
		event("5 12:00", SERVICE, "ERP", target="ERP", sequence=3),
	)
	ours = clocks(*life, terms=services(reopen="new cycle"), now="5 13:00")
	assert [(clock.metric, clock.cycle) for clock in ours] == [
		("Response", 1),
		("Resolution", 1),
		("Resolution", 2),
	]
	check(ours[1], state="stopped", verdict="met", elapsed=1)
	check(ours[2], state="running", elapsed=2, due="6 11:00")


def test_what_was_stopped_and_reopened_before_the_ticket_was_covered_was_no_commitment_then():
	life = (
		opened("5 09:00", target=NOT_COVERED, service="Coffee"),
		event("5 10:00", STATUS, "Closed"),
		event("5 11:00", STATUS, "Open", sequence=2),
		event("5 12:00", SERVICE, "ERP", target="ERP", sequence=3),
		event("5 13:00", STATUS, "Closed", sequence=4),
		event("5 14:00", STATUS, "Open", sequence=5),
	)
	undone = resolution(*life, terms=services(), now="5 15:00").undone
	assert [(each.stopped, each.reopened) for each in undone] == [(jan("5 13:00"), jan("5 14:00"))]


@pytest.mark.parametrize("policy", ["from change", "from opening"])
def test_a_ticket_covered_again_is_measured_as_if_it_had_always_been(policy):
	life = (
		opened("5 09:00", target="ERP", service="ERP"),
		event("5 10:00", SERVICE, "Coffee", target=NOT_COVERED),
		event("5 12:00", SERVICE, "ERP", target="ERP", sequence=2),
	)
	clock = resolution(*life, terms=services(service=policy), now="5 13:00")
	check(clock, state="running", elapsed=4, due="5 17:00")
	assert [(day(p.due), day(p.replaced_at), p.replaced_by) for p in clock.promises] == [
		("5 17:00", "5 10:00", "withdrawn")
	]


def test_a_closed_ticket_that_was_moved_out_of_the_contract_stays_stopped_when_reopened():
	life = (
		opened("5 09:00", target="ERP", service="ERP"),
		event("5 10:00", STATUS, "Closed"),
		event("5 12:00", SERVICE, "Coffee", target=NOT_COVERED, sequence=2),
		event("5 13:00", STATUS, "Open", sequence=3),
	)
	for reopen in ("continue", "new cycle"):
		check(
			resolution(*life, terms=services(reopen=reopen), now="6 09:00"),
			state="stopped",
			cycle=1,
			verdict="met",
		)
