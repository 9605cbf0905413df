"""The availability of a period keeps the hours that its statement was told in, until a recompute says otherwise."""

import json

import frappe

from sla_guard.engine.instants import HOUR
from sla_guard.recompute import lines, showing, work
from sla_guard.sla_guard.doctype.revocable import revoke
from sla_guard.statements import drafts
from tests.site.case import make_user
from tests.site.recomputing import StatedCase
from tests.site.records import at, customer, money, outage, rule, service, support_hours, target, tiers
from tests.site.routes import as_user
from tests.site.statement_case import FEBRUARY, JANUARY
from tests.site.test_support_hours import holiday_list

MONDAY, TUESDAY = "2026-01-12", "2026-01-13"
SUBMITTED, LATER, LAST = "2026-02-03 12:00", "2026-03-01 12:00", "2026-03-03 12:00"
# January has 22 working days of eight hours.
AGREED = 22 * 8 * HOUR


class TestAvailability(StatedCase):
	"""Of Mail, 100 below 99 %. It is down for two hours of a Monday, in hours of its own."""

	def setUp(self):
		super().setUp()
		self.apart = self.hours
		self.contract = self.promised(f"{self.customer} Money")
		outage(f"{MONDAY} 10:00", f"{MONDAY} 12:00", customer=self.contract.customer)
		frappe.db.commit()

	def promised(self, customer):
		service("Mail")
		promise = {"service": "Mail", "target_percent": 99.9, "support_hours": self.apart}
		return self.in_force(
			target(None, 8),
			customer=customer,
			support_hours=support_hours(f"Always {customer}", windows=(), always_open=1),
			**money(
				rule("Up", "Tiers by availability", service="Mail"),
				availability_targets=[promise],
				penalty_tiers=tiers("Up", (0, 99, 100)),
			),
		)

	def available(self, statement):
		(row,) = json.loads(statement.figures)["availability"]
		return row["agreed_us"], row["down_us"]

	def known_since(self):
		"""Something that concerns no period of this contract: all of them are worked out anew."""
		outage("2026-02-20 10:00", "2026-02-20 11:00", service_name="Fax", when="2026-02-20 12:00")
		frappe.db.commit()

	def periods(self, document):
		fields = ["statement", "service", "difference", "available_before", "available_after", "state"]
		return frappe.get_all(lines.LINE, {"recompute": document.name, "metric": "Availability"}, fields)

	def agreed(self, document):
		"""After it."""
		return frappe.db.get_value(lines.LINE, {"recompute": document.name}, "agreed_after_us")

	def test_until_it_is_submitted_the_hours_of_now_hold(self):
		self.assertEqual(self.available(self.draft(JANUARY, "2026-02-02 12:00")), (AGREED, 2 * HOUR))
		self.shut(MONDAY)
		draft = self.draft(JANUARY, "2026-02-02 13:00")
		self.assertEqual((self.available(draft), draft.amount_due), ((AGREED - 8 * HOUR, 0), 0))

	def test_an_edit_alone_corrects_nothing(self):
		january = self.submit(JANUARY, SUBMITTED)
		self.assertEqual((self.available(january), january.amount_due), ((AGREED, 2 * HOUR), 100))
		self.shut(MONDAY)
		self.known_since()
		february = self.draft(FEBRUARY, LATER)
		self.assertEqual((len(february.corrections), february.amount_due), (0, 0))

	def test_what_becomes_known_later_is_measured_in_the_hours_that_it_was_told_in(self):
		self.shut(MONDAY)
		january = self.submit(JANUARY, SUBMITTED)
		self.assertEqual(january.amount_due, 0)
		self.shut()
		outage(f"{TUESDAY} 10:00", f"{TUESDAY} 12:00", customer=self.contract.customer, when=SUBMITTED)
		(correction,) = self.draft(FEBRUARY, LATER).corrections
		# The Monday would have made it four hours.
		found = drafts.work_out_for(january).computed.availability["Mail"]
		self.assertEqual(tuple(found), (AGREED - 8 * HOUR, 2 * HOUR))
		self.assertEqual(correction.difference, 100)

	def test_a_recompute_shows_it_first_and_the_next_statement_corrects_it(self):
		january = self.submit(JANUARY, SUBMITTED)
		stored = january.as_dict()
		self.shut(MONDAY)
		found = self.previewed(LATER)
		self.assertEqual((found.status, found.tickets), ("Previewed", 0))
		self.assertEqual(
			self.periods(found),
			[
				{
					"statement": january.name,
					"service": "Mail",
					"difference": "Availability changes",
					"available_before": "98.86 %",
					"available_after": "100.00 %",
					"state": "Previewed",
				}
			],
		)
		told = showing.summary(found.name)
		self.assertEqual((told["periods"], told["statements"]), (1, [january.name]))
		(line,) = told["lines"]
		self.assertEqual((line["statement"], line["clock"]), (january.name, "Availability, Mail"))
		self.assertEqual((line["agreed_before"], line["down_before"]), (AGREED, 2 * HOUR))
		self.assertEqual((line["agreed_after"], line["down_after"]), (AGREED - 8 * HOUR, 0))
		self.known_since()
		self.assertEqual(len(self.draft(FEBRUARY, LATER).corrections), 0)
		self.applied(LATER)
		(correction,) = self.draft(FEBRUARY, LAST).corrections
		self.assertEqual(
			(correction.statement, correction.old_amount, correction.new_amount), (january.name, 100, 0)
		)
		self.assertEqual(frappe.get_doc("SLA Statement", january.name).as_dict(), stored)

	def test_a_second_one_finds_nothing_and_hours_that_are_corrected_back_give_the_figures_of_before(self):
		january = self.submit(JANUARY, SUBMITTED)
		self.shut(MONDAY)
		self.applied(LATER)
		self.assertEqual(self.periods(self.previewed("2026-03-01 13:00")), [])
		self.shut()
		(line,) = self.periods(self.applied("2026-03-01 14:00"))
		self.assertEqual((line.available_after, line.state), ("98.86 %", "Applied"))
		self.assertEqual(len(self.draft(FEBRUARY, LAST).corrections), 0)
		self.assertEqual(january.amount_due, 100)

	def test_after_an_edit_it_is_out_of_date(self):
		self.submit(JANUARY, SUBMITTED)
		self.shut(MONDAY)
		found = self.previewed(LATER)
		self.shut(TUESDAY)
		with self.assertRaisesRegex(frappe.ValidationError, "changed since this was previewed"):
			work.begin_applying(found)
		self.shut(MONDAY)
		work.begin_applying(found)

	def test_an_edit_while_it_is_applied_leaves_what_was_previewed(self):
		self.submit(JANUARY, SUBMITTED)
		self.shut(MONDAY)
		found = self.previewed(LATER)
		with at(LATER):
			work.begin_applying(found)
			self.shut(MONDAY, TUESDAY)
			while work.go_on(found.name):
				pass
		self.assertEqual(self.agreed(found), AGREED - 8 * HOUR)
		self.assertEqual(self.agreed(self.previewed(LAST)), AGREED - 16 * HOUR)

	def test_which_periods(self):
		january = self.submit(JANUARY, SUBMITTED)
		self.submit(FEBRUARY, LAST)
		self.shut(MONDAY, "2026-02-10")
		other = support_hours(f"{self.hours} else", holiday_list=holiday_list(name=f"{self.holidays} else"))
		self.in_force(customer=f"{self.customer} C", support_hours=other)
		for count, asked in (
			(2, {}),
			(2, {"support_hours": None, "contract": self.contract.name}),
			(0, {"support_hours": other}),
			(0, {"only_open": 1}),
			(1, {"opened_from": "2026-02-01"}),
			(1, {"opened_to": "2026-01-31"}),
			(0, {"opened_to": "2025-12-31"}),
		):
			with self.subTest(asked):
				self.assertEqual(len(self.periods(self.previewed("2026-03-04 12:00", **asked))), count)
		self.assertEqual(january.docstatus, 1)

	def test_on_the_command_line(self):
		january = self.submit(JANUARY, SUBMITTED)
		self.shut(MONDAY)
		shown = self.command("--reason", "A holiday", "--support-hours", self.hours, "--apply").output
		for words in (
			"tickets: 0, clocks: 0, periods: 1",
			f"{january.name}  Availability, Mail  Availability changes",
			"98.86 % (down for 2 h of 176 h) → 100.00 % (down for 0 h of 168 h)",
			"applied",
		):
			self.assertIn(words, shown)
		(state,) = frappe.get_all(lines.LINE, {"statement": january.name}, pluck="state")
		self.assertEqual(state, "Applied")

	def test_a_statement_that_is_cancelled_meanwhile_is_left_alone(self):
		january = self.submit(JANUARY, SUBMITTED)
		self.shut(MONDAY)
		found = self.previewed(LATER)
		with at(LATER):
			revoke("SLA Statement", january.name, "It was sent to the wrong ones")
			frappe.db.commit()
			work.begin_applying(found)
			while work.go_on(found.name):
				pass
		found.reload()
		self.assertEqual((found.status, self.periods(found)), ("Applied", []))

	def test_what_was_applied_is_not_deleted(self):
		self.submit(JANUARY, SUBMITTED)
		self.shut(MONDAY)
		found = self.applied(LATER)
		with self.assertRaises(frappe.PermissionError):
			found.delete()

	def test_periods_out_of_sight_are_left_alone(self):
		self.submit(JANUARY, SUBMITTED)
		self.shut(MONDAY)
		manager = make_user("sla-limited", "SLA Manager")
		theirs = self.promised(customer(f"{self.customer} B"))
		values = {"user": manager, "allow": "Customer", "for_value": theirs.customer}
		frappe.new_doc("User Permission").update(values).insert()
		self.addCleanup(frappe.clear_cache, user=manager)
		with as_user(manager):
			self.assertEqual(self.periods(self.previewed(LATER)), [])
