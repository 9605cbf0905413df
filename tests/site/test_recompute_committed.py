"""A recompute whose worker is killed, or two at once: what it comes to is what one clean run comes to."""

from unittest.mock import patch

import frappe

from sla_guard import jobs
from sla_guard.recompute import lines, scope, work
from sla_guard.transactions import SILENT
from tests.site.committed import at_once, killed_at, points
from tests.site.recomputing import NOW, TUESDAY, RecomputeCase, changed, looked_at, measured, worked_off
from tests.site.records import at, breaches, facts


class TestKilled(RecomputeCase):
	"""Cut off between two statements as a worker that is killed: what it had not committed is gone."""

	TICKETS, POINTS = 7, 10

	def setUp(self):
		super().setUp()
		batches = patch.multiple("sla_guard.recompute.work", BATCH=3), patch.object(scope, "BATCH", 3)
		for each in batches:
			each.start()
			self.addCleanup(each.stop)
		self.tickets = [self.issue(f"2026-01-05 13:0{minute}") for minute in range(self.TICKETS)]
		for ticket in self.tickets[:3]:
			changed(ticket, "2026-01-06 15:00", status="Closed")
		looked_at(*self.tickets)
		self.shut(TUESDAY)
		self.applied()
		self.wanted = self.state()
		# As before, so that each run begins anew.
		self.shut()
		self.applied()

	def state(self):
		return [(measured(each), breaches(each)) for each in self.tickets]

	def begun(self):
		document = self.asked()
		with at(NOW):
			work.begin_preview(document)
		frappe.db.commit()
		return document

	def run_on(self, document):
		def job():
			with at(NOW):
				while work.go_on(document.name):
					pass

		return job

	def test_the_preview_resumed_is_that_of_one_clean_run(self):
		self.shut(TUESDAY)
		# What a process reads once, it has read.
		self.run_on(self.begun())()
		clean = self.begun()
		length = killed_at(None, self.run_on(clean))
		self.assertGreater(length, self.POINTS)
		for point in points(length, self.POINTS):
			with self.subTest(killed_at=point, of=length):
				document = self.begun()
				self.assertEqual(killed_at(point, self.run_on(document)), point)
				self.run_on(document)()
				self.assertEqual(all_lines(document), all_lines(clean))
				self.assertEqual(frappe.db.get_value("SLA Recompute", document.name, "tickets"), self.TICKETS)

	def test_applied_and_resumed_it_comes_to_what_one_clean_run_comes_to(self):
		length = killed_at(None, self.run_on(self.ready()))
		self.assertGreater(length, self.POINTS)
		self.assertEqual(self.state(), self.wanted)
		for point in points(length, self.POINTS):
			with self.subTest(killed_at=point, of=length):
				self.shut()
				self.applied()
				document = self.ready()
				recorded = self.recorded()
				self.assertEqual(killed_at(point, self.run_on(document)), point)
				self.assert_nothing_half_done(document)
				self.run_on(document)()
				self.assertEqual(self.state(), self.wanted)
				self.assertEqual(self.recorded(), [count + 1 for count in recorded])
				self.assertEqual(frappe.db.get_value("SLA Recompute", document.name, "status"), "Applied")

	def ready(self):
		"""Begun to be applied."""
		self.shut(TUESDAY)
		document = self.previewed()
		with at(NOW):
			work.begin_applying(document)
		frappe.db.commit()
		return document

	def recorded(self):
		return [facts(each).count("recomputed") for each in self.tickets]

	def assert_nothing_half_done(self, document):
		"""A ticket's facts, clocks and breaches, and its lines, go together."""
		for ticket, wanted in zip(self.tickets, self.wanted, strict=True):
			about = {"recompute": document.name, "ticket": ticket.name}
			done = set(frappe.get_all(lines.LINE, about, pluck="state")) == {lines.APPLIED}
			self.assertEqual((measured(ticket), breaches(ticket)) == wanted, done)


def all_lines(document):
	fields = [
		*("ticket", "metric", "cycle", "difference", "due_before_us", "due_after_us"),
		*("breached_before_us", "breached_after_us", "late_before_us", "late_after_us", "state"),
	]
	about = {"recompute": document.name}
	return frappe.get_all(lines.LINE, about, fields, order_by="ticket, metric, cycle", as_list=True)


class TestTwoWorkers(RecomputeCase):
	def test_each_ticket_is_told_once_and_measured_anew_once(self):
		tickets = [self.issue("2026-01-05 13:00") for _ in range(8)]
		self.shut(TUESDAY)
		document = self.asked()
		work.begin_preview(document)

		def job():
			while work.go_on(document.name):
				pass

		self.assertEqual(at_once(job, job), [None, None])
		document.reload()
		self.assertEqual((document.status, document.tickets), ("Previewed", 8))
		work.begin_applying(document)
		self.assertEqual(at_once(job, job), [None, None])
		self.assertEqual([facts(each).count("recomputed") for each in tickets], [1] * 8)
		document.reload()
		self.assertEqual((document.status, document.tickets), ("Applied", 8))


class TestCutOff(RecomputeCase):
	def test_the_scheduler_goes_on_with_it_as_whoever_began(self):
		ticket = self.issue("2026-01-05 13:00")
		self.shut(TUESDAY)
		document = self.previewed()
		work.begin_applying(document)
		frappe.db.commit()
		self.assertNotIn(document.name, work.cut_off())
		long_ago = frappe.utils.add_to_date(None, minutes=-SILENT - 1)
		frappe.db.set_value("SLA Recompute", document.name, "modified", long_ago, update_modified=False)
		frappe.db.commit()
		self.assertIn(document.name, work.cut_off())
		with patch.object(frappe, "enqueue") as queue:
			jobs.recompute_on()
		queue.assert_called_once()
		jobs.recompute(document.name)
		worked_off(document)
		self.assertEqual((document.status, facts(ticket)[-1]), ("Applied", "recomputed"))


class TestCommand(RecomputeCase):
	def test_it_shows_and_changes_only_when_it_is_told_to(self):
		ticket = self.issue("2026-01-05 13:00")
		self.shut(TUESDAY)
		shown = self.command("--reason", "A holiday", "--support-hours", self.hours)
		self.assertEqual(shown.exit_code, 0, shown.output)
		for words in ("tickets: 1, clocks: 2", "Breach is dated anew", ticket.name, "Nothing was changed"):
			self.assertIn(words, shown.output)
		self.assertEqual(facts(ticket), ["opened"])
		name = frappe.get_all("SLA Recompute", {"support_hours": self.hours}, pluck="name")[0]
		applied = self.command(name, "--apply")
		self.assertIn("applied, tickets: 1", applied.output)
		self.assertEqual(facts(ticket)[-1], "recomputed")

	def test_what_is_refused_is_said_and_leaves_nothing_behind(self):
		for arguments, words in (
			((), "Say why"),
			(("--reason", "x", "--opened-from", "2026-02-01", "--opened-to", "2026-01-01"), "is before"),
			(("--reason", "x", "--support-hours", "None such"), "None such"),
		):
			with self.subTest(arguments):
				refused = self.command(*arguments)
				self.assertEqual(refused.exit_code, 1)
				self.assertIn(words, refused.output)
		self.assertEqual(frappe.get_all("SLA Recompute", {"reason": "x"}), [])
