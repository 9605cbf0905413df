"""The jobs of a back-fill: each ticket whole or not at all, once, whatever becomes of a worker; quiet; by whom it may be."""

from functools import partial
from unittest.mock import patch

import frappe

from sla_guard import jobs
from sla_guard.back_fill import batches, work
from sla_guard.helpdesk.rebuild import facts_of
from sla_guard.sla_guard.doctype.sla_back_fill.sla_back_fill import preview, progress, start, stop
from sla_guard.store import BEGIN_AGAIN
from tests.site.back_filling import CUSTOMER, LATER, forget, measured
from tests.site.committed import CommittedCase, at_once, killed_at, points, rows
from tests.site.notifying import rule
from tests.site.records import at, change, customer, facts, priority, roster, round_the_clock, target
from tests.site.routes import agent, as_user, mail_in, mail_out, mailbox, versions_kept
from tests.site.test_names import rename

STATED = (
	"sequence",
	"at_us",
	"kind",
	"status",
	"priority",
	"customer",
	"contract",
	"target",
	"answer",
	"cause",
)


def new_back_fill(**values):
	document = frappe.new_doc("SLA Back-fill").update(values).insert()
	frappe.db.commit()
	return document


def run(document, when=LATER):
	"""Started in the desk; the jobs, one after the other."""
	with at(when):
		start(document.name)
		work.run(document.name)
	document.reload()
	return document


class BackFillJobCase(CommittedCase):
	def setUp(self):
		super().setUp()
		self.contract = self.in_force(target(), target(2, 16, priority=priority("Urgent")))
		self.agent = agent()
		mailbox()

	def lived(self, count=6):
		"""Tickets with a life each, of which nothing was recorded."""
		with versions_kept():
			tickets = [self.live(number) for number in range(count)]
		self.watched = {ticket: measured(ticket) for ticket in tickets}
		forget(*tickets)
		frappe.db.set_single_value("SLA Settings", "tracked_from", "2026-01-18 00:00:00")
		frappe.db.commit()
		return tickets

	def live(self, number):
		ticket = self.issue(f"2026-01-05 {9 + number % 6:02}:00")
		if number % 2:
			mail_out(ticket, CUSTOMER, when="2026-01-05 15:30", by=self.agent)
		if number % 3:
			change(ticket, "2026-01-06 09:30", status="On Hold", priority="Urgent")
			mail_in(CUSTOMER, ticket=ticket, when="2026-01-07 11:00")
		change(ticket, "2026-01-08 10:00", status="Closed")
		frappe.db.commit()
		return ticket.name

	def assertFilled(self, tickets):
		for ticket in tickets:
			self.assertEqual(measured(ticket), self.watched[ticket], ticket)

	def told(self, tickets):
		"""What is recorded of them, but for names and the time of the recording."""
		events = [(each.ticket, *(each[field] for field in STATED)) for each in rows("SLA Event", tickets)]
		return sorted(events, key=str), [measured(ticket) for ticket in tickets]


