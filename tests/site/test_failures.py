"""An error of ours stands in nobody's way: ticket and mail are saved, it is logged and shown, the next reconcile makes
it good. Where the database undid the transaction, whoever began it hears of it and may begin again."""

from contextlib import contextmanager
from unittest.mock import patch

import frappe
from rq.timeouts import JobTimeoutException

from sla_guard import jobs
from sla_guard.engine.instants import MINUTE
from sla_guard.ledger import INFERRED, MAIL
from sla_guard.site_time import to_us
from tests.site.committed import CommittedCase, rows
from tests.site.records import at, breaches, change, clock, facts, shown, utc

# Where our own code may fail while it records a fact, by the module that looks the name up.
POINTS = (
	"sla_guard.helpdesk.contracts.decide",
	"sla_guard.ledger.append",
	"sla_guard.ledger.replay",
	"sla_guard.clocks._columns",
	"sla_guard.helpdesk.ticket._state",
)
AGAIN = (frappe.QueryDeadlockError, frappe.QueryTimeoutError)
MEASURED = (
	*("metric", "cycle", "state", "verdict", "terms", "target", "target_us", "customer", "priority"),
	*("started_us", "counted_from_us", "due_us", "wake_us", "breached_us", "stopped_us", "stopped_by"),
)


class Ours(Exception):
	pass


@contextmanager
def failing(point="sla_guard.ledger.replay", error=Ours):
	with patch(point, side_effect=error("forced")):
		yield


def reconcile(when):
	with at(when):
		jobs.reconcile()


class FailuresCase(CommittedCase):
	def setUp(self):
		super().setUp()
		self.in_force()

	def change(self, ticket, when, **values):
		change(ticket, when, **values)
		frappe.db.commit()

	def mail(self, ticket, when, sent="Sent"):
		"""A mail to the customer, or from it."""
		customer, us = "someone@acme.example", "Administrator"
		with at(when):
			values = {"communication_type": "Communication", "communication_medium": "Email"}
			values |= {"subject": "Re: It does not work", "content": "…", "sent_or_received": sent}
			values |= {"sender": us, "recipients": customer} if sent == "Sent" else {"sender": customer}
			values |= {"reference_doctype": "Issue", "reference_name": ticket.name}
			mail = frappe.new_doc("Communication").update(values).insert()
		frappe.db.commit()
		return mail

	def assertSavedWithTheError(self, ticket, **values):
		saved = frappe.get_doc("Issue", ticket.name)
		self.assertEqual({field: saved.get(field) for field in values}, values)
		(error,) = self.logged(ticket)
		self.assertIn("Traceback", error)
		self.assertIn("Ours: forced", error)
		self.assertEqual(shown(ticket)[0], "Error")

	def assertAsIf(self, ticket, sound):
		"""Its clocks, breaches and what it shows are those of one on which nothing failed."""
		measured = [
			[tuple(found[field] for field in MEASURED) for found in each]
			for each in (sorted(rows("SLA Clock", [name.name]), key=str) for name in (ticket, sound))
		]
		self.assertCountEqual(*measured)
		self.assertEqual(breaches(ticket), breaches(sound))
		self.assertEqual(shown(ticket), shown(sound))
		told = [
			[(found.kind, utc(found.at_us), found.status) for found in ordered(each)]
			for each in (ticket, sound)
		]
		self.assertEqual(*told)


def ordered(ticket):
	return sorted(rows("SLA Event", [ticket.name]), key=lambda found: (found.at_us, found.sequence))


