"""A ticket that is split from another one starts at the message that it was split from, with nothing of ours copied."""

import frappe

from tests.site.case import SiteTestCase
from tests.site.records import change, clock, facts, in_force, issue, shown, target
from tests.site.routes import agent, list_menu, mail_in, mail_out, split, sweep

CUSTOMER = "someone@acme.example"


class TestSplit(SiteTestCase):
	def setUp(self):
		super().setUp()
		self.contract = in_force()
		self.agent = agent()
		self.parent = issue()

	def mail_in(self, when):
		return mail_in(CUSTOMER, ticket=self.parent, when=when).name

	def mail_out(self, when):
		return mail_out(self.parent, CUSTOMER, when=when, by=self.agent)

	def test_it_opens_at_the_message_that_it_was_split_from(self):
		self.mail_out("2026-01-05 09:30")
		message = self.mail_in("2026-01-05 11:00")
		child = split(self.parent, message, when="2026-01-05 13:00")
		self.assertEqual(clock(child).started, "2026-01-05 11:00")
		self.assertEqual(clock(child, "Response").breached, "2026-01-05 12:00")
		self.assertEqual(clock(child).due, "2026-01-06 11:00")

	def test_answers_go_to_whom_they_answered(self):
		first = self.mail_out("2026-01-05 09:30")
		message = self.mail_in("2026-01-05 11:00")
		second = self.mail_out("2026-01-05 11:30")
		before = clock(self.parent), clock(self.parent, "Response"), facts(self.parent)
		child = split(self.parent, message, when="2026-01-05 13:00")
		response = clock(child, "Response")
		self.assertEqual((response.verdict, response.stopped), ("met", "2026-01-05 11:30"))
		answers = {"ticket": child.name, "kind": "responded"}
		self.assertEqual(frappe.get_all("SLA Event", answers, pluck="communication"), [second])
		answers["ticket"] = self.parent.name
		self.assertEqual(
			frappe.get_all("SLA Event", answers, pluck="communication", order_by="sequence"), [first, second]
		)
		self.assertEqual((clock(self.parent), clock(self.parent, "Response"), facts(self.parent)), before)

	def test_an_answer_by_one_of_us_who_has_left_since_counts(self):
		message = self.mail_in("2026-01-05 11:00")
		self.mail_out("2026-01-05 11:30")
		frappe.db.set_value("User", self.agent, "enabled", 0)
		child = split(self.parent, message, when="2026-01-05 13:00")
		self.assertEqual(clock(child, "Response").stopped, "2026-01-05 11:30")

	def test_it_was_open_until_it_was_split_whatever_the_other_one_was(self):
		for status in ("On Hold", "Closed"):
			with self.subTest(status):
				message = self.mail_in("2026-01-05 11:00")
				list_menu(status, self.parent, when="2026-01-05 11:10")
				child = split(self.parent, message, when="2026-01-05 11:40")
				self.assertEqual(frappe.db.get_value("Issue", child.name, "status"), "Open")
				self.assertEqual(clock(child, "Response").due, "2026-01-05 12:00")
				self.assertEqual(clock(child).due, "2026-01-06 11:00")

	def test_split_from_an_answer_it_goes_on_as_the_other_one_was(self):
		self.mail_in("2026-01-05 10:00")
		message = self.mail_out("2026-01-05 11:00")
		list_menu("Closed", self.parent, when="2026-01-05 11:10")
		child = split(self.parent, message, when="2026-01-05 13:00")
		self.assertEqual(frappe.db.get_value("Issue", child.name, "status"), "Closed")
		self.assertEqual(
			(clock(child).started, clock(child).stopped), ("2026-01-05 11:00", "2026-01-05 13:00")
		)
		self.assertEqual(clock(child, "Response").stopped, "2026-01-05 11:00")
		change(child, "2026-01-05 14:00", subject="Yet another matter")
		kinds = facts(child)
		change(child, "2026-01-05 14:10", subject="Nothing new")
		self.assertEqual(facts(child), kinds)

	def test_nothing_of_ours_is_copied(self):
		other = in_force(target(4, 40), customer="Globex")
		self.parent = issue(sla_contract=other.name, sla_reported_at="2026-01-01 08:00:00")
		sweep(self.parent, when="2026-01-12 12:00")
		self.assertEqual(shown(self.parent)[0], "Breached")
		message = self.mail_in("2026-01-12 12:30")
		child = split(self.parent, message, when="2026-01-12 13:00")
		self.assertEqual((child.sla_contract, child.sla_reported_at), (None, None))
		self.assertEqual((shown(child)[0], clock(child).contract), ("Running", self.contract.name))
		self.assertEqual(clock(child).started, "2026-01-12 12:30")

	def test_its_own_contract_is_the_one_of_the_message(self):
		"""Of a new version that took over between the message and the split, the old one applies."""
		second = in_force(target(0.5, 4), effective_from="2026-01-06", supersedes=self.contract.name)
		message = self.mail_in("2026-01-05 16:00")
		child = split(self.parent, message, when="2026-01-06 10:00")
		self.assertEqual(clock(child).contract, self.contract.name)
		change(child, "2026-01-06 10:30", priority="High")
		self.assertEqual((clock(child).contract, clock(child).due), (self.contract.name, "2026-01-06 16:00"))
		self.assertNotEqual(second.name, self.contract.name)
