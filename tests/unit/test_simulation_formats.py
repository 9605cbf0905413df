"""Text files of ticket histories, whatever their encoding, delimiter and compression."""

import codecs
import gzip

import pytest

from sla_guard.simulation.columns import columns, guess
from sla_guard.simulation.formats import Format, format_of, headers, rows
from sla_guard.simulation.kinds import WrongFile
from tests.unit.histories import written


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("compress", [False, True])
def test_a_table_is_read_whatever_it_is_written_in(tmp_path, delimiter, encoding, compress):
	lines = [["ticket", "état"], ["1", "Réparé, vraiment; oui|non\tpeut-être"], ["2", 'À "vérifier"']]
	text = "\r\n".join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
	path = written(tmp_path, text, encoding, compress)
	how = format_of(path)
	assert (how.delimiter, headers(rows(path, how))) == (delimiter, lines[0])
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
		headers(rows(path, how))
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


def test_the_byte_order_mark_is_no_part_of_a_header(tmp_path):
	path = written(tmp_path, codecs.BOM_UTF8 + b"ticket;time\nA;1\n")
	assert headers(rows(path, format_of(path))) == ["ticket", "time"]
