"""Tickets worked through all routes without the app and back-filled, against the same ones watched. The real ERPNext is
asked the same of 500, see tests/bench/back_fill.py."""

import frappe

from sla_guard import ledger
from sla_guard.engine import events as fact
from sla_guard.helpdesk.ticket import read, refresh
from tests.bench import lives
from tests.bench.back_fill import COMPARED, differences
from tests.site.committed import CommittedCase
from tests.site.records import at
from tests.site.routes import mailbox, versions_kept
from tests.site.statements import without_the_app
from tests.site.test_back_fill import new_back_fill, run

COUNT = 30


class TestLives(CommittedCase):
	def setUp(self):
		super().setUp()
		mailbox()
		lives.world()
		lives.contracts()
		frappe.db.commit()

	def clocks(self, lived, when):
		with at(when):
			for name in lived.tickets:
				refresh(read(name))
		frappe.db.commit()
		return [
			frappe.get_all("SLA Clock", {"ticket": name}, list(COMPARED), order_by="metric, cycle")
			for name in lived.tickets
		]

	def test_back_filled_they_have_the_clocks_of_those_that_were_watched(self):
		when = "2026-06-01 09:00"
		with versions_kept(), without_the_app():
			old = [lives.live(number, "not watched") for number in range(COUNT)]
		self.assertEqual(frappe.db.count("SLA Event", {"ticket": ("in", old[0].tickets)}), 0)
		document = run(new_back_fill(from_date="2026-01-05"), when)
		self.assertEqual(document.failed, 0)
		for each in old:
			# The site may have other tickets that are filled along with them.
			filled = {"ticket": ("in", each.tickets), "kind": fact.OPENED, "cause": ledger.BACK_FILL}
			self.assertEqual(frappe.db.count("SLA Event", filled), len(each.tickets))
		with versions_kept():
			new = [lives.live(number, "watched") for number in range(COUNT)]
		compared = 0
		for mine, its in zip(old, new, strict=True):
			for ours, theirs in zip(self.clocks(mine, when), self.clocks(its, when), strict=True):
				compared += len(theirs)
				if not mine.past:
					self.assertEqual(differences(ours, theirs), [], (mine, its))
		self.assertGreater(compared, COUNT)
