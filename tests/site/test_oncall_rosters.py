"""Rosters: what is refused of them, who takes turns, and when nobody would be called."""

import frappe

from sla_guard.engine.instants import HOUR
from sla_guard.ledger import Standing
from sla_guard.oncall.gaps import gaps, promises
from sla_guard.oncall.rosters import on_duty_for
from sla_guard.site_time import to_site
from sla_guard.sla_guard.doctype.sla_on_call_roster.sla_on_call_roster import turns
from sla_guard.sla_guard.report.sla_on_call_gaps import sla_on_call_gaps
from tests.site.case import SiteTestCase, make_user
from tests.site.records import (
	at,
	customer,
	in_force,
	new_version,
	priority,
	roster,
	round_the_clock,
	support_hours,
	target,
	us,
	utc,
)
from tests.site.routes import agent, as_user, portal_user, request, site_zone

START, END = "2037-01-05 00:00", "2037-01-19 00:00"
HALF = "2037-01-12 00:00"


def always(**rest):
	return target(response=1, support_hours=round_the_clock(), **rest)


class RosterCase(SiteTestCase):
	def setUp(self):
		super().setUp()
		# Those of the site itself would be for the tickets of a test, too.
		frappe.db.delete("SLA On-Call Roster")
		self.ann, self.bob = agent("ann"), agent("bob")

	def found(self, contract, start=START, end=END):
		"""Row, roster and bounds of the gaps of a contract."""
		return [
			(gap.promise.row, gap.roster_title, utc(gap.start), utc(gap.end))
			for gap in gaps(us(start), us(end), [contract.name])
		]


