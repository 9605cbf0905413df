"""The life of a ticket, from the form: its facts, its clocks, what it shows."""

import frappe

from tests.site.case import SiteTestCase
from tests.site.records import at, breaches, change, clock, facts, in_force, issue, shown
from tests.site.routes import mail_in


class TestLife(SiteTestCase):
	def test_an_issue_gets_its_clocks_when_it_is_entered(self):
		contract = in_force()
		ticket = issue()
		self.assertEqual(facts(ticket), ["opened"])
		response, resolution = clock(ticket, "Response"), clock(ticket)
		self.assertEqual((response.state, response.due), ("running", "2026-01-05 10:00"))
		self.assertEqual((resolution.state, resolution.due), ("running", "2026-01-05 17:00"))
		self.assertEqual(resolution.contract, contract.name)
		self.assertEqual(shown(ticket), ("Running", ticket.sla_next_due))
		self.assertEqual(ticket.sla_state, "Running")

	def test_a_save_that_changes_nothing_records_nothing(self):
		in_force()
		ticket = issue()
		change(ticket, "2026-01-05 09:10", subject="Another subject")
		self.assertEqual(facts(ticket), ["opened"])

	def test_a_pause_is_a_hole_and_closing_stops(self):
		in_force()
		ticket = issue()
		change(ticket, "2026-01-05 09:30", status="On Hold")
		self.assertEqual((clock(ticket).state, clock(ticket).due), ("paused", None))
		change(ticket, "2026-01-05 11:30", status="Open")
		self.assertEqual(clock(ticket).due, "2026-01-06 11:00")
		change(ticket, "2026-01-05 12:00", status="Closed")
		self.assertEqual((clock(ticket).verdict, clock(ticket).stopped), ("met", "2026-01-05 12:00"))
		self.assertEqual(clock(ticket, "Response").verdict, "missed")
		self.assertEqual(breaches(ticket), [("Response", "2026-01-05 10:00")])
		self.assertEqual(shown(ticket)[0], "Missed")

	def test_no_contract(self):
		ticket = issue(customer=None)
		self.assertEqual((clock(ticket), shown(ticket)), (None, ("No Contract", None)))

	def test_a_ticket_that_is_deleted_takes_its_facts_and_clocks_along(self):
		in_force()
		ticket = issue()
		with at("2026-01-05 09:30"):
			frappe.delete_doc("Issue", ticket.name)
		self.assertEqual((facts(ticket), clock(ticket)), ([], None))

	def test_a_fact_names_what_caused_it_the_mail_or_the_save(self):
		in_force()
		ticket = issue()
		change(ticket, "2026-01-05 10:00", status="Closed")
		mail_in("someone@acme.example", ticket=ticket, when="2026-01-05 11:00")
		change(ticket, "2026-01-05 12:00", status="Closed")
		causes = frappe.get_all("SLA Event", {"ticket": ticket.name}, pluck="cause", order_by="sequence")
		self.assertEqual(causes, ["saved", "saved", "mail", "saved"])
