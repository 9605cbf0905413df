"""A simulation in the desk: from a file of another system to the report, and from a contract over the site's tickets."""

import re
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.browser.desk import Form, call, track_from
from tests.browser.test_contract import CUSTOMER, HOURS, TITLE, delete, make, names
from tests.browser.test_contract import world as _world

world = _world
PRIORITY = "Browser P1"
# Day-first dates, a semicolon between the cells, a state that nobody knows, a row without an instant.
HISTORY = """\
number;incident_state;sys_updated_at;opened_at;priority;caller
INC1;New;13/1/2026 09:00;13/1/2026 09:00;1 - Critical;Ann
INC1;Active;13/1/2026 09:30;13/1/2026 09:00;1 - Critical;Ann
INC1;Resolved;13/1/2026 12:00;13/1/2026 09:00;1 - Critical;Ann
INC2;New;14/1/2026 10:00;14/1/2026 10:00;1 - Critical;Bob
INC2;-100;14/1/2026 11:00;14/1/2026 10:00;1 - Critical;Bob
INC2;Active;;14/1/2026 10:00;1 - Critical;Bob
INC2;Resolved;15/1/2026 23:00;14/1/2026 10:00;1 - Critical;Bob
"""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What there is to choose for each status of the file.
MEANT = {"New": "Open", "Active": "Replied", "Resolved": "Resolved"}


@pytest.fixture
def contract(desk, world):
	"""A draft: an hour to respond and eight to resolve, 50 euros for what is missed."""
	clear(desk)
	make(desk, "Issue Priority", name=PRIORITY)
	yield make(
		desk,
		"SLA Contract",
		title=TITLE,
		customer=CUSTOMER,
		effective_from="2026-01-01",
		time_zone="UTC",
		support_hours=HOURS,
		fee=1000,
		currency="EUR",
		targets=[{"response_time": 3600, "resolution_time": 28800}],
		status_rules=[{"status": "Resolved", "effect": "Stops"}],
		penalty_rules=[
			{"rule_name": "Late", "kind": "Fixed per breach", "metric": "Resolution", "amount": 50}
		],
	)
	clear(desk)


def clear(desk):
	for name in names(desk, "SLA Simulation", "title", TITLE):
		delete(desk, "SLA Simulation", name)
	delete(desk, "Issue Priority", PRIORITY)


@pytest.fixture
def finished(desk, contract):
	"""One that has run over the file without the row that cannot be placed, and is open."""
	form = new_simulation(desk, HISTORY.replace("INC2;Active;;14/1/2026 10:00;1 - Critical;Bob\n", ""))
	chosen(desk, "column_ticket")
	read_values(desk)
	try_under(desk, form, contract)
	start(desk)
	desk.locator(".sla-report").wait_for(timeout=60_000)
	return desk.evaluate("() => cur_frm.docname")


def new_simulation(desk, history):
	desk.goto("/app/sla-simulation/new")
	form = Form(desk)
	form.arrive("title")
	form.type("title", TITLE)
	upload(desk, form, history)
	return form


def upload(desk, form, history):
	"""Attaches a text as CSV, or a workbook."""
	form.control("history_file").get_by_role("button", name="Attach").click()
	dialog = desk.locator(".modal.show")
	if isinstance(history, str):
		file = {"name": "history.csv", "mimeType": "text/csv", "buffer": history.encode()}
	else:
		file = {"name": "history.xlsx", "mimeType": XLSX, "buffer": history}
	dialog.locator("input[type=file]").first.set_input_files(file)
	dialog.get_by_role("button", name=re.compile("Upload")).click()
	dialog.wait_for(state="hidden")


def chosen(desk, field):
	"""The header that was guessed, once the file was read."""
	desk.wait_for_function("(field) => cur_frm.doc[field]", arg=field)
	return desk.evaluate("(field) => cur_frm.doc[field]", field)


