"""Excel workbooks of ticket histories: what their cells say, and which sheet is read."""

import tracemalloc
from datetime import date, datetime, time, timedelta

import pytest
from openpyxl import Workbook, load_workbook

from sla_guard.simulation import faults
from sla_guard.simulation.kinds import WrongFile
from sla_guard.simulation.reading import Asked, Source
from sla_guard.simulation.workbook import rows, sheet_of
from tests.unit.histories import brief, told, told_of, utc
from tests.unit.workbooks import HEADERS, made, packed, read, with_sheet, with_texts

OPENED = datetime(2016, 1, 5, 9)


# ---- cells


def test_each_kind_of_cell_is_the_text_that_a_csv_file_would_have(tmp_path):
	values = [
		*("INC1", " P1 ", 7, 2.5, 0.1 + 0.2, 12345678901234, True, False),
		*(datetime(2016, 2, 29, 1, 16), datetime(2016, 2, 29, 1, 16, 7, 250_000), date(2016, 2, 29)),
		*(time(9, 30), None, "é|;,\n"),
	]
	path = made(tmp_path, ("Log", [[f"h{place}" for place in range(len(values))], values]))
	assert read(path)[1][1] == [
		*("INC1", " P1 ", "7", "2.5", "0.3", "12345678901234", "TRUE", "FALSE"),
		*("2016-02-29 01:16:00", "2016-02-29 01:16:07.250000", "2016-02-29 00:00:00"),
		*("09:30:00", "", "é|;,\n"),
	]


def test_a_date_of_a_workbook_that_counts_from_1904_is_the_same_date(tmp_path):
	book = Workbook()
	book.epoch = datetime(1904, 1, 1)
	for row in (["ticket", "time"], ["A", datetime(2016, 2, 29, 1, 16)]):
		book.active.append(row)
	book.save(tmp_path / "mac.xlsx")
	assert read(tmp_path / "mac.xlsx")[1][1] == ["A", "2016-02-29 01:16:00"]


def test_a_number_that_is_no_date_is_an_error_of_the_spreadsheet_as_it_shows_it(tmp_path):
	path = made(tmp_path, ("Log", [["a", "b"], ["1", 99_999_999]]))
	book = load_workbook(path)
	book.active["B2"].number_format = "dd/mm/yyyy"
	book.save(path)
	assert read(path)[1][1] == ["1", "#VALUE!"]


def test_a_formula_is_what_it_came_to_and_one_that_was_never_worked_out_is_empty(tmp_path):
	xml = (
		'<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'
		'<row r="2"><c r="A2" t="str"><f>"IN"&amp;1</f><v>IN1</v></c><c r="B2"><f>1+1</f><v>2</v></c></row>'
		'<row r="3"><c r="A3"><v>1.5E3</v></c><c r="B3"><f>1+1</f></c></row>'
		'<row r="4"><c r="A4" t="e"><f>NA()</f><v>#N/A</v></c><c r="B4" t="d"><v>2016-02-29T01:16:00</v></c></row>'
	)
	assert read(with_sheet(tmp_path, xml)) == [
		(1, ["a", "b"]),
		(2, ["IN1", "2"]),
		(3, ["1500", ""]),
		(4, ["#N/A", "2016-02-29 01:16:00"]),
	]


def test_rows_and_cells_without_a_place_follow_each_other_whatever_the_prefix(tmp_path):
	xml = (
		'<x:row><x:c t="inlineStr"><x:is><x:r><x:t>tick</x:t></x:r><x:r><x:t>et</x:t></x:r>'
		'<x:rPh sb="0" eb="1"><x:t>spoken</x:t></x:rPh></x:is></x:c>'
		'<x:c t="inlineStr"><x:is><x:t>time</x:t></x:is></x:c></x:row>'
		"<x:row/><x:row><x:c><x:v>1</x:v></x:c><x:c><x:v>2</x:v></x:c></x:row>"
	)
	assert read(with_sheet(tmp_path, xml, "x")) == [(1, ["ticket", "time"]), (3, ["1", "2"])]


def test_texts_that_cells_name_by_their_place_are_found_empty_ones_too(tmp_path):
	row = '<row r="{0}"><c r="A{0}" t="s"><v>{1}</v></c><c r="B{0}" t="s"><v>{2}</v></c></row>'
	parts = with_texts(tmp_path, row.format(1, 0, 1) + row.format(2, 3, 2), "ticket", "time", "", "A")
	assert read(packed(tmp_path, parts)) == [(1, ["ticket", "time"]), (2, ["A", ""])]


# ---- rows


def test_a_row_has_its_own_number_and_blank_rows_and_a_title_are_left_out(tmp_path):
	table = [["Export of January"], [], HEADERS[:2], ["A", 1], [None, None], ["B", 2], ["", ""]]
	assert read(made(tmp_path, ("Log", table))) == [(3, HEADERS[:2]), (4, ["A", "1"]), (6, ["B", "2"])]


