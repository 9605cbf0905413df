"""What the job of calls commits: by two workers at once, by one that dies, and with a mail server that fails."""

from threading import Event
from unittest.mock import patch

import frappe
from frappe.email.doctype.email_queue.email_queue import EmailQueue

from sla_guard import jobs
from sla_guard.oncall import following
from sla_guard.oncall.acknowledging import acknowledge
from tests.site.case import SiteTestCase, make_user
from tests.site.committed import CommittedCase, at_once, killed_at, points
from tests.site.records import at, change, pages, roster, round_the_clock, target, us
from tests.site.routes import agent, as_user, sending_mailbox

NIGHT, LATER = "2026-01-10 03:00", "2026-01-10 03:15"
WEEK = ("2026-01-05 00:00", "2026-01-12 00:00")


class TestCommitted(CommittedCase):
	def setUp(self):
		super().setUp()
		sending_mailbox()
		self.ann, self.bob = agent("ann"), agent("bob")
		self.manager = make_user("eve", "SLA Manager", "Support Team")
		contract = self.in_force(target(response=1, support_hours=round_the_clock()))
		roster((self.ann, *WEEK), (self.bob, *WEEK, 2), contract=contract.name).insert()
		self.ticket = self.issue(NIGHT)

	def run_job(self, when):
		with at(when):
			jobs.call_on_duty()

	def told(self, user):
		return frappe.db.count("Notification Log", {"for_user": user, "document_name": self.ticket.name})

	def test_two_workers_at_once_call_each_level_once(self):
		for when in (NIGHT, LATER):
			with at(when):
				at_once(*[lambda: jobs.call_for(self.ticket.name)] * 2)
			# SQLite lets one of two writers down, which the next run makes good.
			self.run_job(when)
		self.assertEqual(
			pages(self.ticket),
			[(1, "ann", "Not Acknowledged", NIGHT), (2, "bob", "Called", LATER)],
		)
		self.assertEqual((self.told(self.ann), self.told(self.bob)), (1, 1))

	def test_one_who_acknowledges_while_the_next_level_is_being_called_ends_it(self):
		self.run_job(NIGHT)
		looked, called = Event(), Event()

		def call():
			looked.wait(30)
			try:
				jobs.call_for(self.ticket.name)
			finally:
				called.set()

		def acknowledged():
			frappe.set_user(self.ann)
			# What a request reads first is what it goes on seeing, unless it looks afresh.
			frappe.db.get_value("SLA Page", {"ticket": self.ticket.name}, "state")
			looked.set()
			called.wait(30)
			acknowledge(self.ticket.name)
			frappe.db.commit()

		with at(LATER):
			_called, refused = at_once(call, acknowledged)
			if refused:
				# SQLite lets nobody write who has read before another one wrote.
				acknowledged()
		frappe.set_user("Administrator")
		self.run_job("2026-01-10 05:00")
		states = [state for _level, _user, state, _at in pages(self.ticket)]
		self.assertEqual(states, ["Not Acknowledged", "Acknowledged"])
		self.assertEqual(self.told(self.manager), 0)

	def test_a_worker_that_dies_leaves_a_call_that_the_next_one_makes_once(self):
		with at(NIGHT):
			length = killed_at(None, jobs.call_on_duty)
		frappe.db.delete("SLA Page", {"ticket": self.ticket.name})
		frappe.db.delete("Notification Log", {"document_name": self.ticket.name})
		frappe.db.commit()
		for point in points(length, 5):
			ticket = self.issue(NIGHT)
			with at(NIGHT):
				killed_at(point, jobs.call_on_duty)
				jobs.call_on_duty()
			with self.subTest(point):
				self.assertEqual(pages(ticket), [(1, "ann", "Called", NIGHT)])
				about = {"for_user": self.ann, "document_name": ticket.name}
				self.assertEqual(frappe.db.count("Notification Log", about), 1)

	def test_a_mail_that_fails_holds_up_no_call_and_is_tried_again_by_the_framework(self):
		with patch.object(EmailQueue, "send", side_effect=OSError("no route")):
			self.run_job(NIGHT)
		self.assertEqual(pages(self.ticket), [(1, "ann", "Called", NIGHT)])
		about = {"reference_doctype": "Issue", "reference_name": self.ticket.name}
		self.assertEqual(frappe.get_all("Email Queue", about, pluck="status"), ["Not Sent"])
		self.assertTrue(self.logged(self.ticket))

	def test_the_mail_goes_at_once(self):
		sent = []
		with patch.object(
			EmailQueue, "send", lambda mail, *_args, **_options: sent.append(mail.reference_name)
		):
			self.run_job(NIGHT)
		self.assertEqual(sent, [self.ticket.name])

	def test_one_that_fails_holds_up_no_other_and_leaves_the_ticket_as_it_was(self):
		other = self.issue("2026-01-10 02:59")
		real = following.follow

		def follow(name):
			if name == other.name:
				raise ValueError("broken")
			real(name)

		with patch.object(following, "follow", follow):
			self.run_job(NIGHT)
		self.assertEqual(pages(self.ticket), [(1, "ann", "Called", NIGHT)])
		self.assertEqual(frappe.db.get_value("Issue", other.name, "sla_state"), "Running")
		self.run_job(NIGHT)
		self.assertEqual(pages(other), [(1, "ann", "Called", NIGHT)])

	def test_the_job_reads_what_is_due_and_not_what_is_open(self):
		self.run_job(NIGHT)
		with as_user(self.ann), at("2026-01-10 03:05"):
			acknowledge(self.ticket.name)
		frappe.db.commit()
		self.assertNotIn(self.ticket.name, following.to_follow(us("2026-01-10 05:00")))
		change(self.ticket, "2026-01-10 05:00", status="Closed")
		self.assertIn(self.ticket.name, following.to_follow(us("2026-01-10 05:00")))


class TestNothing(SiteTestCase):
	def test_a_ticket_that_is_gone_calls_nobody(self):
		following.follow("no such ticket")
