"""Which tickets a recompute is about, what it refuses, and what stands in nobody's way."""

import frappe

from sla_guard.recompute import lines, showing, work
from sla_guard.recompute.scope import kept
from tests.site.case import make_user
from tests.site.notifying import alerts, no_rules, rule, states
from tests.site.recomputing import TUESDAY, RecomputeCase, changed, told
from tests.site.records import (
	at,
	breaches,
	clock,
	customer,
	facts,
	new_version,
	pages,
	roster,
	support_hours,
	target,
)
from tests.site.routes import as_user


class TestWhich(RecomputeCase):
	def test_open_tickets_only(self):
		closed, running = self.issue(), self.issue("2026-01-05 13:00")
		changed(closed, "2026-01-05 09:30", status="Closed")
		self.shut(TUESDAY)
		self.assertEqual(self.previewed("2026-01-05 14:00", only_open=1).tickets, 1)
		self.applied("2026-01-05 14:00", only_open=1)
		self.assertEqual((facts(closed)[-1], facts(running)[-1]), ("status", "recomputed"))

	def test_by_the_days_on_which_they_were_opened(self):
		for day in ("05", "06", "07"):
			self.issue(f"2026-01-{day} 12:00")
		self.shut("2026-01-08")
		for count, asked in (
			(3, {}),
			(2, {"opened_from": "2026-01-06"}),
			(2, {"opened_to": "2026-01-06"}),
			(1, {"opened_from": "2026-01-06", "opened_to": "2026-01-06"}),
		):
			with self.subTest(asked):
				self.assertEqual(self.previewed(**asked).tickets, count)

	def test_each_of_what_is_named_narrows_it_down(self):
		second = self.in_force(customer=f"{self.customer} B", support_hours=self.hours)
		apart = self.in_force(
			target(1, 4, support_hours=self.hours),
			customer=f"{self.customer} C",
			support_hours=support_hours(),
		)
		for contract in (self.contract, second, apart):
			self.issue(customer=contract.customer)
		self.shut(TUESDAY)
		for count, asked in (
			(3, {}),
			(3, {"support_hours": None, "holiday_list": self.holidays}),
			(1, {"contract": second.name}),
			(1, {"support_hours": None, "contract": apart.name}),
		):
			with self.subTest(asked):
				self.assertEqual(self.previewed(**asked).tickets, count)

	def test_hours_that_no_contract_has(self):
		alone = self.asked(support_hours=support_hours(f"{self.hours} alone"))
		with self.assertRaisesRegex(frappe.ValidationError, "No submitted contract has these hours"):
			work.begin_preview(alone)

	def test_the_tickets_of_an_older_version_get_its_hours_of_now_not_those_of_the_next(self):
		ticket = self.issue("2026-01-05 13:00")
		later = new_version(self.contract, "2026-01-06", support_hours=support_hours("Always", always_open=1))
		later.submit()
		frappe.db.commit()
		self.shut(TUESDAY)
		self.applied("2026-01-05 14:00")
		self.assertEqual(
			(clock(ticket).contract, clock(ticket).due), (self.contract.name, "2026-01-07 13:00")
		)

	def test_the_note_counts_open_tickets_that_keep_other_hours(self):
		self.issue()
		changed(self.issue(), "2026-01-05 09:30", status="Closed")
		asked = (
			("Support Hours", self.hours),
			("Holiday List", self.holidays),
			("SLA Contract", self.contract.name),
		)
		self.assertEqual([kept(*each) for each in asked], [0, 0, 0])
		self.shut(TUESDAY)
		self.assertEqual([kept(*each) for each in asked], [1, 1, 1])
		with as_user(make_user("sla-agent", "Support Team")):
			self.assertEqual(kept("SLA Contract", self.contract.name), 0)
		self.applied()
		self.assertEqual([kept(*each) for each in asked], [0, 0, 0])


