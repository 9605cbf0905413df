"""How many statements the app adds to a save. What they cost in time is measured by `./dev benchmark-on-bench`."""

import frappe

from tests.site.case import SiteTestCase
from tests.site.records import at, change, in_force, issue, maintenance, service
from tests.site.statements import statements, without_the_app, writes


class TestQueries(SiteTestCase):
	def setUp(self):
		super().setUp()
		in_force()

	def added(self, prepare):
		"""How many statements, and how many of them writes, the app adds to a save of what `prepare` gives."""
		with at("2026-01-05 09:30"):
			with_it = told(prepare)
			with without_the_app():
				without = told(prepare)
		return len(with_it) - len(without), len(writes(with_it)) - len(writes(without))

	def test_a_save_that_changes_nothing_for_the_clocks_reads_once_and_writes_nothing(self):
		self.assertEqual(self.added(lambda: edited(subject="Another subject")), (1, 0))

	def test_a_status_change_adds_at_most_eight(self):
		for status in ("On Hold", "Closed"):
			with self.subTest(status):
				statements, written = self.added(lambda status=status: edited(status=status))
				self.assertLessEqual(statements, 8)
				self.assertGreater(written, 1)

	def test_an_insert_adds_at_most_eight(self):
		statements, written = self.added(entered)
		self.assertLessEqual(statements, 8)
		self.assertGreater(written, 1)

	def test_announced_maintenance_of_its_service_adds_none(self):
		maintenance(
			"2026-01-05 10:00", "2026-01-05 12:00", recurrence="FREQ=DAILY;COUNT=100", time_zone="UTC"
		)
		changed = self.added(lambda: edited(sla_service="Mail", status="On Hold"))
		self.assertEqual(changed, self.added(lambda: edited(sla_service=service("ERP"), status="On Hold")))

	def test_a_long_history_adds_none(self):
		self.assertEqual(self.added(paused_often), self.added(lambda: edited(status="On Hold")))


def told(prepare):
	# What a process loads once is loaded by another one like it.
	prepare().save()
	document = prepare()
	with statements() as said:
		document.save()
	return said


def entered():
	"""An Issue, not yet saved."""
	return frappe.copy_doc(issue())


def edited(**values):
	"""An open ticket with these values, not yet saved."""
	return frappe.get_doc("Issue", issue("2026-01-05 09:00").name).update(values)


def paused_often():
	ticket = edited()
	for minute in range(1, 20, 2):
		change(ticket, f"2026-01-05 09:{minute:02}", status="On Hold")
		change(ticket, f"2026-01-05 09:{minute + 1:02}", status="Open")
	return frappe.get_doc("Issue", ticket.name).update({"status": "On Hold"})
