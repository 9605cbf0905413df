"""A ticket history from a file, or the site's own, under contracts on trial."""

import json
from decimal import Decimal

import frappe

from sla_guard.simulation import batches, running
from tests.site.committed import CommittedCase
from tests.site.records import contract, customer, money, priority, rule

HEADERS = "ticket,changed,opened,status,priority,n"
LOG = """
T1,05/01/2026 09:30,05/01/2026 09:00,New,High,0
T1,05/01/2026 09:45,05/01/2026 09:00,Active,High,1
T1,05/01/2026 12:00,05/01/2026 09:00,Resolved,High,2
T2,13/01/2026 09:00,13/01/2026 09:00,New,Low,0
T2,13/01/2026 15:00,13/01/2026 09:00,Active,Low,1
T2,15/01/2026 09:30,13/01/2026 09:00,Closed,Low,2
"""
COLUMNS = {
	"column_ticket": "ticket",
	"column_time": "changed",
	"column_opened": "opened",
	"column_status": "status",
	"column_priority": "priority",
	"column_sequence": "n",
}
MEANS = {("Status", "New"): "Open", ("Status", "Active"): "Replied"}


def uploaded(text, name="history.csv", **rest):
	content = text if isinstance(text, bytes) else (HEADERS + text).encode()
	file = frappe.new_doc("File").update({"file_name": name, "content": content, "is_private": 1, **rest})
	return file.insert().file_url


def values(means=MEANS, answers=("Active",)):
	rows = [{"kind": kind, "found": found, "means": name} for (kind, found), name in means.items()]
	return [{**row, "is_answer": int(row["found"] in answers)} for row in rows]


def simulation(*contracts, text=LOG, **rest):
	named = {
		"title": "What if",
		"source": "Imported History",
		"history_file": uploaded(text) if text else None,
		"time_zone": "UTC",
		"contracts": [{"contract": each.name} for each in contracts],
		"found_values": values(),
		**COLUMNS,
	}
	return frappe.new_doc("SLA Simulation").update(named | rest).insert()


def run(document):
	"""Started, and its jobs done as workers do them."""
	document.start()
	finish(document)
	return found(document)


def finish(document):
	about = {"simulation": document.name, "run": frappe.db.get_value("SLA Simulation", document.name, "run")}
	running.read_history(**about)
	for place in batches.waiting(**about):
		running.measure_batch(**about, place=place)
	document.reload()


def found(document):
	document.reload()
	if document.state != "Finished":
		raise AssertionError(f"{document.state}: {document.message}")
	return json.loads(document.results)


class SimulationCase(CommittedCase):
	def setUp(self):
		super().setUp()
		customer(self.customer)
		for name in ("High", "Low"):
			priority(name)
		frappe.db.commit()

	def contract(self, *targets, **rest):
		"""A draft that promises an answer within an hour and a solution within eight, 100 for what is missed."""
		rest = {"customer": self.customer, **money(rule()), "title": "Gold", **rest}
		return contract(*targets, **rest).insert()


class TestImportedHistory(SimulationCase):
	def test_a_file_comes_to_compliance_penalties_and_the_dearest_tickets(self):
		document = simulation(self.contract())
		told = run(document)
		(gold,) = told["contracts"]
		self.assertEqual((told["tickets"], told["events"]), (2, 8))
		self.assertEqual((gold["tickets"], gold["in_progress"], gold["breaches"]), (2, 0, 2))
		self.assertEqual(
			[(row["metric"], row["priority"], row["month"], row["met"], row["missed"]) for row in gold["compliance"]],
			[
				("Response", "High", "2026-01", 1, 0),
				("Response", "Low", "2026-01", 0, 1),
				("Resolution", "High", "2026-01", 1, 0),
				("Resolution", "Low", "2026-01", 0, 1),
			],
		)
		self.assertEqual(Decimal(gold["total"]), 200)
		(dearest,) = gold["dearest"]
		self.assertEqual((dearest["ticket"], Decimal(dearest["amount"])), ("T2", 200))