class TestErrorOfOurs(FailuresCase):
	def test_when_a_ticket_is_entered(self):
		for point in POINTS:
			with self.subTest(point):
				with failing(point):
					ticket = self.issue()
				self.assertSavedWithTheError(ticket, status="Open")
				self.assertEqual((facts(ticket), clock(ticket)), ([], None))
				reconcile("2026-01-05 09:07")
				self.assertAsIf(ticket, self.issue())

	def test_when_its_status_changes(self):
		for point in POINTS:
			with self.subTest(point):
				ticket, sound = self.issue(), self.issue()
				before = rows("SLA Clock", [ticket.name])
				with failing(point):
					self.change(ticket, "2026-01-05 09:30", status="On Hold")
				self.assertSavedWithTheError(ticket, status="On Hold")
				self.assertEqual((facts(ticket), rows("SLA Clock", [ticket.name])), (["opened"], before))
				reconcile("2026-01-05 09:37")
				self.change(sound, "2026-01-05 09:30", status="On Hold")
				self.assertAsIf(ticket, sound)
				found = ordered(ticket)[-1]
				self.assertEqual(
					(found.cause, utc(to_us(found.uncertain_from))), (INFERRED, "2026-01-05 09:00")
				)

	def test_when_a_mail_comes_in(self):
		ticket, sound = self.issue(), self.issue()
		for each in (ticket, sound):
			self.change(each, "2026-01-05 09:30", status="Closed")
		with failing():
			mail = self.mail(ticket, "2026-01-05 11:00", "Received")
		self.assertTrue(frappe.db.exists("Communication", mail.name))
		self.assertSavedWithTheError(ticket, status="Open")
		self.assertEqual(clock(ticket).state, "stopped")
		reconcile("2026-01-05 11:07")
		self.mail(sound, "2026-01-05 11:00", "Received")
		self.assertAsIf(ticket, sound)

	def test_when_a_mail_goes_out(self):
		ticket, sound = self.issue(), self.issue()
		with failing():
			mail = self.mail(ticket, "2026-01-05 09:40")
		self.assertTrue(frappe.db.exists("Communication", mail.name))
		self.assertSavedWithTheError(ticket)
		reconcile("2026-01-05 10:47")
		self.mail(sound, "2026-01-05 09:40")
		self.assertAsIf(ticket, sound)
		found = ordered(ticket)[-1]
		self.assertEqual((found.cause, found.communication), (MAIL, mail.name))
		self.assertEqual(clock(ticket, "Response").stopped, "2026-01-05 09:40")

	def test_while_a_ticket_is_split(self):
		ticket = self.issue()
		mail = self.mail(ticket, "2026-01-05 09:20")
		self.change(ticket, "2026-01-05 09:30", status="On Hold")
		with at("2026-01-05 11:00"), failing("sla_guard.helpdesk.communication._earlier_opening"):
			split = frappe.get_doc("Issue", ticket.name).split_issue("Another matter", mail.name)
			frappe.db.commit()
		self.assertEqual(clock(split).started, "2026-01-05 11:00")
		self.assertSavedWithTheError(frappe.get_doc("Issue", split))
		reconcile("2026-01-05 11:07")
		found = clock(split)
		self.assertEqual(
			(found.started, found.state, found.elapsed_us), ("2026-01-05 09:20", "paused", 100 * MINUTE)
		)


class TestUntilReconciled(FailuresCase):
	"""What happens between the error and the next reconcile."""

	def test_the_error_stays_shown_whatever_goes_well_since(self):
		"""Else the mail that was missed would be missed for ever."""
		ticket, sound = self.issue(), self.issue()
		with failing():
			self.mail(ticket, "2026-01-05 09:40")
		self.change(ticket, "2026-01-05 09:45", status="On Hold")
		with at("2026-01-05 12:00"):
			jobs.sweep()
		self.assertEqual(shown(ticket)[0], "Error")
		reconcile("2026-01-05 12:07")
		self.mail(sound, "2026-01-05 09:40")
		self.change(sound, "2026-01-05 09:45", status="On Hold")
		self.assertEqual(clock(ticket, "Response").verdict, "met")
		self.assertEqual((breaches(ticket), shown(ticket)), (breaches(sound), shown(sound)))

	def test_a_save_records_what_was_missed_as_inferred(self):
		ticket = self.issue()
		with failing():
			self.change(ticket, "2026-01-05 09:30", status="On Hold")
		self.change(ticket, "2026-01-05 09:35", subject="Another subject")
		found = ordered(ticket)[-1]
		self.assertEqual((found.kind, found.cause), ("status", INFERRED))
		self.assertEqual(
			(utc(to_us(found.uncertain_from)), utc(found.at_us)), ("2026-01-05 09:00", "2026-01-05 09:35")
		)

	def test_a_save_opens_a_ticket_that_was_missed_as_inferred(self):
		with failing():
			ticket = self.issue()
		self.change(ticket, "2026-01-05 09:35", status="On Hold")
		(found,) = ordered(ticket)
		self.assertEqual(
			(found.kind, found.cause, utc(found.at_us)), ("opened", INFERRED, "2026-01-05 09:00")
		)

	def test_as_long_as_it_fails_it_is_logged_and_nothing_is_given_up(self):
		ticket = self.issue()
		with failing("sla_guard.helpdesk.communication.is_answer"):
			self.mail(ticket, "2026-01-05 09:40")
			self.mail(ticket, "2026-01-05 09:50")
			reconcile("2026-01-05 10:07")
		self.assertEqual((len(self.logged(ticket)), shown(ticket)[0]), (3, "Error"))
		reconcile("2026-01-05 10:17")
		self.assertEqual(facts(ticket), ["opened", "responded", "responded"])
		self.assertEqual(clock(ticket, "Response").stopped, "2026-01-05 09:40")
		self.assertEqual(shown(ticket)[0], "Running")

	def test_a_ticket_that_is_not_tracked_is_not_shown_with_an_error_for_ever(self):
		with failing():
			ticket = self.issue()
		frappe.db.set_single_value("SLA Settings", "tracked_from", "2026-01-06 00:00:00")
		reconcile("2026-01-05 09:07")
		self.assertEqual((shown(ticket), facts(ticket)), ((None, None), []))


