"""A claimed waiver waits for the consent of the customer: attached, or given in the portal by who sees money."""

from functools import partial

import frappe
from frappe import client

from sla_guard import disputes
from sla_guard.sla_guard.doctype.sla_exclusion.sla_exclusion import WAIVER
from tests.site.case import make_user
from tests.site.decisions import breach, claimed
from tests.site.records import customer
from tests.site.routes import as_user, contact, sending_mailbox, waiting_mails
from tests.site.test_portal import PortalCase


class ConsentCase(PortalCase):
	def setUp(self):
		super().setUp()
		sending_mailbox()
		self.manager = make_user("sla-manager", "SLA Manager")
		self.approver = make_user("sla-approver", "SLA Approver")
		self.waiver = claimed(breach(), self.manager, WAIVER, consent=None)

	def consent(self, user="ann"):
		with as_user(self.users.get(user, user)):
			disputes.consent(self.waiver.name)
		return self.read()

	def read(self):
		return frappe.get_doc("SLA Exclusion", self.waiver.name)

	def waiting(self, user):
		with as_user(self.users.get(user, user)):
			return [row["name"] for row in disputes.waivers_waiting()]


class TestConsent(ConsentCase):
	def test_without_it_nobody_approves(self):
		self.assertRefusedTo(self.approver, self.read().submit)

	def test_with_it_the_breach_is_waived(self):
		given = self.consent()
		self.assertEqual((given.consented_by, given.status), (self.users["ann"], "Claimed"))
		with as_user(self.approver):
			self.read().submit()
		self.assertEqual(frappe.db.get_value("SLA Breach", self.waiver.breach, "state"), "Waived")
		self.assertEqual(self.read().consented_by, self.users["ann"])

	def test_nobody_else_gives_it(self):
		self.users["eve"] = make_user("sla-eve", "Customer")
		contact(self.users["eve"], customer=customer("Beta"), user=self.users["eve"])
		for user in ("cid", "dan", "eve", "Guest", self.manager, self.approver, "Administrator"):
			with self.subTest(user):
				self.assertRefusedTo(self.users.get(user, user), partial(self.consent, user))
				self.assertEqual(self.waiting(user), [])

	def test_those_who_may_see_that_it_waits_until_it_is_given(self):
		self.assertEqual((self.waiting("ann"), self.waiting("bob")), ([self.waiver.name],) * 2)
		self.consent()
		self.assertEqual((self.waiting("ann"), self.waiting("bob")), ([], []))

	def test_given_twice_it_is_the_first_ones(self):
		self.consent("ann")
		self.assertEqual(self.consent("bob").consented_by, self.users["ann"])

	def test_no_request_says_it(self):
		given = {"consented_by": self.users["ann"], "consented_on": "2026-01-06 12:00"}
		for field, value in given.items():
			with as_user(self.manager):
				client.set_value("SLA Exclusion", self.waiver.name, field, value)
			self.assertFalse(self.read().get(field))
		values = {"breach": self.waiver.breach, "kind": WAIVER, "reason": "x", **given}
		with as_user(self.manager):
			made = client.insert({"doctype": "SLA Exclusion", **values})
		self.assertFalse(made.get("consented_by"))

	def test_it_was_given_to_what_stood_there(self):
		self.consent()
		with as_user(self.manager):
			self.read().update({"reason": "Another one"}).save()
		self.assertFalse(self.read().consented_by)
		self.assertRefusedTo(self.approver, self.read().submit)

	def test_it_stays_where_nothing_of_it_changes(self):
		self.consent()
		with as_user(self.manager):
			self.read().save()
		self.assertEqual(self.read().consented_by, self.users["ann"])

	def test_one_that_is_decided_waits_for_none(self):
		self.consent()
		with as_user(self.approver):
			self.read().submit()
		self.assertRefusedTo(self.users["ann"], self.consent)

	def test_who_may_consent_is_asked_and_who_claimed_hears_of_it(self):
		(mail, other) = waiting_mails("SLA Exclusion", self.waiver.name)
		asked = {row.recipient for each in (mail, other) for row in each.recipients}
		self.assertEqual(asked, {self.users["ann"], self.users["bob"]})
		self.consent()
		about = {"document_name": self.waiver.name, "for_user": self.manager}
		self.assertIn("Acme", frappe.db.get_value("Notification Log", about, "subject"))
