"""Who may forgive: a breach is excluded or waived by two people, with a ground, a proof and a reason."""

from functools import partial

import frappe
from frappe import client

from sla_guard.helpdesk import actions
from sla_guard.sla_guard.doctype.sla_exclusion.sla_exclusion import WAIVER
from tests.site.case import make_user
from tests.site.deciding import DecisionCase
from tests.site.decisions import approved, breach, claim, claimed, proof
from tests.site.records import at, customer
from tests.site.routes import as_user, request

REJECT = "sla_guard.sla_guard.doctype.sla_exclusion.sla_exclusion.reject"


class TestClaims(DecisionCase):
	def test_a_claim_says_of_the_breach_what_stands_there(self):
		exclusion = claimed(self.breach, self.manager, customer=customer("Other"), ticket=None, contract=None)
		for field in ("ticket", "metric", "customer", "contract", "company"):
			self.assertEqual(exclusion.get(field), self.breach.get(field), field)
		self.assertEqual((exclusion.status, exclusion.claimed_by), ("Claimed", self.manager))
		self.assertState("Open")

	def test_who_claims_is_whoever_saves_it(self):
		with as_user(self.manager):
			values = claim(self.breach, claimed_by=self.approver, owner=self.approver).as_dict()
			name = client.insert(values)["name"]
		self.assertEqual(
			frappe.db.get_value("SLA Exclusion", name, ["claimed_by", "owner"]), (self.manager, self.manager)
		)

	def test_who_claims_is_never_changed(self):
		exclusion = claimed(self.breach, self.manager)
		for user in (self.manager, self.approver, "Administrator"):
			with as_user(user):
				ways = {
					"request": partial(
						client.set_value, "SLA Exclusion", exclusion.name, "claimed_by", self.both
					),
					"program": partial(self.read(exclusion).db_set, "claimed_by", self.both),
				}
				for way, verb in ways.items():
					with self.subTest(f"{user} by {way}"):
						self.assertForbidden(verb)

	def test_only_a_ground_that_the_contract_ticks_excuses(self):
		frappe.db.set_value("SLA Contract", self.contract.name, "ground_force_majeure", 0)
		with as_user(self.manager):
			self.assertRefused(
				claim(self.breach, ground="Force Majeure"), "Force Majeure", self.contract.name
			)
			self.assertRefused(claim(self.breach, ground="Bad Weather"), "Bad Weather")
			self.assertRefused(claim(self.breach, ground=None), "ground")
			claim(self.breach, ground="Customer's Equipment").insert()

	def test_an_exclusion_needs_evidence(self):
		with as_user(self.manager):
			self.assertRefused(claim(self.breach, evidence=None), "evidence")
			self.assertRefused(claim(self.breach, evidence=None, consent=proof()), "evidence")
			self.assertRefused(claim(self.breach, evidence="/private/files/none.pdf"), "none.pdf")
			self.assertRefused(claim(self.breach, reason=None), "reason")

	def test_a_waiver_has_no_ground(self):
		self.assertIsNone(claimed(self.breach, self.manager, WAIVER, ground="Force Majeure").ground)

	def test_an_approver_and_an_agent_do_not_claim(self):
		agent = make_user("sla-agent", "Support Team")
		for user in (self.approver, agent):
			with as_user(user):
				self.assertForbidden(claim(self.breach).insert)

	def test_only_the_claimant_edits_a_draft(self):
		exclusion = claimed(self.breach, self.manager)
		for user in (self.approver, self.both, "Administrator"):
			with self.subTest(user), as_user(user):
				self.assertForbidden(self.read(exclusion).update({"reason": "Another"}).save, self.manager)
				self.assertForbidden(self.read(exclusion).delete)
		with as_user(self.manager):
			self.read(exclusion).update({"reason": "In other words"}).save()
			self.assertForbidden(partial(frappe.rename_doc, "SLA Exclusion", exclusion.name, "Another"))
			self.read(exclusion).delete()
		self.assertFalse(frappe.db.exists("SLA Exclusion", exclusion.name))

	def test_a_withdrawn_breach_needs_no_forgiving(self):
		exclusion = claimed(self.breach, self.manager)
		with at("2026-01-05 12:00"):
			actions.void(self.breach.ticket, "Spam")
		self.assertState("Withdrawn")
		with as_user(self.manager):
			self.assertRefused(claim(self.breach), "Withdrawn")
		with as_user(self.approver):
			self.assertStopped(frappe.ValidationError, self.read(exclusion).submit, "Withdrawn")