def read_values(desk):
	desk.get_by_role("button", name="Read the Values").click()
	desk.wait_for_url(re.compile("/sla-simulation/SIM-"))
	desk.locator(".sla-values tbody tr").first.wait_for()


def say_what_it_means(desk, kind, found, means):
	row = desk.locator(".sla-values", has=desk.locator("caption", has_text=kind)).locator(
		"tbody tr", has=desk.locator("th", has_text=re.compile(f"^{re.escape(found)}$"))
	)
	if kind == "Status":
		row.locator("select").select_option(means)
	else:
		box = row.locator("input[type=text]")
		box.fill(means)
		box.blur()
	desk.wait_for_function(
		"([found, means]) => cur_frm.doc.found_values.some((row) => row.found === found && row.means === means)",
		arg=[found, means],
	)
	return row


def try_under(desk, form, contract):
	row = form.add_row("contracts")
	box = form.cell(row, "contract", "input")
	box.fill(contract)
	box.blur()
	desk.wait_for_function("(name) => cur_frm.doc.contracts?.[0]?.contract === name", arg=contract)


def start(desk, label="Start"):
	desk.locator("[data-fieldname=progress_panel]").get_by_role("button", name=label, exact=True).click()


def show(locator):
	"""At the middle of the page, for a screenshot."""
	locator.evaluate("(element) => element.scrollIntoView({block: 'center'})")


def test_a_file_of_another_system_becomes_a_report(desk, contract, screenshot):
	form = new_simulation(desk, HISTORY)
	assert chosen(desk, "column_ticket") == "number"
	assert chosen(desk, "column_time") == "sys_updated_at"
	assert chosen(desk, "column_opened") == "opened_at"
	screenshot("simulation-file")
	panel = form.control("preview_panel")
	# Read as it was meant: the thirteenth is no month.
	panel.get_by_text("13/1/2026 09:30").first.wait_for()
	form.control("date_order").get_by_text("Detected: Day First").wait_for()
	fault = panel.locator("[role=note]", has_text="No instant")
	fault.wait_for()
	show(fault)
	screenshot("simulation-preview")

	read_values(desk)
	for found, means in MEANT.items():
		row = say_what_it_means(desk, "Status", found, means)
		if found == "Active":
			row.locator("input[type=checkbox]").check()
	say_what_it_means(desk, "Priority", "1 - Critical", PRIORITY)
	form.control("values_panel").get_by_text("Values that mean nothing yet: 1").wait_for()
	show(desk.locator(".sla-values").first)
	screenshot("simulation-values")
	try_under(desk, form, contract)

	# A row of it cannot be placed: nothing is simulated, and it is said why.
	start(desk)
	refused = desk.locator(".sla-missing-bad", has_text="It did not finish")
	refused.wait_for(timeout=60_000)
	refused.get_by_role("link", name="Download the list of faults").wait_for()
	assert desk.locator(".sla-report").count() == 0
	screenshot("simulation-refused")
	form.control("leave_out_bad_rows").locator("input:visible").check()
	start(desk, "Start Again")
	report = desk.locator(".sla-report")
	report.wait_for(timeout=60_000)
	assert call(desk, "GET", f"/api/resource/SLA Contract/{contract}")["data"]["docstatus"] == 0
	report.get_by_text("Tickets That Cost Most").wait_for()
	assert report.locator("svg.frappe-chart").count() == 3
	assert "INC2" in report.inner_text()
	screenshot("simulation-report")


def workbook(*sheets):
	"""Each a name and rows of values."""
	book, content = Workbook(), BytesIO()
	book.remove(book.active)
	for title, rows in sheets:
		sheet = book.create_sheet(title)
		for row in rows:
			sheet.append(row)
	book.save(content)
	return content.getvalue()