class TestJobs(BackFillJobCase):
	def test_all_of_it(self):
		tickets = self.lived()
		document = run(new_back_fill(customer=self.customer))
		self.assertFilled(tickets)
		self.assertEqual(
			(document.status, document.tickets, document.filled, document.failed), ("Done", 6, 6, 0)
		)

	def test_a_ticket_that_another_one_was_merged_into_is_worth_a_look(self):
		other, ticket = self.lived(2)
		with at("2026-01-09 10:00"):
			rename("Issue", other, ticket, merge=True)
		document = run(new_back_fill(customer=self.customer))
		self.assertFilled([ticket])
		self.assertEqual(progress(document.name)["mixed"], [ticket])

	def test_twice_adds_nothing(self):
		tickets = self.lived(3)
		run(new_back_fill(customer=self.customer))
		told = self.told(tickets)
		again = run(new_back_fill(customer=self.customer))
		self.assertEqual((again.tickets, again.filled), (0, 0))
		frappe.db.set_value(
			"SLA Back-fill Batch", {"back_fill": ("!=", again.name)}, {"state": "Waiting", "done_to": None}
		)
		work.run(frappe.get_all("SLA Back-fill Batch", pluck="back_fill")[0])
		self.assertEqual(self.told(tickets), told)

	def test_a_worker_that_is_killed_loses_nothing_and_doubles_nothing(self):
		tickets = self.lived()
		with patch.object(batches, "SIZE", 4), patch.object(work, "TOGETHER", 2), at(LATER):
			clean = new_back_fill(customer=self.customer)
			start(clean.name)
			statements = killed_at(None, lambda: work.run(clean.name))
			told, counts = self.told(tickets), self.counts(clean)
			self.assertFilled(tickets)
			for point in points(statements, 10):
				with self.subTest(point):
					forget(*tickets)
					document = new_back_fill(customer=self.customer)
					start(document.name)
					frappe.db.commit()
					self.assertEqual(killed_at(point, partial(work.run, document.name)), point)
					self.assertWholeOrNothing(tickets)
					work.run(document.name)
					self.assertEqual(self.told(tickets), told)
					self.assertEqual(self.counts(document), counts)

	def counts(self, document):
		document.reload()
		return document.status, document.tickets, document.filled, document.passed_over, document.failed

	def assertWholeOrNothing(self, tickets):
		for ticket in tickets:
			if facts(ticket):
				self.assertEqual(measured(ticket), self.watched[ticket], ticket)
			else:
				self.assertEqual(measured(ticket)[:3], ([], [], []))

	def test_two_workers_at_one_batch(self):
		tickets = self.lived()
		document = new_back_fill(customer=self.customer)
		with at(LATER):
			start(document.name)
			work.share_out(document.name)
			[batch] = batches.open_batches(document.name)
			done = at_once(*[lambda: work.work_off(document.name, batch)] * 2)
		# SQLite turns one of them away where a bench's database makes it wait.
		wrong = [each for each in done if isinstance(each, Exception) and not isinstance(each, BEGIN_AGAIN)]
		self.assertEqual(wrong, [])
		# The one that came later may have found nothing to do, or all of it.
		work.run(document.name)
		self.assertFilled(tickets)
		self.assertEqual(
			frappe.db.get_value("SLA Back-fill", document.name, ["status", "filled"]), ("Done", 6)
		)

	def test_stopped_and_gone_on_with(self):
		tickets = self.lived()
		document = new_back_fill(customer=self.customer)

		def stop_after_two(_done):
			if len([ticket for ticket in tickets if facts(ticket)]) == 2:
				stop(document.name)

		with at(LATER), patch.object(work, "TOGETHER", 2):
			start(document.name)
			work.run(document.name, stop_after_two)
			self.assertEqual(len([ticket for ticket in tickets if facts(ticket)]), 2)
			document.reload()
			self.assertEqual(document.status, "Stopped")
			work.run(document.name)
			self.assertEqual(len([ticket for ticket in tickets if facts(ticket)]), 2)
		self.assertEqual(run(document).status, "Done")
		self.assertFilled(tickets)

	def test_one_that_is_left_alone_is_taken_up(self):
		self.lived(1)
		document = new_back_fill(customer=self.customer)
		with at(LATER):
			start(document.name)
			frappe.db.commit()
		with at("2026-01-19 09:05"):
			self.assertNotIn(document.name, batches.left_alone())
		with at("2026-01-19 09:20"):
			self.assertIn(document.name, batches.left_alone())
			self.assertEqual(progress(document.name)["silent"], 20)
			jobs.go_on_with_back_fills()
			self.assertNotIn(document.name, batches.left_alone())
			self.assertEqual(progress(document.name)["silent"], 0)

	def test_a_ticket_that_fails_holds_up_no_other_and_is_tried_again(self):
		tickets = self.lived(3)

		def failing(records, *rest):
			if records.issue.name == tickets[1]:
				frappe.throw("It is <b>broken</b>")
			return facts_of(records, *rest)

		with patch("sla_guard.back_fill.work.facts_of", failing):
			document = run(new_back_fill(customer=self.customer))
		self.assertEqual((document.status, document.filled, document.failed), ("Done", 2, 1))
		self.assertEqual(progress(document.name)["failures"], [(tickets[1], "It is broken")])
		self.assertEqual(len(self.logged(tickets[1])), 1)
		self.assertEqual(facts(tickets[1]), [])
		document = run(document)
		self.assertEqual((document.status, document.filled, document.failed), ("Done", 3, 0))
		self.assertFilled(tickets)

	def test_what_happens_after_the_records_were_read(self):
		"""A save and a mail, before the ticket has a history for their own hooks."""
		saved, answered = self.lived(2)
		read, waiting = work.records_of, [True]

		def then_changed(*about):
			found = read(*about)
			if not waiting:
				return found
			waiting.clear()
			with versions_kept():
				change(frappe.get_doc("Issue", saved), "2026-01-19 08:30", status="Open")
				mail_out(frappe.get_doc("Issue", answered), CUSTOMER, when="2026-01-19 09:00", by=self.agent)
			frappe.db.commit()
			return found

		with patch("sla_guard.back_fill.work.records_of", then_changed):
			run(new_back_fill(customer=self.customer))
		self.assertEqual(facts(saved)[-1], "status")
		self.assertEqual(facts(answered).count("responded"), 2)