def test_cells_that_are_merged_are_the_first_one_of_them(tmp_path):
	path = made(tmp_path, ("Log", [HEADERS[:2], ["A", 1], ["B", 2]]))
	book = load_workbook(path)
	book.active.merge_cells("A2:A3")
	book.save(path)
	assert read(path)[1:] == [(2, ["A", "1"]), (3, ["", "2"])]


def test_cells_missing_at_the_end_are_empty_and_those_beyond_the_headers_are_told(tmp_path):
	table = [HEADERS, ["A", OPENED, OPENED], ["A", OPENED + timedelta(1), OPENED, "Closed", "P1", "stray"]]
	_tickets, wrong = told_of(made(tmp_path, ("Log", table)))
	assert [each for each in wrong if each[-1] == faults.CELLS] == [(3, "", "6", faults.CELLS)]


def test_real_dates_need_no_order_and_serials_and_texts_stand_beside_them(tmp_path):
	table = [
		HEADERS[:4],
		["A", datetime(2016, 1, 5, 10), OPENED, "New"],
		["A", 42374.5, OPENED, "Closed"],
		["B", "2016-01-06 09:00", datetime(2016, 2, 1), "New"],
	]
	tickets, _wrong = told_of(made(tmp_path, ("Log", table)))
	assert [each[:3] for each in brief(tickets["A"])] == [
		(utc(2016, 1, 5, 9), "opened", "Open"),
		(utc(2016, 1, 5, 12), "status", "Closed"),
	]


@pytest.mark.parametrize("kind", ["workbook", "text"])
def test_an_error_of_the_spreadsheet_is_told_by_row_and_changes_nothing(tmp_path, kind):
	table = [
		HEADERS,
		["A", "2016-01-05 10:00", "2016-01-05 09:00", "New", "P1"],
		["A", "2016-01-05 11:00", "2016-01-05 09:00", "#N/A", "#REF!"],
		["A", "#VALUE!", "2016-01-05 09:00", "Closed", "P1"],
		["#N/A", "2016-01-05 13:00", "2016-01-05 09:00", "Closed", "P1"],
	]
	if kind == "workbook":
		tickets, wrong = told_of(made(tmp_path, ("Log", table)))
	else:
		tickets, wrong = told(tmp_path, "\n".join(map(",".join, table)))
	assert brief(tickets["A"]) == [(utc(2016, 1, 5, 9), "opened", "Open", "P1")]
	assert sorted(wrong) == [
		(3, "priority", "#REF!", faults.FAILED),
		(3, "status", "#N/A", faults.FAILED),
		(4, "time", "#VALUE!", faults.WRONG_INSTANT),
		(5, "ticket", "#N/A", faults.NO_TICKET),
	]


# ---- sheets


def test_the_first_sheet_that_is_shown_and_holds_a_table_is_read_unless_one_is_named(tmp_path):
	sheets = [(name, [HEADERS[:2], [name, 1]]) for name in ("Hidden", "Log", "Older")]
	path = made(tmp_path, ("Cover", [["Tickets"], ["of January"]]), ("Nothing", []), *sheets)
	book = load_workbook(path)
	book["Hidden"].sheet_state = "hidden"
	book.save(path)
	how = sheet_of(path)
	assert (how.name, how.names) == ("Log", ("Cover", "Nothing", "Hidden", "Log", "Older"))
	assert [read(path, name)[1][1][0] for name in ("", "Older", "Hidden")] == ["Log", "Older", "Hidden"]
	with pytest.raises(WrongFile, match="no sheet Newer; it has Cover, Nothing, Hidden, Log, Older"):
		sheet_of(path, "Newer")
	with pytest.raises(WrongFile, match="No table in Cover: "):
		sheet_of(path, "Cover")


def test_a_workbook_without_a_table_is_refused(tmp_path):
	with pytest.raises(WrongFile, match="No table in Cover, Nothing"):
		sheet_of(made(tmp_path, ("Cover", [["Tickets"]]), ("Nothing", [])))


@pytest.mark.parametrize("name", ["history.csv", "history.xls", "history"])
def test_what_it_is_called_does_not_matter(tmp_path, name):
	path = made(tmp_path, ("Log", [HEADERS[:2], ["A", 1]]), name=name)
	assert Source(path, Asked({})).headers == HEADERS[:2]


def test_memory_does_not_grow_with_the_rows(tmp_path):
	book = Workbook(write_only=True)
	sheet = book.create_sheet("Log")
	sheet.append(HEADERS[:2])
	for number in range(20_000):
		sheet.append(["A", number])
	book.save(tmp_path / "long.xlsx")
	how = sheet_of(tmp_path / "long.xlsx")
	tracemalloc.start()
	try:
		assert sum(1 for _row in rows(tmp_path / "long.xlsx", how)) == 20_001
		_now, most = tracemalloc.get_traced_memory()
	finally:
		tracemalloc.stop()
	assert most < 8 << 20
