"""A call that is acknowledged, answered or called off, and what goes on where it is not."""

import frappe

from sla_guard.oncall import following
from sla_guard.oncall.acknowledging import acknowledge, call_of
from tests.site.calling import NIGHT, WEEK, OnCallCase
from tests.site.case import make_user
from tests.site.records import at, breaches, change, clock, pages, priority, us
from tests.site.routes import agent, as_user, mail_out, request


class TestAcknowledging(OnCallCase):
	def setUp(self):
		super().setUp()
		self.roster()
		self.ticket_called = self.ticket()
		self.look(NIGHT, self.ticket_called)

	def acknowledge(self, user, when):
		with at(when), as_user(user):
			return request("sla_guard.oncall.acknowledging.acknowledge", ticket=self.ticket_called.name)

	def test_no_other_level_is_called(self):
		self.acknowledge(self.ann, "2026-01-10 03:14")
		self.look("2026-01-10 04:00", self.ticket_called)
		self.assertEqual(pages(self.ticket_called), [(1, "ann", "Acknowledged", NIGHT)])

	def test_whoever_is_first_stays_the_one(self):
		self.acknowledge(self.ann, "2026-01-10 03:10")
		shown = self.acknowledge(self.bob, "2026-01-10 03:11")
		self.assertEqual((shown["acknowledged_by"], shown["waiting"]), ("ann", False))

	def test_after_the_last_level_it_still_can_be(self):
		for when in ("2026-01-10 03:15", "2026-01-10 03:30"):
			self.look(when, self.ticket_called)
		self.assertTrue(self.acknowledge(self.manager, "2026-01-10 03:40")["acknowledged_by"])
		self.assertEqual(pages(self.ticket_called)[-1], (0, None, "Acknowledged", "2026-01-10 03:30"))

	def test_an_answer_does_too(self):
		mail_out(self.ticket_called, "someone@acme.example", when="2026-01-10 03:12", by=self.bob)
		self.look("2026-01-10 03:15", self.ticket_called)
		self.assertEqual(pages(self.ticket_called), [(1, "ann", "Answered", NIGHT)])
		row = frappe.get_last_doc("SLA Page", {"ticket": self.ticket_called.name})
		self.assertEqual((row.acknowledged_by, row.acknowledged_us), (self.bob, us("2026-01-10 03:12")))
		self.assertIsNone(call_of(self.ticket_called.name))

	def test_taking_it_in_charge_does_too(self):
		with at("2026-01-10 03:12"), as_user(self.ann):
			request("sla_guard.helpdesk.actions.take_in_charge", ticket=self.ticket_called.name)
		self.look("2026-01-10 03:13", self.ticket_called)
		self.assertEqual(pages(self.ticket_called), [(1, "ann", "Answered", NIGHT)])

	def test_closed_without_an_answer_it_is_called_off_also_once_it_is_opened_again(self):
		change(self.ticket_called, "2026-01-10 03:12", status="Closed")
		self.look("2026-01-10 03:13", self.ticket_called)
		change(self.ticket_called, "2026-01-10 03:20", status="Open")
		self.assertEqual(clock(self.ticket_called, "Response").state, "stopped")
		self.look("2026-01-10 03:21", self.ticket_called)
		self.assertEqual(pages(self.ticket_called), [(1, "ann", "Called Off", NIGHT)])

	def test_a_void_ticket_is_called_off(self):
		with at("2026-01-10 03:12"):
			request("sla_guard.helpdesk.actions.void", ticket=self.ticket_called.name, reason="Spam")
		self.look("2026-01-10 03:13", self.ticket_called)
		self.assertEqual(pages(self.ticket_called), [(1, "ann", "Called Off", NIGHT)])

	def test_the_form_is_told_how_the_call_stands(self):
		with as_user(self.ann), at("2026-01-10 03:05"):
			request("frappe.desk.form.load.getdoc", doctype="Issue", name=self.ticket_called.name)
			told = frappe.response.docs[0].get("__onload").sla_on_call
		self.assertEqual((told["called"], told["waiting"], told["may_acknowledge"]), ("ann", True, True))

	def test_who_may_not_read_the_ticket_may_not_acknowledge(self):
		for user in (make_user("stranger", "Accounts User"), "Guest"):
			with self.subTest(user), self.assertRaises(frappe.PermissionError):
				self.acknowledge(user, "2026-01-10 03:05")

	def test_where_nobody_is_called_there_is_nothing_to_acknowledge(self):
		other = self.ticket(priority=priority("P3"))
		with self.assertRaises(frappe.ValidationError):
			acknowledge(other.name)


class TestEscalation(OnCallCase):
	def test_every_level_has_its_minutes_to_the_microsecond(self):
		carl = agent("carl")
		self.roster((self.ann, *WEEK), (self.bob, *WEEK, 2), (carl, *WEEK, 5), minutes_to_acknowledge=7)
		ticket = self.ticket()
		self.look(NIGHT, ticket)
		levels = []
		for minute in (7, 14, 21):
			when = f"2026-01-10 03:{minute:02}"
			self.assertNotIn(ticket.name, following.to_follow(us(when) - 1))
			self.look(when, ticket)
			found = {"ticket": ticket.name, "paged_us": us(when)}
			levels += frappe.get_all("SLA Page", found, pluck="level")
		self.assertEqual(levels, [2, 5, 0])

	def test_it_is_none_of_its_breach(self):
		self.roster()
		ticket = self.ticket()
		self.look(NIGHT, ticket)
		self.assertEqual(breaches(ticket), [])
