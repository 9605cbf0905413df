"""What the form says before it saves: the effect of a change on each clock, and that nothing is written by asking."""

from unittest.mock import patch

import frappe

from sla_guard.helpdesk import foresee
from tests.site.case import SiteTestCase
from tests.site.records import at, change, clock, facts, in_force, issue, pause, priority, stop, target
from tests.site.routes import agent, as_user, contact, mail_out, portal_user, request
from tests.site.statements import statements, writes

MONDAY = "2026-01-05"
RULES = [stop("Resolved"), stop("Closed"), pause("On Hold"), pause("Replied", "Vendor", "Response")]


def foreseen(ticket, when, **values):
	with at(when):
		return request(
			"sla_guard.helpdesk.foresee.foresee", ticket=ticket.name, values=frappe.as_json(values)
		)


class TestForesee(SiteTestCase):
	def setUp(self):
		super().setUp()
		in_force(target(1, 8, priority=priority("High")), target(2, 16), status_rules=RULES)
		self.ticket = issue(f"{MONDAY} 09:00")

	def test_a_pause_names_what_is_left_and_for_whom_it_waits(self):
		said = foreseen(self.ticket, f"{MONDAY} 10:30", status="On Hold")
		self.assertTrue(said["ask"])
		response, resolution = said["effects"]
		self.assertIn("Response goes on running, due", response)
		self.assertEqual(resolution, "Resolution pauses with 14 h 30 min left (waiting for the customer).")

	def test_closing_what_nobody_answered_says_that_and_what_it_counts_as(self):
		early = foreseen(self.ticket, f"{MONDAY} 10:30", status="Closed")
		self.assertTrue(early["ask"])
		self.assertEqual(
			early["effects"],
			[
				"Response stops without an answer: nobody has answered the customer. It counts as met.",
				"Resolution stops: met, with 14 h 30 min left.",
			],
		)
		late = foreseen(self.ticket, f"{MONDAY} 11:30", status="Closed")
		self.assertIn("It counts as missed.", late["effects"][0])

	def test_where_closing_is_no_answer_the_response_goes_on_and_closing_is_asked_all_the_same(self):
		in_force(customer="Beta", closing_answers=0)
		ticket = issue(f"{MONDAY} 09:00", customer="Beta")
		said = foreseen(ticket, f"{MONDAY} 09:30", status="Closed")
		self.assertTrue(said["ask"])
		self.assertEqual(said["effects"][0], "Response does not stop: nobody has answered the customer.")

	def test_closing_what_was_answered_is_no_question(self):
		contact("someone@acme.example")
		mail_out(self.ticket, "someone@acme.example", when=f"{MONDAY} 09:10", by=agent())
		said = foreseen(self.ticket, f"{MONDAY} 10:30", status="Closed")
		self.assertFalse(said["ask"])
		self.assertEqual(said["effects"], ["Resolution stops: met, with 14 h 30 min left."])

	def test_what_changes_no_clock_is_no_question(self):
		for values in ({}, {"status": "Open"}, {"status": "Open", "priority": "High"}):
			with self.subTest(values):
				self.assertFalse(foreseen(self.ticket, f"{MONDAY} 09:30", **values)["ask"])

	def test_a_breached_clock_stays_breached_while_it_is_paused(self):
		said = foreseen(self.ticket, f"{MONDAY} 12:00", status="Replied")
		self.assertIn("Response pauses; it stays breached since", said["effects"][0])

	def test_what_else_the_form_has_changed_counts_too(self):
		said = foreseen(self.ticket, f"{MONDAY} 10:30", status="On Hold", priority="High")
		self.assertEqual(
			said["effects"][1], "Resolution pauses with 6 h 30 min left (waiting for the customer)."
		)

	def test_it_comes_true(self):
		foreseen(self.ticket, f"{MONDAY} 10:30", status="On Hold")
		change(self.ticket, f"{MONDAY} 10:30", status="On Hold")
		found = clock(self.ticket)
		self.assertEqual((found.state, found.target_us - found.elapsed_us), ("paused", 14.5 * 3600 * 10**6))

	def test_asking_writes_nothing(self):
		with statements() as said:
			foreseen(self.ticket, f"{MONDAY} 10:30", status="Closed", priority="High")
		self.assertEqual(writes(said), [])
		self.assertEqual(facts(self.ticket), ["opened"])
		self.assertEqual(clock(self.ticket).state, "running")

	def test_of_a_ticket_that_is_not_tracked_nothing_is_foreseen(self):
		frappe.db.set_single_value("SLA Settings", "tracked_from", "2026-02-01 00:00:00")
		frappe.clear_document_cache("SLA Settings", "SLA Settings")
		before = issue(f"{MONDAY} 09:00")
		self.assertEqual(foreseen(before, f"{MONDAY} 10:00", status="Closed"), {"ask": False, "effects": []})

	def test_who_may_not_read_the_ticket_is_told_nothing(self):
		with as_user(portal_user()), self.assertRaises(frappe.PermissionError):
			foreseen(self.ticket, f"{MONDAY} 10:30", status="Closed")

	def test_in_french(self):
		frappe.local.lang = "fr"
		try:
			said = foreseen(self.ticket, f"{MONDAY} 10:30", status="On Hold")
		finally:
			frappe.local.lang = "en"
		self.assertEqual(
			said["effects"][1], "Rétablissement (GTR) : pause, il reste 14 h 30 min (en attente du client)."
		)


