"""A ticket history from an Excel workbook comes to what the same history in CSV comes to, in the desk and on the command
line."""

import csv
import gzip
import io
import json
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory

import frappe
import pytest
from openpyxl import Workbook

from sla_guard.simulation.in_process import simulate
from sla_guard.simulation.meanings import meanings
from sla_guard.simulation.reading import Asked
from sla_guard.simulation.trials import all_on_trial
from tests.site.commanding import command
from tests.site.incidents import LOG as LOG_FILE
from tests.site.records import target
from tests.site.simulating import (
	HEADERS,
	LOG,
	SimulationCase,
	finish,
	options,
	run,
	simulation,
	uploaded,
)

WRITTEN, DATED = "%d/%m/%Y %H:%M", ("changed", "opened", "sys_updated_at", "opened_at")


def workbook(rows, title="Log", before=()):
	"""The bytes of one whose dates are dates and whose numbers are numbers."""
	book = Workbook()
	book.active.title = "Cover"
	for line in before:
		book.active.append([line])
	sheet = book.create_sheet(title)
	heads, *rest = rows
	sheet.append(heads)
	for row in rest:
		sheet.append([_cell(head, text) for head, text in zip(heads, row, strict=True)])
	content = io.BytesIO()
	book.save(content)
	return content.getvalue()


def _cell(head, text):
	if head in DATED and text not in ("", "?"):
		return datetime.strptime(text, WRITTEN)
	return int(text) if text.isdigit() else text


def lines(text=LOG):
	return list(csv.reader((HEADERS + text).splitlines()))


class TestWorkbook(SimulationCase):
	def attached(self, content, **rest):
		return simulation(self.contract(), history_file=uploaded(content, "history.xlsx"), text="", **rest)

	def test_in_the_desk_it_comes_to_the_same(self):
		(wanted,) = run(simulation(self.contract()))["contracts"]
		told = run(self.attached(workbook(lines())))
		(found,) = told["contracts"]
		self.assertEqual((told["tickets"], told["events"], told["faults"]), (2, 8, []))
		self.assertEqual(found | {"contract": ""}, wanted | {"contract": ""})

	def test_the_preview_says_which_sheet_and_shows_rows_by_their_numbers(self):
		document = self.attached(workbook(lines(), before=["Tickets"]))
		told = document.preview(2)
		self.assertEqual(told["sheets"], ["Cover", "Log"])
		self.assertEqual(told["guess"]["sheet"], "Log")
		self.assertNotIn("delimiter", told["guess"])
		self.assertEqual([row["row"] for row in told["rows"]], [2, 3])
		self.assertEqual(told["told"][0]["at"], "2026-01-05 09:30:00 +0000")
		self.assertEqual(simulation(self.contract()).preview(2)["sheets"], [])

	def test_another_sheet_is_read_when_it_is_chosen_and_one_that_is_not_there_is_named(self):
		document = self.attached(workbook(lines()), sheet="Cover")
		self.assertRaisesRegex(frappe.ValidationError, "No table in Cover", document.start)
		document.sheet = "Journal"
		self.assertRaisesRegex(frappe.ValidationError, "no sheet Journal; it has Cover, Log", document.start)
		document.sheet = "Log"
		document.save()
		self.assertEqual(run(document)["tickets"], 2)

	def test_faults_have_the_row_of_the_spreadsheet(self):
		rows = [*lines(), [], ["T3", "", "13/01/2026 09:00", "New", "Low", "0"]]
		rows[3][3] = "#N/A"
		document = self.attached(workbook([row or [""] * 6 for row in rows]), leave_out_bad_rows=1)
		document.start()
		finish(document)
		file = frappe.get_doc("File", {"file_url": document.faults_file}).get_content()
		_heads, *found = csv.reader(file.lstrip("\ufeff").splitlines())
		self.assertEqual(
			[(row[0], row[2], row[3], row[4]) for row in found],
			[("4", "status", "#N/A", "An error of the spreadsheet"), ("9", "changed", "", "No instant")],
		)

	def test_what_is_no_workbook_is_refused_in_words(self):
		old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
		for content, words in ((old, "save it as"), (workbook(lines())[:3000], "save it anew")):
			with self.subTest(words):
				document = self.attached(content, title=words)
				self.assertRaisesRegex(frappe.ValidationError, words, document.start)
				self.assertRaisesRegex(frappe.ValidationError, words, document.preview)

	def test_on_the_command_line_it_comes_to_the_same(self):
		draft = self.contract()
		wanted = run(simulation(draft))
		frappe.db.commit()
		with TemporaryDirectory() as folder:
			file, result = Path(folder) / "history.xlsx", Path(folder) / "result.json"
			file.write_bytes(workbook(lines()))
			about = ("--contract", draft.name, "--json", str(result), "--time-zone", "UTC", "--sheet", "Log")
			said = command("simulate", str(file), *about, *options(), "--answer", "Active")
			self.assertEqual(said.exit_code, 0, said.output)
			self.assertEqual(json.loads(result.read_text()) | {"finished": ""}, wanted | {"finished": ""})


@pytest.mark.skipif(
	not LOG_FILE.is_file(), reason="SLA_GUARD_DATA names no folder with incident_event_log.csv.gz"
)
class TestRealLog(SimulationCase):
	COUNT = 400

	def test_real_incidents_come_to_the_same_numbers_and_faults(self):
		with gzip.open(LOG_FILE, "rt", encoding="utf-8") as file:
			heads, *_rest = table = list(self.table(csv.reader(file)))
		columns = {"ticket": "number", "time": "sys_updated_at", "opened": "opened_at"}
		columns |= {"status": "incident_state", "priority": "priority", "sequence": "sys_mod_count"}
		self.assertLess(set(columns.values()), set(heads))
		said = {("Status", "New"): "Open", ("Status", "Active"): "Replied", ("Priority", "2 - High"): "High"}
		draft = self.contract(target(4, 40))
		self.trial = all_on_trial([draft.name], live=False, names_customers=False)
		self.asked, self.meant = Asked(columns, missing=frozenset("?")), meanings(said, ["Active"])
		text = io.StringIO()
		csv.writer(text).writerows(table)
		of_text, its_faults = self.simulated("log.csv", text.getvalue().encode())
		of_book, their_faults = self.simulated("log.xlsx", workbook(table))
		self.assertEqual(of_book, of_text)
		self.assertEqual(their_faults, its_faults)
		self.assertEqual(of_book["tickets"], self.COUNT)
		self.assertGreater(of_book["contracts"][0]["breaches"], 0)

	def simulated(self, name, content):
		"""The result, and each fault by row, column and kind."""
		wrong = []

		def keep(history):
			wrong.extend((each.row, each.column, each.kind) for each in history.faults())

		with TemporaryDirectory() as folder:
			path = Path(folder) / name
			path.write_bytes(content)
			return simulate(
				path, self.asked, lambda _history: self.meant, self.trial, with_faults=keep
			), wrong

	def table(self, rows):
		"""The headers and the rows of so many incidents."""
		yield next(rows)
		for _number, each in islice(groupby(rows, itemgetter(0)), self.COUNT):
			yield from each
