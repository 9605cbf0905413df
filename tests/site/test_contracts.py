"""SLA Contract as an admin enters it, and what is refused, by the message that says which row and why."""

import frappe

from tests.site.case import SiteTestCase
from tests.site.records import (
	HOUR,
	contract,
	customer,
	in_force,
	pause,
	priority,
	service,
	stop,
	target,
)


class ContractCase(SiteTestCase):
	def setUp(self):
		super().setUp()
		customer()


class TestTimes(ContractCase):
	def test_a_resolution_shorter_than_the_response(self):
		self.assertRefused(
			contract(target(), target(4, 2, priority=priority("P1"))),
			"Row 2 (P1): the resolution time 2 h 00 min is shorter than the response time 4 h 00 min",
		)

	def test_a_resolution_as_long_as_the_response_is_taken(self):
		self.assertTrue(contract(target(4, 4)).insert())

	def test_a_time_of_zero_or_less_however_it_is_written(self):
		for written in (0, "0", 0.0, "0.0", "0h 0m", -60, "-60", -3600.0):
			for field, label in (("response_time", "Response Time"), ("resolution_time", "Resolution Time")):
				with self.subTest(f"{label} {written!r}"):
					row = target() | {field: written}
					self.assertRefused(
						contract(row), f"Row 1 (default target): {label} is {written}", "above zero"
					)

	def test_what_is_no_time(self):
		for written in ("soon", "4 days ago", "1h 1h", 0.5, "1.5", float("nan"), float("inf"), [4], True):
			with self.subTest(repr(written)):
				row = target() | {"resolution_time": written}
				self.assertRefused(
					contract(row),
					f"Row 1 (default target): Resolution Time {written} is not a time",
					"4h 30m",
				)

	def test_a_time_beyond_all_calendars(self):
		self.assertRefused(
			contract(target(1, 50_000), target(1, 10_000_000, priority=priority("P4"))),
			"Row 2 (P4): Resolution Time is 10000000 h 00 min",
			"ten years",
		)

	def test_nothing_entered_is_no_such_commitment(self):
		for nothing in (None, "", " "):
			with self.subTest(repr(nothing)):
				saved = contract(target() | {"response_time": nothing}).insert()
				saved.reload()
				self.assertIsNone(saved.targets[0].response_time)
				self.assertIsNone(saved.terms_value().targets[0].response_us)

	def test_times_are_read_as_forms_and_requests_send_them(self):
		for written in (
			16200,
			"16200",
			16200.0,
			"16200.0",
			"4h 30m",
			"4h30m",
			" 4 h 30 min ",
			"270m",
			"16200s",
		):
			with self.subTest(repr(written)):
				saved = contract(target() | {"resolution_time": written}).insert()
				saved.reload()
				self.assertEqual(saved.targets[0].resolution_time, 4.5 * HOUR)

	def test_a_row_with_neither_time(self):
		self.assertRefused(
			contract(target(), target(None, None, service=service("Mail"))),
			"Row 2 (Mail) has neither a response nor a resolution time",
		)


class TestTargets(ContractCase):
	def test_two_rows_for_the_same_tickets(self):
		scope = {"priority": priority("P1"), "service": service("Mail"), "issue_type": None}
		self.assertRefused(
			contract(target(), target(**scope), target(2, 4, **scope)),
			"Row 3 (P1, Mail) is for the same tickets as row 2",
		)

	def test_an_empty_name_and_none_are_the_same(self):
		self.assertRefused(
			contract(target(priority=""), target(2, 4, priority=None)),
			"Row 2 (default target) is for the same tickets as row 1",
		)

	def test_the_same_priority_for_another_service_or_issue_type_is_another_row(self):
		kind = frappe.get_doc({"doctype": "Issue Type", "__newname": "Outage"}).insert().name
		p1 = {"priority": priority("P1")}
		rows = [target(), target(**p1), target(service=service("Mail"), **p1), target(issue_type=kind, **p1)]
		self.assertEqual(len(contract(*rows).insert().targets), 4)

	def test_no_target(self):
		self.assertRefused(contract().update({"targets": []}), "Add a target")

	def test_no_default_target(self):
		self.assertRefused(
			contract(target(priority=priority("P1")), target(service=service("Mail"))),
			"No default target",
			"leave priority, service and issue type of one row empty",
		)


