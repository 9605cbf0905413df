"""The command, and the statements of the past that a back-fill may draft."""

from contextlib import nullcontext
from unittest.mock import patch

import frappe
from click.testing import CliRunner

from sla_guard.back_fill import command, work
from sla_guard.commands import sla_guard
from sla_guard.statements import alerts, drafts
from tests.site.back_filling import LATER, forget
from tests.site.committed import CommittedCase, rows
from tests.site.records import at, change, facts, money, round_the_clock, target
from tests.site.routes import versions_kept
from tests.site.statement_case import per_hour
from tests.site.test_back_fill import new_back_fill, run


class CommandCase(CommittedCase):
	"""Two hours around the clock; each started hour late costs 10."""

	def setUp(self):
		super().setUp()
		self.contract = self.in_force(
			target(None, 2),
			support_hours=round_the_clock(),
			statement_sent_by=10,
			**money(per_hour()),
		)

	def old(self, *opened):
		"""Tickets that were closed four hours late, of which nothing was recorded."""
		tickets = []
		with versions_kept():
			for when in opened:
				ticket = self.issue(when)
				change(ticket, str(frappe.utils.add_to_date(when, hours=6)), status="Closed")
				tickets.append(ticket.name)
		forget(*tickets)
		frappe.db.commit()
		return tickets


class TestCommand(CommandCase):
	def invoke(self, *options, when=LATER):
		# The command opens and closes the site; this one is open.
		with patch.object(command, "on_site", lambda _context: nullcontext()), at(when):
			return CliRunner().invoke(sla_guard, ["back-fill", *options], obj={"sites": ["this one"]})

	def test_all_that_it_is_asked(self):
		tickets = self.old("2026-01-05 09:00", "2026-01-06 09:00", "2026-01-07 09:00")
		whose = ("--customer", self.customer, "--to", "2026-01-06", "--contract", self.contract.name)
		preview = self.invoke(*whose, "--preview")
		self.assertEqual((preview.exit_code, facts(tickets[0])), (0, []), preview.output)
		self.assertIn("2 tickets without a history", preview.output)
		self.assertRegex(preview.output, rf"2  {self.contract.name}")
		done = self.invoke(*whose)
		self.assertEqual(done.exit_code, 0, done.output)
		self.assertIn("Done: 2 back-filled, 0 passed over, 0 failed", done.output)
		self.assertEqual([bool(facts(ticket)) for ticket in tickets], [True, True, False])

	def test_failures_are_said_and_gone_on_with(self):
		[ticket] = self.old("2026-01-05 09:00")
		with patch("sla_guard.back_fill.work.facts_of", side_effect=ValueError("odd")):
			failed = self.invoke("--customer", self.customer)
		self.assertEqual(failed.exit_code, 1)
		self.assertIn(f"{ticket}: odd", failed.output)
		name = failed.output.split()[0]
		again = self.invoke("--resume", name)
		self.assertEqual((again.exit_code, bool(facts(ticket))), (0, True), again.output)

	def test_interrupted_it_is_stopped(self):
		[ticket] = self.old("2026-01-05 09:00")
		with patch.object(work, "facts_of", side_effect=KeyboardInterrupt):
			stopped = self.invoke("--customer", self.customer)
		self.assertIn("Go on with --resume", stopped.output)
		name = stopped.output.split()[0]
		self.assertEqual(frappe.db.get_value("SLA Back-fill", name, "status"), "Stopped")
		self.assertEqual(facts(ticket), [])

	def test_one_site_is_named(self):
		for sites in ([], ["one", "two"]):
			done = CliRunner().invoke(sla_guard, ["back-fill"], obj={"sites": sites})
			self.assertEqual(done.exit_code, 2)
			self.assertIn("Name one site", done.output)


class TestStatements(CommandCase):
	WHEN = "2026-03-05 12:00"

	def setUp(self):
		super().setUp()
		self.tickets = self.old("2026-01-10 09:00", "2026-01-20 09:00", "2026-02-10 09:00")
		frappe.db.set_single_value("SLA Settings", "tracked_from", "2026-03-01 06:00:00")
		frappe.db.commit()

	def statements(self):
		fields = ["period_start", "docstatus", "missed", "gross"]
		found = frappe.get_all(
			"SLA Statement", {"customer": self.customer}, fields, order_by="period_start", as_list=True
		)
		return [(str(first), *rest) for first, *rest in found]

	def test_none_unless_they_are_asked_for(self):
		run(new_back_fill(customer=self.customer), self.WHEN)
		self.assertEqual(len(rows("SLA Breach", self.tickets)), 3)
		with at(self.WHEN):
			self.assertNotIn(self.contract.chain, [chain for chain, _customer, _first in drafts.due()])
		self.assertEqual(self.statements(), [])

	def test_as_drafts_with_their_penalties_and_once(self):
		for _run in range(2):
			run(new_back_fill(customer=self.customer, draft_statements=1), self.WHEN)
			self.assertEqual(self.statements(), [("2026-01-01", 0, 2, 80), ("2026-02-01", 0, 1, 40)])
			penalties = frappe.get_all("SLA Penalty", {"customer": self.customer}, ["docstatus", "amount"])
			self.assertEqual([each.docstatus for each in penalties], [0, 0, 0])

	def test_nobody_is_told_that_they_are_late(self):
		run(new_back_fill(customer=self.customer, draft_statements=1), self.WHEN)
		before = frappe.db.count("Notification Log")
		with at("2026-03-20 12:00"):
			alerts.overdue()
		self.assertEqual(frappe.db.count("Notification Log"), before)
