"""The sweep: what falls due is found, once, by itself, whatever happens to the worker that looks for it."""

from threading import Barrier
from unittest.mock import patch

import frappe

from sla_guard import jobs
from sla_guard.engine.events import RESTORATION_FAILED
from sla_guard.helpdesk import actions
from sla_guard.helpdesk import ticket as tickets
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import keep, terms_named
from sla_guard.statements import acceptance
from tests.site.committed import CommittedCase, at_once, killed_at, points, rows
from tests.site.records import at, breaches, change, clock, shown, us

LATE = "2026-01-08 12:00"
BOTH = [("Response", "2026-01-05 10:00"), ("Resolution", "2026-01-05 17:00")]


def sweep(when=LATE):
	with at(when):
		jobs.sweep()


class TestSweep(CommittedCase):
	def setUp(self):
		super().setUp()
		self.contract = self.in_force()

	def test_a_breach_is_found_days_late_on_a_ticket_that_nobody_saved_and_dated_at_its_due(self):
		ticket = self.issue()
		sweep()
		self.assertEqual(breaches(ticket), BOTH)
		for metric, breached in BOTH:
			found = clock(ticket, metric)
			self.assertEqual((found.state, found.breached, found.wake_us), ("running", breached, 0))
		self.assertEqual(shown(ticket), ("Breached", None))

	def test_what_is_due_at_this_very_instant_is_not_missed_yet(self):
		ticket = self.issue()
		sweep("2026-01-05 10:00")
		self.assertEqual(breaches(ticket), [])
		sweep("2026-01-05 10:00:00.000001")
		self.assertEqual(breaches(ticket), BOTH[:1])
		# By the rule, there from the beginning, that warns at 75 %.
		self.assertEqual(clock(ticket).wake_us, us("2026-01-05 15:00"))

	def test_the_issue_counts_as_unchanged(self):
		ticket = self.issue()
		before = frappe.db.get_value("Issue", ticket.name, ["modified", "modified_by"])
		sweep()
		self.assertEqual(shown(ticket)[0], "Breached")
		self.assertEqual(frappe.db.get_value("Issue", ticket.name, ["modified", "modified_by"]), before)

	def test_a_second_sweep_finds_nothing_to_write(self):
		ticket = self.issue()
		sweep()
		before = [rows(doctype, [ticket.name]) for doctype in ("SLA Clock", "SLA Breach", "SLA Event")]
		sweep("2026-01-09 12:00")
		after = [rows(doctype, [ticket.name]) for doctype in ("SLA Clock", "SLA Breach", "SLA Event")]
		self.assertEqual(after, before)

	def test_a_ticket_on_hold_or_closed_in_time_is_left_alone(self):
		held, closed = self.issue(), self.issue()
		change(held, "2026-01-05 09:30", status="On Hold")
		change(closed, "2026-01-05 09:30", status="Closed")
		frappe.db.commit()
		sweep()
		self.assertEqual((breaches(held), breaches(closed)), (BOTH[:1], []))

	def test_more_than_a_batch_due_at_one_instant(self):
		found = [self.issue() for _ in range(7)]
		with patch.object(jobs, "BATCH", 3):
			sweep()
		self.assertEqual([breaches(each) for each in found], [BOTH] * 7)

	def test_a_ticket_that_is_deleted_meanwhile_is_no_error(self):
		gone, stays = self.issue(), self.issue()
		find = jobs._due_tickets

		def and_delete_one(now):
			due = list(find(now))
			self.assertIn(gone.name, due)
			frappe.delete_doc("Issue", gone.name)
			return due

		with patch.object(jobs, "_due_tickets", and_delete_one):
			sweep()
		self.assertEqual(breaches(stays), BOTH)
		self.assertEqual((self.logged(gone), rows("SLA Clock", [gone.name])), ([], []))

	def test_a_ticket_that_is_put_on_hold_meanwhile_is_not_missed(self):
		ticket = self.issue()
		find = jobs._due_tickets

		def and_close(now):
			due = list(find(now))
			with at("2026-01-05 09:59"):
				frappe.get_doc("Issue", ticket.name).update({"status": "Closed"}).save()
			return due

		with patch.object(jobs, "_due_tickets", and_close):
			sweep()
		self.assertEqual((breaches(ticket), clock(ticket).verdict), ([], "met"))


class TestNoMore(CommittedCase):
	"""A new cycle began since the service failed again, and that was a mistake: there is no such clock."""

	def setUp(self):
		super().setUp()
		self.in_force(resolution_stops_at="Restored or resolved", on_reopening="New cycle")
		self.ticket = self.issue()
		with at("2026-01-05 09:30"):
			actions.restore_service(self.ticket.name)
		with at("2026-01-05 09:40"):
			actions.restoration_failed(self.ticket.name)
		frappe.db.commit()
		self.assertEqual(clock(self.ticket).cycle, 2)

	def take_back(self, when):
		mistake = frappe.db.get_value("SLA Event", {"ticket": self.ticket.name, "kind": RESTORATION_FAILED})
		with at(when):
			actions.take_back(self.ticket.name, mistake, "It was another service")
		frappe.db.commit()

	def test_it_is_never_missed(self):
		self.take_back("2026-01-05 09:50")
		sweep()
		self.assertEqual((clock(self.ticket).cycle, clock(self.ticket).verdict), (1, "met"))
		self.assertEqual(breaches(self.ticket), BOTH[:1])

	def test_its_breach_is_withdrawn(self):
		sweep()
		self.assertEqual(breaches(self.ticket), [BOTH[0], ("Resolution", "2026-01-06 09:40")])
		self.take_back("2026-01-08 13:00")
		self.assertEqual(clock(self.ticket).cycle, 1)
		self.assertEqual(breaches(self.ticket), BOTH[:1])
		self.assertEqual(shown(self.ticket), ("Breached", None))


