"""Two connections at one ticket, on a database that lets them: nothing is lost, and everything is recorded once.

SQLite lets one connection write at a time and has no snapshot to write from that is not the last one.
"""

from contextlib import contextmanager
from functools import partial
from threading import Barrier, Event
from unittest.mock import patch

import frappe

from sla_guard import jobs, ledger
from sla_guard.helpdesk.ticket import BEGIN_AGAIN, read
from tests.site.committed import CommittedCase, at_once, rows
from tests.site.records import at, breaches, clock, facts, priority, shown

PATIENCE = 30


@contextmanager
def another_connection():
	here = frappe.local.db
	frappe.connect()
	other, frappe.local.db = frappe.local.db, here
	try:
		yield other
	finally:
		other.rollback()
		other.close()


@contextmanager
def elsewhere():
	"""What is done in here is done by another connection, and committed."""
	with another_connection() as other:
		here, frappe.local.db = frappe.local.db, other
		try:
			yield
			other.commit()
		finally:
			frappe.local.db = here


def look_around():
	"""From here on this transaction sees the database as it is now."""
	frappe.db.commit()
	frappe.db.sql("select name from tabIssue limit 1")


def until_committed(change):
	"""As who begins a transaction does when the database has undone it."""
	while True:
		try:
			change()
			frappe.db.commit()
			return
		except BEGIN_AGAIN:
			frappe.db.rollback()


def save(ticket, **values):
	frappe.get_doc("Issue", getattr(ticket, "name", ticket)).update(values).save()


class ConnectionsCase(CommittedCase):
	def setUp(self):
		super().setUp()
		self.in_force()

	def answer(self, ticket, to="someone@acme.example"):
		values = {"communication_type": "Communication", "communication_medium": "Email"}
		values |= {"subject": "Re: It does not work", "content": "…", "sent_or_received": "Sent"}
		values |= {"sender": "Administrator", "recipients": to}
		values |= {"reference_doctype": "Issue", "reference_name": ticket.name}
		return frappe.new_doc("Communication").update(values).insert()

	def assertWhole(self, ticket, *kinds):
		"""These facts, each once, in a row; clocks and breaches as they follow from them; nothing failed."""
		frappe.db.rollback()
		name = getattr(ticket, "name", ticket)
		self.assertEqual(self.logged(ticket), [])
		self.assertEqual(sorted(facts(ticket)), sorted(kinds))
		history = read(name).history
		self.assertEqual([each.sequence for each in history], list(range(len(kinds))))
		stored = {(each.metric, each.cycle): each for each in rows("SLA Clock", [name])}
		follow = ledger.clocks_of(history, max(each.as_of_us for each in stored.values()))
		self.assertEqual(
			{
				key: (each.state, each.due_us, each.breached_us, each.stopped_us)
				for key, each in stored.items()
			},
			{
				(each.metric, each.cycle): (
					each.state,
					each.due or 0,
					each.breached_at or 0,
					each.stopped or 0,
				)
				for each in follow
			},
		)
		self.assertCountEqual(
			[metric for metric, _ in breaches(ticket)], [each.metric for each in follow if each.breached_at]
		)
		self.assertNotEqual(shown(ticket)[0], "Error")


class StaleSnapshots(ConnectionsCase):
	"""A transaction goes on seeing what it saw first, whatever the other one has committed since."""

	def test_two_changes_of_one_ticket(self):
		ticket = self.issue()
		mine = frappe.get_doc("Issue", ticket.name)
		look_around()
		with at("2026-01-05 09:30"), elsewhere():
			save(ticket, status="On Hold")
		with at("2026-01-05 09:31"):
			mine.db_set("priority", priority("Urgent"))
			frappe.db.commit()
		self.assertWhole(ticket, "opened", "status", "priority")

	def test_a_mail_and_a_change(self):
		ticket = self.issue()
		look_around()
		with at("2026-01-05 09:30"), elsewhere():
			save(ticket, status="On Hold")
		with at("2026-01-05 09:31"):
			self.answer(ticket)
			frappe.db.commit()
		self.assertWhole(ticket, "opened", "status", "responded")
		self.assertEqual((clock(ticket).state, clock(ticket, "Response").verdict), ("paused", "met"))

	def test_what_the_transaction_wrote_before_stays(self):
		ticket = self.issue()
		look_around()
		comment = frappe.get_doc("Customer", self.customer).add_comment("Comment", "They called")
		with at("2026-01-05 09:30"), elsewhere():
			save(ticket, status="On Hold")
		with at("2026-01-05 09:31"):
			mail = self.answer(ticket)
			frappe.db.commit()
		self.assertWhole(ticket, "opened", "status", "responded")
		self.assertTrue(frappe.db.exists("Comment", comment.name))
		self.assertTrue(frappe.db.exists("Communication", mail.name))

	def test_a_change_and_the_sweep(self):
		ticket = self.issue()
		look_around()
		with at("2026-01-05 10:01"), elsewhere():
			jobs.sweep()
		with at("2026-01-05 10:02"):
			frappe.clear_messages()
			self.answer(ticket)
			frappe.db.commit()
		self.assertWhole(ticket, "opened", "responded")
		self.assertEqual(breaches(ticket), [("Response", "2026-01-05 10:00")])
		# Nobody is told of the row that was there already.
		self.assertEqual(frappe.get_message_log(), [])

	def test_a_ticket_closed_after_the_sweep_has_found_it(self):
		ticket = self.issue()
		find = jobs._due_tickets

		def and_close(now):
			due = list(find(now))
			with at("2026-01-05 09:59"), elsewhere():
				save(ticket, status="Closed")
			return due

		with at("2026-01-05 10:01"), patch.object(jobs, "_due_tickets", and_close):
			jobs.sweep()
		self.assertWhole(ticket, "opened", "status")
		self.assertEqual((breaches(ticket), clock(ticket).verdict), ([], "met"))

	def test_a_pause_that_took_none_of_the_support_hours(self):
		"""What follows from both facts is what this transaction saw before either."""
		ticket = self.issue("2026-01-05 16:30")
		mine = frappe.get_doc("Issue", ticket.name)
		look_around()
		with at("2026-01-05 20:00"), elsewhere():
			save(ticket, status="On Hold")
			self.assertEqual((clock(ticket).state, shown(ticket)[0]), ("paused", "Running"))
		with at("2026-01-05 21:00"):
			mine.db_set("status", "Replied")
			frappe.db.commit()
		self.assertWhole(ticket, "opened", "status", "status")
		self.assertEqual((clock(ticket).state, clock(ticket).due), ("running", "2026-01-06 16:30"))

	def test_a_change_to_what_it_was_before_the_other_one(self):
		"""This transaction sees nothing new in it, so that the reconcile must."""
		ticket = self.issue()
		mine = frappe.get_doc("Issue", ticket.name)
		look_around()
		with at("2026-01-05 09:30"), elsewhere():
			save(ticket, status="On Hold")
		with at("2026-01-05 09:31"):
			mine.db_set("status", "Open")
			frappe.db.commit()
		with at("2026-01-05 09:40"):
			jobs.reconcile()
		self.assertWhole(ticket, "opened", "status", "status")
		self.assertEqual(clock(ticket).due, "2026-01-06 09:01")


