"""Ticket histories as files have them: encodings, delimiters, dates, zones, and faults of all kinds."""

import codecs
import gzip
import random
from datetime import datetime, timedelta, timezone

import pytest

from sla_guard.engine.history import Told
from sla_guard.engine.instants import MINUTE, instant
from sla_guard.engine.wall_clock import zone_named
from sla_guard.simulation import faults
from sla_guard.simulation.columns import Meanings, columns, guess
from sla_guard.simulation.formats import Format, WrongFile, format_of, headers, rows
from sla_guard.simulation.instants import (
	DAY_FIRST,
	MONTH_FIRST,
	YEAR_FIRST,
	Dates,
	Unreadable,
	order_of,
	reader,
	zone_of,
)
from sla_guard.simulation.reading import Asked, read

MEANINGS = Meanings(
	{"Status": {"New": "Open"}}, {"Status": frozenset(["Open", "Closed"]), "Priority": frozenset(["P1"])}
)


def written(folder, text, encoding="utf-8", compress=False, name="history.csv"):
	content = text.encode(encoding) if isinstance(text, str) else text
	path = folder / name
	path.write_bytes(gzip.compress(content) if compress else content)
	return path


def utc(*moment):
	return instant(datetime(*moment, tzinfo=timezone.utc))


# ---- formats


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("compress", [False, True])
def test_a_table_is_read_whatever_it_is_written_in(tmp_path, delimiter, encoding, compress):
	lines = [["ticket", "état"], ["1", "Réparé, vraiment; oui|non\tpeut-être"], ["2", 'À "vérifier"']]
	text = "\r\n".join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
	path = written(tmp_path, text, encoding, compress)
	how = format_of(path)
	assert (how.delimiter, headers(path, how)) == (delimiter, lines[0])
	assert list(rows(path, how)) == list(enumerate(lines, 1))


def test_a_row_has_the_number_that_a_spreadsheet_shows(tmp_path):
	path = written(tmp_path, "a,b\n1,2\n\n3,4\n")
	assert [number for number, _cells in rows(path, format_of(path))] == [1, 2, 4]


@pytest.mark.parametrize(
	"content, words",
	[
		(b"", "No table|empty"),
		(b"one column\nand no more\n", "No table"),
		(b"a,a\n1,2\n", "Two columns have the header a"),
		(gzip.compress(b"a,b\n" + b"1,2\n" * 9000)[:-20], "cannot be read|Row"),
		(b"a,b\n" + b'1,"' + b"x" * 200_000 + b'"\n', "Row 2: field larger"),
	],
)
def test_what_is_no_table_is_refused_and_it_is_said_why(tmp_path, content, words):
	path = written(tmp_path, content)
	with pytest.raises(WrongFile, match=words):
		how = format_of(path)
		headers(path, how)
		list(rows(path, how))


def test_a_wrong_encoding_is_said_with_the_row(tmp_path):
	path = written(tmp_path, "a,b\n1,é\n", "cp1252")
	with pytest.raises(WrongFile, match="not encoded as utf-8"):
		list(rows(path, Format("utf-8-sig", ",")))


def test_columns_are_guessed_by_usual_headers_and_named_where_they_are_missing():
	found = guess(["number", "incident_state", "sys_updated_at", "opened_at", "priority", "sys_mod_count"])
	assert (found["ticket"], found["time"], found["opened"]) == ("number", "sys_updated_at", "opened_at")
	assert (found["status"], found["sequence"]) == ("incident_state", "sys_mod_count")
	with pytest.raises(WrongFile, match="No column says the status"):
		columns(["a", "b"], {"ticket": "a", "time": "b"})
	with pytest.raises(WrongFile, match="no column c; it has a, b"):
		columns(["a", "b"], {"ticket": "a", "time": "b", "status": "c"})


# ---- dates


@pytest.mark.parametrize(
	"text, order, moment",
	[
		("29/2/2016 01:16", DAY_FIRST, (2016, 2, 29, 1, 16)),
		("2/29/2016 01:16:07", MONTH_FIRST, (2016, 2, 29, 1, 16, 7)),
		("02-03-16", DAY_FIRST, (2016, 3, 2)),
		("2.3.2016, 14.05", DAY_FIRST, (2016, 3, 2, 14, 5)),
		("3/2/2016 2:05 PM", MONTH_FIRST, (2016, 3, 2, 14, 5)),
		("3/2/2016 12:05 a.m.", MONTH_FIRST, (2016, 3, 2, 0, 5)),
		("2016-03-02T14:05:06.25", YEAR_FIRST, (2016, 3, 2, 14, 5, 6, 250_000)),
		("2016/3/2 14h05", DAY_FIRST, (2016, 3, 2, 14, 5)),
		("2016-03-02 14:05:06Z", YEAR_FIRST, (2016, 3, 2, 14, 5, 6)),
		("2016-03-02T16:05+02:00", YEAR_FIRST, (2016, 3, 2, 14, 5)),
		("2016-03-02 09:05 UTC-5", YEAR_FIRST, (2016, 3, 2, 14, 5)),
		("42431.5868055556", DAY_FIRST, (2016, 3, 2, 14, 5)),
		("42431,5", MONTH_FIRST, (2016, 3, 2, 12)),
		("5/5/2016", YEAR_FIRST, (2016, 5, 5)),
	],
)
def test_an_instant_is_read_as_it_is_written(text, order, moment):
	assert reader(order, "UTC")(text, "") == utc(*moment)