class TestPoison(CommittedCase):
	"""One ticket cannot be worked off: the terms of its contract are lost."""

	def setUp(self):
		super().setUp()
		self.poisoned = self.in_force(customer=f"{self.customer} Poison")
		self.in_force()
		# The first to fall due.
		self.poison = self.issue("2026-01-05 08:00", customer=self.poisoned.customer)
		self.sound = [self.issue() for _ in range(3)]
		frappe.db.delete("SLA Terms", {"name": self.poisoned.terms})
		frappe.db.commit()
		terms_named.cache_clear()

	def test_it_does_not_hold_up_the_others(self):
		sweep()
		self.assertEqual([breaches(each) for each in self.sound], [BOTH] * 3)

	def test_it_is_logged_once_in_each_run_and_shown_on_the_ticket(self):
		with patch.object(jobs, "BATCH", 1):
			sweep()
		self.assertEqual(len(self.logged(self.poison)), 1)
		self.assertIn("Traceback", self.logged(self.poison)[0])
		self.assertEqual(shown(self.poison)[0], "Error")
		sweep()
		self.assertEqual(len(self.logged(self.poison)), 2)

	def test_once_the_terms_are_back_it_is_found_and_dated_at_its_due(self):
		sweep()
		keep(self.poisoned.terms_value())
		frappe.db.commit()
		with at(LATE):
			jobs.sweep()
			jobs.reconcile()
		self.assertEqual(breaches(self.poison), BOTH)
		self.assertEqual(shown(self.poison)[0], "Breached")


class TestPoisonedStatement(CommittedCase):
	def test_one_that_cannot_be_accepted_does_not_hold_up_the_others(self):
		accepted = []

		def accept(name):
			if name == "poison":
				raise RuntimeError(name)
			accepted.append(name)

		found = patch.object(acceptance, "silent", return_value=["poison", "sound"])
		with found, patch.object(acceptance, "accept_by_silence", accept):
			jobs.accept_statements()
		self.assertEqual(accepted, ["sound"])
		self.assertTrue(frappe.get_all("Error Log", {"error": ("like", "%RuntimeError: poison%")}))


class TestKilled(CommittedCase):
	"""The sweep, cut off between two statements as a worker that is killed: what it had not committed is gone."""

	TICKETS, POINTS = 4, 24

	def setUp(self):
		super().setUp()
		self.in_force()
		self.tickets = [self.issue(f"2026-01-05 09:0{minute}").name for minute in range(self.TICKETS)]
		self.due = [
			[("Response", f"2026-01-05 10:0{minute}"), ("Resolution", f"2026-01-06 09:0{minute}")]
			for minute in range(self.TICKETS)
		]
		self.due[0][1] = ("Resolution", "2026-01-05 17:00")

	def test_each_breach_is_found_once_wherever_the_first_sweep_was_killed(self):
		# What a process reads once, it has read.
		sweep()
		self.begin_again()
		length = killed_at(None, sweep)
		self.assertGreater(length, self.POINTS)
		for point in points(length, self.POINTS):
			self.begin_again()
			with self.subTest(killed_at=point, of=length):
				self.assertEqual(killed_at(point, sweep), point)
				self.assert_nothing_half_done()
				sweep()
				self.assert_all_found_once()

	def begin_again(self):
		"""The clocks as they were when the tickets were entered."""
		for name in self.tickets:
			for doctype in ("SLA Clock", "SLA Breach", "SLA Alert"):
				frappe.db.delete(doctype, {"ticket": name})
			with at("2026-01-05 09:30"):
				tickets.refresh(tickets.read(name))
			self.assertEqual((breaches(name), shown(name)[0]), ([], "Running"))
		frappe.db.commit()

	def assert_nothing_half_done(self):
		"""A ticket's clocks, breaches and what it shows go together."""
		for name, due in zip(self.tickets, self.due, strict=True):
			found = breaches(name)
			self.assertIn(found, ([], due))
			self.assertEqual(shown(name)[0], "Breached" if found else "Running")
			self.assertEqual([clock(name, metric).breached for metric, _ in found], [at for _, at in found])

	def assert_all_found_once(self):
		self.assertEqual([breaches(name) for name in self.tickets], self.due)
		self.assertEqual(len(rows("SLA Breach", self.tickets)), 2 * self.TICKETS)
		for found in rows("SLA Clock", self.tickets):
			self.assertEqual((found.state, found.wake_us, found.due_us), ("running", 0, 0))


class TestTwoWorkers(CommittedCase):
	def test_two_sweeps_that_meet_at_each_ticket_find_each_breach_once(self):
		self.in_force()
		names = [self.issue(f"2026-01-05 09:{minute:02}").name for minute in range(12)]
		meet, visits = Barrier(2, timeout=60), []
		work_off = jobs._in_its_own_transaction

		def meet_first(name, verb):
			meet.wait()
			visits.append(name)
			work_off(name, verb)

		with at(LATE), patch.object(jobs, "_in_its_own_transaction", meet_first):
			self.assertEqual(at_once(jobs.sweep, jobs.sweep), [None, None])
		self.assertEqual([visits.count(name) for name in names], [2] * len(names))
		self.assertEqual(
			[breaches(name)[0] for name in names], [("Response", f"2026-01-05 10:{m:02}") for m in range(12)]
		)
		self.assertEqual(len(rows("SLA Breach", names)), 2 * len(names))
		self.assertEqual({found.wake_us for found in rows("SLA Clock", names)}, {0})
		self.assertEqual([self.logged(name) for name in names], [[]] * len(names))
