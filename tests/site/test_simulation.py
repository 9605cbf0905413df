"""A ticket history from a file under contracts on trial."""

import csv
import gzip

import frappe
import pytest

from sla_guard.simulation import faults
from sla_guard.simulation.meanings import meanings
from sla_guard.simulation.reading import Asked, read
from tests.site.case import make_user
from tests.site.incidents import LOG as LOG_FILE
from tests.site.records import target
from tests.site.routes import as_user
from tests.site.simulating import (
	HEADERS,
	LOG,
	SimulationCase,
	finish,
	run,
	simulation,
	uploaded,
	values,
)


class TestImportedHistory(SimulationCase):
	def test_a_file_comes_to_compliance_penalties_and_the_dearest_tickets(self):
		document = simulation(self.contract())
		told = run(document)
		(gold,) = told["contracts"]
		self.assertEqual((told["tickets"], told["events"], told["faults"]), (2, 8, []))
		self.assertEqual((gold["tickets"], gold["in_progress"], gold["breaches"]), (2, 0, 2))
		self.assertEqual(
			[
				(each["metric"], each["priority"], each["month"], each["met"], each["missed"])
				for each in gold["compliance"]
			],
			[
				("Response", "High", "2026-01", 1, 0),
				("Response", "Low", "2026-01", 0, 1),
				("Resolution", "High", "2026-01", 1, 0),
				("Resolution", "Low", "2026-01", 0, 1),
			],
		)
		(january,) = gold["penalties"]
		self.assertEqual(
			(january["first"], january["last"], january["fee"]), ("2026-01-01", "2026-01-31", "3100.00")
		)
		self.assertEqual((gold["total"], january["total"], january["breaches"]), ("200.00", "200.00", 2))
		(dearest,) = gold["dearest"]
		self.assertEqual((dearest["ticket"], dearest["amount"]), ("T2", "200.00"))
		# Support hours that somebody left on the site may save more.
		best = next(each for each in gold["changes"] if each["kind"] != "hours")
		self.assertEqual((best["saved"], best["total"], best["breaches_saved"]), ("100.00", "100.00", 1))

	def test_several_contracts_stand_side_by_side_and_drafts_are_as_good_as_submitted_ones(self):
		generous = self.contract(target(8, 40), title="Silver")
		generous.submit()
		told = run(simulation(self.contract(), generous))
		self.assertEqual(
			[(each["title"], each["breaches"]) for each in told["contracts"]], [("Gold", 2), ("Silver", 0)]
		)

	def test_a_contract_of_one_customer_is_for_its_tickets_where_the_file_names_customers(self):
		text = "\n".join(
			f"{line},{self.customer if line[1] == '1' else 'Bolt'}" for line in LOG.strip().split("\n")
		)
		uploaded_with = (HEADERS + ",who\n" + text).encode()
		document = simulation(
			self.contract(), history_file=uploaded(uploaded_with), text="", column_customer="who"
		)
		told = run(document)
		self.assertEqual((told["customers"], told["contracts"][0]["tickets"]), (2, 1))

	def test_a_row_that_cannot_be_placed_refuses_the_file_and_nothing_of_it_is_there(self):
		text = f"{LOG}T3,,13/01/2026 09:00,New,Low,0\nT3,32/13/2026 10:00,13/01/2026 09:00,New,Low,1\n,13/01/2026 11:00,,New,Low,2\n"
		document = simulation(self.contract(), text=text)
		document.start()
		finish(document)
		self.assertEqual(document.state, "Failed")
		self.assertIn("3 rows", document.message)
		self.assertEqual(frappe.get_all("SLA Simulation Batch", {"simulation": document.name}), [])
		self.assertEqual(
			[(row[0], row[2], row[3], row[4]) for row in self.listed(document)],
			[
				("8", "changed", "", "No instant"),
				("9", "changed", "32/13/2026 10:00", "Not a date and time"),
				("10", "ticket", "", "No ticket"),
			],
		)
		document.leave_out_bad_rows = 1
		document.save()
		told = run(document)
		self.assertEqual((told["tickets"], sum(each["count"] for each in told["faults"])), (2, 3))

	def listed(self, document):
		file = frappe.get_doc("File", {"file_url": document.faults_file})
		self.assertTrue(file.is_private)
		_heads, *rows = csv.reader(file.get_content().lstrip("\ufeff").splitlines())
		return rows

	def test_faults_that_can_be_mended_are_told_and_the_rest_counts(self):
		told = run(
			simulation(
				self.contract(),
				text="""
T1,05/01/2026 09:30,05/01/2026 09:00,New,High,0
T1,05/01/2026 09:30,05/01/2026 09:00,New,High,0
T2,13/01/2026 15:00,,Active,Low,1
T2,13/01/2026 09:00,,-100,?,0
T1,05/01/2026 09:30,05/01/2026 09:00,Active,High,1
T1,05/01/2026 08:30,05/01/2026 09:00,Active,High,2
T2,13/01/2026 16:00,,Closed,Low,x
""",
				missing_values="?",
			)
		)
		self.assertEqual(
			{each["fault"]: each["count"] for each in told["faults"]},
			{
				"The same row once more": 1,
				"Earlier than a row of the ticket above it": 2,
				"Unknown status": 1,
				"Missing value": 1,
				"Two states at one instant": 1,
				"Before the opening": 1,
				"The sequence is not a number": 1,
				"The ticket's opening is missing": 1,
			},
		)

	def test_dates_that_could_be_read_in_two_ways_are_asked_for(self):
		text = "\nT1,05/01/2026 09:30,05/01/2026 09:00,New,High,0\nT1,06/01/2026 09:30,05/01/2026 09:00,Closed,High,1\n"
		document = simulation(self.contract(), text=text)
		told = document.preview()
		self.assertIn("05/01/2026 09:30 may have its day or its month first", told["faults"][0]["text"])
		document.start()
		finish(document)
		self.assertIn("Say which it is under Dates", document.message)
		for order, month in (("Day First", "2026-01"), ("Month First", "2026-05")):
			document.date_order = order
			document.save()
			months = {each["month"] for each in run(document)["contracts"][0]["compliance"]}
			self.assertEqual(months, {month})

	def test_a_compressed_file_in_latin_1_with_semicolons_is_the_same(self):
		wanted = run(simulation(self.contract()))["contracts"][0]["compliance"]
		text = (HEADERS + LOG).replace(",", ";").replace("Active", "Réparé")
		document = simulation(
			self.contract(title="Other"),
			history_file=uploaded(gzip.compress(text.encode("cp1252")), "history.csv.gz"),
			text="",
			found_values=values({("Status", "New"): "Open", ("Status", "Réparé"): "Replied"}, ["Réparé"]),
		)
		self.assertEqual(run(document)["contracts"][0]["compliance"], wanted)

	def test_the_preview_tells_what_was_understood_and_writes_nothing(self):
		document = simulation(self.contract())
		told = document.preview(3)
		self.assertEqual(told["columns"], HEADERS.split(","))
		self.assertEqual((told["guess"]["delimiter"], told["guess"]["date_order"]), ("Comma", "Day First"))
		self.assertEqual([row["row"] for row in told["rows"]], [each["row"] for each in told["told"]])
		first = told["told"][0]
		self.assertEqual(
			(first["ticket"], first["at"], first["status"]), ("T1", "2026-01-05 09:30:00 +0000", "Open")
		)
		self.assertEqual(told["faults"], [])

	def test_the_values_of_the_file_are_listed_with_a_guess_and_what_was_entered_stays(self):
		document = simulation(self.contract(), found_values=values({("Status", "New"): "On Hold"}, []))
		document.read_values()
		found = {
			(row.kind, row.found): (row.count, row.means, row.is_answer) for row in document.found_values
		}
		self.assertEqual(
			found,
			{
				("Status", "New"): (2, "On Hold", 0),
				("Status", "Active"): (2, "Open", 1),
				("Status", "Resolved"): (1, "Resolved", 0),
				("Status", "Closed"): (1, "Closed", 0),
				("Priority", "High"): (3, "High", 0),
				("Priority", "Low"): (3, "Low", 0),
			},
		)

	def test_what_is_wrong_with_the_request_is_said_at_once(self):
		for what, words in (
			({"contracts": []}, "Name the contracts"),
			({"history_file": None}, "Attach the file"),
			({"column_status": "state"}, "no column state"),
			({"column_ticket": None}, "Choose the columns"),
			({"history_file": uploaded(b"no table")}, "No table"),
		):
			with self.subTest(words):
				document = simulation(self.contract(title=words), **what)
				with self.assertRaisesRegex(frappe.ValidationError, words):
					document.start()

	def test_it_is_not_changed_while_it_runs_and_may_be_stopped_and_started_again(self):
		document = simulation(self.contract())
		document.start()
		document.reload()
		document.title = "Another"
		with self.assertRaisesRegex(frappe.ValidationError, "stop it before"):
			document.save()
		document.reload()
		document.stop()
		finish(document)
		self.assertEqual((document.state, document.results), ("Failed", None))
		self.assertEqual(run(document)["tickets"], 2)

	def test_a_contract_that_changed_while_it_ran_mixes_no_results(self):
		gold = self.contract()
		document = simulation(gold)
		document.start()
		frappe.db.set_value("Priority Target", gold.targets[0].name, "response_time", 60)
		frappe.clear_document_cache("SLA Contract", gold.name)
		finish(document)
		self.assertEqual(document.state, "Failed")
		self.assertIn("changed while it ran", document.message)

	def test_only_an_sla_manager_sees_and_starts_it_and_only_files_that_he_may_read(self):
		document = simulation(self.contract())
		for role in ("Support Team", "SLA Approver", "Accounts User", "Customer"):
			with self.subTest(role), as_user(make_user("nobody", role)):
				theirs = frappe.get_doc("SLA Simulation", document.name)
				for verb in (theirs.preview, theirs.start, theirs.stop, theirs.read_values, theirs.save):
					self.assertRaises(frappe.PermissionError, verb)
		secret = uploaded(HEADERS + "\nT9,13/01/2026 09:00,,New,Low,0\n", "secret.csv")
		with as_user(make_user("manager", "SLA Manager")):
			ours = frappe.new_doc("SLA Simulation").update(
				{**document.as_dict(), "name": None, "history_file": secret}
			)
			self.assertRaisesRegex(frappe.ValidationError, "There is no file", ours.preview)
			self.assertEqual(frappe.get_doc("SLA Simulation", document.name).preview()["faults"], [])


