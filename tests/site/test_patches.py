"""What a site of an earlier version gets when it migrates."""

from importlib import import_module
from pathlib import Path

import frappe

import sla_guard
from sla_guard import ledger
from sla_guard.notify import defaults, rules
from sla_guard.patches import decided_clocks, notification_rules, tickets_to_qualify
from tests.site.committed import CommittedCase
from tests.site.notifying import alerts, no_rules
from tests.site.records import at, change, clock, us

LISTED = Path(sla_guard.__file__).with_name("patches.txt").read_text().splitlines()


class TestPatches(CommittedCase):
	def test_each_that_is_listed_is_there(self):
		for line in filter(lambda line: line and not line.startswith("["), LISTED):
			assert callable(import_module(line).execute)

	def test_clocks_stored_before_tell_since_when_they_are_decided(self):
		self.in_force()
		ticket = self.issue("2026-01-05 09:00")
		change(ticket, "2026-01-05 11:00", status="Closed")
		stored = {"ticket": ticket.name, "metric": "Resolution"}
		told = ("decided_us", "agent", "verdict")
		before = frappe.db.get_value("SLA Clock", stored, told)
		assert all(before)
		frappe.db.set_value("SLA Clock", clock(ticket).name, {"decided_us": 0, "agent": None})
		decided_clocks.execute()
		assert frappe.db.get_value("SLA Clock", stored, told) == before

	def test_clocks_that_run_are_woken_for_the_rules_and_what_is_past_is_not_told(self):
		switch_on = no_rules()
		self.in_force()
		running, held = self.issue("2026-01-05 09:00"), self.issue("2026-01-05 09:00")
		change(held, "2026-01-05 09:10", status="On Hold")
		frappe.db.commit()
		switch_on()
		frappe.db.set_value("SLA Notification Rule", {"percent": 75}, "since_us", us("2026-01-05 09:50"))
		rules.forget()
		frappe.db.commit()
		before = frappe.get_all("SLA Notification Rule", pluck="name")
		with at("2026-01-05 09:55"):
			notification_rules.execute()
			notification_rules.execute()
		self.assertEqual(frappe.get_all("SLA Notification Rule", pluck="name"), before)
		self.assertEqual(clock(running).wake_us, us("2026-01-05 15:00"))
		self.assertEqual(clock(running, "Response").wake_us, us("2026-01-05 10:00"))
		self.assertEqual(clock(held).wake_us, 0)
		self.assertEqual((alerts(running), alerts(held)), ([], []))

	def test_late_tickets_of_before_are_to_be_qualified(self):
		self.in_force(services=["Mail"])
		late, done = self.issue("2026-01-05 09:00"), self.issue("2026-01-05 09:00")
		change(done, "2026-01-05 09:10", status="Closed")
		frappe.db.set_value("Issue", late.name, {"sla_state": "Breached", "sla_to_qualify": 0})
		frappe.db.commit()
		with at("2026-01-05 10:01"):
			tickets_to_qualify.execute()
			tickets_to_qualify.execute()
		told = [frappe.db.get_value("Issue", each.name, "sla_to_qualify") for each in (late, done)]
		self.assertEqual(told, [1, 0])

	def test_a_late_ticket_whose_facts_are_gone_stops_no_migrate(self):
		self.in_force(services=["Mail"])
		late, gone = self.issue("2026-01-05 09:00"), self.issue("2026-01-05 09:00")
		ledger.forget(gone.name, "Its facts are gone")
		for each in (late, gone):
			frappe.db.set_value("Issue", each.name, {"sla_state": "Breached", "sla_to_qualify": 0})
		frappe.db.commit()
		with at("2026-01-05 10:01"):
			tickets_to_qualify.execute()
		told = [frappe.db.get_value("Issue", each.name, "sla_to_qualify") for each in (late, gone)]
		self.assertEqual(told, [1, 0])

	def test_a_site_without_rules_gets_those_to_begin_with(self):
		names = frappe.get_all("SLA Notification Rule", pluck="name")
		for name in names:
			frappe.db.delete("SLA Notification Rule", {"name": name})
		defaults.make()
		made = frappe.get_all("SLA Notification Rule", {"enabled": 1}, ["percent", "to_assignees", "role"])
		self.assertEqual(
			sorted((rule.percent, rule.to_assignees, rule.role or "") for rule in made),
			[(75, 1, ""), (100, 0, "SLA Manager"), (100, 1, "")],
		)
		frappe.db.rollback()
