"""Excel workbooks as openpyxl makes them, and as other programs may, for the tests of how they are read."""

from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from sla_guard.simulation.workbook import rows, sheet_of

HEADERS = ["ticket", "time", "opened", "status", "priority"]


def made(folder, *sheets, name="history.xlsx"):
	"""A workbook of these sheets: a name, and rows of values."""
	book = Workbook()
	book.remove(book.active)
	for title, table in sheets:
		sheet = book.create_sheet(title)
		for row in table:
			sheet.append(row)
	path = folder / name
	book.save(path)
	return path


def read(path, sheet=""):
	return list(rows(path, sheet_of(path, sheet)))


def packed(folder, parts, name="history.xlsx"):
	"""An archive of these parts; those of a workbook that are changed."""
	path = folder / name
	with ZipFile(path, "w", ZIP_DEFLATED) as archive:
		for part, content in parts.items():
			archive.writestr(part, content)
	return path


def parts_of(path):
	with ZipFile(path) as archive:
		return {name: archive.read(name) for name in archive.namelist()}


SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def with_sheet(folder, rows_xml, prefix=""):
	"""A workbook whose sheet has these rows as some other program may have written them."""
	name = prefix and f":{prefix}"
	colon = prefix and f"{prefix}:"
	xml = f'<{colon}worksheet xmlns{name}="{MAIN}"><{colon}sheetData>{rows_xml}</{colon}sheetData></{colon}worksheet>'
	parts = parts_of(made(folder, ("Log", [["a", "b"]])))
	return packed(folder, parts | {SHEET: xml})


def with_texts(folder, rows_xml, *texts):
	"""The parts of a workbook whose cells name their texts by their place, as Excel writes them."""
	parts = parts_of(with_sheet(folder, rows_xml))
	types, kind = "[Content_Types].xml", "application/vnd.openxmlformats-officedocument.spreadsheetml"
	override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/></Types>'
	table = "".join(f"<si><t>{text}</t></si>" for text in texts)
	return parts | {
		types: parts[types].replace(b"</Types>", override.encode()),
		"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{table}</sst>'.encode(),
	}
