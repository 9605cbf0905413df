"""Try it: the dates that a contract's form shows are those of a ticket opened at that instant."""

import json
import random
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import frappe

from sla_guard.engine.instants import moment
from sla_guard.sla_guard.doctype.sla_contract.try_it import clocks_at, try_it
from tests.site.case import SiteTestCase, make_user
from tests.site.records import (
	clock,
	contract,
	customer,
	in_force,
	issue,
	maintenance,
	named,
	priority,
	round_the_clock,
	service,
	support_hours,
	target,
	us,
	utc,
)

PARIS = ZoneInfo("Europe/Paris")
# The clocks go forward on the 29th of March 2026; Easter Monday is the 6th of April.
FIRST = datetime(2026, 3, 23, tzinfo=timezone.utc)
DAYS = 21


def easter():
	return named(
		"Holiday List",
		"Easter 2026",
		from_date="2026-01-01",
		to_date="2026-12-31",
		holidays=[{"holiday_date": "2026-04-06", "description": "Lundi de <b>Pâques</b>"}],
	)


def paris_hours():
	windows = (("09:00", "12:00"), ("13:00", "18:00"))
	return support_hours("Try Paris", "Europe/Paris", windows, holiday_list=easter())


def values(document):
	"""As the form sends them."""
	return frappe.as_json(document)


