"""What another customer, issue type or contract named by hand does to the clocks: tables made by hand.

Support hours are 09:00 to 17:00 from Monday the 5th unless said.
"""

import pytest

from sla_guard.engine.events import PRIORITY, RESPONDED, STATUS
from sla_guard.engine.instants import HOUR
from sla_guard.engine.terms import MAIL, NOT_COVERED, TAKEN_IN_CHARGE
from tests.unit.factories import check, clocks, event, jan, opened, resolution, response, target, terms

# ---- customer change: the contract changes with it


def moved(at, to, *, row="default", sequence=5):
	return event(at, "customer", "Other Ltd", target=row, terms=to.hash, sequence=sequence)


HELD = (
	opened("5 09:00"),
	event("5 10:00", STATUS, "On Hold", sequence=1),
	event("5 12:00", STATUS, "Open", sequence=2),
)


@pytest.mark.parametrize(
	"policy, expected",
	[
		("from opening", {"elapsed": 2, "due": "6 11:00"}),
		("from change", {"elapsed": 0, "due": "6 13:00"}),
		("keep", {"elapsed": 4, "due": "5 17:00"}),
	],
)
def test_the_new_contract_says_what_a_change_of_customer_does(policy, expected):
	old = terms(customer="keep" if policy != "keep" else "from opening")
	new = terms(customer=policy, pauses={"Resolution": {"On Hold": "customer"}})
	book = {old.hash: old, new.hash: new}
	life = (HELD[0]._replace(terms=old.hash), *HELD[1:], moved("5 13:00", new))
	clock = resolution(*life, terms=book, now="5 13:00")
	check(clock, **expected)
	assert clock.terms == (old if policy == "keep" else new).hash


def test_a_contract_that_pauses_the_present_status_pauses_the_clock_at_the_change():
	old, new = terms(), terms(customer="from change", pauses={"Resolution": {"On Hold": "customer"}})
	life = (HELD[0]._replace(terms=old.hash), HELD[1], moved("5 11:00", new))
	clock = resolution(*life, terms={old.hash: old, new.hash: new}, now="5 13:00")
	check(clock, state="paused", elapsed=0, due=None)


def test_from_opening_takes_in_what_an_earlier_change_had_left_out():
	old = terms(target("default"), target("P1", resolution=4), priority="from change")
	new = terms(target("default", resolution=16))
	raised = event("5 12:00", PRIORITY, "P1", target="P1", sequence=1)
	life = opened("5 09:00", terms=old.hash, priority="P3"), raised
	book = {old.hash: old, new.hash: new}
	after_raise = resolution(*life, terms=book, now="5 13:00")
	check(after_raise, elapsed=1, due="5 16:00")
	assert after_raise.counted_from == jan("5 12:00")
	after_move = resolution(*life, moved("5 13:00", new), terms=book, now="5 13:00")
	check(after_move, elapsed=4, due="6 17:00")
	assert after_move.counted_from == after_move.started == jan("5 09:00")


def test_a_reopening_under_the_old_contract_stays_a_hole_under_a_new_one_that_would_have_begun_a_cycle():
	old, new = terms(), terms(reopen="new cycle")
	life = (
		opened("5 09:00", terms=old.hash),
		event("5 10:00", STATUS, "Closed", sequence=1),
		event("5 12:00", STATUS, "Open", sequence=2),
		moved("5 13:00", new),
	)
	clock = resolution(*life, terms={old.hash: old, new.hash: new}, now="5 13:00")
	check(clock, cycle=1, elapsed=2, due="6 11:00")
	assert clock.terms == new.hash


def test_from_opening_an_answer_that_only_the_new_contract_counts_is_one():
	old, new = terms(answers={MAIL}), terms()
	life = (
		opened("5 09:00", terms=old.hash),
		event("5 09:30", RESPONDED, TAKEN_IN_CHARGE),
		moved("5 09:45", new),
	)
	book = {old.hash: old, new.hash: new}
	check(
		response(*life, terms=book, now="5 12:00"),
		verdict="met",
		stopped="5 09:30",
		stopped_by=TAKEN_IN_CHARGE,
	)
	# What the old contract had counted as missed by then stays missed.
	late = (*life[:2], moved("5 11:00", new))
	check(response(*late, terms=book, now="5 12:00"), verdict="missed", breached="5 10:00", stopped="5 09:30")


def moved_while_closed(old, new):
	"""The Resolution clock just after the reopening of a ticket whose customer changed while it was closed."""
	life = (
		opened("5 09:00", terms=old.hash),
		event("5 10:00", STATUS, "Closed"),
		moved("5 12:00", new, sequence=2),
		event("5 13:00", STATUS, "Open", sequence=3),
	)
	return resolution(*life, terms={old.hash: old, new.hash: new}, now="5 13:00")


