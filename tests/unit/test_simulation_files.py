"""What the rows of a file tell of tickets, and what is wrong with them."""

import random
from datetime import datetime, timedelta

import pytest

from sla_guard.engine.history import Told
from sla_guard.engine.instants import MINUTE
from sla_guard.simulation import faults
from sla_guard.simulation.kinds import WrongFile
from tests.unit.histories import MEANINGS, brief, told, utc


def test_a_ticket_opens_with_what_it_is_first_known_to_be_and_changes_row_by_row(tmp_path):
	tickets, wrong = told(
		tmp_path,
		"ticket,time,opened,status,priority\n"
		"A,2016-01-05 09:30,2016-01-05 09:00,New,\n"
		"A,2016-01-05 10:00,2016-01-05 09:00,New,P1\n"
		"A,2016-01-05 11:00,2016-01-05 09:00,Closed,P1\n",
	)
	assert brief(tickets["A"]) == [
		(utc(2016, 1, 5, 9), "opened", "Open", "P1"),
		(utc(2016, 1, 5, 11), "status", "Closed", "P1"),
	]
	assert wrong == [(2, "priority", "", faults.MISSING)]


def test_rows_may_be_scattered_and_in_any_order(tmp_path):
	lines = [
		f"{ticket},2016-01-{day:02} 09:00,{'Closed' if day == 9 else 'New'}"
		for ticket in "ABC"
		for day in (5, 7, 9)
	]
	wanted, _wrong = told(tmp_path, "\n".join(["ticket,time,status", *lines]))
	random.Random(1).shuffle(lines)
	shuffled, wrong = told(tmp_path, "\n".join(["ticket,time,status", *lines]))
	assert shuffled == wanted
	assert {each[-1] for each in wrong} == {faults.NO_OPENINGS, faults.OUT_OF_ORDER}


def test_states_of_one_instant_follow_their_sequence_or_else_the_file(tmp_path):
	text = "ticket,time,status,seq\nA,2016-01-05 09:00,Closed,2\nA,2016-01-05 09:00,New,1\n"
	by_sequence, _wrong = told(tmp_path, text)
	assert [each.status for each in by_sequence["A"]] == ["Open", "Closed"]
	by_row, wrong = told(tmp_path, text, columns={"ticket": "ticket", "time": "time", "status": "status"})
	assert [each.status for each in by_row["A"]] == ["Open", "Closed", "Open"]
	assert wrong[-1] == (3, "status", "New", faults.SAME_INSTANT)


def test_a_column_of_zones_is_that_of_each_row(tmp_path):
	tickets, wrong = told(
		tmp_path,
		"ticket,time,tz,status\nA,2016-01-05 09:00,+02:00,New\nA,2016-01-05 09:00,America/New_York,Closed\n"
		"A,2016-01-05 09:00,Mars,New\n",
		columns={"ticket": "ticket", "time": "time", "time_zone": "tz", "status": "status"},
	)
	assert [each.at for each in tickets["A"]] == [utc(2016, 1, 5, 7), utc(2016, 1, 5, 14)]
	assert (4, "tz", "Mars", faults.WRONG_ZONE) in wrong


RESPONSES = "ticket,time,opened,status,answer\n"


@pytest.mark.parametrize(
	"cell, at, fault",
	[
		("2016-01-05 09:20", utc(2016, 1, 5, 9, 20), None),
		("yes", utc(2016, 1, 5, 10), None),
		("no", None, None),
		("2016-01-05 08:00", utc(2016, 1, 5, 9), faults.EARLY_RESPONSE),
		("perhaps", None, faults.WRONG_RESPONSE),
	],
)
def test_a_response_is_an_instant_or_a_mark(tmp_path, cell, at, fault):
	row = f"A,2016-01-05 10:00,2016-01-05 09:00,New,{cell}\n"
	tickets, wrong = told(
		tmp_path,
		RESPONSES + row,
		columns=dict(
			zip(("ticket", "time", "opened", "status", "response"), RESPONSES.strip().split(","), strict=True)
		),
	)
	assert [each.at for each in tickets["A"] if each.kind == "responded"] == ([at] if at else [])
	assert [each[-1] for each in wrong] == ([fault] if fault else [])


def test_a_status_that_says_so_is_a_response_once(tmp_path):
	text = "ticket,time,status\nA,2016-01-05 09:00,New\nA,2016-01-05 10:00,Begun\nA,2016-01-05 11:00,New\nA,2016-01-05 12:00,Begun\n"
	tickets, _wrong = told(tmp_path, text, MEANINGS._replace(answers=frozenset(["Begun"])))
	assert [each.at for each in tickets["A"] if each.kind == "responded"] == [utc(2016, 1, 5, 10)]


