"""Files that are no workbook, damaged ones, and what would not end: refused in words."""

import gzip

import pytest

from sla_guard.simulation import workbook
from sla_guard.simulation.kinds import WrongFile
from sla_guard.simulation.reading import Asked, Source
from sla_guard.simulation.workbook import sheet_of
from tests.unit.histories import written
from tests.unit.workbooks import HEADERS, MAIN, SHEET, made, packed, parts_of, read, with_sheet, with_texts

# ---- what is refused


OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
	"content, words",
	[
		(OLD_OFFICE + "Workbook".encode("utf-16-le"), r"old form of Excel \(.xls\).*save it as"),
		(OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
		(b"<html><table><tr><td>ticket</td></tr></table>", "web page or XML"),
		(b'\xef\xbb\xbf\r\n<?xml version="1.0"?><Workbook/>', "web page or XML"),
		("<table>".encode("utf-16"), "web page or XML"),
		(gzip.compress(b"PK\x03\x04 and so on"), "inside of gzip"),
		(b"PK\x03\x04 and nothing more", "cannot be read: .*save it anew"),
	],
)
def test_a_file_of_another_kind_is_refused_with_what_to_do(tmp_path, content, words):
	with pytest.raises(WrongFile, match=words):
		Source(written(tmp_path, content, name="history.xlsx"), Asked({}))


@pytest.mark.parametrize(
	"parts, words",
	[
		({"log.csv": "a,b"}, "ZIP archive that is no Excel workbook"),
		({"[Content_Types].xml": "", "xl/workbook.bin": ""}, r"\.xlsb or \.ods"),
		({"mimetype": "", "content.xml": ""}, r"\.xlsb or \.ods"),
		({"[Content_Types].xml": "<", "xl/workbook.xml": "<"}, "cannot be read"),
	],
)
def test_an_archive_that_is_no_workbook_is_refused(tmp_path, parts, words):
	with pytest.raises(WrongFile, match=words):
		sheet_of(packed(tmp_path, parts))


def test_every_cut_of_a_workbook_is_refused_in_words(tmp_path):
	whole = made(tmp_path, ("Log", [HEADERS[:2], *(["A", number] for number in range(200))])).read_bytes()
	for length in range(4, len(whole), len(whole) // 25):
		with pytest.raises(WrongFile):
			read(written(tmp_path, whole[:length], name="cut.xlsx"))


@pytest.mark.parametrize(
	"cell, words",
	[
		('<c r="A3" t="s"><v>7</v></c>', "Row 3: "),
		('<c r="A3"><v>seven</v></c>', "Row 3: .*seven"),
		('<c r="A3"><v>1</c>', "mismatched tag"),
	],
)
def test_a_damaged_row_is_named(tmp_path, cell, words):
	row = '<row r="{0}"><c r="A{0}"><v>1</v></c><c r="B{0}"><v>2</v></c></row>'
	filler = f'<row r="2">{"<c/>" * 20_000}</row>'
	path = with_sheet(tmp_path, row.format(1) + row.format(2) + filler + f'<row r="3">{cell}</row>')
	with pytest.raises(WrongFile, match=words):
		read(path)


# ---- what would not end


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_read(tmp_path, monkeypatch):
	monkeypatch.setattr(workbook, "MOST_READ", 16 << 20)
	parts = parts_of(made(tmp_path, ("Log", [HEADERS[:2], ["A", 1]])))
	path = packed(tmp_path, parts | {"xl/worksheets/bomb.xml": b"\0" * (20 << 20)})
	assert path.stat().st_size < 64 << 10
	with pytest.raises(WrongFile, match=r"too large: .* has 20 MB, and 16 MB are the most"):
		sheet_of(path)


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"])
def test_no_part_is_held_that_is_too_much_to_hold(tmp_path, monkeypatch, part):
	monkeypatch.setattr(workbook, "MOST_HELD", 1 << 20)
	parts = with_texts(tmp_path, "")
	path = packed(tmp_path, parts | {part: parts[part] + b" " * (1 << 20)})
	with pytest.raises(WrongFile, match="too large"):
		sheet_of(path)


def test_entities_without_end_are_refused(tmp_path):
	"""Each is ten of the one before."""
	entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
	row = '<row r="1"><c r="A1" t="str"><v>&e11;</v></c></row>'
	xml = f'<!DOCTYPE x [<!ENTITY e0 "ten times">{entities}]><worksheet xmlns="{MAIN}"><sheetData>{row}</sheetData></worksheet>'
	parts = parts_of(made(tmp_path, ("Log", [HEADERS[:2]])))
	with pytest.raises(WrongFile, match="cannot be read"):
		read(packed(tmp_path, parts | {SHEET: xml}))
