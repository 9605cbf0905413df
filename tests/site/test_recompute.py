"""After a correction of hours or holidays: what would change is shown, then changed; nothing else ever is."""

import random

import frappe

from sla_guard.engine.events import RESPONDED
from sla_guard.helpdesk import actions
from sla_guard.helpdesk.explain import explain
from sla_guard.recompute import lines, work
from tests.site.case import make_user
from tests.site.committed import rows
from tests.site.decisions import approved
from tests.site.recomputing import NOW, TUESDAY, RecomputeCase, changed, looked_at, measured, told
from tests.site.records import (
	at,
	breaches,
	clock,
	facts,
	support_hours,
)
from tests.site.routes import as_user


class TestDifferences(RecomputeCase):
	def test_a_due_moves_once_it_is_applied_and_not_before(self):
		ticket = self.issue("2026-01-05 13:00")
		self.shut(TUESDAY)
		found = self.previewed("2026-01-05 13:30")
		self.assertEqual(told(found), [("Resolution", "Due moves", "2026-01-06 13:00", "2026-01-07 13:00")])
		self.assertEqual((found.status, found.tickets, found.differing), ("Previewed", 1, 1))
		self.assertEqual(clock(ticket).due, "2026-01-06 13:00")
		self.assertEqual(facts(ticket), ["opened"])
		with at("2026-01-05 13:30"):
			work.begin_applying(found)
			while work.go_on(found.name):
				pass
		self.assertEqual(clock(ticket).due, "2026-01-07 13:00")
		self.assertEqual(facts(ticket), ["opened", "recomputed"])
		self.assertEqual(
			frappe.db.get_value("Issue", ticket.name, "sla_next_due"),
			frappe.db.get_value("SLA Clock", {"ticket": ticket.name, "metric": "Response"}, "due"),
		)

	def test_a_breach_that_there_was_not_is_withdrawn(self):
		ticket = self.issue("2026-01-05 13:00")
		looked_at(ticket, when="2026-01-06 14:00")
		changed(ticket, "2026-01-06 15:00", status="Closed")
		self.shut(TUESDAY)
		found = self.applied()
		self.assertEqual(told(found), [("Resolution", "Breach is withdrawn", "2026-01-06 13:00", None)])
		self.assertEqual(breaches(ticket), [("Response", "2026-01-05 14:00")])
		self.assertEqual((clock(ticket).verdict, clock(ticket).breached), ("met", None))

	def test_a_breach_appears_dated_at_its_due(self):
		self.shut(TUESDAY)
		ticket = self.issue("2026-01-05 13:00")
		changed(ticket, "2026-01-07 12:00", status="Closed")
		self.assertEqual(breaches(ticket), [("Response", "2026-01-05 14:00")])
		self.shut()
		found = self.applied()
		self.assertEqual(told(found), [("Resolution", "Breach appears", None, "2026-01-06 13:00")])
		self.assertEqual(breaches(ticket)[1:], [("Resolution", "2026-01-06 13:00")])
		self.assertEqual(clock(ticket).verdict, "missed")

	def test_a_breach_is_dated_anew(self):
		ticket = self.issue("2026-01-05 13:00")
		changed(ticket, "2026-01-05 13:10", status="On Hold")
		changed(ticket, "2026-01-05 13:20", status="Open")
		looked_at(ticket)
		self.open("09:00", "16:00")
		found = self.applied()
		self.assertEqual(
			told(found), [("Resolution", "Breach is dated anew", "2026-01-06 13:10", "2026-01-06 14:10")]
		)
		self.assertEqual(breaches(ticket)[1:], [("Resolution", "2026-01-06 14:10")])

	def test_only_the_lateness_changes(self):
		ticket = self.issue("2026-01-05 09:00")
		changed(ticket, "2026-01-07 12:00", status="Closed")
		self.shut(TUESDAY)
		found = self.applied()
		for metric in ("Response", "Resolution"):
			self.assertEqual([row[:2] for row in told(found, metric)], [(metric, "Lateness changes")])
		line = {"recompute": found.name, "metric": "Resolution"}
		late = frappe.get_all(lines.LINE, line, ["late_before", "late_after"])[0]
		self.assertEqual((late.late_before, late.late_after), (11 * 3600, 3 * 3600))
		self.assertEqual(measured(ticket)[0][-1], 3 * 3600 * 10**6)

	def test_a_ticket_without_a_difference_gets_the_hours_too_quietly(self):
		ticket = self.issue()
		changed(ticket, "2026-01-05 09:30", status="Closed")
		before = measured(ticket)
		self.shut(TUESDAY)
		found = self.applied()
		self.assertEqual((found.tickets, found.differing, told(found)), (1, 0, []))
		self.assertEqual(measured(ticket), before)
		changed(ticket, "2026-01-05 16:00", status="Open")
		self.assertEqual(self.previewed().tickets, 0)

	def test_what_people_decided_of_a_breach_stays(self):
		manager, approver = make_user("sla-m", "SLA Manager"), make_user("sla-a", "SLA Approver")
		ticket = self.issue("2026-01-05 13:00")
		changed(ticket, "2026-01-06 15:00", status="Closed")
		breach = frappe.get_doc("SLA Breach", {"ticket": ticket.name, "metric": "Resolution"})
		approved(breach, manager, approver)
		frappe.db.commit()
		self.shut(TUESDAY)
		found = self.applied()
		line = {"recompute": found.name, "metric": "Resolution"}
		self.assertEqual(frappe.db.get_value(lines.LINE, line, "decision"), "Excluded")
		self.assertEqual(frappe.db.get_value("SLA Breach", breach.name, "state"), "Excluded")
		self.assertEqual(clock(ticket).verdict, "met")