@pytest.mark.skipif(
	not LOG_FILE.is_file(), reason="SLA_GUARD_DATA names no folder with incident_event_log.csv.gz"
)
class TestRealLog(SimulationCase):
	def test_what_is_wrong_with_the_real_log_is_told(self):
		said = {
			"New": "Open",
			"Active": "Replied",
			"Awaiting User Info": "On Hold",
			"Awaiting Vendor": "On Hold",
		}
		said |= {"Awaiting Problem": "On Hold", "Awaiting Evidence": "On Hold"}
		columns = {
			"ticket": "number",
			"time": "sys_updated_at",
			"opened": "opened_at",
			"status": "incident_state",
		}
		columns |= {"sequence": "sys_mod_count", "service": "category"}
		means = {("Status", found): name for found, name in said.items()}
		with read(LOG_FILE, Asked(columns, missing=frozenset("?"))) as history:
			tickets = sum(1 for _ticket, _told in history.tickets(meanings(means, ["Active"])))
			counts = dict(history.fault_counts)
			states = [each for each in history.faults() if each.kind == faults.UNKNOWN_STATUS]
		self.assertEqual((tickets, history.rows), (24_918, 141_712))
		self.assertEqual([each.value for each in states], ["-100"] * 5)
		for kind in (faults.OUT_OF_ORDER, faults.MISSING, faults.SAME_INSTANT, faults.BEFORE_OPENING):
			self.assertGreater(counts[kind], 0, kind)