class TestStale(RecomputeCase):
	def setUp(self):
		super().setUp()
		self.ticket = self.issue("2026-01-05 13:00")
		self.shut(TUESDAY)

	def test_an_edit_after_the_preview_makes_it_out_of_date(self):
		found = self.previewed()
		self.shut("2026-01-07")
		with self.assertRaisesRegex(frappe.ValidationError, "changed since this was previewed"):
			work.begin_applying(found)
		self.assertTrue(showing.summary(found.name)["stale"])
		self.assertEqual(facts(self.ticket), ["opened"])

	def test_an_edit_that_is_taken_back_does_not(self):
		found = self.previewed()
		self.shut("2026-01-07")
		self.shut(TUESDAY)
		work.begin_applying(found)

	def test_other_tickets_asked_for_need_another_preview(self):
		found = self.previewed()
		found.update({"only_open": 1}).save()
		self.assertEqual((found.status, found.tickets), ("Draft", 0))
		self.assertEqual(frappe.get_all(lines.LINE, {"recompute": found.name}), [])
		with self.assertRaisesRegex(frappe.ValidationError, "is Draft"):
			work.begin_applying(found)

	def test_another_reason_needs_none(self):
		found = self.previewed()
		found.update({"reason": "The mayor said so"}).save()
		self.assertEqual((found.status, found.tickets), ("Previewed", 1))

	def test_what_happened_to_a_ticket_since_is_kept_and_told(self):
		found = self.previewed("2026-01-05 14:00")
		changed(self.ticket, "2026-01-05 15:00", status="Closed")
		with at("2026-01-05 16:00"):
			work.begin_applying(found)
			while work.go_on(found.name):
				pass
		self.assertEqual((clock(self.ticket).verdict, told(found)), ("met", []))

	def test_an_edit_while_it_is_applied_leaves_the_rest_for_the_next_one(self):
		found = self.previewed()
		work.begin_applying(found)
		self.shut("2026-01-07")
		while work.go_on(found.name):
			pass
		self.assertEqual(facts(self.ticket)[-1], "recomputed")
		self.assertEqual(self.previewed().tickets, 1)


class TestRefused(RecomputeCase):
	def test_without_a_reason(self):
		self.assertRefused(frappe.new_doc("SLA Recompute").update({"reason": " "}), "Say why")

	def test_days_in_the_wrong_order(self):
		values = {"reason": "x", "opened_from": "2026-01-07", "opened_to": "2026-01-06"}
		self.assertRefused(frappe.new_doc("SLA Recompute").update(values), "Opened To", "is before")

	def test_what_was_applied_is_neither_edited_nor_deleted(self):
		self.issue("2026-01-05 13:00")
		self.shut(TUESDAY)
		found = self.applied()
		for verb in (
			frappe.get_doc(found.as_dict()).update({"reason": "Another"}).save,
			lambda: frappe.get_doc("SLA Recompute", found.name).db_set("status", "Draft"),
			found.delete,
		):
			with self.assertRaises(frappe.PermissionError):
				verb()
		for verb in (work.begin_preview, work.begin_applying):
			with self.assertRaisesRegex(frappe.ValidationError, "is Applied"):
				verb(found)

	def test_a_line_is_not_entered_edited_or_deleted(self):
		self.issue("2026-01-05 13:00")
		self.shut(TUESDAY)
		found = self.previewed()
		line = frappe.get_doc(lines.LINE, {"recompute": found.name})
		for verb in (
			line.save,
			line.delete,
			lambda: line.db_set("difference", None),
			frappe.copy_doc(line).insert,
		):
			with self.assertRaises(frappe.PermissionError):
				verb()

	def test_nobody_writes_what_the_app_writes(self):
		values = {
			"reason": "x",
			"status": "Applied",
			"basis": "{}",
			"tickets": 7,
			"applied_by": "Administrator",
		}
		made = frappe.new_doc("SLA Recompute").update(values).insert()
		self.assertEqual(
			(made.status, made.basis, made.tickets or 0, made.applied_by), ("Draft", None, 0, None)
		)
		made.update(values).save()
		self.assertEqual((made.status, made.basis), ("Draft", None))

	def test_who_may_only_read_begins_nothing(self):
		found = self.asked()
		for role in ("Support Team", "SLA Approver"):
			with as_user(make_user("sla-reader", role)):
				showing.summary(found.name)
				for verb in (showing.preview, showing.apply, showing.try_again):
					with self.subTest(f"{role}: {verb.__name__}"), self.assertRaises(frappe.PermissionError):
						verb(found.name)
		with as_user(make_user("sla-customer", "Customer")):
			for verb in (showing.summary, showing.progress):
				with self.assertRaises(frappe.PermissionError):
					verb(found.name)

	def test_a_manager_of_one_customer_recomputes_no_other(self):
		other = customer(f"{self.customer} B")
		self.in_force(customer=other, support_hours=self.hours)
		mine, theirs = self.issue("2026-01-05 13:00"), self.issue("2026-01-05 13:00", customer=other)
		self.shut(TUESDAY)
		manager = make_user("sla-limited", "SLA Manager")
		frappe.get_doc(
			{"doctype": "User Permission", "user": manager, "allow": "Customer", "for_value": self.customer}
		).insert()
		frappe.db.commit()
		try:
			with as_user(manager):
				self.assertEqual(self.applied("2026-01-05 14:00").tickets, 1)
		finally:
			frappe.db.delete("User Permission", {"user": manager})
			frappe.db.commit()
		self.assertEqual((facts(mine)[-1], facts(theirs)[-1]), ("recomputed", "opened"))