class TestRecord(RecomputeCase):
	def test_who_when_and_why_stands_in_the_history_and_what_was_promised_before(self):
		ticket = self.issue("2026-01-05 13:00")
		self.shut(TUESDAY)
		manager = make_user("sla-manager", "SLA Manager")
		frappe.db.commit()
		with as_user(manager):
			found = self.applied("2026-01-05 13:30")
		explained = explain(ticket.name)
		told_last = explained["facts"][-1]
		self.assertEqual(
			(told_last["kind"], told_last["cause"], told_last["by"], told_last["reason"]),
			("recomputed", "recompute", manager, "It was a holiday"),
		)
		self.assertEqual(found.applied_by, manager)
		(anew,) = explained["recomputed"]
		self.assertEqual((anew["recompute"], anew["by"], anew["metric"]), (found.name, manager, "Resolution"))
		self.assertIn("06", anew["before"])
		self.assertIn("07", anew["after"])

	def test_no_fact_is_edited(self):
		ticket = self.issue("2026-01-05 13:00")
		changed(ticket, "2026-01-05 14:00", status="On Hold")
		before = rows("SLA Event", [ticket.name])
		self.shut(TUESDAY)
		self.applied()
		after = rows("SLA Event", [ticket.name])
		self.assertEqual([row for row in after if row.kind != "recomputed"], before)
		self.assertEqual(len(after), len(before) + 1)

	def test_who_stopped_a_clock_stays_who_did(self):
		ticket = self.issue("2026-01-05 13:00")
		agent = make_user("sla-agent", "Support Team")
		with as_user(agent), at("2026-01-05 15:00"):
			actions.take_in_charge(ticket.name)
		frappe.db.commit()
		self.shut(TUESDAY)
		self.applied()
		self.assertEqual(
			frappe.db.get_value("SLA Clock", {"ticket": ticket.name, "metric": "Response"}, "agent"), agent
		)

	def test_what_was_recorded_by_hand_before_can_still_be_taken_back(self):
		ticket = self.issue("2026-01-05 13:00")
		with at("2026-01-05 13:30"):
			actions.take_in_charge(ticket.name)
		frappe.db.commit()
		self.shut(TUESDAY)
		self.applied()
		mistake = frappe.db.get_value("SLA Event", {"ticket": ticket.name, "kind": RESPONDED})
		with at("2026-01-08 13:00"):
			actions.take_back(ticket.name, mistake, "It was another ticket")
		frappe.db.commit()
		self.assertEqual(breaches(ticket)[0], ("Response", "2026-01-05 14:00"))
		self.assertEqual(self.previewed().tickets, 0)

	def test_a_second_run_finds_nothing(self):
		ticket = self.issue("2026-01-05 13:00")
		self.shut(TUESDAY)
		self.applied()
		before = [rows(doctype, [ticket.name]) for doctype in ("SLA Event", "SLA Clock", "SLA Breach")]
		again = self.applied()
		self.assertEqual((again.tickets, again.status), (0, "Applied"))
		after = [rows(doctype, [ticket.name]) for doctype in ("SLA Event", "SLA Clock", "SLA Breach")]
		self.assertEqual(after, before)

	def test_a_correction_that_is_taken_back_gives_the_clocks_of_before(self):
		tickets = [self.issue("2026-01-05 13:00"), self.issue("2026-01-05 16:00")]
		changed(tickets[1], "2026-01-06 15:00", status="Closed")
		looked_at(*tickets)
		before = [(measured(each), breaches(each)) for each in tickets]
		for days in ((TUESDAY,), (), (TUESDAY, "2026-01-05"), ()):
			self.shut(*days)
			self.applied()
		self.assertEqual([(measured(each), breaches(each)) for each in tickets], before)

	def test_facts_to_come_keep_the_hours_that_it_gave(self):
		ticket = self.issue("2026-01-05 13:00")
		self.shut(TUESDAY)
		self.applied("2026-01-05 13:30")
		self.shut()
		changed(ticket, "2026-01-05 14:00", status="On Hold")
		changed(ticket, "2026-01-05 15:00", status="Open")
		self.assertEqual(clock(ticket).due, "2026-01-07 14:00")
		self.assertEqual(self.applied("2026-01-05 16:00").tickets, 1)
		self.assertEqual(clock(ticket).due, "2026-01-06 14:00")

	def test_a_ticket_that_went_from_contract_to_contract_and_back(self):
		other = self.in_force(
			customer=f"{self.customer} B", support_hours=support_hours("Always", always_open=1)
		)
		ticket = self.issue("2026-01-05 13:00")
		changed(ticket, "2026-01-05 15:00", customer=other.customer)
		changed(ticket, "2026-01-05 15:30", priority=None, status="On Hold")
		self.shut(TUESDAY)
		self.applied()
		last = frappe.get_all(
			"SLA Event",
			{"ticket": ticket.name},
			["customer", "status", "contract"],
			order_by="sequence desc",
			limit=1,
		)[0]
		self.assertEqual((last.customer, last.status, last.contract), (other.customer, "On Hold", other.name))
		self.assertEqual(self.previewed().tickets, 0)
		# Nothing looks new to the reconcile, and the first contract still holds in its new hours.
		changed(ticket, "2026-01-08 12:30", customer=self.customer, status="Open")
		self.assertEqual(self.previewed().tickets, 0)
		self.assertEqual(clock(ticket).contract, self.contract.name)

	def test_a_deleted_ticket_takes_its_lines_along(self):
		ticket = self.issue("2026-01-05 13:00")
		self.shut(TUESDAY)
		found = self.applied()
		frappe.delete_doc("Issue", ticket.name)
		self.assertEqual(frappe.get_all(lines.LINE, {"ticket": ticket.name}), [])
		# Nothing is left of which it would be a record.
		found.delete()