@pytest.mark.parametrize(
	"row, fault",
	[
		("A,2016-01-06 09:00,2016-01-05 09:00,-100,P1,2", (3, "status", "-100", faults.UNKNOWN_STATUS)),
		("A,2016-01-06 09:00,2016-01-05 09:00,New,P9,2", (3, "priority", "P9", faults.UNKNOWN)),
		("A,2016-01-06 09:00,2016-01-05 09:00,?,P1,2", (3, "status", "", faults.MISSING)),
		(
			"A,2016-01-04 09:00,2016-01-05 09:00,New,P1,2",
			(3, "time", "2016-01-04 09:00", faults.OUT_OF_ORDER),
		),
		("A,2016-01-05 09:00,2016-01-05 09:00,New,P1,1", (3, "ticket", "A", faults.DUPLICATE)),
		("A,2016-01-05 09:00,2016-01-05 09:00,Closed,P1,2", (3, "status", "Closed", faults.SAME_INSTANT)),
		("A,2016-01-06 09:00,2016-01-06 09:00,Closed,P1,2", (3, "opened", "", faults.OTHER_OPENING)),
		("A,2016-01-06 09:00,yesterday,Closed,P1,2", (3, "opened", "yesterday", faults.WRONG_OPENING)),
		("B,2016-01-06 09:00,?,Closed,P1,2", (3, "opened", "", faults.NO_OPENING)),
		("A,2016-01-06 09:00,2016-01-05 09:00,Closed,P1,second", (3, "seq", "second", faults.WRONG_SEQUENCE)),
		("A,?,2016-01-05 09:00,Closed,P1,2", (3, "time", "", faults.NO_INSTANT)),
		(
			"A,6th of January,2016-01-05 09:00,Closed,P1,2",
			(3, "time", "6th of January", faults.WRONG_INSTANT),
		),
		("?,2016-01-06 09:00,2016-01-05 09:00,Closed,P1,2", (3, "ticket", "?", faults.NO_TICKET)),
		("A,2016-01-06 09:00,2016-01-05 09:00,Closed", (3, "", "4", faults.CELLS)),
	],
)
def test_each_fault_is_told_with_row_column_and_value(tmp_path, row, fault):
	first = "A,2016-01-05 09:00,2016-01-05 09:00,New,P1,1"
	_tickets, wrong = told(tmp_path, f"ticket,time,opened,status,priority,seq\n{first}\n{row}\n")
	assert fault in wrong
	assert {each[0] for each in wrong} == {3}


def test_every_fault_is_in_words():
	kinds = {value for name, value in vars(faults).items() if name.isupper() and isinstance(value, str)}
	for kind in kinds:
		assert all(faults.words(kind))


def test_bad_rows_refuse_the_file_unless_they_may_be_left_out(tmp_path):
	text = "ticket,time,status\nA,2016-01-05 09:00,New\nA,never,Closed\n"
	with pytest.raises(WrongFile, match="1 rows have no ticket or no instant, row 3 is the first"):
		told(tmp_path, text, leave_out=False)
	tickets, _wrong = told(tmp_path, text)
	assert brief(tickets["A"]) == [(utc(2016, 1, 5, 9), "opened", "Open", "")]


def test_a_file_without_any_row_is_refused(tmp_path):
	with pytest.raises(WrongFile, match="no rows below its headers"):
		told(tmp_path, "ticket,time,status\n")


def test_a_column_of_free_text_is_taken_for_no_names(tmp_path, monkeypatch):
	monkeypatch.setattr("sla_guard.simulation.reading.MOST_VALUES", 3)
	lines = "".join(f"A,2016-01-05 09:0{number},Text {number}\n" for number in range(5))
	with pytest.raises(WrongFile, match="Status: more than 3 values"):
		told(tmp_path, "ticket,time,status\n" + lines)


def test_what_is_told_is_in_order_and_numbered(tmp_path):
	chance, lines = random.Random(5), []
	for _ in range(300):
		moment = datetime(2016, 1, 5) + timedelta(minutes=chance.randrange(3000))
		lines.append(
			f"T{chance.randrange(20)},{moment:%Y-%m-%d %H:%M},{chance.choice(['New', 'Closed', 'Odd'])},P{chance.randrange(3)}"
		)
	tickets, _wrong = told(tmp_path, "\n".join(["ticket,time,status,priority", *lines]))
	for history in tickets.values():
		assert history[0].kind == "opened"
		assert [(each.at, each.sequence) for each in history] == sorted(
			(each.at, each.sequence) for each in history
		)
		assert isinstance(history[0], Told) and history[-1].at - history[0].at <= 3000 * MINUTE