class TestApproval(DecisionCase):
	def test_an_exclusion_excludes_and_a_waiver_waives(self):
		exclusion = approved(self.breach, self.manager, self.approver)
		self.assertState("Excluded")
		self.assertEqual(
			(exclusion.status, exclusion.decided_by, bool(exclusion.decided_on)),
			("Approved", self.approver, True),
		)
		self.breach = breach()
		approved(self.breach, self.manager, self.approver, WAIVER)
		self.assertState("Waived")

	def test_nobody_approves_an_own_claim(self):
		for user in (self.both, "Administrator"):
			exclusion = claimed(self.breach, user)
			with self.subTest(user), as_user(user):
				form = self.read(exclusion).as_json()
				for verb in (
					self.read(exclusion).submit,
					partial(request, "frappe.client.submit", doc=form),
					partial(request, "frappe.desk.form.save.savedocs", doc=form, action="Submit"),
					partial(request, REJECT, name=exclusion.name, answer="No"),
				):
					self.assertForbidden(verb, "second person")
				self.assertEqual(self.read(exclusion).docstatus, 0)
		self.assertState("Open")

	def test_no_claim_is_approved_in_the_moment_of_its_saving(self):
		with as_user(self.both):
			self.assertForbidden(claim(self.breach, docstatus=1).insert)
			values = claim(self.breach, docstatus=1).as_dict()
			self.assertForbidden(partial(client.insert, values))
		self.assertState("Open")

	def test_a_manager_approves_nothing(self):
		exclusion = claimed(self.breach, self.both)
		with as_user(self.manager):
			self.assertForbidden(self.read(exclusion).submit)
			self.assertForbidden(partial(request, REJECT, name=exclusion.name, answer="No"))

	def test_who_approves_changes_nothing_of_the_claim(self):
		exclusion = claimed(self.breach, self.manager)
		other = breach()
		for field, value in (
			("reason", "Another"),
			("ground", "Force Majeure"),
			("kind", WAIVER),
			("breach", other.name),
			("claimed_by", self.both),
			("customer", None),
		):
			with self.subTest(field), as_user(self.approver):
				form = self.read(exclusion).update({field: value})
				frappe.db.savepoint("before_verb")
				with self.assertRaises((frappe.PermissionError, frappe.ValidationError)):
					form.submit()
				frappe.db.rollback(save_point="before_verb")
		self.assertEqual(self.read(exclusion).docstatus, 0)

	def test_a_breach_is_forgiven_once(self):
		second = claimed(self.breach, self.manager)
		approved(self.breach, self.manager, self.approver)
		with as_user(self.approver):
			self.assertStopped(frappe.ValidationError, self.read(second).submit, "Excluded")
		with as_user(self.manager):
			self.assertRefused(claim(self.breach), "Excluded")

	def test_an_approved_one_is_not_edited_and_stays(self):
		exclusion = approved(self.breach, self.manager, self.approver)
		for user in (self.manager, self.approver, "Administrator"):
			with self.subTest(user), as_user(user):
				for field, value in (("reason", "Another"), ("status", "Rejected"), ("unique_key", None)):
					self.assertStopped(
						(frappe.ValidationError, frappe.PermissionError),
						self.read(exclusion).update({field: value}).save,
					)
					self.assertForbidden(partial(self.read(exclusion).db_set, field, value))
				self.assertStopped(
					(frappe.ValidationError, frappe.PermissionError), self.read(exclusion).delete
				)

	def test_its_evidence_is_not_deleted(self):
		exclusion = approved(self.breach, self.manager, self.approver)
		file = frappe.get_doc("File", {"file_url": exclusion.evidence, "attached_to_name": exclusion.name})
		with as_user(self.manager):
			self.assertStopped((frappe.ValidationError, frappe.PermissionError), file.delete)

	def test_what_was_decided_stays_whatever_the_clock_says_later(self):
		approved(self.breach, self.manager, self.approver)
		with at("2026-01-05 12:00"):
			actions.void(self.breach.ticket, "Spam")
		self.assertState("Excluded")


class TestRejection(DecisionCase):
	def setUp(self):
		super().setUp()
		self.exclusion = claimed(self.breach, self.manager)

	def reject(self, answer="The line was up", by=None):
		with as_user(by or self.approver):
			request(REJECT, name=self.exclusion.name, answer=answer)

	def test_it_is_answered_and_stays_as_a_record(self):
		self.reject()
		rejected = self.read(self.exclusion)
		self.assertEqual(
			(rejected.status, rejected.answer, rejected.decided_by, rejected.docstatus),
			("Rejected", "The line was up", self.approver, 0),
		)
		self.assertState("Open")
		for user in (self.manager, self.approver, "Administrator"):
			with self.subTest(user), as_user(user):
				for verb in (
					self.read(rejected).save,
					self.read(rejected).submit,
					self.read(rejected).delete,
					partial(frappe.delete_doc, "SLA Exclusion", rejected.name, force=True),
					partial(self.read(rejected).db_set, "status", "Claimed"),
				):
					self.assertStopped((frappe.ValidationError, frappe.PermissionError), verb)

	def test_it_needs_an_answer(self):
		self.assertStopped(frappe.ValidationError, partial(self.reject, "  "), "Say why")

	def test_it_is_decided_once(self):
		self.reject()
		self.assertStopped(frappe.ValidationError, self.reject, "decided already")
		self.exclusion = approved(self.breach, self.manager, self.approver)
		self.assertStopped(frappe.ValidationError, self.reject, "decided already")

	def test_the_breach_may_be_claimed_again(self):
		self.reject()
		approved(self.breach, self.manager, self.approver)
		self.assertState("Excluded")
