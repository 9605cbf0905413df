"""A claimed waiver waits for the consent of the customer: attached, or given, or refused, in the portal by who sees money."""

from functools import partial

import frappe
from frappe import client

from sla_guard import disputes
from sla_guard.sla_guard.doctype.sla_exclusion.sla_exclusion import WAIVER
from tests.site.case import make_user
from tests.site.decisions import breach, claimed, proof
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

	def decline(self, reason="You were late", user="ann"):
		with as_user(self.users.get(user, user)):
			disputes.decline(self.waiver.name, reason)
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


class TestDecline(ConsentCase):
	def test_it_is_recorded_with_who_when_and_why_and_nothing_is_forgiven(self):
		given = self.decline()
		self.assertEqual((given.declined_by, given.decline_reason), (self.users["ann"], "You were late"))
		self.assertTrue(given.declined_on)
		self.assertEqual(given.status, "Claimed")
		self.assertRefusedTo(self.approver, self.read().submit)
		self.assertEqual(frappe.db.get_value("SLA Breach", self.waiver.breach, "state"), "Open")

	def test_who_claimed_hears_of_it_and_why(self):
		self.decline("<b>No</b>")
		about = {"document_name": self.waiver.name, "for_user": self.manager}
		subject, body = frappe.db.get_value("Notification Log", about, ["subject", "email_content"])
		self.assertIn("Acme declines", subject)
		self.assertIn("&lt;b&gt;No&lt;/b&gt;", body)
		comment = {"reference_name": self.waiver.name, "comment_type": "Comment"}
		self.assertEqual(frappe.db.get_value("Comment", comment, "content"), "&lt;b&gt;No&lt;/b&gt;")

	def test_it_is_not_asked_for_again_and_the_first_answer_stays(self):
		self.decline("You were late")
		self.assertEqual((self.waiting("ann"), self.waiting("bob")), ([], []))
		self.assertRefusedTo(self.users["bob"], partial(self.consent, "bob"))
		self.assertEqual(self.decline("Another one", "bob").decline_reason, "You were late")

	def test_what_was_consented_to_is_not_declined_any_more(self):
		self.consent()
		self.assertRefusedTo(self.users["ann"], self.decline)

	def test_why_is_said(self):
		for reason in ("", "  ", "x" * 5001):
			self.assertRefusedTo(self.users["ann"], partial(self.decline, reason))
		self.assertFalse(self.read().declined_by)

	def test_nobody_else_declines(self):
		self.users["eve"] = make_user("sla-eve", "Customer")
		contact(self.users["eve"], customer=customer("Beta"), user=self.users["eve"])
		for user in ("cid", "dan", "eve", "Guest", self.manager, self.approver, "Administrator"):
			with self.subTest(user):
				self.assertRefusedTo(self.users.get(user, user), partial(self.decline, "No", user))
		self.assertFalse(self.read().declined_by)

	def test_no_request_says_it_or_takes_it_back(self):
		with as_user(self.manager):
			client.set_value("SLA Exclusion", self.waiver.name, "declined_by", self.users["ann"])
		self.assertFalse(self.read().declined_by)
		self.decline()
		with as_user(self.manager):
			client.set_value("SLA Exclusion", self.waiver.name, {"declined_by": "", "decline_reason": ""})
		self.assertEqual(self.read().decline_reason, "You were late")

	def test_another_waiver_is_asked_for_anew_and_the_refusal_stays_readable(self):
		self.decline()
		with as_user(self.manager):
			self.read().update({"reason": "We add a week for free"}).save()
		self.assertFalse(self.read().declined_by)
		self.assertEqual(self.waiting("ann"), [self.waiver.name])
		self.assertEqual(
			frappe.db.count("Comment", {"reference_name": self.waiver.name, "comment_type": "Comment"}), 1
		)

	def test_a_consent_on_paper_is_worth_more(self):
		self.decline()
		with as_user(self.manager):
			self.read().update({"consent": proof("consent.txt")}).save()
		self.assertFalse(self.read().declined_by)
		self.assertEqual(self.waiting("ann"), [])
		with as_user(self.approver):
			self.read().submit()
		self.assertEqual(frappe.db.get_value("SLA Breach", self.waiver.breach, "state"), "Waived")
