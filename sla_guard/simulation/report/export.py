"""A simulation's report as a file: PDF, Excel with a sheet for each table, or CSV of one of them."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint
from frappe.utils.xlsxutils import make_xlsx
from openpyxl import Workbook

from sla_guard.simulation.report.outcome import outcome_of
from sla_guard.simulation.report.printing import FOR_CUSTOMER, FOR_US, refuse_several_customers
from sla_guard.simulation.report.sheets import Sheet, sheets_of
from sla_guard.statements.csv_file import csv_file, harmless
from sla_guard.statements.paper import pdf_of
from sla_guard.statements.words import in_language

PDF, EXCEL, CSV = KINDS = ("PDF", "Excel", "CSV")
ENDINGS = {PDF: "pdf", EXCEL: "xlsx", CSV: "csv"}


@frappe.whitelist()
def download(
	simulation: str, kind: str, customer: bool | int = False, table: str = "", language: str = ""
) -> None:
	"""`customer`: the version without costs and tickets. `table`: the key of the one that a CSV file holds. `language`:
	by default the session's."""
	document = frappe.get_doc("SLA Simulation", simulation)
	document.check_permission("export")
	if kind not in KINDS:
		frappe.throw(_("There is no such file: {0}").format(kind))
	with in_language(language or frappe.local.lang):
		content = _content(document, kind, bool(cint(customer)), table)
	frappe.local.response.filename = f"{document.name}.{ENDINGS[kind]}"
	frappe.local.response.filecontent = content
	frappe.local.response.type = "download"


@frappe.whitelist()
def tables(simulation: str, customer: bool | int = False) -> list[dict]:
	"""What a CSV file may hold: key and name of each table, in the session's language."""
	document = frappe.get_doc("SLA Simulation", simulation)
	document.check_permission("export")
	return [
		{"value": each.key, "label": each.title}
		for each in sheets_of(outcome_of(document), money=not cint(customer))
	]


def _content(document: Document, kind: str, customer: bool, table: str) -> bytes:
	outcome = outcome_of(document)
	if customer:
		refuse_several_customers(outcome)
	if kind == PDF:
		return pdf_of(document, FOR_CUSTOMER if customer else FOR_US)
	sheets = sheets_of(outcome, money=not customer)
	return excel(sheets) if kind == EXCEL else csv_file(_named(table, sheets).rows)


def _named(table: str, sheets: list[Sheet]) -> Sheet:
	found = {each.key: each for each in sheets}
	if table not in found:
		frappe.throw(_("This simulation has no such table: {0}").format(table))
	return found[table]


def excel(sheets: list[Sheet]) -> bytes:
	"""By the framework, which puts each sheet before those that it has made."""
	book = Workbook()
	book.remove(book.active)
	for each in reversed(sheets):
		rows = [[harmless(cell) for cell in row] for row in each.rows]
		file = make_xlsx(rows, each.title[:31], wb=book, column_widths=[20] * len(each.rows[0]))
	return file.getvalue()