class TestRoster(RosterCase):
	def test_what_cannot_be_is_refused(self):
		for words, document in (
			(("Row 2", "row 1"), roster((self.ann, START, END), (self.bob, HALF, END))),
			(("not after",), roster((self.ann, END, START))),
			(("levels",), roster((self.ann, START, END, 0))),
			(("at least one",), roster((self.ann, START, END), minutes_to_acknowledge=-1)),
			(("Paris",), roster((self.ann, START, END), time_zone="Paris")),
		):
			with self.subTest(words):
				self.assertRefused(document, *words)

	def test_two_for_the_same_tickets_are_refused_while_both_are_enabled(self):
		first = roster((self.ann, START, END)).insert()
		second = roster((self.bob, START, END), title="Other")
		self.assertRefused(second, first.name)
		second.enabled = 0
		second.insert()
		second.enabled = 1
		self.assertRefused(second, first.name)

	def test_all_versions_of_a_contract_have_one_roster(self):
		first = in_force(always())
		second = new_version(first, "2026-06-01")
		second.submit()
		roster((self.ann, START, END), contract=first.name).insert()
		self.assertRefused(roster((self.bob, START, END), contract=second.name))
		standing = Standing(contract=second.name)
		self.assertEqual(on_duty_for(standing, us(HALF)), {1: self.ann})

	def test_shifts_of_two_levels_may_overlap_and_those_of_one_may_meet(self):
		roster((self.ann, START, HALF), (self.bob, HALF, END), (self.bob, START, END, 2)).insert()

	def test_a_turn_over_a_clock_change_keeps_its_instants_when_it_is_saved(self):
		rows = turns("Europe/Paris", "2037-10-19", "02:30", 7, frappe.as_json([self.ann, self.bob]), 4, 1)
		document = roster()
		for row in rows:
			document.append("shifts", row)
		document.insert()
		document.reload()
		document.save()
		shifts = [(row.starts_us, row.ends_us) for row in document.shifts]
		self.assertEqual(shifts, [(row["starts_us"], row["ends_us"]) for row in rows])
		self.assertEqual([(end - start) // HOUR for start, end in shifts], [169, 168, 168, 168])

	def test_a_datetime_that_is_changed_has_a_new_instant(self):
		document = roster((self.ann, START, END)).insert()
		document.shifts[0].ends = to_site(us(HALF))
		document.save()
		self.assertEqual(document.shifts[0].ends_us, us(HALF))

	def test_turns_are_for_those_who_may_write_rosters(self):
		asked = {"time_zone": "UTC", "first": "2037-01-05", "change_over": "9", "days": 7, "level": 1}
		asked |= {"users": frappe.as_json([self.ann]), "count": 2}
		path = "sla_guard.sla_guard.doctype.sla_on_call_roster.sla_on_call_roster.turns"
		with as_user(self.ann), self.assertRaises(frappe.PermissionError):
			request(path, **asked)
		self.assertEqual(len(request(path, **asked)), 2)
		for wrong in (
			{"count": 0},
			{"count": 100000},
			{"days": 0},
			{"users": "[]"},
			{"time_zone": "Nowhere"},
		):
			with self.subTest(wrong), self.assertRaises(frappe.ValidationError):
				request(path, **asked | wrong)

	def test_a_row_is_not_entered_by_itself(self):
		document = roster((self.ann, START, END)).insert()
		with self.assertRaises(frappe.ValidationError):
			frappe.get_doc("SLA On-Call Shift", document.shifts[0].name).save()

	def test_who_may_do_what(self):
		document = roster((self.ann, START, END)).insert()
		may = {
			role: {
				verb
				for verb in ("read", "write", "create", "delete")
				if frappe.has_permission("SLA On-Call Roster", verb, document, user=make_user(f"r{n}", role))
			}
			for n, role in enumerate(("SLA Manager", "Support Team", "Accounts User", "Customer"))
		}
		self.assertEqual(
			may,
			{
				"SLA Manager": {"read", "write", "create", "delete"},
				"Support Team": {"read"},
				"Accounts User": set(),
				"Customer": set(),
			},
		)


class TestGaps(RosterCase):
	def test_only_rows_whose_answer_is_promised_around_the_clock_have_any(self):
		contract = in_force(always(priority=priority("P1")), target())
		resolution_only = in_force(
			target(response=None, support_hours=round_the_clock()), customer=customer("Beta")
		)
		self.assertEqual([each.priority for each in promises(us(START), us(END), [contract.name])], ["P1"])
		self.assertEqual(promises(us(START), us(END), [resolution_only.name]), [])

	def test_they_are_told_to_the_end_of_the_days_asked_for(self):
		contract = in_force(always())
		roster((self.ann, "2037-01-06 00:00", "2037-01-08 12:34"), (self.bob, START, END, 2)).insert()
		self.assertEqual(
			self.found(contract),
			[(1, "Nights", START, "2037-01-06 00:00"), (1, "Nights", "2037-01-08 12:34", END)],
		)

	def test_where_somebody_is_there_all_the_time_there_are_none(self):
		contract = in_force(always())
		roster((self.ann, START, HALF), (self.bob, HALF, END)).insert()
		self.assertEqual(self.found(contract), [])

	def test_whoever_is_disabled_or_may_read_no_ticket_is_not_there(self):
		contract = in_force(always())
		reader = make_user("reader", "Accounts User")
		roster((self.ann, START, HALF), (reader, HALF, END)).insert()
		frappe.db.set_value("User", self.ann, "enabled", 0)
		self.assertEqual(self.found(contract), [(1, "Nights", START, END)])

	def test_a_contract_has_them_only_while_it_is_in_force(self):
		contract = in_force(always(), effective_to="2037-01-11")
		roster((self.ann, START, "2037-01-10 00:00")).insert()
		self.assertEqual(self.found(contract), [(1, "Nights", "2037-01-10 00:00", HALF)])

	def test_a_service_with_a_roster_of_its_own_has_its_own_gaps(self):
		contract = in_force(always(), services=["Mail", "ERP"])
		roster((self.ann, START, HALF)).insert()
		roster((self.bob, HALF, END), service="ERP", title="ERP").insert()
		self.assertEqual(self.found(contract), [(1, "ERP", START, HALF), (1, "Nights", HALF, END)])

	def test_without_a_roster_for_its_tickets_a_row_is_one_gap(self):
		contract = in_force(always())
		other = in_force(always(), customer=customer("Beta"))
		roster((self.ann, START, END), contract=other.name).insert()
		self.assertEqual(self.found(contract), [(1, "", START, END)])
		self.assertEqual(self.found(other), [])

	def test_outside_the_hours_in_which_the_office_is_staffed_alone_somebody_is_needed(self):
		contract = in_force(always())
		# Monday, on call from 18:00; the office is open from 9 to 17.
		nights = (self.ann, "2037-01-05 18:00", "2037-01-06 09:00")
		roster(nights, staffed_hours=support_hours()).insert()
		found = self.found(contract, START, "2037-01-07 00:00")
		self.assertEqual(
			found,
			[
				(1, "Nights", START, "2037-01-05 09:00"),
				(1, "Nights", "2037-01-05 17:00", "2037-01-05 18:00"),
				(1, "Nights", "2037-01-06 17:00", "2037-01-07 00:00"),
			],
		)

	def test_an_office_that_never_closes_needs_nobody_on_call(self):
		self.assertRefused(roster((self.ann, START, END), staffed_hours=round_the_clock()), "Round the Clock")

	def test_where_no_roster_is_in_use_none_are_told(self):
		self.assertEqual(self.found(in_force(always())), [])

	def test_in_the_night_of_a_clock_change_they_are_exact(self):
		contract = in_force(always(), time_zone="Europe/Paris")
		# 02:30 summer time to 02:30 winter time, an hour later.
		roster(
			(self.ann, "2037-10-24 00:00", "2037-10-25 00:30"),
			(self.bob, "2037-10-25 01:30", "2037-10-26 00:00"),
			time_zone="Europe/Paris",
		).insert()
		found = self.found(contract, "2037-10-24 00:00", "2037-10-26 00:00")
		self.assertEqual(found, [(1, "Nights", "2037-10-25 00:30", "2037-10-25 01:30")])


class TestShown(RosterCase):
	def setUp(self):
		super().setUp()
		self.contract = in_force(always(priority=priority("P1")), target())

	def report(self, **filters):
		days = {"from_date": "2037-01-05", "to_date": "2037-01-18", "contract": self.contract.name}
		with site_zone("UTC"):
			columns, rows, hint = sla_on_call_gaps.execute({**days, **filters})
		self.assertTrue({each["fieldname"] for each in columns} <= {*rows[0]} if rows else True)
		return rows, hint

	def test_the_report_has_them(self):
		roster((self.ann, START, HALF)).insert()
		rows, hint = self.report()
		self.assertEqual([(row["priority"], row["contract"]) for row in rows], [("P1", self.contract.name)])
		self.assertEqual(hint, "")
		self.assertEqual(self.report(customer="Beta")[0], [])

	def test_without_any_roster_the_report_says_so(self):
		self.assertIn("No on-call roster", self.report()[1])

	def test_the_report_is_of_the_contracts_that_the_reader_may_see(self):
		roster((self.ann, START, HALF)).insert()
		reader = agent("limited")
		frappe.permissions.add_user_permission("Customer", customer("Beta"), reader)
		with as_user(reader):
			self.assertEqual(self.report()[0], [])

	def test_the_form_of_the_contract_has_those_of_the_coming_days(self):
		roster((self.ann, START, HALF)).insert()
		with at(START):
			request("frappe.desk.form.load.getdoc", doctype="SLA Contract", name=self.contract.name)
		told = frappe.response.docs[0].get("__onload").on_call
		self.assertEqual([gap["rows"] for gap in told["gaps"]], [["Gold · P1"]])

	def test_the_form_of_the_roster_says_who_is_on_duty_and_when_nobody_is(self):
		document = roster((self.ann, START, HALF), (self.bob, START, END, 2), contract=self.contract.name)
		document.insert()
		with at("2037-01-06 00:00"):
			request("frappe.desk.form.load.getdoc", doctype="SLA On-Call Roster", name=document.name)
		duty = frappe.response.docs[0].get("__onload").duty
		self.assertEqual(duty["now"], {1: "ann", 2: "bob"})
		self.assertEqual([each["user"] for each in duty["levels"][0]["stretches"]], ["ann", ""])
		self.assertEqual(duty["contracts"], ["Gold"])
		self.assertEqual(len(duty["gaps"]), 1)

	def test_the_form_shows_when_the_office_is_staffed(self):
		document = roster((self.ann, "2037-01-05 17:00", HALF), staffed_hours=support_hours()).insert()
		with at("2037-01-05 12:00"):
			request("frappe.desk.form.load.getdoc", doctype="SLA On-Call Roster", name=document.name)
			duty = frappe.response.docs[0].get("__onload").duty
			request("frappe.desk.form.load.getdoc", doctype="SLA Contract", name=self.contract.name)
			told = frappe.response.docs[-1].get("__onload").on_call
		self.assertEqual((duty["now"], duty["staffed_now"], duty["staffed"]), ({}, True, True))
		strip = [(each["user"], each["staffed"]) for each in duty["levels"][0]["stretches"]]
		self.assertEqual(strip[:4], [("", True), ("ann", False), ("", False), ("", True)])
		self.assertTrue(told["staffed"])

	def test_the_form_of_the_roster_names_the_contracts_that_the_reader_may_see(self):
		document = roster((self.ann, START, HALF)).insert()
		reader = agent("limited")
		frappe.permissions.add_user_permission("Customer", customer("Beta"), reader)
		with at(START), as_user(reader):
			request("frappe.desk.form.load.getdoc", doctype="SLA On-Call Roster", name=document.name)
		duty = frappe.response.docs[0].get("__onload").duty
		self.assertEqual((duty["contracts"], duty["gaps"]), ([], []))

	def test_a_customer_sees_none_of_it(self):
		visitor = portal_user(customer="Acme")
		with as_user(visitor):
			for doctype in ("SLA On-Call Roster", "SLA Page"):
				with self.assertRaises(frappe.PermissionError):
					frappe.get_list(doctype)
