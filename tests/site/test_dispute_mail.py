"""Who hears of a dispute, in which language; and that no mail of it answers a ticket."""

import frappe

from sla_guard import disputes
from sla_guard.statements import conversation
from tests.site.records import at, facts, issue
from tests.site.routes import as_user, sending_mailbox, waiting_mails
from tests.site.test_disputes import DisputeCase


class TestMail(DisputeCase):
	def setUp(self):
		super().setUp()
		sending_mailbox()

	def mails(self, dispute):
		"""Recipients and texts of all mails about a dispute or its statement."""
		about = (("SLA Dispute", dispute.name), ("SLA Statement", self.own.name))
		return [
			([row.recipient for row in mail.recipients], mail.message)
			for doctype, name in about
			for mail in waiting_mails(doctype, name)
		]

	def told(self, user):
		return frappe.get_all("Notification Log", {"for_user": user}, pluck="subject")

	def test_who_is_responsible_hears_of_it_by_mail_and_in_the_desk(self):
		dispute = self.opened()
		((recipients, _message),) = self.mails(dispute)
		self.assertEqual(recipients, [self.manager])
		(subject,) = self.told(self.manager)
		self.assertIn("Acme", subject)
		self.assertIn(self.own.name, subject)

	def test_where_nobody_is_named_a_manager_who_may_read_it_is_responsible(self):
		frappe.db.set_single_value("SLA Settings", "dispute_responsible", None)
		other = frappe.db.get_value("User", self.opened().responsible, ["name", "enabled"])
		self.assertIn("SLA Manager", frappe.get_roles(other[0]))
		self.assertTrue(other[1])

	def test_one_who_has_left_is_not_responsible(self):
		frappe.db.set_value("User", self.manager, "enabled", 0)
		self.assertNotEqual(self.opened().responsible, self.manager)

	def test_who_opened_it_hears_of_the_answer_and_of_the_outcome(self):
		dispute = self.opened()
		self.answered(dispute)
		self.assertIn([self.users["ann"]], [recipients for recipients, _message in self.mails(dispute)])
		self.answered(dispute, "Changed", 120)
		to_ann = [message for recipients, message in self.mails(dispute) if recipients == [self.users["ann"]]]
		self.assertEqual(len(to_ann), 2)
		self.assertTrue(any("/sla/statement" in message for message in to_ann))

	def test_of_an_overdue_one_who_is_responsible_hears_once(self):
		dispute = self.opened()
		# Its day is the 12th; of its opening the manager was told already.
		for day, times in (("2026-02-12", 1), ("2026-02-14", 2), ("2026-02-15", 2)):
			with at(f"{day} 12:00"):
				for each in conversation.overdue():
					conversation.remind(each)
			self.assertEqual(len(self.told(self.manager)), times, day)
		self.answered(dispute, "Kept")
		with at("2026-03-15 12:00"):
			self.assertNotIn(dispute.name, [each.name for each in conversation.overdue()])

	def test_in_the_language_of_who_reads_it(self):
		frappe.db.set_value("User", self.manager, "language", "fr")
		self.opened()
		self.assertIn("conteste une ligne", self.told(self.manager)[0])

	def test_one_that_is_withdrawn_is_told_to_who_is_responsible(self):
		dispute = self.opened()
		with as_user(self.users["ann"]):
			disputes.withdraw(dispute.name)
		self.assertEqual(len(self.told(self.manager)), 2)

	def test_it_answers_no_ticket(self):
		ticket = issue()
		before = facts(ticket)
		frappe.db.set_value("SLA Statement Line", {"parent": self.own.name}, "ticket", ticket.name)
		dispute = self.opened()
		self.answered(dispute, "Kept")
		self.assertEqual(facts(ticket), before)
		self.assertFalse(
			frappe.get_all("Communication", {"reference_name": ("in", (ticket.name, dispute.name))})
		)
