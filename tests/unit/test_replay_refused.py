"""What a replay refuses, with what and where, and that it knows nothing of the future."""

from datetime import datetime, timezone

import pytest

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.events import OPENED, PRIORITY, RESPONDED, STATUS, Event
from sla_guard.engine.replay import replay
from tests.unit.factories import check, clocks, event, jan, opened, resolution, terms

# ---- no look-ahead


def test_nothing_is_known_before_the_opening():
	life = opened("5 09:00"), event("5 10:00", STATUS, "Closed")
	assert clocks(*life, terms=terms(), now="5 08:59") == ()
	assert clocks(terms=terms(), now="5 08:59") == ()
	check(resolution(*life, terms=terms(), now="5 09:59"), state="running")


# ---- what is refused, with what and where


NAIVE = datetime(2026, 1, 5, 9)


@pytest.mark.parametrize(
	"life, message",
	[
		pytest.param(
			[opened("5 09:00"), event("5 08:00", STATUS, "Open")],
			rf"Event 'status' at {jan('5 08:00')} µs, sequence 1 comes before the opening at {jan('5 09:00')} µs",
			id="an event before the opening",
		),
		pytest.param(
			[event("5 09:00", STATUS, "Open")], "Event 'status' .* was never opened", id="no opening"
		),
		pytest.param(
			[opened("5 09:00"), opened("5 10:00")],
			f"the ticket was opened already, at {jan('5 09:00')}",
			id="two openings",
		),
		pytest.param(
			[opened("5 09:00"), Event(NAIVE, 1, STATUS, "Closed")],
			r"Event 'status', sequence 1: datetime.datetime\(2026, 1, 5, 9, 0\) is not an instant",
			id="a naive instant",
		),
		pytest.param(
			[opened("5 09:00"), Event(NAIVE.replace(tzinfo=timezone.utc), 1, STATUS, "Closed")],
			"is not an instant",
			id="a datetime that nobody converted",
		),
		pytest.param(
			[opened("5 09:00"), event("5 10:00", STATUS, "Closed", sequence=None)],
			"Sequence of the event 'status' at .*: None is not",
			id="no sequence",
		),
		pytest.param(
			[opened("5 09:00"), event("5 10:00", "exploded")], "'exploded' .* its kind is none of", id="kind"
		),
		pytest.param(
			[opened("5 09:00"), event("5 10:00", STATUS)], "'status' .* names no status", id="no status"
		),
		pytest.param(
			[opened("5 09:00"), event("5 10:00", RESPONDED, "smoke")],
			"'smoke' is no way to respond",
			id="answer",
		),
		pytest.param(
			[opened("5 09:00"), event("5 10:00", PRIORITY, "P1")],
			"does not say which target",
			id="no target decided",
		),
		pytest.param(
			[opened("5 09:00", target="gone")], "'opened' .* have no target 'gone'", id="unknown target"
		),
		pytest.param(
			[opened("5 09:00"), event("5 10:00", PRIORITY, "P1", target="gone")],
			"'priority' .* have no target 'gone'",
			id="unknown target of a change",
		),
		pytest.param([opened("5 09:00", terms="abc")], "the terms 'abc' are not given", id="unknown terms"),
		pytest.param(
			[Event(jan("5 09:00"), 0, OPENED, "", "default")], "names no status", id="opened without status"
		),
		pytest.param(
			[Event(jan("5 09:00"), 0, OPENED, "Open")], "does not say which target", id="opened, no target"
		),
	],
)
def test_events_that_cannot_be_understood_are_refused(life, message):
	with pytest.raises(WrongInput, match=message):
		clocks(*life, terms=terms(), now="9 09:00")


def test_now_must_be_an_instant():
	with pytest.raises(WrongInput, match=r"now: datetime.* is not an instant"):
		replay([opened("5 09:00")], terms(), NAIVE)


def test_where_several_terms_are_given_the_opening_says_which():
	with pytest.raises(WrongInput, match="the terms '' are not given"):
		clocks(opened("5 09:00"), terms={terms().hash: terms()}, now="5 10:00")
