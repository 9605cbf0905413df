"""Templates: a contract that starts from one can be submitted, with the priorities and services of the site."""

import frappe

from sla_guard.sla_guard.doctype.sla_contract.templates import TEMPLATES, begin, choices, guessed
from tests.site.case import SiteTestCase, make_user
from tests.site.records import (
	STATUS_RULES,
	clock,
	company,
	currency,
	customer,
	issue,
	priority,
	service,
	support_hours,
)

WHOSE = {"applies_to": "Customer", "customer": "Acme", "effective_from": "2026-01-01", "time_zone": "UTC"}


class TestTemplates(SiteTestCase):
	def setUp(self):
		super().setUp()
		customer()
		self.levels = {"critical": priority("P1"), "high": priority("P2"), "medium": priority("P3")}

	def begun(self, template, **rest):
		"""A draft that starts from a template, as the form fills it in; credited as an admin would say."""
		asked = {
			"time_zone": "UTC",
			"priorities": self.levels,
			"currency": currency("EUR"),
			"fee": 1000,
			**rest,
		}
		values = begin(template, **asked)
		its = {"company": company(), "credit_as": "Price reduction"} if values["penalty_rules"] else {}
		rules = [dict(rule) for rule in STATUS_RULES]
		return frappe.new_doc("SLA Contract").update({**WHOSE, "status_rules": rules, **values, **its})

	def test_a_draft_of_each_can_be_submitted_as_it_is(self):
		for template in TEMPLATES:
			with self.subTest(template):
				draft = self.begun(template, services=["Mail", "ERP"])
				draft.insert()
				draft.submit()
				self.assertEqual(draft.docstatus, 1)
				draft.cancel()

	def test_critical_tickets_are_measured_around_the_clock_where_the_template_says_so(self):
		draft = self.begun("24/7 Critical")
		draft.insert()
		draft.submit()
		saturday = issue("2026-01-10 20:00", priority="P1")
		self.assertEqual(clock(saturday, "Response").due, "2026-01-10 20:30")
		self.assertEqual(clock(issue("2026-01-10 20:00", priority="P3"), "Response").due, "2026-01-12 12:00")

	def test_a_level_without_a_priority_is_left_out(self):
		draft = self.begun("Gold", priorities={"high": "P2", "critical": None})
		self.assertEqual([row.priority for row in draft.targets], ["P2", None])

	def test_without_a_fee_the_penalties_are_left_out_and_not_said_to_be_none(self):
		draft = self.begun("Silver", fee=None)
		self.assertEqual((draft.penalty_rules, draft.no_penalties), ([], 0))
		self.assertEqual(self.begun("Bronze").no_penalties, 1)

	def test_hours_and_services_that_the_site_has_are_used_and_others_made_once(self):
		own = support_hours()
		self.assertEqual(self.begun("Gold", support_hours=own).support_hours, own)
		made = self.begun("Gold", services=[service("Mail"), "Cabling"])
		self.assertTrue(frappe.db.exists("SLA Service", "Cabling"))
		hours = frappe.get_doc("Support Hours", made.support_hours)
		self.assertEqual([row.weekday for row in hours.windows][-1], "Saturday")
		self.assertEqual(self.begun("Gold", services=["Cabling"]).support_hours, hours.name)

	def test_the_level_of_a_priority_is_guessed_from_its_name(self):
		for names, levels in (
			(["P1", "P2", "P3", "P4"], ["P1", "P2", "P3"]),
			(["Low", "Medium", "High", "Urgent"], ["Urgent", "High", "Medium"]),
			# As ERPNext has them: what it calls high is what is most urgent.
			(["High", "Low", "Medium"], ["High", "Medium", "Low"]),
			(["Critique", "Haute", "Moyenne", "Basse"], ["Critique", "Haute", "Moyenne"]),
			(["1 - Critical", "2 - High", "10 - Low"], ["1 - Critical", "2 - High", None]),
			(["High", "Low", "Medium", "P1", "P2", "P3", "P4"], ["P1", "P2", "P3"]),
			(["Whatever"], [None, None, None]),
		):
			found = guessed(names)
			self.assertEqual([found.get(level) for level in ("critical", "high", "medium")], levels)

	def test_all_that_can_be_chosen_is_in_words(self):
		# Those of the site would be guessed from as well.
		frappe.db.delete("Issue Priority", {"name": ("not in", list(self.levels.values()))})
		told = choices()
		self.assertEqual([each["name"] for each in told["templates"]], list(TEMPLATES))
		self.assertEqual(told["priorities"]["critical"], "P1")
		self.assertTrue(told["services"] or told["usual_services"])

	def test_only_those_who_may_make_contracts_start_from_one(self):
		frappe.set_user(make_user("template-agent", "Support Team"))
		for call in (choices, lambda: begin("Gold", "UTC")):
			with self.assertRaises(frappe.PermissionError):
				call()

	def test_what_is_no_template_is_refused(self):
		with self.assertRaisesRegex(frappe.ValidationError, "Platinum"):
			begin("Platinum", "UTC")