class TestAnyEdit(RecomputeCase):
	"""Whatever hours are corrected to: the preview says what applying does, and that is what tickets would have come to,
	had the hours always been so."""

	EDITS, TICKETS = 8, 4

	def test_as_if_the_hours_had_always_been_so(self):
		draw = random.Random(7)
		for number in range(self.EDITS):
			with self.subTest(number):
				lives = [life(draw) for _ in range(self.TICKETS)]
				tickets = [self.lived(each, self.customer) for each in lives]
				self.edit(draw)
				found = self.previewed()
				before = [shown_after(found, each) for each in tickets]
				with at(NOW):
					work.begin_applying(found)
					while work.go_on(found.name):
						pass
				self.assertEqual([stored_of(each) for each in tickets], before)
				twin = self.in_force(customer=f"{self.customer} {number}", support_hours=self.hours)
				twins = [self.lived(each, twin.customer) for each in lives]
				looked_at(*tickets, *twins)
				self.assertEqual([measured(each) for each in tickets], [measured(each) for each in twins])
				self.assertEqual([breaches(each) for each in tickets], [breaches(each) for each in twins])

	def lived(self, changes, whose):
		opened, *rest = changes
		ticket = self.issue(opened, customer=whose)
		for when, status in rest:
			changed(ticket, when, status=status)
		return ticket

	def edit(self, draw):
		days = draw.sample([f"2026-01-0{day}" for day in range(5, 9)], draw.randrange(3))
		document = frappe.get_doc("Support Hours", self.hours)
		for row in document.windows:
			opens = draw.randrange(6, 11)
			row.update({"opens": f"{opens:02}:00", "closes": f"{opens + draw.randrange(3, 12):02}:30"})
		document.save()
		self.shut(*days)


def life(draw):
	"""An opening on Monday or Tuesday, and what the status becomes when."""
	minute = draw.randrange(8 * 60, 40 * 60)
	told_of = [_moment(minute)]
	for _ in range(draw.randrange(4)):
		minute += draw.randrange(20, 700)
		if minute > 80 * 60:
			break
		told_of.append((_moment(minute), draw.choice(["On Hold", "Open", "Closed", "Replied"])))
	return told_of


def _moment(minute):
	return f"2026-01-{5 + minute // 1440:02} {minute // 60 % 24:02}:{minute % 60:02}"


def shown_after(recompute, ticket):
	fields = ["metric", "cycle", "due_after_us", "breached_after_us", "late_after_us"]
	about = {"recompute": recompute.name, "ticket": ticket.name}
	return frappe.get_all(lines.LINE, about, fields, order_by="metric, cycle", as_list=True)


def stored_of(ticket):
	fields = ["metric", "cycle", "due_us", "breached_us", "late_us"]
	return frappe.get_all(
		"SLA Clock", {"ticket": ticket.name}, fields, order_by="metric, cycle", as_list=True
	)
