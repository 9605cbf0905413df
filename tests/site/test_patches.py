"""What a site of an earlier version gets when it migrates."""

from importlib import import_module
from pathlib import Path

import frappe

import sla_guard
from sla_guard.patches import decided_clocks
from tests.site.committed import CommittedCase
from tests.site.records import change, clock

LISTED = Path(sla_guard.__file__).with_name("patches.txt").read_text().splitlines()


class TestPatches(CommittedCase):
	def test_each_that_is_listed_is_there(self):
		for line in filter(lambda line: line and not line.startswith("["), LISTED):
			assert callable(import_module(line).execute)

	def test_clocks_stored_before_tell_since_when_they_are_decided(self):
		self.in_force()
		ticket = self.issue("2026-01-05 09:00")
		change(ticket, "2026-01-05 11:00", status="Closed")
		stored = {"ticket": ticket.name, "metric": "Resolution"}
		told = ("decided_us", "agent", "verdict")
		before = frappe.db.get_value("SLA Clock", stored, told)
		assert all(before)
		frappe.db.set_value("SLA Clock", clock(ticket).name, {"decided_us": 0, "agent": None})
		decided_clocks.execute()
		assert frappe.db.get_value("SLA Clock", stored, told) == before