def test_of_a_workbook_a_sheet_is_chosen_and_neither_encoding_nor_delimiter(desk, contract, screenshot):
	heads, opened = ["number", "incident_state", "sys_updated_at"], datetime(2026, 1, 5, 9, 30)
	table = [heads, ["INC1", "New", opened], ["INC1", "#N/A", opened], ["INC1", "Closed", None]]
	older = [["ref", "statut", "date"], ["OLD1", "New", opened]]
	form = new_simulation(desk, workbook(("Cover", [["Tickets"]]), ("Log", table), ("Older", older)))
	assert chosen(desk, "column_ticket") == "number"
	sheet = form.control("sheet")
	sheet.get_by_text("Detected: Log").wait_for()
	panel = form.control("preview_panel")
	panel.get_by_text("2026-01-05 09:30:00").first.wait_for()
	panel.locator("[role=note]", has_text="An error of the spreadsheet (#N/A)").wait_for()
	assert [
		desk.locator(f"[data-fieldname={field}]:visible").count() for field in ("encoding", "delimiter")
	] == [0, 0]
	show(sheet)
	screenshot("simulation-workbook")
	sheet.locator("select").select_option("Older")
	desk.wait_for_function("() => cur_frm.doc.column_ticket === 'ref'")
	panel.get_by_text("OLD1").first.wait_for()
	desk.evaluate("() => void cur_frm.set_value('history_file', '')")
	form.control("delimiter").wait_for()
	assert desk.locator("[data-fieldname=sheet]:visible").count() == 0


def test_a_contract_is_tried_over_the_tickets_of_the_site(desk, contract, screenshot):
	before = track_from(desk, None)
	ticket = make(desk, "Issue", subject="By phone", customer=CUSTOMER)
	desk.goto(f"/app/sla-contract/{contract}")
	desk.get_by_role("button", name="What If…").click()
	desk.wait_for_url(re.compile("/sla-simulation/new"))
	form = Form(desk)
	form.arrive("title")
	assert desk.evaluate(
		"() => [cur_frm.doc.source, cur_frm.doc.customer, cur_frm.doc.contracts[0].contract]"
	) == [
		"Tickets of This Site",
		CUSTOMER,
		contract,
	]
	assert desk.locator("[data-fieldname=history_file]:visible").count() == 0
	screenshot("simulation-what-if")
	facts = len(names(desk, "SLA Event", "ticket", ticket))
	start(desk)
	report = desk.locator(".sla-report")
	report.wait_for(timeout=60_000)
	report.get_by_text("nothing was written to any ticket").wait_for()
	assert len(names(desk, "SLA Event", "ticket", ticket)) == facts
	track_from(desk, before)


def test_files_for_the_customer_are_one_choice_away(desk, finished, screenshot):
	for kind, ending in (("PDF", "pdf"), ("Excel", "xlsx"), ("CSV", "csv")):
		desk.get_by_role("button", name="Export").click()
		dialog = desk.locator(".modal.show", has_text="Export")
		dialog.locator("select[data-fieldname=reader]").select_option("customer")
		dialog.locator("select[data-fieldname=kind]").select_option(kind)
		desk.wait_for_function("() => cur_dialog?.get_value('table') === 'kept'")
		if kind == "CSV":
			screenshot("simulation-export")
		with desk.expect_download() as download:
			dialog.get_by_role("button", name="Download").click()
		assert download.value.suggested_filename == f"{finished}.{ending}"
		assert b"INC2" not in Path(download.value.path()).read_bytes()
		dialog.wait_for(state="hidden")


def test_the_report_is_readable_on_a_telephone_in_the_dark_and_in_french(desk, finished, screenshot):
	assert call(desk, "PUT", "/api/resource/User/Administrator", language="fr")["status"] == 200
	try:
		desk.set_viewport_size({"width": 375, "height": 800})
		desk.goto(f"/app/sla-simulation/{finished}")
		desk.locator(".sla-report").get_by_text("Tenu par mois").wait_for()
		desk.evaluate("() => document.documentElement.setAttribute('data-theme', 'dark')")
		# The page itself is not scrolled aside, a table within it may be.
		assert desk.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
		screenshot("simulation-report-narrow")
	finally:
		call(desk, "PUT", "/api/resource/User/Administrator", language="en")
