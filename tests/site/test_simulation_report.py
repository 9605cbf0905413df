"""What a simulation shows: the report in its form, on paper and in files; what the customer may read of it, and who may
ask for it at all."""

import csv
import io
import re

import frappe
from frappe.translate import print_language
from openpyxl import load_workbook
from pypdf import PdfReader

from sla_guard.simulation import form
from sla_guard.simulation.report import export, printing
from sla_guard.simulation.report.outcome import outcome_of
from sla_guard.statements.paper import pdf_of
from tests.site.case import make_user
from tests.site.pdf import printed
from tests.site.records import customer, in_force, money, rule, target
from tests.site.routes import as_user
from tests.site.simulating import HEADERS, LOG, SimulationCase, run, simulation

OURS, THEIRS = printing.FOR_US, printing.FOR_CUSTOMER
# What is nobody's business but ours: amounts, tickets, what it is called among us.
INTERNAL = ("€", "EUR", "200", "T1", "T2", "Can we afford it")


def plain(text):
	return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


class ReportCase(SimulationCase):
	def setUp(self):
		super().setUp()
		self.gold = self.contract()
		self.silver = self.contract(target(8, 40), title="Silver")

	def finished(self, *contracts, **rest):
		document = simulation(*(contracts or (self.gold, self.silver)), title="Can we afford it", **rest)
		run(document)
		return document

	def html(self, document, print_format=OURS, language="en"):
		with print_language(language):
			page = frappe.get_print(
				"SLA Simulation", document.name, print_format=print_format, no_letterhead=1
			)
		return plain(page)

	def file(self, document, kind, **asked):
		export.download(document.name, kind, **asked)
		return frappe.local.response.filecontent

	def rows(self, document, table, language="en", **asked):
		content = self.file(document, "CSV", table=table, language=language, **asked)
		return list(
			csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";" if language == "fr" else ",")
		)


class TestInTheForm(ReportCase):
	def test_contracts_stand_side_by_side_with_what_was_kept_and_what_it_costs(self):
		document = self.finished()
		told = printing.report(document.name)
		html = plain(told["html"])
		for text in ("Gold", "Silver", "50.00 %", "1/2", "100.00 % (2/2)", "€200.00", "2 breaches"):
			self.assertIn(text, html)
		self.assertIn("nothing was written to any ticket", html)
		self.assertEqual([each["key"] for each in told["charts"]], ["by_month", "by_priority", "penalties"])
		by_priority = told["charts"][1]
		self.assertEqual(by_priority["labels"], ["High", "Low"])
		self.assertEqual(
			by_priority["datasets"],
			[{"name": "Gold", "values": [100.0, 0.0]}, {"name": "Silver", "values": [100.0, 100.0]}],
		)

	def test_the_dearest_ticket_is_named_with_how_late_it_was(self):
		html = plain(printing.report(self.finished(self.gold).name)["html"])
		# Opened on Tuesday at nine: due at ten, answered at three; due at five, done on Thursday at half past nine.
		self.assertIn("Response, Jan 13, 2026 10:00: late by 5 h", html)
		self.assertIn("Resolution, Jan 13, 2026 17:00: late by 8 h 30 min", html)

	def test_a_change_is_a_sentence_with_what_it_would_have_saved(self):
		# Sixteen and a half hours were needed.
		contract = self.contract(target(8, 12), title="Hasty")
		html = plain(printing.report(self.finished(contract).name)["html"])
		self.assertIn(
			"With 24 h instead of 12 h to resolve all tickets: €100.00 less, one breach fewer.", html
		)
		self.assertIn("If Replied had paused Resolution: €100.00 less, one breach fewer.", html)
		self.assertNotIn("16 h instead", html)

	def test_what_the_caps_have_taken_is_told(self):
		capped = self.contract(cap_amount=150, title="Capped")
		html = plain(printing.report(self.finished(capped).name)["html"])
		row = re.search(r"Taken by Caps.*?</tr>", html)[0]
		self.assertIn("-€50.00", row)
		self.assertIn("€150.00", re.search(r">Penalties</td>.*?</tr>", html)[0])

	def test_a_contract_without_penalties_has_no_amount_beside_one_that_has(self):
		free = self.contract(title="Free", penalty_rules=[])
		alone = plain(printing.report(self.finished(free).name)["html"])
		self.assertNotIn("Penalties", alone)
		self.assertNotIn("€", alone)
		both = plain(printing.report(self.finished(free, self.gold).name)["html"])
		self.assertRegex(both, r">Penalties</td> <td[^>]*>–</td> <td[^>]*>€200\.00</td>")

	def test_a_history_of_years_is_drawn_by_quarters(self):
		months = "".join(
			f"M{number},20/{number % 12 + 1:02}/{2024 + number // 12} 10:00,,Closed,High,0\n"
			for number in range(20)
		)
		outcome = outcome_of(self.finished(self.gold, text=f"\n{months}", column_opened=""))
		self.assertEqual(outcome.by, "Quarter")
		chart = printing.report(outcome.document.name)["charts"][0]
		self.assertEqual(chart["labels"][0], "Q1 24")
		self.assertEqual(len(chart["labels"]), 7)

	def test_a_contract_that_was_changed_since_is_named(self):
		document = self.finished()
		self.assertNotIn("Changed since it ran", printing.report(document.name)["html"])
		frappe.db.set_value("SLA Contract", self.silver.name, "modified", "2099-01-01 00:00:00")
		frappe.clear_document_cache("SLA Contract", self.silver.name)
		html = printing.report(document.name)["html"]
		self.assertIn("Changed since it ran, so that the figures are those of before: Silver.", html)

	def test_a_draft_that_was_only_tried_may_be_deleted_and_its_figures_stay(self):
		document = self.finished()
		frappe.delete_doc("SLA Contract", self.silver.name)
		html = printing.report(document.name)["html"]
		self.assertIn("Silver", html)
		self.assertIn("100.00", html)

	def test_before_it_has_run_there_is_no_report(self):
		document = simulation(self.gold)
		self.assertRaises(frappe.ValidationError, printing.report, document.name)
		self.assertIn("No results yet", self.html(document))

	def test_what_somebody_wrote_is_not_taken_for_html(self):
		title = "<script>alert(1)</script>"
		frappe.db.set_value("SLA Contract", self.gold.name, "title", title)
		frappe.clear_document_cache("SLA Contract", self.gold.name)
		html = printing.report(self.finished(self.gold).name)["html"]
		self.assertNotIn(title, html)
		self.assertIn("&lt;script&gt;", html)

	def test_a_preview_is_of_what_stands_in_the_form_just_now(self):
		document = simulation(self.gold)
		asked = {**document.as_dict(), "column_status": "priority"}
		told = form.preview(frappe.as_json(asked))
		self.assertEqual(told["columns"][0], "ticket")
		self.assertEqual(told["told"][0]["status"], "High")
		self.assertEqual(document.reload().column_status, "status")


