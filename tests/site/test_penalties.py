"""A penalty is worked out by the app, approved by people, and undone only with a reason."""

from functools import partial

import frappe
from frappe import client

from tests.site.case import make_user
from tests.site.deciding import REVOKE, DecisionCase
from tests.site.decisions import approved, penalty, statement
from tests.site.routes import as_user, request

REFUSED = (frappe.ValidationError, frappe.PermissionError)


class PenaltyCase(DecisionCase):
	def setUp(self):
		super().setUp()
		self.penalty = penalty(self.contract, self.breach)

	def again(self):
		return frappe.get_doc("SLA Penalty", self.penalty.name)

	def approve(self):
		with as_user(self.approver):
			self.again().submit()

	def revoke(self, reason="The wrong rule", by=None):
		with as_user(by or self.approver):
			request(REVOKE, doctype="SLA Penalty", name=self.penalty.name, reason=reason)


class TestDrafts(PenaltyCase):
	def test_none_is_entered_by_hand(self):
		values = self.penalty.as_dict() | {"name": None, "unique_key": "another"}
		for user in (self.manager, self.approver, "Administrator"):
			with self.subTest(user), as_user(user):
				self.assertForbidden(frappe.get_doc(values).insert)
				self.assertForbidden(partial(client.insert, values))

	def test_none_is_edited_renamed_or_deleted_by_hand(self):
		for user in (self.manager, self.approver, "Administrator"):
			with self.subTest(user), as_user(user):
				for field, value in (("amount", 1), ("customer", None), ("status", "Approved")):
					self.assertForbidden(self.again().update({field: value}).save)
					self.assertForbidden(partial(self.again().db_set, field, value))
					self.assertForbidden(self.again().update({field: value}).submit)
				self.assertForbidden(self.again().delete)
				self.assertForbidden(partial(frappe.rename_doc, "SLA Penalty", self.penalty.name, "Another"))

	def test_the_app_changes_and_deletes_its_drafts(self):
		draft = self.again()
		draft.flags.from_app = True
		draft.update({"amount": 50}).save(ignore_permissions=True)
		self.assertEqual((self.again().amount, self.again().status), (50, "Draft"))
		draft.delete(ignore_permissions=True)
		self.assertFalse(frappe.db.exists("SLA Penalty", draft.name))

	def test_a_ticket_goes_with_what_is_a_draft_or_cancelled_about_it(self):
		statement(self.contract, docstatus=0, ticket=self.breach.ticket)
		statement(self.contract, docstatus=2, ticket=self.breach.ticket)
		frappe.delete_doc("Issue", self.breach.ticket)
		self.assertIsNone(self.again().ticket)

	def test_a_ticket_stays_that_an_approved_penalty_or_a_statement_names(self):
		frappe.db.savepoint("draft")
		with as_user(self.approver):
			self.again().submit()
		delete = partial(frappe.delete_doc, "Issue", self.breach.ticket)
		self.assertStopped(frappe.LinkExistsError, delete, self.penalty.name)
		frappe.db.rollback(save_point="draft")
		told = statement(self.contract, ticket=self.breach.ticket)
		self.assertStopped(frappe.LinkExistsError, delete, told.name)

	def test_a_key_is_of_one_penalty(self):
		second = partial(penalty, self.contract, self.breach, unique_key=self.penalty.unique_key)
		self.assertStopped(Exception, second)


class TestApproval(PenaltyCase):
	def test_an_approver_approves(self):
		self.approve()
		self.assertEqual((self.again().docstatus, self.again().status), (1, "Approved"))

	def test_a_manager_an_agent_and_an_accountant_do_not(self):
		accountant = make_user("sla-accountant", "Accounts Manager")
		for user in (self.manager, make_user("sla-agent", "Support Team"), accountant):
			with self.subTest(user), as_user(user):
				self.assertEqual(client.get("SLA Penalty", self.penalty.name)["amount"], 100)
				self.assertForbidden(self.again().submit)
				self.assertForbidden(partial(client.submit, self.again().as_json()))

	def test_for_a_breach_that_is_excluded_nothing_is_owed(self):
		approved(self.breach, self.manager, self.approver)
		draft = penalty(self.contract, self.breach)
		with as_user(self.approver):
			self.assertStopped(frappe.ValidationError, draft.reload().submit, "Excluded")

	def test_approved_it_is_not_edited_or_deleted(self):
		self.approve()
		for user in (self.manager, self.approver, "Administrator"):
			with self.subTest(user), as_user(user):
				for field, value in (("amount", 1), ("status", "Credited"), ("unique_key", None)):
					self.assertStopped(REFUSED, self.again().update({field: value}).save)
					self.assertForbidden(partial(self.again().db_set, field, value))
					self.assertStopped(
						REFUSED, partial(client.set_value, "SLA Penalty", self.penalty.name, field, value)
					)
				self.assertStopped(REFUSED, self.again().delete)
		app = self.again()
		app.flags.from_app = True
		self.assertStopped(REFUSED, app.delete)


class TestCancelling(PenaltyCase):
	def setUp(self):
		super().setUp()
		self.approve()

	def test_it_says_why_and_frees_its_key(self):
		self.revoke()
		again = self.again()
		self.assertEqual(
			(again.docstatus, again.status, again.cancel_reason, again.unique_key, again.cancelled_key),
			(2, "Cancelled", "The wrong rule", None, self.penalty.unique_key),
		)
		penalty(self.contract, self.breach, unique_key=self.penalty.unique_key)

	def test_without_a_reason_it_is_refused(self):
		with as_user(self.approver):
			for verb in (
				partial(self.revoke, ""),
				self.again().cancel,
				partial(client.cancel, "SLA Penalty", self.penalty.name),
			):
				self.assertStopped(frappe.ValidationError, verb, "Say why")

	def test_a_manager_does_not_cancel(self):
		self.assertForbidden(partial(self.revoke, by=self.manager))

	def test_cancelled_it_stays(self):
		self.revoke()
		self.assertForbidden(partial(frappe.delete_doc, "SLA Penalty", self.penalty.name, force=True))

	def test_a_credited_one_stays(self):
		frappe.db.set_value("SLA Penalty", self.penalty.name, "status", "Credited")
		self.assertStopped(frappe.ValidationError, self.revoke, "is credited")

	def test_one_that_a_customer_was_told_of_stays(self):
		told = statement(self.contract, penalty=self.penalty.name)
		self.assertStopped(frappe.ValidationError, self.revoke, told.name, "the next one corrects it")

	def test_a_draft_of_a_statement_holds_none(self):
		statement(self.contract, docstatus=0, penalty=self.penalty.name)
		self.revoke()
		self.assertEqual(self.again().docstatus, 2)
