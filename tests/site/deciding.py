"""Breaches that are forgiven, and who may do that."""

import frappe

from tests.site.case import SiteTestCase, make_user
from tests.site.decisions import breach
from tests.site.records import in_force

REVOKE = "sla_guard.sla_guard.doctype.revocable.revoke"


class DecisionCase(SiteTestCase):
	def setUp(self):
		super().setUp()
		self.contract = in_force()
		self.manager = make_user("sla-manager", "SLA Manager")
		self.approver = make_user("sla-approver", "SLA Approver")
		self.both = make_user("sla-both", "SLA Manager", "SLA Approver")
		self.breach = breach()

	def assertState(self, state):
		self.assertEqual(frappe.db.get_value("SLA Breach", self.breach.name, "state"), state)

	def assertForbidden(self, verb, *words):
		self.assertStopped(frappe.PermissionError, verb, *words)

	def assertStopped(self, error, verb, *words):
		frappe.db.savepoint("before_verb")
		with self.assertRaises(error) as refused:
			verb()
		frappe.db.rollback(save_point="before_verb")
		message = frappe.utils.strip_html(str(refused.exception))
		for word in words:
			self.assertIn(word, message)

	def read(self, exclusion):
		return frappe.get_doc("SLA Exclusion", exclusion.name)