class TestTryIt(SiteTestCase):
	def paris(self, **rest):
		night = support_hours("Try Night", "Europe/Paris", (("22:00", "06:00"),))
		rows = (
			target(1, 4, priority=priority("P1"), support_hours=round_the_clock()),
			target(2, 9, priority=priority("P2"), service=service("Mail"), support_hours=night),
			target(4, 20, issue_type=named("Issue Type", "Question")),
			target(None, 30, priority=priority("P3")),
			target(8, 40),
		)
		return in_force(*rows, support_hours=paris_hours(), time_zone="Europe/Paris", **rest)

	def tried(self, document, at, **named):
		"""What the dialog is told for an opening at this instant."""
		wall = at.astimezone(ZoneInfo(document.time_zone))
		return try_it(values(document), str(wall.date()), f"{wall:%H:%M:%S}", **named)

	def assertSame(self, document, at, **named):
		found = {each["metric"]: utc(each["due_us"]) for each in self.tried(document, at, **named)["clocks"]}
		fields = {"service": "sla_service"}
		ticket = issue(f"{at:%Y-%m-%d %H:%M}", **{fields.get(key, key): each for key, each in named.items()})
		real = {metric: (clock(ticket, metric) or {}).get("due") for metric in ("Response", "Resolution")}
		self.assertEqual(found, {metric: due for metric, due in real.items() if due}, (at, named))

	def test_the_dates_are_those_of_a_ticket_opened_then_over_a_holiday_and_a_clock_change(self):
		document, dice = self.paris(services=["Mail", "ERP"]), random.Random(6)
		for _each in range(25):
			at = FIRST + timedelta(minutes=dice.randrange(DAYS * 24 * 60))
			chosen = {
				"priority": dice.choice(["", "P1", "P2", "P3"]),
				"service": dice.choice(["", "Mail", "ERP", service("Telephones")]),
				"issue_type": dice.choice(["", "Question"]),
			}
			self.assertSame(document, at, **{key: each for key, each in chosen.items() if each})

	def test_announced_maintenance_is_left_out_as_for_a_ticket(self):
		document = self.paris()
		maintenance("2026-04-07 08:00", "2026-04-07 10:00", service_name="Mail")
		at = datetime(2026, 4, 7, 7, 30, tzinfo=timezone.utc)
		self.assertSame(document, at, service="Mail")
		lines = self.tried(document, at, service="Mail")["clocks"][0]["days"]
		self.assertEqual(lines[0]["remark"], "announced maintenance")

	def test_a_form_that_was_never_saved_can_be_tried(self):
		customer()
		document = contract(target(1, 8), support_hours=paris_hours(), time_zone="Europe/Paris")
		document.title = document.customer = document.effective_from = None
		told = try_it(values(document), "2026-04-03", "17:30")
		self.assertEqual(
			[utc(each["due_us"]) for each in told["clocks"]], ["2026-04-07 07:30", "2026-04-07 15:30"]
		)
		self.assertFalse(frappe.db.exists("SLA Contract", document.name))

	def test_an_edit_that_is_not_saved_is_what_is_tried(self):
		form = json.loads(values(self.paris()))
		form["targets"][-1]["response_time"] = 60
		told = try_it(form, "2026-04-07", "09:00")
		self.assertEqual(utc(told["clocks"][0]["due_us"]), "2026-04-07 07:01")

	def test_each_day_says_what_was_open_and_why_nothing_was(self):
		document = self.paris()
		told = try_it(values(document), "2026-04-03", "17:30", issue_type="Question")
		days = {
			line["day"]: (line["open"], line["counted"], line["remark"]) for line in told["clocks"][0]["days"]
		}
		gap = "\u00a0"
		self.assertEqual(
			list(days.values()),
			[
				("17:30–18:00", f"30{gap}min", ""),
				("–", "–", "closed"),
				("–", "–", "closed"),
				("–", "–", "Lundi de Pâques"),
				("09:00–12:00, 13:00–13:30", f"3{gap}h{gap}30{gap}min", ""),
			],
		)

	def test_a_clock_change_is_told_on_its_day(self):
		told = try_it(values(self.paris()), "2026-03-28", "23:00", priority="P1")
		(response, resolution) = told["clocks"]
		self.assertEqual([line["remark"] for line in resolution["days"]], ["", "the clocks go forward"])
		self.assertEqual(resolution["days"][1]["open"], "00:00–04:00")
		self.assertEqual(moment(resolution["due_us"]).astimezone(PARIS).hour, 4)
		self.assertEqual(response["days"][0]["open"], "23:00–24:00")

	def test_it_says_which_row_holds_and_why(self):
		document = self.paris(services=["Mail", "ERP"])
		for words, chosen in (
			("To be qualified", {"priority": "P1"}),
			("Row 1 (P1) holds", {"priority": "P1", "service": "ERP"}),
			("Row 2 (P2, Mail) holds", {"priority": "P2", "service": "Mail"}),
			("row 5 holds, the default target", {"service": "Mail"}),
			("does not cover Telephones", {"service": service("Telephones")}),
		):
			self.assertIn(words, try_it(values(document), "2026-04-07", "09:00", **chosen)["why"])

	def test_it_says_that_the_contract_is_not_in_force_then(self):
		told = try_it(values(self.paris()), "2025-12-31", "09:00")
		self.assertEqual(told["remarks"], ["At that moment the contract is not in force."])

	def test_the_readers_clocks_are_told_only_where_they_differ(self):
		frappe.db.set_value("User", "Administrator", "time_zone", "America/New_York")
		frappe.clear_document_cache("User", "Administrator")
		self.addCleanup(frappe.clear_document_cache, "User", "Administrator")
		document = self.paris()
		self.assertIn(
			"04:00", try_it(values(document), "2026-04-07", "09:00", priority="P1")["clocks"][0]["due_here"]
		)
		frappe.db.set_value("User", "Administrator", "time_zone", "Europe/Berlin")
		frappe.clear_document_cache("User", "Administrator")
		told = try_it(values(document), "2026-04-07", "09:00", priority="P1")
		self.assertEqual(told["clocks"][0]["due_here"], "")

	def test_what_is_missing_is_said_in_words(self):
		customer()
		for change, words in (
			({"targets": []}, "Add a target"),
			({"support_hours": None}, "Choose the Support Hours first"),
			({"time_zone": "Europe/Pariss"}, "Did you mean"),
			({"targets": [target(priority=priority("P1"))]}, "No default target"),
			({"status_rules": []}, "No status stops the clocks"),
			({"answer_mail": 0, "answer_taken_in_charge": 0}, "Nothing counts as a response"),
		):
			form = contract().as_dict() | change
			with self.subTest(words), self.assertRaisesRegex(frappe.ValidationError, words):
				try_it(frappe.as_json(form), "2026-04-07", "09:00")
		with self.assertRaisesRegex(frappe.ValidationError, "is no day and time"):
			try_it(values(contract()), "2026-04-07", "25:00")

	def test_a_row_without_a_response_time_has_no_such_clock(self):
		clocks = clocks_at(self.paris(), us("2026-04-07 09:00"), "P3")
		self.assertEqual([each.metric for each in clocks], ["Resolution"])

	def test_who_may_not_read_contracts_may_not_try_them(self):
		form = values(self.paris())
		frappe.set_user(make_user("try-nobody"))
		with self.assertRaises(frappe.PermissionError):
			try_it(form)
