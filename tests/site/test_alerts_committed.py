"""Steps that two workers find at once, and clocks that a new rule wakes."""

from unittest.mock import patch

import frappe

from sla_guard import jobs
from sla_guard.notify import waking
from tests.site.committed import at_once, rows
from tests.site.notifying import ToldCase, alerts
from tests.site.records import at, clock, us


class TestTwoWorkers(ToldCase):
	def test_two_sweeps_record_each_step_once(self):
		self.rule(75, metric="")
		names = [self.issue(f"2026-01-05 09:{minute:02}").name for minute in range(6)]
		with at("2026-01-06 12:00"):
			self.assertEqual(at_once(jobs.sweep, jobs.sweep), [None, None])
		# What both left to the other one, as SQLite lets only one write, the next run finds.
		self.sweep("2026-01-06 12:01")
		self.assertEqual([len(alerts(name)) for name in names], [2] * len(names))
		self.assertEqual(len(rows("SLA Alert", names)), 2 * len(names))


class TestWoken(ToldCase):
	"""A clock keeps when it is woken next: after a change of the rules a job looks at those that run."""

	def test_by_a_rule_that_is_new(self):
		tickets_open = [self.issue("2026-01-05 09:00") for _ in range(5)]
		self.assertEqual(clock(tickets_open[0], "Response").wake_us, us("2026-01-05 10:00"))
		self.rule(50, when="2026-01-05 09:10")
		with at("2026-01-05 09:11"), patch.object(jobs, "BATCH", 2), patch.object(waking, "enqueue") as more:
			jobs.wake_clocks(self.before(tickets_open))
			while more.call_args:
				(after,), _ = more.call_args
				more.reset_mock()
				jobs.wake_clocks(after)
		woken = {clock(each, "Response").wake_us for each in tickets_open}
		self.assertEqual(woken, {us("2026-01-05 09:30")})

	def before(self, made):
		"""The last ticket of the site before these, if any: read in January, its breaches of today would be none."""
		earlier = {"ticket": ("<", min(each.name for each in made))}
		return next(
			iter(frappe.get_all("SLA Clock", earlier, pluck="ticket", order_by="ticket desc", limit=1)), ""
		)

	def test_saving_a_rule_asks_for_it_once_it_is_committed(self):
		with patch.object(waking, "enqueue") as asked:
			made = self.rule(50)
			self.assertEqual(asked.call_count, 1)
			made.reload()
			made.update({"email": 1}).save()
			frappe.db.commit()
			self.assertEqual(asked.call_count, 1)
			made.update({"percent": 60}).save()
			frappe.db.commit()
			self.assertEqual(asked.call_count, 2)