class TestOnPaper(ReportCase):
	def test_ours_says_what_it_costs_in_english(self):
		text = " ".join(printed(self.finished(), "en", OURS))
		for each in (
			"SLA Simulation",
			"Can we afford it",
			"Gold",
			"50.00 %",
			"€200.00",
			"T2",
			"Penalties by Period",
		):
			self.assertIn(each, text)
		self.assertIn("What Would Have Saved Most", text)

	def test_theirs_says_what_was_promised_and_kept_in_french(self):
		text = plain(" ".join(printed(self.finished(), "fr", THEIRS)))
		for each in (
			"Simulation du niveau de service",
			"Gold",
			"Silver",
			"50,00 % (1/2)",
			"Ce qui est promis",
			"Tenu par mois",
		):
			self.assertIn(each, text)
		for each in INTERNAL:
			self.assertNotIn(each, text)

	def test_nothing_of_ours_is_hidden_in_theirs(self):
		"""Neither in the page around it, nor in what a PDF says of itself."""
		document = self.finished()
		for language in ("en", "fr"):
			page = self.html(document, THEIRS, language)
			body = page[page.index("sla-statement sla-simulation-paper") :].split("<script")[0]
			for each in INTERNAL[:2] + INTERNAL[3:]:
				self.assertNotIn(each, body)
			self.assertNotIn("Can we afford it", page)
		told = PdfReader(io.BytesIO(pdf_of(document, THEIRS))).metadata
		self.assertNotIn("Can we afford it", str(told))

	def test_it_is_what_the_desk_prints_unless_told_otherwise(self):
		self.assertEqual(frappe.get_meta("SLA Simulation").default_print_format, OURS)

	def test_a_change_that_names_a_row_says_for_which_tickets(self):
		contract = self.contract(target(8, 12, priority="Low"), target(8, 40), title="Rows")
		told = self.html(self.finished(contract))
		self.assertIn("With 24 h instead of 12 h to resolve Low: €100.00 less", told)


