"""What becomes of a breach whose exclusion is cancelled, and what an approver reads of it."""

from functools import partial

import frappe
from frappe import client

from sla_guard.helpdesk import actions
from sla_guard.site_time import to_site
from sla_guard.sla_guard.doctype.sla_exclusion.sla_exclusion import WAIVER
from tests.site.case import make_user
from tests.site.deciding import REVOKE, DecisionCase
from tests.site.decisions import approved, breach, claimed
from tests.site.records import at, us
from tests.site.routes import as_user, request


class TestCancelling(DecisionCase):
	def setUp(self):
		super().setUp()
		self.exclusion = approved(self.breach, self.manager, self.approver)

	def revoke(self, reason="It was our router", by=None):
		with as_user(by or self.approver):
			request(REVOKE, doctype="SLA Exclusion", name=self.exclusion.name, reason=reason)

	def test_the_breach_is_open_again_and_may_be_claimed_again(self):
		self.revoke()
		cancelled = self.read(self.exclusion)
		self.assertEqual(
			(cancelled.docstatus, cancelled.status, cancelled.cancel_reason),
			(2, "Cancelled", "It was our router"),
		)
		self.assertState("Open")
		approved(self.breach, self.manager, self.approver, WAIVER)
		self.assertState("Waived")

	def test_it_needs_a_reason_whichever_way(self):
		with as_user(self.approver):
			for verb in (
				partial(self.revoke, " "),
				self.read(self.exclusion).cancel,
				partial(client.cancel, "SLA Exclusion", self.exclusion.name),
			):
				self.assertStopped(frappe.ValidationError, verb, "Say why")
		self.assertState("Excluded")

	def test_a_reason_that_lay_in_the_draft_is_none(self):
		self.breach = breach()
		draft = claimed(self.breach, self.manager, cancel_reason="For later")
		with as_user(self.approver):
			self.read(draft).submit()
			self.assertStopped(frappe.ValidationError, self.read(draft).cancel, "Say why")

	def test_nothing_else_changes_with_it(self):
		with as_user(self.approver):
			form = self.read(self.exclusion).update({"cancel_reason": "So", "reason": "Another"})
			self.assertForbidden(form.cancel)

	def test_a_manager_or_an_agent_cancels_nothing(self):
		for user in (self.manager, make_user("sla-agent", "Support Team")):
			self.assertForbidden(partial(self.revoke, by=user))
		self.assertState("Excluded")

	def test_no_other_document_is_cancelled_by_it(self):
		verb = partial(request, REVOKE, doctype="SLA Contract", name=self.contract.name, reason="So")
		self.assertForbidden(verb)

	def test_where_there_is_no_breach_any_more_it_is_withdrawn(self):
		with at("2026-01-05 12:00"):
			actions.void(self.breach.ticket, "Spam")
		self.revoke()
		self.assertState("Withdrawn")
		because = frappe.db.get_value("SLA Breach", self.breach.name, "withdrawn_because")
		self.assertEqual(because, "The ticket was voided")

	def test_where_a_later_fact_shows_that_there_was_none_it_is_withdrawn(self):
		with at("2026-01-05 12:00"):
			actions.take_in_charge(self.breach.ticket, str(to_site(us("2026-01-05 09:30"))), "By telephone")
		self.assertState("Excluded")
		self.revoke()
		self.assertState("Withdrawn")

	def test_where_the_ticket_is_gone_it_is_withdrawn(self):
		frappe.delete_doc("Issue", self.breach.ticket)
		self.assertState("Excluded")
		self.assertIsNone(self.read(self.exclusion).ticket)
		self.revoke()
		self.assertState("Withdrawn")


class TestReading(DecisionCase):
	def test_an_approver_reads_what_is_judged(self):
		exclusion = claimed(self.breach, self.manager)
		clock = frappe.db.get_value("SLA Clock", {"ticket": self.breach.ticket})
		event = frappe.db.get_value("SLA Event", {"ticket": self.breach.ticket})
		with as_user(self.approver):
			for doctype, name in (
				("SLA Exclusion", exclusion.name),
				("SLA Breach", self.breach.name),
				("SLA Contract", self.contract.name),
				("SLA Clock", clock),
				("SLA Event", event),
				("SLA Terms", self.breach.terms),
			):
				with self.subTest(doctype):
					self.assertEqual(client.get(doctype, name)["name"], name)
					self.assertForbidden(partial(client.delete, doctype, name))

	def test_an_approver_sees_what_was_announced_and_what_failed(self):
		with as_user(self.approver):
			for doctype in ("SLA Maintenance", "SLA Outage", "SLA Reopening", "SLA Service", "Support Hours"):
				with self.subTest(doctype):
					frappe.get_list(doctype)
					self.assertFalse(frappe.has_permission(doctype, "write"))

	def test_an_approver_does_not_edit_a_breach(self):
		with as_user(self.approver):
			self.assertForbidden(partial(client.set_value, "SLA Breach", self.breach.name, "cause", "Rain"))
