"""What the cases do not cover of clocks: tables made by hand. 09:00 to 17:00 from Monday the 5th unless said."""

import pytest

from sla_guard.engine.events import PRIORITY, RESPONDED, RESTORATION_FAILED, RESTORED, STATUS
from sla_guard.engine.replay import restored
from sla_guard.engine.terms import MAIL, TAKEN_IN_CHARGE
from tests.unit.factories import (
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

# ---- what counts as a response


@pytest.mark.parametrize("way", [MAIL, TAKEN_IN_CHARGE])
def test_an_answer_stops_response_and_says_how(way):
	clock = response(opened("5 09:00"), event("5 09:30", RESPONDED, way), terms=terms(), now="6 12:00")
	check(clock, state="stopped", elapsed=0.5, stopped="5 09:30", stopped_by=way, verdict="met", due=None)


@pytest.mark.parametrize("counts, other", [(MAIL, TAKEN_IN_CHARGE), (TAKEN_IN_CHARGE, MAIL)])
def test_an_answer_of_a_kind_that_the_contract_does_not_count_stops_nothing(counts, other):
	clock = response(
		opened("5 09:00"), event("5 09:30", RESPONDED, other), terms=terms(answers={counts}), now="5 12:00"
	)
	check(clock, state="running", elapsed=3, breached="5 10:00", verdict=None, due=None)


def test_a_call_recorded_late_counts_from_when_it_was_made():
	late = event("5 09:20", RESPONDED, TAKEN_IN_CHARGE, sequence=9)
	clock = response(opened("5 09:00"), event("5 15:00", RESPONDED, MAIL), late, terms=terms(), now="6 12:00")
	check(clock, stopped="5 09:20", stopped_by=TAKEN_IN_CHARGE, verdict="met")


def test_an_answer_at_exactly_due_is_in_time_and_one_on_saturday_for_friday_evening_is_not():
	friday = opened("9 16:00")
	check(response(friday, event("9 17:00", RESPONDED, MAIL), terms=terms(), now="12 12:00"), verdict="met")
	saturday = event("10 11:00", RESPONDED, MAIL)
	check(
		response(friday, saturday, terms=terms(), now="12 12:00"),
		verdict="missed",
		breached="9 17:00",
		elapsed=1,
	)


def test_an_answer_in_a_pause_stops_a_response_clock_that_the_contract_lets_pause():
	paused = terms(pauses={"Response": {"On Hold": "customer"}})
	life = (
		opened("5 09:00"),
		event("5 09:15", STATUS, "On Hold"),
		event("5 12:00", RESPONDED, MAIL, sequence=2),
	)
	check(response(*life, terms=paused, now="6 09:00"), elapsed=0.25, stopped="5 12:00", verdict="met")


def test_closing_without_an_answer_stops_response_or_does_not_by_contract():
	life = opened("5 09:00"), event("5 09:30", STATUS, "Closed")
	check(
		response(*life, terms=terms(), now="5 12:00"), verdict="met", stopped_by="Closed", stopped="5 09:30"
	)
	strict = terms(closing_answers=False)
	check(response(*life, terms=strict, now="5 12:00"), state="running", breached="5 10:00")
	check(resolution(*life, terms=strict, now="5 12:00"), state="stopped", verdict="met")
	answered = event("5 09:45", RESPONDED, MAIL, sequence=2)
	check(response(*life, answered, terms=strict, now="5 12:00"), verdict="met", stopped="5 09:45")


# ---- service restored


def test_a_restored_service_stops_resolution_where_the_contract_says_restored_or_resolved():
	life = opened("5 09:00"), event("5 11:00", RESTORED), event("6 10:00", STATUS, "Resolved", sequence=2)
	gtr, resolved = terms(restored_stops=True), terms()
	check(resolution(*life, terms=gtr, now="7 09:00"), stopped="5 11:00", stopped_by="restored", elapsed=2)
	check(
		resolution(*life, terms=resolved, now="7 09:00"), stopped="6 10:00", stopped_by="Resolved", elapsed=9
	)
	check(response(*life[:2], terms=gtr, now="5 11:00"), state="running", breached="5 10:00")


RESTORED_AT_11 = (opened("5 09:00"), event("5 11:00", RESTORED))


@pytest.mark.parametrize(
	"later",
	[
		pytest.param([event("5 13:00", RESTORATION_FAILED, sequence=3)], id="the restoration failed"),
		pytest.param(
			[event("5 12:00", STATUS, "Resolved", sequence=2), event("5 13:00", STATUS, "Open", sequence=3)],
			id="resolved, then reopened",
		),
	],
)
def test_a_restoration_that_does_not_last_is_a_reopening(later):
	going_on = terms(restored_stops=True)
	check(
		resolution(*RESTORED_AT_11, *later, terms=going_on, now="5 14:00"),
		elapsed=3,
		due="6 11:00",
		verdict=None,
	)
	anew = terms(restored_stops=True, reopen="new cycle")
	check(resolution(*RESTORED_AT_11, *later, terms=anew, now="5 14:00"), cycle=2, elapsed=1, due="6 13:00")
	first = clocks(*RESTORED_AT_11, *later, terms=anew, now="5 14:00")[1]
	check(first, cycle=1, state="stopped", verdict="met", stopped="5 11:00")
	assert not restored([*RESTORED_AT_11, *later], going_on, jan("5 14:00"))


def test_a_service_is_restored_from_then_on_whatever_the_contract_promises():
	for promised in (terms(), terms(restored_stops=True)):
		told = [
			restored(RESTORED_AT_11, promised, jan(when))
			for when in ("5 08:00", "5 10:59", "5 11:00", "7 09:00")
		]
		assert told == [False, False, True, True]


@pytest.mark.parametrize(
	"later",
	[
		pytest.param([event("5 12:00", STATUS, "Replied", sequence=2)], id="another open status"),
		pytest.param([event("5 12:00", RESTORED, sequence=2)], id="restored twice"),
		pytest.param(
			[
				event("5 12:00", STATUS, "Closed", sequence=2),
				event("5 13:00", RESTORATION_FAILED, sequence=3),
			],
			id="a failure while the ticket is closed",
		),
	],
)
def test_a_restored_service_stays_so(later):
	clock = resolution(*RESTORED_AT_11, *later, terms=terms(restored_stops=True), now="6 12:00")
	check(clock, state="stopped", elapsed=2, verdict="met")


def test_a_service_restored_in_a_pause_or_after_closing_stops_what_still_ran():
	gtr = terms(restored_stops=True, pauses={"Resolution": {"On Hold": "vendor"}})
	held = opened("5 09:00"), event("5 10:00", STATUS, "On Hold"), event("5 12:00", RESTORED, sequence=2)
	check(resolution(*held, terms=gtr, now="6 09:00"), elapsed=1, stopped="5 12:00")
	closed = opened("5 09:00"), event("5 10:00", STATUS, "Closed"), event("5 12:00", RESTORED, sequence=2)
	check(resolution(*closed, terms=gtr, now="6 09:00"), stopped="5 10:00", stopped_by="Closed")


# ---- events of one instant


def test_a_pause_of_no_length_leaves_no_trace():
	held = terms(pauses={"Resolution": {"On Hold": "customer"}})
	life = (
		opened("5 09:00"),
		event("5 10:00", STATUS, "On Hold"),
		event("5 10:00", STATUS, "Open", sequence=2),
	)
	clock = resolution(*life, terms=held, now="5 11:00")
	check(clock, elapsed=2)
	assert [tuple(stretch) for stretch in clock.stretches] == [
		(jan("5 09:00"), jan("5 11:00"), "running", "", "")
	]


def test_of_two_events_of_one_instant_the_sequence_decides_which_came_first():
	def life(closed, raised):
		return (
			opened("5 09:00", target="P3", priority="P3"),
			event("5 12:00", STATUS, "Closed", sequence=closed),
			event("5 12:00", PRIORITY, "P1", target="P1", sequence=raised),
		)

	check(
		resolution(*life(1, 2), terms=by_priority(), now="6 09:00"), target="P3", stopped="5 12:00", elapsed=3
	)
	check(
		resolution(*life(2, 1), terms=by_priority(), now="6 09:00"), target="P1", stopped="5 12:00", elapsed=3
	)


def test_the_opening_comes_first_among_the_events_of_its_instant_whatever_its_sequence():
	late = opened("5 09:00")._replace(sequence=7)
	check(
		resolution(event("5 09:00", STATUS, "Closed"), late, terms=terms(), now="6 09:00"),
		elapsed=0,
		verdict="met",
	)


def test_a_clock_paused_at_exactly_due_is_not_late_until_it_runs_again():
	held = terms(pauses={"Resolution": {"On Hold": "customer"}})
	paused = opened("5 09:00"), event("5 17:00", STATUS, "On Hold")
	check(resolution(*paused, terms=held, now="9 12:00"), state="paused", elapsed=8, breached=None)
	ended = event("9 12:00", STATUS, "Open", sequence=2), event("9 12:00", STATUS, "Closed", sequence=3)
	check(resolution(*paused, *ended, terms=held, now="12 12:00"), verdict="met")
	resumed = resolution(*paused, ended[0], terms=held, now="9 12:00")
	check(resumed, due="9 12:00", breached=None)
	# In closed hours too: it runs at a later instant, though no support time passes.
	on_saturday = event("10 12:00", STATUS, "Open", sequence=2)
	check(
		resolution(*paused, on_saturday, terms=held, now="10 12:01"), breached="10 12:00", due=None, elapsed=8
	)


# ---- Open as a pausing status, opened closed, no hours left


def test_a_ticket_opened_in_a_pausing_status_is_paused_at_once():
	triage = terms(pauses={"Resolution": {"Open": "internal"}, "Response": {"Open": "internal"}})
	waiting = resolution(opened("5 09:00"), terms=triage, now="6 12:00")
	check(waiting, state="paused", elapsed=0, due=None)
	assert waiting.left_us == waiting.target_us
	worked_on = event("6 12:00", STATUS, "Working")
	check(
		resolution(opened("5 09:00"), worked_on, terms=triage, now="6 12:00"), state="running", due="7 12:00"
	)


def test_a_ticket_opened_closed_is_stopped_at_once():
	ours = clocks(opened("5 09:00", status="Closed"), terms=terms(), now="6 09:00")
	for clock in ours:
		check(clock, state="stopped", elapsed=0, verdict="met", stopped="5 09:00")


def test_where_no_hours_are_left_there_is_no_due_and_the_clock_runs():
	endless = terms(target("default", resolution=1_000_000))
	check(
		resolution(opened("5 09:00"), terms=endless, now="5 11:00"),
		state="running",
		due=None,
		breached=None,
		elapsed=2,
	)


def test_a_status_that_the_terms_do_not_know_lets_the_clock_run():
	odd = event("5 10:00", STATUS, "-100")
	check(resolution(opened("5 09:00"), odd, terms=terms(), now="5 12:00"), state="running", elapsed=3)


# ---- what a picture needs


def test_stretches_tell_the_whole_life_without_a_gap_and_why_each_pause_was():
	held = terms(pauses={"Resolution": {"On Hold": "customer", "At Vendor": "vendor"}})
	life = (
		opened("5 09:00"),
		event("5 10:00", STATUS, "On Hold"),
		event("5 11:00", STATUS, "At Vendor", sequence=2),
		event("5 12:00", STATUS, "Open", sequence=3),
		event("5 12:30", STATUS, "Replied", sequence=4),
		event("5 13:00", STATUS, "Resolved", sequence=5),
		event("6 09:00", STATUS, "Open", sequence=6),
	)
	found = [
		(day(s.start), day(s.end), *s[2:]) for s in resolution(*life, terms=held, now="6 10:00").stretches
	]
	assert found == [
		("5 09:00", "5 10:00", "running", "", ""),
		("5 10:00", "5 11:00", "paused", "On Hold", "customer"),
		("5 11:00", "5 12:00", "paused", "At Vendor", "vendor"),
		("5 12:00", "5 13:00", "running", "", ""),
		("5 13:00", "6 09:00", "stopped", "", ""),
		("6 09:00", "6 10:00", "running", "", ""),
	]


def test_what_was_promised_before_a_change_stays_readable():
	life = (
		opened("11 03:00", target="P3", priority="P3"),
		event("11 06:00", PRIORITY, "P1", target="P1"),
		event("11 06:10", PRIORITY, "P3", target="P3", sequence=2),
	)
	contract = by_priority(priority="from change")
	promises = response(*life, terms=contract, now="11 07:00").promises
	told = [(p.target, day(p.since), day(p.due), day(p.replaced_at), p.replaced_by) for p in promises]
	assert told == [
		("P3", "11 03:00", "12 10:00", "11 06:00", "from change"),
		("P1", "11 06:00", "11 06:30", "11 06:10", "from change"),
	]
	assert {promise.terms for promise in promises} == {contract.hash}


def test_what_is_left_falls_below_zero_once_the_target_is_passed():
	clock = response(opened("5 09:00"), terms=terms(), now="5 10:30")
	assert clock.left_us == clock.target_us - clock.elapsed_us == -30 * 60 * 1_000_000
