"""A statement is written for its customer, whoever's session works it out."""

import frappe
from frappe.translate import print_language

from sla_guard.statements import drafts
from tests.site.statement_case import JANUARY, StatementCase


class TestLanguage(StatementCase):
	def setUp(self):
		super().setUp()
		frappe.db.set_value("Customer", "Acme", "language", "fr")
		self.missed("2026-01-10 12:00", "2026-01-10 13:30")

	def test_its_arithmetic_is_in_the_customers_language(self):
		statement = self.draft(JANUARY)
		penalty = frappe.get_doc("SLA Penalty", statement.lines[0].penalty)
		for each in (statement.lines[0], penalty):
			self.assertIn("En retard de 1 h 30 min", each.arithmetic)
			self.assertIn("10,00", each.arithmetic)

	def test_an_approver_of_another_language_submits_what_a_job_has_drafted(self):
		frappe.db.set_value("Customer", "Acme", "language", None)
		draft = self.draft(JANUARY)
		with print_language("fr"):
			self.assertFalse(drafts.differs(draft, drafts.work_out_for(draft)))