class TestBeginAgain(FailuresCase):
	"""The database has undone the transaction: who began it hears of it, and finds nothing half done."""

	def test_entering_a_ticket(self):
		before = frappe.db.count("Issue", {"customer": self.customer})
		for error in AGAIN:
			with self.assertRaises(error), failing(error=error):
				self.issue()
			frappe.db.rollback()
			self.assertEqual(frappe.db.count("Issue", {"customer": self.customer}), before)
		ticket = self.issue()
		self.assertEqual((facts(ticket), self.logged(ticket)), (["opened"], []))

	def test_changing_its_status(self):
		for error in AGAIN:
			ticket = self.issue()
			before = [rows(doctype, [ticket.name]) for doctype in ("SLA Event", "SLA Clock")]
			with self.assertRaises(error), failing("sla_guard.clocks._columns", error):
				self.change(ticket, "2026-01-05 09:30", status="On Hold")
			frappe.db.rollback()
			self.assertEqual([rows(doctype, [ticket.name]) for doctype in ("SLA Event", "SLA Clock")], before)
			self.assertEqual((shown(ticket)[0], self.logged(ticket)), ("Running", []))
			self.change(ticket, "2026-01-05 09:31", status="On Hold")
			self.assertEqual(facts(ticket), ["opened", "status"])

	def test_a_mail(self):
		for error in AGAIN:
			ticket = self.issue()
			with self.assertRaises(error), failing(error=error):
				self.mail(ticket, "2026-01-05 09:40")
			frappe.db.rollback()
			self.assertEqual((facts(ticket), self.logged(ticket)), (["opened"], []))
			self.assertFalse(frappe.db.exists("Communication", {"reference_name": ticket.name}))
			self.mail(ticket, "2026-01-05 09:41")
			self.assertEqual(facts(ticket), ["opened", "responded"])

	def test_a_job_leaves_the_ticket_to_its_next_run(self):
		for error in AGAIN:
			ticket = self.issue()
			with at("2026-01-05 10:01"), failing(error=error):
				jobs.sweep()
			self.assertEqual((breaches(ticket), self.logged(ticket), shown(ticket)[0]), ([], [], "Running"))
			with at("2026-01-05 10:02"):
				jobs.sweep()
			self.assertEqual(breaches(ticket), [("Response", "2026-01-05 10:00")])


class TestOutOfTime(FailuresCase):
	"""A background job has had its time: that is no error of the ticket that it was at."""

	def test_the_sweep_ends_and_the_next_one_goes_on(self):
		ticket = self.issue()
		with (
			at("2026-01-05 10:01"),
			self.assertRaises(JobTimeoutException),
			failing(error=JobTimeoutException),
		):
			jobs.sweep()
		frappe.db.rollback()
		self.assertEqual((breaches(ticket), self.logged(ticket), shown(ticket)[0]), ([], [], "Running"))
		with at("2026-01-05 10:02"):
			jobs.sweep()
		self.assertEqual(breaches(ticket), [("Response", "2026-01-05 10:00")])

	def test_a_job_that_saves_a_mail_ends(self):
		ticket = self.issue()
		with self.assertRaises(JobTimeoutException), failing(error=JobTimeoutException):
			self.mail(ticket, "2026-01-05 09:40")
		frappe.db.rollback()
		self.assertEqual((facts(ticket), self.logged(ticket), shown(ticket)[0]), (["opened"], [], "Running"))
