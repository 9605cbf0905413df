"""The check before a contract is submitted: what is missing is named, with the field where it is said."""

import frappe

from sla_guard.sla_guard.doctype.sla_contract.check import check, missing
from tests.site.case import SiteTestCase, make_user
from tests.site.records import (
	at,
	contract,
	customer,
	money,
	named,
	priority,
	rule,
	service,
	support_hours,
	target,
)


def holidays(last="2026-12-31"):
	days = [{"holiday_date": "2026-01-01", "description": "New Year"}]
	return named("Holiday List", f"Until {last}", from_date="2026-01-01", to_date=last, holidays=days)


class TestCheck(SiteTestCase):
	def setUp(self):
		super().setUp()
		customer()
		self.hours = support_hours("Checked", holiday_list=holidays())
		# Those of the site itself would each need a row.
		self.priorities = frappe.get_all("Issue Priority", pluck="name") or [priority("P1")]

	def complete(self, **rest):
		"""A draft that says everything."""
		rows = [target(1, 8, priority=name, definition=f"What {name} means.") for name in self.priorities]
		named_statuses = [{"status": "On Hold", "effect": "Pauses Resolution", "reason": "Customer"}]
		stops = [{"status": each, "effect": "Stops"} for each in ("Resolved", "Closed")]
		values = {
			"targets": [*rows, target(2, 16)],
			"support_hours": self.hours,
			"services": [{"service": service("Mail")}],
			"no_penalties": 1,
			"status_rules": [*named_statuses, *stops],
			"contacts": [{"contact": self.contact(), "receives_statement": 1}],
		}
		return contract().update(values | rest)

	def contact(self, email="it@acme.example"):
		document = frappe.new_doc("Contact").update({"first_name": "Acme IT"})
		if email:
			document.append("email_ids", {"email_id": email, "is_primary": 1})
		return document.insert().name

	def fields(self, document, when="2026-02-01"):
		with at(when):
			return [(each.field, each.refuses) for each in missing(document)]

	def assertMissing(self, document, field, words, refuses=False):
		with at("2026-02-01"):
			found = [each for each in missing(document) if words in each.text]
		self.assertEqual(
			[(each.field, each.refuses) for each in found], [(field, refuses)], missing(document)
		)

	def test_nothing_is_missing_of_a_draft_that_says_everything(self):
		self.assertEqual(self.fields(self.complete()), [])

	def test_what_refuses_it_is_told_in_the_words_of_the_refusal(self):
		for rest, field, words in (
			({"title": None}, "title", "Title is empty"),
			({"customer": None}, "customer", "Customer is empty"),
			({"support_hours": None}, "support_hours", "Support Hours is empty"),
			({"targets": []}, "targets", "Targets is empty"),
			({"effective_to": "2025-12-31"}, "effective_to", "is before"),
			({"status_rules": []}, "status_rules", "No status stops the clocks"),
			({"answer_mail": 0, "answer_taken_in_charge": 0}, "answer_mail", "Nothing counts as a response"),
			({"targets": [target(priority=self.priorities[0])]}, "targets", "No default target"),
			({"targets": [target(8, 4)]}, "targets", "shorter than the response time"),
			(money(rule(amount=0)) | {"no_penalties": 0}, "penalty_rules", "an amount is missing"),
			(money(rule(), company=None) | {"no_penalties": 0}, "company", "cannot be credited"),
		):
			with self.subTest(words):
				self.assertMissing(self.complete(**rest), field, words, refuses=True)

	def test_what_refuses_comes_first_and_a_draft_with_it_cannot_be_submitted(self):
		draft = self.complete(services=[], **money(rule(), credit_as=None) | {"no_penalties": 0})
		self.assertTrue(missing(draft)[0].refuses)
		self.assertFalse(missing(draft)[-1].refuses)
		draft.insert()
		with self.assertRaisesRegex(frappe.ValidationError, "cannot be credited"):
			draft.submit()

	def test_what_is_not_said_is_named_with_its_field(self):
		unknown = support_hours("Until June", holiday_list=holidays("2026-03-31"))
		mute = self.contact(email="")
		for rest, field, words in (
			({"services": []}, "services", "covers everything"),
			({"support_hours": support_hours()}, "support_hours", "no Holiday List"),
			({"support_hours": unknown}, "support_hours", "ends on Tue, Mar 31, 2026"),
			({"targets": [target()]}, "targets", "No target of their own"),
			({"no_penalties": 0}, "no_penalties", "Neither penalties"),
			({"contacts": []}, "contacts", "No contact receives"),
			({"contacts": [{"contact": mute, "receives_statement": 1}]}, "contacts", "no e-mail address"),
			({"no_penalties": 0, **money(rule())}, "cap_amount", "No cap"),
		):
			with self.subTest(words):
				self.assertMissing(self.complete(**rest), field, words)

	def test_a_row_that_promises_only_one_time_or_does_not_define_its_priority_is_named(self):
		draft = self.complete()
		draft.targets[0].update({"resolution_time": None, "definition": ""})
		self.assertMissing(draft, "targets", f"Row 1 ({self.priorities[0]}) promises no resolution time")
		self.assertMissing(draft, "targets", "Row 1 does not say what")
		draft.targets[-1].update({"response_time": None})
		self.assertMissing(draft, "targets", "(default target) promises no response time")

	def test_a_status_of_which_nothing_is_said_is_named(self):
		draft = self.complete()
		draft.status_rules = draft.status_rules[1:]
		self.assertMissing(draft, "status_rules", "On Hold")

	def test_holidays_need_be_known_only_up_to_the_end_of_the_contract(self):
		hours = support_hours("Until June", holiday_list=holidays("2026-03-31"))
		draft = self.complete(support_hours=hours, effective_to="2026-03-15")
		self.assertEqual(self.fields(draft), [])

	def test_a_form_with_nothing_in_it_is_told_what_it_needs_and_nothing_pops_up(self):
		before = len(frappe.local.message_log)
		said = check({"doctype": "SLA Contract"})
		self.assertLess(
			{"title", "customer", "effective_from", "support_hours", "targets"},
			{each["field"] for each in said},
		)
		self.assertEqual(len(frappe.local.message_log), before)

	def test_a_time_that_cannot_be_read_is_a_remark_and_no_error(self):
		draft = self.complete()
		draft.targets[0].response_time = "soon"
		self.assertMissing(draft, "targets", "soon is not a time", refuses=True)

	def test_it_is_for_those_who_may_read_contracts(self):
		frappe.set_user(make_user("check-nobody"))
		with self.assertRaises(frappe.PermissionError):
			check({})

	def test_a_submitted_contract_with_remarks_was_not_refused(self):
		draft = self.complete(services=[], no_penalties=0)
		draft.insert()
		draft.submit()
		self.assertEqual(draft.docstatus, 1)
