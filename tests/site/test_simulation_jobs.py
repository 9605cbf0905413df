"""Simulations whose workers are killed, or come twice; and the same on the command line."""

import json
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import frappe
from click.testing import CliRunner

from sla_guard import jobs
from sla_guard.commands import sla_guard
from sla_guard.simulation import batches, running
from tests.site.committed import at_once, killed_at, points
from tests.site.records import at
from tests.site.simulating import (
	HEADERS,
	LOG,
	SimulationCase,
	finish,
	found,
	options,
	run,
	simulation,
)


class TestKilled(SimulationCase):
	POINTS = 10

	def test_wherever_it_is_killed_it_goes_on_to_the_same_result(self):
		text = "".join(
			LOG.replace("T1", f"A{number:02}").replace("T2", f"B{number:02}").lstrip("\n")
			for number in range(20)
		)
		draft = self.contract()
		with patch.object(batches, "BATCH", 7):
			wanted = self.result(self.run_through(simulation(draft, text="\n" + text)))
			document = simulation(draft, text="\n" + text)
			length = killed_at(None, partial(self.run_through, document))
			self.assertGreater(length, self.POINTS)
			for point in points(length, self.POINTS):
				document = simulation(draft, text="\n" + text)
				frappe.db.commit()
				with self.subTest(killed_at=point, of=length):
					self.assertEqual(killed_at(point, partial(self.run_through, document)), point)
					document = frappe.get_doc("SLA Simulation", document.name)
					self.assertEqual(self.result(self.run_through(document)), wanted)

	def run_through(self, document):
		document.start()
		frappe.db.commit()
		finish(document)
		return document

	def result(self, document):
		told = found(document)
		self.assertEqual(frappe.db.count("SLA Simulation Batch", {"simulation": document.name}), 6)
		return told | {"finished": ""}

	def test_one_that_is_left_alone_is_taken_up(self):
		document = simulation(self.contract())
		self.assertNotIn(document.name, self.left_alone_after(60))
		document.start()
		frappe.db.commit()
		self.assertNotIn(document.name, self.left_alone_after(5))
		self.assertIn(document.name, self.left_alone_after(11))
		with at(self.minutes_later(11)):
			jobs.go_on_with_simulations()
		self.assertNotIn(document.name, self.left_alone_after(11))
		document.reload()
		document.stop()
		self.assertNotIn(document.name, self.left_alone_after(60))

	def left_alone_after(self, minutes):
		with at(self.minutes_later(minutes)):
			return running.left_alone()

	def minutes_later(self, minutes):
		return datetime.now(timezone.utc) + timedelta(minutes=minutes)

	def test_two_workers_at_one_batch_come_to_one_result(self):
		document = simulation(self.contract())
		document.start()
		frappe.db.commit()
		about = {
			"simulation": document.name,
			"run": frappe.db.get_value("SLA Simulation", document.name, "run"),
		}
		running.read_history(**about)
		frappe.db.commit()
		at_once(*[lambda: running.measure_batch(**about, place=0)] * 2)
		document.reload()
		if document.state != "Finished":
			# On SQLite one of two writers may have been turned away: as after a kill, it is started again.
			run(document)
		self.assertEqual(found(document)["contracts"][0]["total"], "200.00")


class TestCommand(SimulationCase):
	def test_the_command_line_comes_to_the_same_as_the_desk(self):
		draft = self.contract()
		wanted = run(simulation(draft))
		frappe.db.commit()
		with TemporaryDirectory() as folder:
			file, result, faults = (
				Path(folder) / name for name in ("history.csv", "result.json", "faults.csv")
			)
			file.write_text(HEADERS + LOG)
			about = ("--contract", draft.name, "--json", str(result), "--faults", str(faults))
			about += ("--time-zone", "UTC", *options(), "--answer", "Active", "--processes", "2")
			said = self.invoke("simulate", str(file), *about)
			self.assertEqual(said.exit_code, 0, said.output)
			told = json.loads(result.read_text())
			self.assertEqual(told | {"finished": ""}, wanted | {"finished": ""})
			self.assertIn("2 tickets, 8 events", said.output)

	def test_the_command_line_says_what_is_wrong(self):
		draft = self.contract()
		frappe.db.commit()
		with TemporaryDirectory() as folder:
			file = Path(folder) / "history.csv"
			file.write_text(HEADERS + LOG)
			for asked, words in (
				(["nowhere.csv", "--contract", draft.name], "no file"),
				([str(file), "--contract", draft.name, "--map", "colour=red"], "none of ticket"),
				([str(file), "--contract", draft.name, "--map", "ticket=number"], "No column says the time"),
				([str(file), "--contract", draft.name, "--time-zone", "Mars"], "Unknown time zone: Mars"),
			):
				with self.subTest(words):
					said = self.invoke("simulate", *asked)
					self.assertNotEqual(said.exit_code, 0)
					self.assertIn(words, said.output)

	def invoke(self, *arguments):
		"""In a process of its own as bench does it, or here with the connection of the test kept."""
		site = frappe.local.site
		try:
			return CliRunner().invoke(sla_guard, list(arguments), obj={"sites": [site]})
		finally:
			frappe.init(site)
			frappe.connect()
