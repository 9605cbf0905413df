"""The annex: whoever adds up its rows comes to the percentages of the statement."""

import csv
import io
from collections import Counter
from datetime import datetime

import frappe
from frappe.translate import print_language

from sla_guard.statements import annex, csv_file
from tests.site.case import SiteTestCase
from tests.site.pdf import printed
from tests.site.records import change, issue, priority, service, stop, us
from tests.site.routes import sweep
from tests.site.sample_statement import agreed, row, statement

JANUARY = {
	"period_start": "2026-01-01",
	"period_end": "2026-01-31",
	"starts_us": us("2025-12-31 23:00"),
	"ends_us": us("2026-01-31 23:00"),
}
MONTH = {"first": "2026-01-01", "last": "2026-01-31", "breaches": [], "exclusions": [], "in_progress": []}


class TestAnnex(SiteTestCase):
	def setUp(self):
		super().setUp()
		self.contract = agreed(status_rules=[stop("Resolved"), stop("Closed")])
		self.in_time = self.ticket("2026-01-06 09:00", "2026-01-06 12:30")
		self.late = self.ticket("2026-01-07 09:00", "2026-01-09 10:00")
		self.still_open = self.ticket("2026-01-30 16:30")

	def ticket(self, opened, closed=None, **values):
		ticket = issue(opened, priority=priority("P1"), **values)
		if closed:
			sweep(ticket, when=closed)
			change(ticket, closed, status="Closed")
		return ticket

	def statement(self, compliance=None, **values):
		compliance = compliance or [
			row("Response", "P1", missed=2, **{"in progress": 1}),
			row("Resolution", "P1", met=1, missed=1, **{"in progress": 1}),
		]
		return statement(self.contract, figures={**MONTH, "compliance": compliance}, **{**JANUARY, **values})

	def read(self, given, language="en"):
		"""The rows of the file, by its heads in English."""
		with print_language(language):
			text = annex.file_of(given).decode("utf-8-sig")
		delimiter = {"fr": ";"}.get(language, ",")
		_heads, *found = csv.reader(io.StringIO(text), delimiter=delimiter)
		return [dict(zip(annex.heads(), each, strict=True)) for each in found]

	def test_every_percentage_of_the_pdf_can_be_recomputed(self):
		given = self.statement()
		counts = Counter((each["Metric"], each["Verdict"]) for each in self.read(given))
		text = " ".join(printed(given, "en"))
		for metric in ("Response", "Resolution"):
			met, missed = counts[metric, "met"], counts[metric, "missed"]
			percent = int(met * 10_000 / (met + missed)) / 100
			self.assertIn(f"{percent:.2f} % ({met}/{met + missed})", text)
		self.assertEqual(counts["Resolution", "met"], 1)

	def test_a_row_tells_how_the_verdict_came(self):
		rows = self.read(self.statement())
		(done,) = [
			each for each in rows if each["Ticket"] == self.in_time.name and each["Metric"] == "Resolution"
		]
		self.assertEqual(done["Contract"], self.contract.name)
		self.assertEqual((done["Promised Within"], done["Support Time Used"]), ("8:00:00", "3:30:00"))
		# With the offset of the contract's zone: 10:00 in Paris is 09:00 UTC.
		self.assertEqual(done["Opened"], "2026-01-06T10:00:00+01:00")
		self.assertEqual(done["Done On"], "2026-01-06T13:30:00+01:00")
		self.assertEqual(done["Due or Missed"], "2026-01-06T18:00:00+01:00")
		self.assertEqual(done["Verdict"], "met")
		(missed,) = [
			each for each in rows if each["Ticket"] == self.late.name and each["Metric"] == "Resolution"
		]
		self.assertEqual(missed["Due or Missed"], "2026-01-07T18:00:00+01:00")
		self.assertLess(*(datetime.fromisoformat(missed[each]) for each in ("Due or Missed", "Done On")))

	def test_what_is_in_progress_is_in_no_row(self):
		resolutions = [each for each in self.read(self.statement()) if each["Metric"] == "Resolution"]
		self.assertEqual({each["Ticket"] for each in resolutions}, {self.in_time.name, self.late.name})

	def test_a_spreadsheet_in_french_opens_it(self):
		given = self.statement()
		with print_language("fr"):
			content = annex.file_of(given)
		self.assertTrue(content.startswith(b"\xef\xbb\xbf"))
		heads, first, *_rest = content.decode("utf-8-sig").split("\r\n")
		self.assertIn("Ticket;Indicateur;", heads)
		self.assertIn("manqué", first)
		self.assertEqual(
			[each["Ticket"] for each in self.read(given, "fr")], [each["Ticket"] for each in self.read(given)]
		)

	def test_no_cell_is_run_as_a_formula(self):
		name = service('=HYPERLINK("http://evil.example")')
		self.ticket("2026-01-12 09:00", "2026-01-12 09:10", sla_service=name)
		compliance = [
			row("Response", "P1", missed=2, **{"in progress": 1}),
			row("Response", "P1", name, met=1),
			row("Resolution", "P1", met=1, missed=1),
			row("Resolution", "P1", name, met=1),
		]
		given = self.statement(compliance)
		self.assertIn(f"'{name}", {each["Service"] for each in self.read(given)})
		for text in ("=1", "+1", "-1", "@a", "\t=1"):
			self.assertEqual(csv_file.harmless(text), f"'{text}")

	def test_what_was_forgiven_is_told_apart(self):
		name = frappe.db.get_value("SLA Breach", {"ticket": self.late.name, "metric": "Resolution"})
		frappe.db.set_value("SLA Breach", name, "state", "Waived")
		given = self.statement(
			[row("Response", "P1", missed=2), row("Resolution", "P1", met=1, waived=1)],
		)
		verdicts = [each["Verdict"] for each in self.read(given) if each["Ticket"] == self.late.name]
		self.assertEqual(verdicts.count("waived"), 1)

	def test_an_annex_that_does_not_add_up_is_not_made(self):
		given = self.statement([row("Response", "P1", missed=2), row("Resolution", "P1", met=2)])
		with self.assertRaises(annex.Differs) as refused:
			annex.file_of(given)
		self.assertIn("2 differ", str(refused.exception))