class TestWhich(BackFillJobCase):
	def test_days_customer_and_contract(self):
		other = customer(f"{self.customer} Other")
		tickets = {
			"early": self.issue("2026-01-02 09:00").name,
			"mine": self.issue("2026-01-05 09:00").name,
			"reported": self.issue("2026-01-07 09:00", sla_reported_at="2026-01-06 09:00:00").name,
			"theirs": self.issue("2026-01-05 09:00", customer=other).name,
		}
		their = self.in_force(customer=other)
		cases = (
			(
				{"from_date": "2026-01-05", "to_date": "2026-01-06", "customer": self.customer},
				{"mine", "reported"},
			),
			({"to_date": "2026-01-04", "customer": self.customer}, {"early"}),
			({"from_date": "2026-01-01", "contract": their.name}, {"theirs"}),
		)
		for asked, expected in cases:
			with self.subTest(asked):
				forget(*tickets.values())
				frappe.db.commit()
				run(new_back_fill(**asked))
				self.assertEqual({name for name, ticket in tickets.items() if facts(ticket)}, expected)

	def test_the_preview_says_what_will_be(self):
		tickets = [self.issue("2026-01-05 09:00").name, self.issue("2025-12-30 09:00").name]
		forget(*tickets)
		frappe.db.commit()
		document = new_back_fill(customer=self.customer)
		found = preview(document.name)
		self.assertEqual((found["tickets"], found["none"]), (2, 1))
		self.assertEqual(
			[(each["name"], each["tickets"]) for each in found["contracts"]], [(self.contract.name, 1)]
		)
		run(document)
		self.assertEqual(preview(document.name)["tickets"], 0)

	def test_what_is_asked_is_checked_and_then_kept(self):
		self.assertRefused(
			frappe.new_doc("SLA Back-fill").update({"from_date": "2026-01-06", "to_date": "2026-01-05"}),
			"2026",
		)
		document = run(new_back_fill(customer=self.customer))
		document.customer = None
		self.assertRefused(document, "Customer")


class TestQuiet(BackFillJobCase):
	"""What is long past is told to nobody."""

	TOLD = ("Notification Log", "Email Queue", "ToDo", "SLA Notice", "SLA Page")

	def test_nobody_is_told_or_called(self):
		night = self.in_force(
			target(0.5, 4, support_hours=round_the_clock()), customer=f"{self.customer} Night"
		)
		with at("2026-01-04 09:00"):
			roster((self.agent, "2026-01-01", "2026-02-01")).insert()
		rule(100, users=[self.agent])
		ticket = self.issue("2026-01-19 07:00", customer=night.customer).name
		forget(ticket)
		frappe.db.commit()
		before = {doctype: frappe.db.count(doctype) for doctype in self.TOLD}
		run(new_back_fill(customer=night.customer))
		with at("2026-01-19 09:01"):
			jobs.sweep()
			jobs.tell_alerts()
			jobs.call_on_duty()
		self.assertEqual({doctype: frappe.db.count(doctype) for doctype in self.TOLD}, before)
		self.assertEqual({row.metric for row in rows("SLA Breach", [ticket])}, {"Response"})
		alerts = [(row.metric, row.state, row.why) for row in rows("SLA Alert", [ticket])]
		self.assertIn(("Response", "Not Told", "It was back-filled from the history"), alerts)
		self.assertEqual({state for _metric, state, _why in alerts}, {"Not Told"})
		# What comes due from now on is told as ever.
		with at("2026-01-19 11:01"):
			jobs.sweep()
		self.assertIn(
			"Waiting", {row.state for row in rows("SLA Alert", [ticket]) if row.metric == "Resolution"}
		)


class TestWhoMay(BackFillJobCase):
	def test_only_an_sla_manager(self):
		document = new_back_fill(customer=self.customer)
		with as_user(self.agent):
			for verb in (start, stop, preview, progress):
				with self.subTest(verb), self.assertRaises(frappe.PermissionError):
					verb(document.name)
			with self.assertRaises(frappe.PermissionError):
				frappe.new_doc("SLA Back-fill").insert()
