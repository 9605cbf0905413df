"""What a person reads is in that person's time zone, as all else in the desk."""

from datetime import datetime

import frappe

from sla_guard.helpdesk.actions import take_in_charge
from sla_guard.helpdesk.explain import explain
from sla_guard.site_time import to_site
from tests.site.case import SiteTestCase, make_user
from tests.site.records import at, in_force, issue, us


def as_read(hour, minute=0):
	return frappe.format(datetime(2026, 1, 5, hour, minute), "Datetime")


class TestReader(SiteTestCase):
	def setUp(self):
		super().setUp()
		in_force()
		self.ticket = issue("2026-01-05 15:00").name
		agent = make_user("sla-agent-abroad", "Support Team")
		frappe.db.set_value("User", agent, "time_zone", "America/New_York")
		frappe.set_user(agent)

	def test_an_explanation_is_in_the_readers_time(self):
		with at("2026-01-05 15:30"):
			told = explain(self.ticket)
		self.assertEqual(told["clocks"][0]["due"], as_read(11))
		self.assertEqual(told["facts"][0]["at"], as_read(10))

	def test_a_refusal_names_the_time_as_it_was_entered(self):
		entered = str(to_site(us("2026-01-05 14:30")))
		with at("2026-01-05 16:00"), self.assertRaises(frappe.ValidationError) as refused:
			take_in_charge(self.ticket, at=entered, reason="By telephone")
		self.assertIn(as_read(9, 30), str(refused.exception))

	def test_a_reader_without_a_zone_reads_the_sites_time(self):
		frappe.db.set_value("User", frappe.session.user, "time_zone", None)
		told = explain(self.ticket)
		self.assertEqual(told["facts"][0]["at"], frappe.format(to_site(us("2026-01-05 15:00")), "Datetime"))