class TestDates(ContractCase):
	def test_an_end_before_the_start(self):
		self.assertRefused(
			contract(effective_from="2026-03-01", effective_to="2026-02-28"),
			f"Effective To {_date('2026-02-28')} is before Effective From {_date('2026-03-01')}",
		)

	def test_one_day(self):
		saved = in_force(effective_from="2026-03-01", effective_to="2026-03-01")
		self.assertEqual(saved.ends_us - saved.starts_us, 24 * HOUR * 1_000_000)

	def test_an_unknown_zone(self):
		self.assertRefused(
			contract(time_zone="Paris"), "Time Zone: Paris is not known", "Did you mean Europe/Paris?"
		)

	def test_what_is_missing_is_named_whatever_else_is_wrong(self):
		for field in ("title", "effective_from", "time_zone", "support_hours"):
			with self.subTest(field):
				self.assertMissing(contract(effective_to="2020-01-01").update({field: None}), field)

	def test_what_is_emptied_later_is_named_too(self):
		for field in ("on_reopening", "on_priority_change", "resolution_stops_at", "support_hours"):
			with self.subTest(field):
				saved = contract().insert()
				saved.set(field, "")
				self.assertMissing(saved, field)

	def assertMissing(self, document, field):
		with self.assertRaisesRegex(frappe.MandatoryError, rf"{field}$"):
			document.save()
		self.assertIn(f"SLA Contract: {document.meta.get_label(field)}", str(frappe.get_message_log()))

	def test_the_party_is_named(self):
		for applies_to in ("Customer", "Customer Group", "Territory"):
			with self.subTest(applies_to):
				# The site may have defaults for them.
				nobody = {"customer": "", "customer_group": "", "territory": ""}
				self.assertRefused(
					contract(applies_to=applies_to, **nobody),
					f"Name the {applies_to} to whom the contract applies",
				)


class TestStatusRules(ContractCase):
	def test_pausing_and_stopping_on_one_status(self):
		self.assertRefused(
			contract(status_rules=[stop("Closed"), stop("Resolved"), pause("Resolved")]),
			"Status Resolved pauses in one row and stops in another (rows 2 and 3)",
		)

	def test_a_status_twice(self):
		self.assertRefused(
			contract(status_rules=[stop("Closed"), pause("On Hold"), pause("On Hold", "Vendor")]),
			"Status On Hold stands in two rows (2 and 3)",
		)

	def test_a_status_that_an_issue_does_not_have(self):
		self.assertRefused(
			contract(status_rules=[stop("Closed"), pause("Waiting")]),
			"Row 2: an Issue has no status Waiting",
			"Open, Replied, On Hold, Resolved, Closed",
		)

	def test_a_status_that_the_site_added_is_known(self):
		frappe.make_property_setter(
			{
				"doctype": "Issue",
				"fieldname": "status",
				"property": "options",
				"value": "Open\nWaiting\nOn Hold\nClosed",
			}
		)
		self.addCleanup(frappe.clear_cache, doctype="Issue")
		self.assertTrue(contract(status_rules=[stop("Closed"), pause("Waiting")]).insert())
		self.assertRefused(
			contract(status_rules=[stop("Resolved")]), "Row 1: an Issue has no status Resolved"
		)

	def test_a_pause_without_a_reason(self):
		self.assertRefused(
			contract(status_rules=[stop("Closed"), pause("On Hold", None)]), "Row 2: say why On Hold pauses"
		)

	def test_an_effect_that_is_none(self):
		self.assertRefused(
			contract(status_rules=[stop("Closed"), pause("On Hold") | {"effect": "Slows"}]),
			"Row 2: Slows is not an effect of a status",
		)

	def test_nothing_stops(self):
		self.assertRefused(contract(status_rules=[pause("On Hold")]), "No status stops the clocks")
		self.assertRefused(contract(status_rules=[]), "No status stops the clocks")

	def test_nothing_counts_as_a_response(self):
		self.assertRefused(
			contract(answer_mail=0, answer_taken_in_charge=0), "Nothing counts as a response: tick what does"
		)


class TestSupportHours(ContractCase):
	def test_hours_of_a_row_that_never_open_any_more(self):
		"""They were saved before their holidays came, past all checks."""
		from tests.site.test_support_hours import every, holiday_list, hours

		shut = hours(("Monday", "09:00", "12:00"), name="Shut").insert()
		shut.db_set("holiday_list", holiday_list(*every(1)))
		self.assertRefused(
			contract(target(), target(priority=priority("P1"), support_hours="Shut")),
			"Row 2 (P1), Support Hours Shut",
			"shut from",
		)

	def test_hours_that_do_not_exist(self):
		with self.assertRaises(frappe.LinkValidationError):
			contract(support_hours="Nowhere").insert()


def _date(text):
	return frappe.format(text, "Date")