class WaitingInVain(ConnectionsCase):
	"""The other connection holds a lock for too long."""

	def setUp(self):
		super().setUp()
		frappe.db.sql("set innodb_lock_wait_timeout = 1")
		self.ticket = self.issue()

	def tearDown(self):
		super().tearDown()
		frappe.db.sql("set innodb_lock_wait_timeout = default")

	def test_at_the_ticket(self):
		self.refused_while_locked("select name from tabIssue where name = %s for update")

	def test_at_its_clocks(self):
		"""The Issue and the fact are written then, the clock is not."""
		self.refused_while_locked("select name from `tabSLA Clock` where ticket = %s for update")

	def refused_while_locked(self, lock):
		with at("2026-01-05 09:30"):
			with another_connection() as other:
				other.sql(lock, self.ticket.name)
				with self.assertRaises(frappe.QueryTimeoutError):
					save(self.ticket, status="On Hold")
				# Should the one who hears of it go on all the same.
				self.assertEqual(facts(self.ticket), ["opened"])
				frappe.db.rollback()
			self.assertEqual(frappe.db.get_value("Issue", self.ticket.name, "status"), "Open")
			self.assertWhole(self.ticket, "opened")
			save(self.ticket, status="On Hold")
			frappe.db.commit()
		self.assertWhole(self.ticket, "opened", "status")


class AtOnce(ConnectionsCase):
	def test_two_that_lock_two_tickets_in_opposite_order(self):
		"""The database undoes one of them, which hears of it and begins again."""
		tickets = [self.issue().name, self.issue().name]
		priority("Urgent")
		meet = Barrier(2, timeout=PATIENCE)

		def change(order, **values):
			save(order[0], **values)
			meet.wait()
			save(order[1], **values)
			frappe.db.commit()

		def hold():
			change(tickets, status="On Hold")

		def raise_priority():
			change(tickets[::-1], priority="Urgent")

		with at("2026-01-05 09:30"):
			ended = at_once(hold, raise_priority)
			(victim,) = [each for each in ended if each]
			self.assertIsInstance(victim, frappe.QueryDeadlockError)
			values = {"status": "On Hold"} if ended[0] else {"priority": "Urgent"}
			self.assertWhole(tickets[0], "opened", "priority" if ended[0] else "status")
			for name in tickets:
				save(name, **values)
			frappe.db.commit()
		for name in tickets:
			self.assertWhole(name, "opened", "status", "priority")

	def test_a_mail_and_a_change_take_their_locks_in_one_order(self):
		"""Else each would wait for the other: one has the ticket, the other the place of the next fact."""
		ticket = self.issue()
		with at("2026-01-05 09:10"):
			# ERPNext itself marks the ticket at its first mail.
			self.answer(ticket, to="colleague@provider.example")
			frappe.db.commit()
		recording, changing = Event(), Event()
		append = ledger.append

		def append_and_meet(name, new):
			if new[0].kind == "responded":
				recorded = append(name, new)
				recording.set()
				changing.wait(1)
				return recorded
			changing.set()
			return append(name, new)

		def mail():
			self.answer(ticket)
			frappe.db.commit()

		def hold():
			recording.wait(PATIENCE)
			frappe.get_doc("Issue", ticket.name).db_set("status", "On Hold")
			frappe.db.commit()

		with at("2026-01-05 09:30"), patch.object(ledger, "append", append_and_meet):
			self.assertEqual(at_once(mail, hold), [None, None])
		self.assertWhole(ticket, "opened", "responded", "status")

	def test_many_changes_of_one_ticket(self):
		"""A deadlock may come of it; who is told of one begins again, and nothing is lost or told twice."""
		ticket = self.issue()
		meet = Barrier(2, timeout=PATIENCE)

		def mails():
			for _ in range(8):
				meet.wait()
				until_committed(lambda: self.answer(ticket))

		def statuses():
			for status in ("On Hold", "Open") * 4:
				meet.wait()
				until_committed(partial(save, ticket, status=status))

		with at("2026-01-05 09:30"):
			self.assertEqual(at_once(mails, statuses), [None, None])
		self.assertWhole(ticket, "opened", *["status", "responded"] * 8)


if frappe.db.db_type != "mariadb":
	del StaleSnapshots, WaitingInVain, AtOnce