class TestQuiet(RecomputeCase):
	def setUp(self):
		super().setUp()
		self.switch_on = no_rules()

	def tearDown(self):
		super().tearDown()
		self.switch_on()
		frappe.db.commit()

	def test_what_was_missed_long_ago_is_recorded_and_told_to_nobody(self):
		rule(100, metric="Resolution", users=["Administrator"])
		self.shut(TUESDAY)
		ticket = self.issue("2026-01-05 13:00")
		changed(ticket, "2026-01-07 12:00", status="Closed")
		self.shut()
		self.applied("2026-01-20 12:00")
		self.assertEqual(breaches(ticket)[-1], ("Resolution", "2026-01-06 13:00"))
		self.assertEqual(alerts(ticket), [("Resolution", 100, "2026-01-06 13:00")])
		self.assertEqual(states(ticket), [("Not Told", "It was found too late")])

	def test_nobody_is_called_because_hours_are_round_the_clock_after_all(self):
		roster(("Administrator", "2026-01-01", "2026-02-01")).insert()
		ticket = self.issue("2026-01-05 13:00")
		frappe.get_doc("Support Hours", self.hours).update({"windows": [], "always_open": 1}).save()
		frappe.db.commit()
		self.applied("2026-01-05 13:30")
		self.assertEqual((clock(ticket).due, pages(ticket)), ("2026-01-05 21:00", []))
		changed(ticket, "2026-01-05 13:40", priority=None, status="Replied")
		self.assertEqual(len(pages(ticket)), 1)


class TestFailures(RecomputeCase):
	"""One ticket cannot be worked off."""

	def setUp(self):
		super().setUp()
		self.tickets = [self.issue("2026-01-05 13:00") for _ in range(3)]
		self.poison = self.tickets[1].name
		self.shut(TUESDAY)

	def poisoned(self):
		# A fact of a kind that the engine does not know.
		frappe.db.set_value("SLA Event", {"ticket": self.poison}, "status", "")
		frappe.db.commit()

	def cured(self):
		frappe.db.set_value("SLA Event", {"ticket": self.poison}, "status", "Open")
		frappe.db.commit()

	def test_it_does_not_hold_up_the_others_and_is_tried_again(self):
		found = self.previewed("2026-01-05 14:00")
		self.poisoned()
		with at("2026-01-05 14:00"):
			work.begin_applying(found)
			while work.go_on(found.name):
				pass
			self.assertEqual([facts(each)[-1] == "recomputed" for each in self.tickets], [True, False, True])
			self.assertEqual(showing.summary(found.name)["failed"], 1)
			self.assertTrue(frappe.get_all("Error Log", {"reference_name": found.name}))
			self.cured()
			found.reload()
			work.begin_again(found)
			while work.go_on(found.name):
				pass
		self.assertEqual(facts(self.poison)[-1], "recomputed")
		self.assertEqual(showing.summary(found.name)["failed"], 0)

	def test_nor_does_it_hold_up_the_preview(self):
		self.poisoned()
		found = self.previewed("2026-01-05 14:00")
		self.assertEqual((len(told(found)), showing.summary(found.name)["failed"]), (2, 1))
