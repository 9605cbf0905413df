"""The reconcile: what got past the hooks is recorded, once, as inferred and with the time within which it happened."""

from unittest.mock import patch

import frappe

from sla_guard import jobs, ledger
from sla_guard.helpdesk.reconcile import overlooked
from sla_guard.site_time import to_us
from tests.site.committed import CommittedCase, at_once, killed_at, points, rows
from tests.site.records import (
	at,
	breaches,
	change,
	clock,
	customer,
	facts,
	priority,
	service,
	shown,
	target,
	utc,
)

WRITES = ("insert", "update", "delete", "replace")


def reconcile(when="2026-01-05 10:07"):
	with at(when):
		jobs.reconcile()


def write_past(ticket, when, **values):
	"""As another program, or a script, that writes to the database; some keep `modified` as it was."""
	with at(when):
		keep = values.pop("keep_modified", False)
		frappe.db.set_value("Issue", ticket.name, values, update_modified=not keep)
	frappe.db.commit()


def last_fact(ticket):
	"""What happened, why it is known, from when at the earliest, and when."""
	found = max(rows("SLA Event", [ticket.name]), key=lambda each: each.sequence)
	earliest = found.uncertain_from and utc(to_us(found.uncertain_from))
	return found.kind, found.cause, earliest, utc(found.at_us)


class ReconcileCase(CommittedCase):
	def setUp(self):
		super().setUp()
		self.contract = self.in_force(target(), target(2, 16, priority=priority("Urgent")))


class TestInferred(ReconcileCase):
	def test_a_change_past_the_hooks_is_recorded_at_its_modified(self):
		changes = {
			"status": ("status", "On Hold"),
			"priority": ("priority", "Urgent"),
			"customer": ("customer", customer(f"{self.customer} Other")),
			"sla_service": ("service", service("Telephony")),
			"issue_type": ("issue type", named_type("Outage")),
		}
		for field, (kind, value) in changes.items():
			with self.subTest(field):
				ticket = self.issue()
				write_past(ticket, "2026-01-05 09:40", **{field: value})
				self.assertEqual(facts(ticket), ["opened"])
				reconcile()
				self.assertEqual(
					last_fact(ticket), (kind, ledger.INFERRED, "2026-01-05 09:00", "2026-01-05 09:40")
				)

	def test_the_clocks_follow(self):
		held, raised, moved = self.issue(), self.issue(), self.issue()
		write_past(held, "2026-01-05 09:40", status="On Hold")
		write_past(raised, "2026-01-05 09:40", priority="Urgent")
		write_past(moved, "2026-01-05 09:40", customer=customer(f"{self.customer} Other"))
		reconcile()
		self.assertEqual((clock(held).state, clock(held).elapsed_us), ("paused", 40 * 60 * 10**6))
		self.assertEqual(clock(raised).due, "2026-01-06 17:00")
		self.assertEqual((clock(moved).state, shown(moved)[0]), ("withdrawn", "No Contract"))

	def test_without_a_new_modified_it_is_recorded_at_the_time_of_the_reconcile(self):
		ticket = self.issue()
		change(ticket, "2026-01-05 09:30", status="On Hold")
		write_past(ticket, "2026-01-05 09:40", status="Open", keep_modified=True)
		reconcile("2026-01-05 10:07")
		self.assertEqual(
			last_fact(ticket), ("status", ledger.INFERRED, "2026-01-05 09:30", "2026-01-05 10:07")
		)

	def test_a_closed_ticket_whose_clock_runs_on_is_stopped(self):
		ticket = self.issue()
		write_past(ticket, "2026-01-05 09:40", status="Closed")
		self.assertEqual(clock(ticket).state, "running")
		reconcile()
		self.assertEqual((clock(ticket).stopped, clock(ticket).verdict), ("2026-01-05 09:40", "met"))
		self.assertEqual(shown(ticket)[0], "Met")

	def test_a_closed_ticket_that_was_opened_again_runs_on(self):
		ticket = self.issue()
		change(ticket, "2026-01-05 09:30", status="Closed")
		write_past(ticket, "2026-01-05 09:40", status="Open")
		reconcile()
		self.assertEqual((clock(ticket).state, clock(ticket).due), ("running", "2026-01-06 09:10"))

	def test_a_ticket_inserted_past_the_hooks_is_opened_at_its_creation(self):
		ticket = self.insert_past("2026-01-05 09:00")
		reconcile()
		self.assertEqual(facts(ticket), ["opened"])
		self.assertEqual(last_fact(ticket)[1:], (ledger.INFERRED, None, "2026-01-05 09:00"))
		self.assertEqual(clock(ticket).due, "2026-01-05 17:00")
		self.assertEqual(breaches(ticket), [("Response", "2026-01-05 10:00")])

	def test_tickets_of_the_time_before_are_left_alone(self):
		before = self.insert_past("2026-01-05 09:00")
		frappe.db.set_single_value(
			"SLA Settings", "tracked_from", frappe.utils.add_to_date(before.creation, minutes=1)
		)
		frappe.db.commit()
		after = self.insert_past("2026-01-05 09:02")
		reported = self.insert_past("2026-01-05 09:03", sla_reported_at=before.creation)
		self.assertNotIn(reported.name, list(overlooked()))
		reconcile()
		self.assertEqual((facts(before), facts(after)), ([], ["opened"]))

	def test_a_mail_that_was_missed_is_an_answer_at_its_own_time(self):
		ticket = self.insert_past("2026-01-05 09:00")
		with at("2026-01-05 09:40"):
			values = {"communication_type": "Communication", "communication_medium": "Email"}
			values |= {"subject": "Re: It does not work", "content": "…", "sent_or_received": "Sent"}
			values |= {"sender": "Administrator", "recipients": "someone@acme.example"}
			values |= {"reference_doctype": "Issue", "reference_name": ticket.name}
			mail = frappe.new_doc("Communication").update(values).insert()
		frappe.db.commit()
		reconcile()
		self.assertEqual(facts(ticket), ["opened", "responded"])
		self.assertEqual((last_fact(ticket)[1], last_fact(ticket)[3]), (ledger.MAIL, "2026-01-05 09:40"))
		self.assertEqual(clock(ticket, "Response").verdict, "met")
		self.assertTrue(frappe.db.exists("SLA Event", {"communication": mail.name}))

	def insert_past(self, when, **values):
		with at(when):
			ticket = frappe.new_doc("Issue").update({"subject": "Past the hooks", "customer": self.customer})
			ticket.update(
				{"raised_by": "someone@acme.example", "name": frappe.generate_hash(length=10)} | values
			)
			ticket.creation = ticket.modified = frappe.utils.now()
			ticket.owner = ticket.modified_by = "Administrator"
			ticket.db_insert()
		frappe.db.commit()
		return ticket


