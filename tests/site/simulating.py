"""Simulations for the tests of them: a history as a file, what it means, contracts, and the jobs carried out."""

import json
from itertools import chain

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


def options():
	"""What the command line is told of COLUMNS and MEANS."""
	mapped = (("--map", f"{field.removeprefix('column_')}={header}") for field, header in COLUMNS.items())
	means = (("--means", f"{kind}:{value}={name}") for (kind, value), name in MEANS.items())
	return [*chain(*mapped, *means)]


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
	"""The jobs that were enqueued, as workers do them."""
	frappe.db.commit()
	about = {"simulation": document.name, "run": frappe.db.get_value("SLA Simulation", document.name, "run")}
	running.read_history(**about)
	places = batches.waiting(**about)
	for place in places:
		running.measure_batch(**about, place=place)
	if not places:
		running.combine(**about)
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