class TestForeseeAll(SiteTestCase):
	def setUp(self):
		super().setUp()
		in_force(target(1, 8), status_rules=RULES)
		self.tickets = [issue(f"{MONDAY} 09:00") for _ in range(5)]

	def foreseen(self, when, tickets=None, names=None, found=None, **values):
		tickets = self.tickets if tickets is None else tickets
		names = names or [ticket.name for ticket in tickets]
		with at(when):
			return request(
				"sla_guard.helpdesk.foresee.foresee_all",
				tickets=frappe.as_json(names),
				values=frappe.as_json(values),
				**({"found": found} if found else {}),
			)

	def test_it_says_to_the_clocks_of_how_many_tickets_each_thing_happens(self):
		first, second, *_others = sorted(ticket.name for ticket in self.tickets)
		said = self.foreseen(f"{MONDAY} 10:30", status="Closed")
		self.assertTrue(said["ask"])
		self.assertEqual(len(said["effects"]), 2, said)
		response, resolution = said["effects"]
		self.assertTrue(
			response.startswith("Response stops without an answer to the customer, and counts as missed: 5")
		)
		self.assertTrue(resolution.startswith(f"Resolution stops, met: 5 tickets ({first}, {second}, "))
		self.assertTrue(resolution.endswith(" and 2 more)"), resolution)

	def test_each_as_it_stands(self):
		held, done, answered, *_others = self.tickets
		with at(f"{MONDAY} 09:20"):
			request("sla_guard.helpdesk.actions.take_in_charge", ticket=answered.name)
		change(held, f"{MONDAY} 09:30", status="On Hold")
		change(done, f"{MONDAY} 09:30", status="Closed")
		said = self.foreseen(f"{MONDAY} 09:40", [held, done, answered], status="On Hold")
		one, other = sorted((done.name, answered.name))
		self.assertEqual(said["effects"], [f"Resolution pauses: 2 tickets ({one}, {other})"])
		again = self.foreseen(f"{MONDAY} 09:40", [held, done, answered], status="Open")
		one, other = sorted((held.name, done.name))
		self.assertIn(f"Resolution runs again: 2 tickets ({one}, {other})", again["effects"])
		self.assertNotIn(answered.name, " ".join(again["effects"]), "It goes on as it did.")

	def test_two_are_named_both(self):
		said = self.foreseen(f"{MONDAY} 09:30", self.tickets[:2], status="On Hold")
		one, other = sorted(ticket.name for ticket in self.tickets[:2])
		self.assertEqual(said, {"ask": True, "effects": [f"Resolution pauses: 2 tickets ({one}, {other})"]})

	def test_opening_what_is_open_is_no_question(self):
		self.assertEqual(self.foreseen(f"{MONDAY} 09:30", status="Open"), {"ask": False, "effects": []})

	def test_asking_writes_nothing(self):
		with statements() as said:
			self.foreseen(f"{MONDAY} 10:30", status="Closed")
		self.assertEqual(writes(said), [])

	def test_many_are_looked_at_some_at_a_time_and_come_to_the_same(self):
		change(self.tickets[0], f"{MONDAY} 09:20", status="On Hold")
		with statements() as told:
			whole = self.foreseen(f"{MONDAY} 10:30", status="Closed")
		with patch.object(foresee, "AT_ONCE", 2), statements() as said:
			first = self.foreseen(f"{MONDAY} 10:30", status="Closed")
		names = sorted(ticket.name for ticket in self.tickets)
		self.assertEqual((first["left"], set(first)), (names[2:], {"left", "found"}))
		self.assertLess(len(said), len(told) * 0.6, "Two of five are read.")
		with patch.object(foresee, "AT_ONCE", 2):
			second = self.again(first)
			self.assertEqual(second["left"], names[4:])
			self.assertEqual(self.again(second), whole)

	def again(self, answer):
		"""Asks for what was left, with what was found so far."""
		return self.foreseen(
			f"{MONDAY} 10:30", names=answer["left"], found=frappe.as_json(answer["found"]), status="Closed"
		)

	def test_as_many_as_are_looked_at_at_once_need_no_second_question(self):
		with patch.object(foresee, "AT_ONCE", len(self.tickets)):
			self.assertEqual(set(self.foreseen(f"{MONDAY} 10:30", status="Closed")), {"ask", "effects"})

	def test_what_was_found_before_counts_and_what_cannot_happen_does_not(self):
		odd = [["Response", "exploded", 3, ["x"]], ["Revenge", "met", 3, ["x"]]]
		found = {"ask": 0, "happens": [*odd, ["Resolution", "met", "2", ["a", "b"]]]}
		said = self.foreseen(f"{MONDAY} 09:30", [], found=frappe.as_json(found), status="Open")
		self.assertEqual(said, {"ask": False, "effects": ["Resolution stops, met: 2 tickets (a, b)"]})

	def test_who_may_not_read_one_of_them_is_told_nothing(self):
		with as_user(portal_user()), self.assertRaises(frappe.PermissionError):
			self.foreseen(f"{MONDAY} 10:30", status="Closed")