class TestOnce(ReconcileCase):
	def setUp(self):
		super().setUp()
		self.tickets = [self.issue() for _ in range(4)]
		self.names = [ticket.name for ticket in self.tickets]

	def change_all(self):
		for ticket, values in zip(
			self.tickets,
			({"status": "On Hold"}, {"priority": "Urgent"}, {"status": "Closed"}, {"sla_state": "Error"}),
			strict=True,
		):
			write_past(ticket, "2026-01-05 09:40", **values)

	def assert_recorded_once(self):
		self.assertEqual(
			[facts(ticket) for ticket in self.tickets],
			[["opened", "status"], ["opened", "priority"], ["opened", "status"], ["opened"]],
		)
		self.assertEqual(
			[shown(ticket)[0] for ticket in self.tickets], ["Breached", "Running", "Met", "Breached"]
		)
		self.assertEqual(
			[breaches(ticket) for ticket in self.tickets],
			[[("Response", "2026-01-05 10:00")], [], [], [("Response", "2026-01-05 10:00")]],
		)
		self.assertEqual(len(rows("SLA Clock", self.names)), 8)

	def test_a_second_run_finds_nothing_to_write(self):
		self.change_all()
		reconcile()
		self.assert_recorded_once()
		self.assertEqual(self.written_by_a_reconcile(), [])

	def test_where_nothing_got_past_the_hooks_nothing_is_written(self):
		change(self.tickets[0], "2026-01-05 09:30", status="On Hold")
		change(self.tickets[1], "2026-01-05 09:30", status="Closed")
		frappe.db.commit()
		self.assertEqual(self.written_by_a_reconcile(), [])

	def written_by_a_reconcile(self):
		reconcile("2026-01-05 09:50")
		sql, written = frappe.db.sql, []

		def watched(query, *args, **options):
			if str(query).lstrip().lower().startswith(WRITES):
				written.append(str(query))
			return sql(query, *args, **options)

		with patch.object(frappe.db, "sql", watched):
			reconcile("2026-01-05 09:51")
		return written

	def test_wherever_it_is_killed_the_next_one_records_each_change_once(self):
		# Tickets that lie on the site and what the framework reads once are out of the way.
		reconcile("2026-01-05 09:30")
		self.change_all()
		length = killed_at(None, reconcile)
		self.assert_recorded_once()
		for point in points(length, 20):
			self.begin_again()
			with self.subTest(killed_at=point, of=length):
				self.assertEqual(killed_at(point, reconcile), point)
				reconcile()
				self.assert_recorded_once()

	def test_two_at_once_record_each_change_once(self):
		self.change_all()
		with at("2026-01-05 10:07"):
			self.assertEqual(at_once(jobs.reconcile, jobs.reconcile), [None, None])
			jobs.reconcile()
		self.assert_recorded_once()
		self.assertEqual([self.logged(ticket) for ticket in self.tickets], [[]] * 4)

	def begin_again(self):
		"""The tickets as they were entered, then changed."""
		for ticket in self.tickets:
			for doctype in ("SLA Event", "SLA Clock", "SLA Breach"):
				frappe.db.delete(doctype, {"ticket": ticket.name})
			with at("2026-01-05 09:00"):
				ticket.db_set({"status": "Open", "priority": None, "sla_state": None})
			self.assertEqual(facts(ticket), ["opened"])
		self.change_all()


class TestSchedule(ReconcileCase):
	"""As the framework's scheduler and worker run them."""

	def run_job(self, method, when):
		job = frappe.get_doc("Scheduled Job Type", {"method": method})
		self.assertFalse(job.stopped)
		with at(when):
			job.execute()
		return job

	def test_the_sweep_runs_every_minute(self):
		ticket = self.issue()
		job = self.run_job("sla_guard.jobs.sweep", "2026-01-05 10:01")
		self.assertEqual((job.frequency, job.cron_format), ("Cron", "* * * * *"))
		frappe.db.rollback()
		self.assertEqual(breaches(ticket), [("Response", "2026-01-05 10:00")])

	def test_the_reconcile_runs_every_ten_minutes(self):
		ticket = self.issue()
		write_past(ticket, "2026-01-05 09:40", status="Closed")
		job = self.run_job("sla_guard.jobs.reconcile", "2026-01-05 09:50")
		self.assertEqual((job.frequency, job.cron_format), ("Cron", "*/10 * * * *"))
		frappe.db.rollback()
		self.assertEqual(clock(ticket).stopped, "2026-01-05 09:40")


def named_type(name):
	if not frappe.db.exists("Issue Type", name):
		frappe.new_doc("Issue Type").update({"__newname": name}).insert()
	return name