def test_a_stopped_clock_keeps_its_contract_and_goes_on_under_it_when_reopened():
	old, new = terms(target("default", resolution=4)), terms(target("default", resolution=8))
	clock = moved_while_closed(old, new)
	check(clock, due="5 16:00", elapsed=1)
	assert clock.terms == old.hash


def test_a_new_cycle_after_a_change_of_customer_runs_under_the_new_contract():
	old, new = terms(), terms(target("default", resolution=2), reopen="new cycle")
	clock = moved_while_closed(old, new)
	check(clock, cycle=2, due="5 15:00", elapsed=0)
	assert clock.terms == new.hash


def test_a_customer_without_a_contract_is_owed_nothing_and_one_with_a_contract_from_opening():
	contract = terms()
	none = event("5 10:00", "customer", "Nobody", target=NOT_COVERED, terms=NOT_COVERED, sequence=1)
	check(resolution(opened("5 09:00"), none, terms=contract, now="5 12:00"), state="withdrawn", elapsed=1)
	stranger = opened("5 09:00", target=NOT_COVERED, terms=NOT_COVERED)
	assert clocks(stranger, terms={}, now="5 12:00") == ()
	check(
		resolution(stranger, moved("5 12:00", contract), terms=contract, now="5 13:00"),
		elapsed=4,
		due="5 17:00",
	)


def test_another_customer_under_the_same_contract_changes_nothing():
	same = event("5 12:00", "customer", "Sister Ltd", target="default")
	clock = resolution(opened("5 09:00"), same, terms=terms(customer="from change"), now="5 13:00")
	check(clock, elapsed=4, due="5 17:00")
	assert clock.promises == ()


def test_a_customer_named_for_the_first_time_has_it_from_opening_whatever_the_policy():
	old, new = terms(), terms(customer="from change")
	stranger = opened("5 09:00", terms=old.hash, customer="")
	clock = resolution(stranger, moved("5 12:00", new), terms={old.hash: old, new.hash: new}, now="5 13:00")
	check(clock, elapsed=4, due="5 17:00")


# ---- issue type, contract named by hand, void


@pytest.mark.parametrize(
	"policy, expected", [("from opening", {"elapsed": 2, "due": "5 13:00"}), ("keep", {"due": "5 17:00"})]
)
def test_an_issue_type_follows_the_policy_of_the_priority(policy, expected):
	contract = terms(target("default"), target("bug", resolution=4), priority=policy)
	life = opened("5 09:00", issue_type="Question"), event("5 10:00", "issue type", "Bug", target="bug")
	check(resolution(*life, terms=contract, now="5 11:00"), **expected)


def test_a_contract_named_by_hand_follows_the_policy_of_the_customer():
	old, new = terms(), terms(target("default", resolution=4), customer="from change")
	named = event("5 10:00", "contract", "C-2", target="default", terms=new.hash)
	life = opened("5 09:00", terms=old.hash), named
	clock = resolution(*life, terms={old.hash: old, new.hash: new}, now="5 11:00")
	check(clock, elapsed=1, due="5 14:00")


def test_a_voided_ticket_counts_nowhere_whatever_was_met_missed_or_comes_after():
	life = (
		opened("5 09:00"),
		event("5 09:30", RESPONDED, MAIL),
		event("6 12:00", "void", sequence=2),
		event("6 13:00", STATUS, "Closed", sequence=3),
		event("6 14:00", STATUS, "Open", sequence=4),
	)
	before = clocks(*life, terms=terms(), now="6 11:59")
	assert [clock.verdict or clock.breached_at for clock in before] == ["met", jan("5 17:00")]
	for clock in clocks(*life, terms=terms(), now="7 09:00"):
		check(clock, state="void", verdict=None, due=None, cycle=1)


def test_what_was_promised_at_an_instant_is_known_after_a_change():
	old, new = terms(target("default", resolution=4)), terms(target("default", resolution=2))
	life = opened("5 09:00", terms=old.hash), moved("5 12:00", new)
	clock = resolution(*life, terms={old.hash: old, new.hash: new}, now="5 15:00")
	assert clock.promised_at(jan("5 11:59")) == (old.hash, "default", 4 * HOUR)
	# More was used by then than the new target allows: it is that one which was missed, at the change.
	assert clock.promised_at(clock.breached_at) == (new.hash, "default", 2 * HOUR)
	assert clock.breached_at == jan("5 12:00")


def test_a_clock_that_a_change_finds_stopped_before_is_decided_by_the_change():
	old, new = terms(answers={MAIL}), terms()
	life = (
		opened("5 09:00", terms=old.hash),
		event("5 09:30", RESPONDED, TAKEN_IN_CHARGE),
		moved("5 09:45", new),
	)
	clock = response(*life, terms={old.hash: old, new.hash: new}, now="5 12:00")
	assert (clock.stopped, clock.decided) == (jan("5 09:30"), jan("5 09:45"))