class TestForTheCustomer(ReportCase):
	def test_its_files_hold_no_amount_and_no_ticket(self):
		document = self.finished()
		keys = [each["value"] for each in export.tables(document.name, customer=1)]
		self.assertEqual(keys, ["kept", "promised"])
		for key in keys:
			text = str(self.rows(document, key, customer=1))
			for each in INTERNAL:
				self.assertNotIn(each, text.replace("2026", ""))
		for key in ("penalties", "dearest", "changes"):
			self.assertRaises(frappe.ValidationError, self.rows, document, key, customer=1)
		book = load_workbook(io.BytesIO(self.file(document, "Excel", customer=1)))
		self.assertEqual(book.sheetnames, ["Commitments Kept", "What Is Promised"])

	def test_of_a_history_of_several_customers_it_says_what_is_its_own(self):
		other = customer(f"{self.customer} Rival")
		own, others = LOG.strip().split("\n")[:3], LOG.strip().split("\n")[3:]
		rows = [f"{row},{self.customer}" for row in own] + [f"{row},{other}" for row in [*others, others[0]]]
		text = f"{HEADERS},customer\n" + "\n".join(rows)
		document = self.finished(self.gold, text=text.encode(), column_customer="customer")
		ours, theirs = self.html(document), self.html(document, THEIRS)
		for each in ("The same row once more", '<td class="label-cell">Tickets</td>'):
			self.assertIn(each, ours)
			self.assertNotIn(each, theirs)
		self.assertIn("100.00 % (1/1)", theirs)
		self.assertNotIn(other, theirs)
		self.assertNotIn("the figures are of all of them together", theirs)
		keys = [each["value"] for each in export.tables(document.name, customer=1)]
		self.assertEqual(keys, ["kept", "promised"])

	def test_there_is_none_where_the_contracts_are_of_several_customers(self):
		other = customer(f"{self.customer} Rival")
		document = self.finished(self.gold, self.contract(customer=other, title="For others"))
		self.assertIn("For others", self.html(document))
		with self.assertRaises(frappe.ValidationError) as refused:
			printing.sla_simulation_for_customer(document)
		self.assertIn(other, str(refused.exception))
		for kind in export.KINDS:
			self.assertRaises(frappe.ValidationError, self.file, document, kind, customer=1, table="kept")


class TestFiles(ReportCase):
	def test_each_table_is_a_sheet_with_numbers_as_numbers(self):
		book = load_workbook(io.BytesIO(self.file(self.finished(), "Excel")))
		self.assertEqual(
			book.sheetnames[:3], ["Commitments Kept", "Penalties by Period", "Tickets That Cost Most"]
		)
		heads, first, *_others = ([cell.value for cell in row] for row in book["Penalties by Period"])
		row = dict(zip(heads, first, strict=True))
		self.assertEqual((row["Contract"], row["Customer"], row["Penalties"]), ("Gold", None, 200))
		self.assertEqual(row["From"].date().isoformat(), "2026-01-01")

	def test_a_table_is_a_csv_file_in_the_readers_language(self):
		document = self.finished(self.gold)
		heads, *rows = self.rows(document, "kept")
		self.assertEqual(
			heads, ["Contract", "Metric", "Priority", "Month", "Met", "Missed", "Compliance (%)"]
		)
		self.assertEqual(rows[0], ["Gold", "Response", "High", "2026-01", "1", "0", "100.00"])
		heads, *rows = self.rows(document, "kept", "fr")
		self.assertEqual(heads[1], "Indicateur")
		self.assertEqual(rows[0][1], "Prise en charge (GTI)")
		self.assertEqual(rows[0][-1], "100,00")

	def test_every_miss_of_a_dear_ticket_is_listed_and_its_amount_counted_once(self):
		heads, *rows = self.rows(self.finished(self.gold), "dearest")
		found = [dict(zip(heads, row, strict=True)) for row in rows]
		self.assertEqual(
			[(row["Metric"], row["Late By"]) for row in found],
			[("Response", "5:00:00"), ("Resolution", "8:30:00")],
		)
		self.assertEqual([row["After Caps"] for row in found], ["200.00", ""])
		self.assertEqual(found[1]["Missed On"], "2026-01-13T17:00:00+00:00")

	def test_a_ticket_that_would_be_a_formula_is_a_text(self):
		document = self.finished(self.gold, text=LOG.replace("T2", "=1+1"))
		self.assertEqual(self.rows(document, "dearest")[1][1], "'=1+1")

	def test_what_is_none_of_its_files_is_refused(self):
		document = self.finished(self.gold)
		self.assertRaises(frappe.ValidationError, self.file, document, "Word")
		self.assertRaises(frappe.ValidationError, self.file, document, "CSV", table="no such")


class TestWhoMay(ReportCase):
	def test_managers_alone_may_see_and_take_it_along(self):
		document = self.finished(self.gold)
		asked = (
			lambda: printing.report(document.name),
			lambda: export.tables(document.name),
			lambda: export.download(document.name, "CSV", table="kept"),
			lambda: form.preview(document.as_json()),
			lambda: frappe.get_print("SLA Simulation", document.name, print_format=THEIRS),
			lambda: document.run_method("start"),
		)
		with as_user(make_user("sla-manager", "SLA Manager")):
			for each in asked[:5]:
				each()
		for role in ("Support Team", "SLA Approver", "Customer"):
			with as_user(make_user("sla-other", role)):
				for number, each in enumerate(asked):
					with self.subTest(f"{role}: {number}"):
						self.assertRaises(frappe.PermissionError, each)

	def test_one_whose_contract_is_submitted_is_left_as_it_is(self):
		contract = in_force(customer=self.customer, **money(rule()))
		before = contract.reload().as_dict()
		self.finished(contract)
		self.assertEqual(contract.reload().as_dict(), before)