@pytest.mark.parametrize(
	"text",
	[
		"",
		"soon",
		"32/1/2016",
		"1/13/2016",
		"1/2/016",
		"29/2/2015",
		"1/2/2016 25:00",
		"13/2/2016 13:00 PM",
		"7",
		"1/2-2016",
	],
)
def test_what_is_no_instant_is_not_made_one(text):
	with pytest.raises(Unreadable):
		reader(DAY_FIRST, "UTC")(text, "")


def test_every_instant_is_read_back_in_each_order():
	chance = random.Random(3)
	forms = {
		DAY_FIRST: "%d/%m/%Y %H:%M:%S",
		MONTH_FIRST: "%m/%d/%Y %H:%M:%S",
		YEAR_FIRST: "%Y-%m-%d %H:%M:%S",
	}
	for order, form in forms.items():
		read_it = reader(order, "UTC")
		for _ in range(500):
			moment = datetime(2016, 1, 1) + timedelta(seconds=chance.randrange(10 * 365 * 86400))
			assert read_it(moment.strftime(form), "") == instant(moment.replace(tzinfo=timezone.utc))
			serial = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
			assert read_it(repr(serial), "") == instant(moment.replace(tzinfo=timezone.utc))


def dates(*texts, column="at"):
	found = Dates(column)
	for text in texts:
		found.see(text)
	return found


def test_the_order_of_a_column_is_told_by_one_of_its_dates():
	assert dates("1/2/2016", "13/2/2016").order == DAY_FIRST
	assert dates("1/2/2016", "2/13/2016").order == MONTH_FIRST
	assert dates("2016-01-02", "5/5/2016", "42431.5").order == YEAR_FIRST
	assert dates("1/2/2016").order == ""


def test_a_column_that_does_not_tell_follows_the_others_and_is_asked_for_where_there_are_none():
	known, silent = dates("13/2/2016"), dates("1/2/2016", column="opened")
	assert order_of([known, silent]) == {"at": DAY_FIRST, "opened": DAY_FIRST}
	with pytest.raises(WrongFile, match="opened: 1/2/2016 may have its day or its month first"):
		order_of([silent])
	with pytest.raises(WrongFile, match="at: 13/2/2016 has its day first, 2/13/2016 its month"):
		order_of([dates("13/2/2016", "2/13/2016")])


@pytest.mark.parametrize(
	"name, hours", [("Europe/Paris", 1), ("+02:00", 2), ("UTC-5", -5), ("GMT+0530", 5.5), ("Z", 0)]
)
def test_a_zone_is_a_name_or_an_offset(name, hours):
	assert zone_of(name).utcoffset(datetime(2016, 1, 5)) == timedelta(hours=hours)


@pytest.mark.parametrize("name", ["Mars", "+15:00", "+02:70", "../etc/passwd"])
def test_an_unknown_zone_is_told(name):
	with pytest.raises(Unreadable) as told:
		zone_of(name)
	assert told.value.zone


def test_a_clock_change_is_that_of_the_zone():
	read_it = reader(DAY_FIRST, "Europe/Paris")
	winter, summer = read_it("27/3/2016 01:59", ""), read_it("27/3/2016 03:00", "")
	assert summer - winter == MINUTE
	# Of a repeated hour the first one.
	assert read_it("30/10/2016 02:30", "") == instant(
		datetime(2016, 10, 30, 2, 30, tzinfo=zone_named("Europe/Paris"))
	)


# ---- told


def told(folder, text, meanings=MEANINGS, **asked):
	"""The histories and the faults of a file."""
	asked = {"columns": {}, "missing": frozenset("?"), "leave_out": True, **asked}
	with read(written(folder, text), Asked(**asked)) as history:
		tickets = dict(history.tickets(meanings))
		return tickets, [each[:1] + each[2:] for each in history.faults()]


def brief(history):
	return [(each.at, each.kind, each.status, each.priority) for each in history]


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


def test_the_byte_order_mark_is_no_part_of_a_header(tmp_path):
	path = written(tmp_path, codecs.BOM_UTF8 + b"ticket;time\nA;1\n")
	assert headers(path, format_of(path)) == ["ticket", "time"]
