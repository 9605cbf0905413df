"""Several claims and penalties decided on from a list, and one breach forgiven twice at once."""

from functools import partial
from threading import Barrier

import frappe
from frappe.desk.doctype.bulk_update.bulk_update import submit_cancel_or_update_docs

from tests.site.case import make_user
from tests.site.committed import CommittedCase, at_once
from tests.site.decisions import breach, claimed, penalty
from tests.site.routes import as_user


class TestDecisions(CommittedCase):
	def setUp(self):
		super().setUp()
		self.contract = self.in_force()
		self.manager = make_user("sla-manager", "SLA Manager")
		self.approver = make_user("sla-approver", "SLA Approver")
		self.both = make_user("sla-both", "SLA Manager", "SLA Approver")
		self.breaches = [breach(customer=self.customer) for _number in range(3)]
		frappe.db.commit()

	def statuses(self, doctype, documents):
		names = [each.name for each in documents]
		rows = dict(frappe.get_all(doctype, {"name": ("in", names)}, ["name", "status"], as_list=True))
		return [rows[name] for name in names]

	def decide(self, doctype, documents, action="submit", by=None):
		frappe.db.commit()
		with as_user(by or self.approver):
			submit_cancel_or_update_docs(doctype, [each.name for each in documents], action)

	def test_several_claims_are_approved_from_the_list(self):
		claims = [claimed(each, self.manager) for each in self.breaches]
		self.decide("SLA Exclusion", claims)
		self.assertEqual(self.statuses("SLA Exclusion", claims), ["Approved"] * 3)
		states = [frappe.db.get_value("SLA Breach", each.name, "state") for each in self.breaches]
		self.assertEqual(states, ["Excluded"] * 3)

	def test_the_own_ones_among_them_are_not(self):
		claims = [
			claimed(each, by)
			for each, by in zip(self.breaches, (self.manager, self.both, self.manager), strict=True)
		]
		self.decide("SLA Exclusion", claims, by=self.both)
		self.assertEqual(self.statuses("SLA Exclusion", claims), ["Approved", "Claimed", "Approved"])

	def test_several_penalties_are_approved_and_none_is_cancelled_without_a_reason(self):
		penalties = [penalty(self.contract, each, customer=self.customer) for each in self.breaches]
		self.decide("SLA Penalty", penalties, by=self.manager)
		self.assertEqual(self.statuses("SLA Penalty", penalties), ["Draft"] * 3)
		self.decide("SLA Penalty", penalties)
		self.decide("SLA Penalty", penalties, "cancel")
		self.assertEqual(self.statuses("SLA Penalty", penalties), ["Approved"] * 3)

	def test_of_two_claims_for_one_breach_approved_at_once_one_is_refused(self):
		claims = [claimed(self.breaches[0], self.manager) for _number in range(2)]
		both_have_begun = Barrier(2)

		def approve(name):
			frappe.set_user(self.approver)
			exclusion = frappe.get_doc("SLA Exclusion", name)
			# From its first look on a transaction sees the site as it was then.
			both_have_begun.wait(10)
			exclusion.submit()
			frappe.db.commit()
			return name

		came_of_it = at_once(*(partial(approve, each.name) for each in claims))
		# The second one found it excluded, or met the unique index.
		self.assertEqual(len([each for each in came_of_it if isinstance(each, str)]), 1)
		self.assertEqual(sorted(self.statuses("SLA Exclusion", claims)), ["Approved", "Claimed"])
