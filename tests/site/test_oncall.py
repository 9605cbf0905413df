"""Whoever is on call is called for a ticket whose answer is promised around the clock: once at each level, in time, and
nothing of it stands in the way of the ticket."""

from email import message_from_string
from unittest.mock import patch

import frappe

from sla_guard.oncall import acknowledging, calling
from sla_guard.oncall.acknowledging import acknowledge
from sla_guard.site_time import text
from tests.site.calling import NIGHT, WEEK, OnCallCase
from tests.site.records import at, change, clock, pages, priority, service, shown, support_hours, us
from tests.site.routes import as_user, list_menu, page, portal_user, remembering_pages, request, waiting_mails
from tests.site.statements import statements


class TestCalls(OnCallCase):
	def test_who_is_on_duty_is_called_at_the_opening(self):
		self.roster()
		ticket = self.ticket()
		self.look(NIGHT, ticket)
		self.assertEqual(pages(ticket), [(1, "ann", "Called", NIGHT)])
		self.assertEqual(len(self.told(self.ann, ticket)), 1)
		self.assertEqual(self.told(self.bob, ticket), [])

	def test_looked_at_again_nobody_is_called_twice(self):
		self.roster()
		ticket = self.ticket()
		for minute in range(15):
			self.look(f"2026-01-10 03:{minute:02}", ticket)
		self.assertEqual(pages(ticket), [(1, "ann", "Called", NIGHT)])
		self.assertEqual(len(self.told(self.ann, ticket)), 1)

	def test_the_next_level_is_called_when_the_minutes_are_over_and_not_before(self):
		self.roster()
		ticket = self.ticket()
		self.look(NIGHT, ticket)
		with at("2026-01-10 03:14:59.999999"):
			self.assertNotFound(ticket, "2026-01-10 03:14:59.999999")
		self.look("2026-01-10 03:15", ticket)
		self.assertEqual(
			pages(ticket),
			[(1, "ann", "Not Acknowledged", NIGHT), (2, "bob", "Called", "2026-01-10 03:15")],
		)
		self.look("2026-01-10 03:29", ticket)
		self.assertEqual(self.told(self.manager, ticket), [])
		self.look("2026-01-10 03:30", ticket)
		self.assertEqual(pages(ticket)[-1], (0, None, "Called", "2026-01-10 03:30"))
		self.assertIn("Nobody has acknowledged", self.told(self.manager, ticket)[0])
		self.assertNotFound(ticket, "2026-01-11 03:30")

	def test_a_job_that_comes_late_gives_everybody_the_minutes(self):
		self.roster()
		ticket = self.ticket()
		self.look("2026-01-10 05:00", ticket)
		self.look("2026-01-10 05:14", ticket)
		self.assertEqual(pages(ticket), [(1, "ann", "Called", "2026-01-10 05:00")])
		self.look("2026-01-10 05:15", ticket)
		self.assertEqual(pages(ticket)[-1], (2, "bob", "Called", "2026-01-10 05:15"))

	def test_whoever_is_on_duty_when_the_call_is_made_is_called(self):
		shift_ends = "2026-01-10 03:10"
		self.roster((self.ann, WEEK[0], shift_ends), (self.bob, shift_ends, WEEK[1]))
		before, after = self.ticket("2026-01-10 03:09"), self.ticket("2026-01-10 03:10")
		self.look("2026-01-10 03:09", before)
		self.look("2026-01-10 03:10", after)
		self.assertEqual(pages(before)[0][1], "ann")
		self.assertEqual(pages(after)[0][1], "bob")

	def test_while_the_office_is_staffed_a_call_begins_when_it_closes(self):
		night = "2026-01-05 17:00"
		self.roster((self.ann, night, "2026-01-06 09:00"), staffed_hours=support_hours())
		ticket, answered = self.ticket("2026-01-05 16:30"), self.ticket("2026-01-05 16:30")
		for minute in (30, 31, 59):
			self.look(f"2026-01-05 16:{minute}", ticket, answered)
		self.assertEqual(pages(ticket), [(1, None, "To Be Called", None)])
		self.assertEqual(self.told(self.manager, ticket), [])
		with at("2026-01-05 16:40"):
			told = request("sla_guard.oncall.acknowledging.call_of", ticket=ticket.name)
			request("sla_guard.helpdesk.actions.take_in_charge", ticket=answered.name)
		self.assertEqual(told["office_until"], text(us(night)))
		self.look(night, ticket, answered)
		self.assertEqual(pages(ticket), [(1, "ann", "Called", night)])
		self.assertEqual(pages(answered)[0][1:3], (None, "Answered"))

	def test_who_is_on_call_while_the_office_is_staffed_is_called_all_the_same(self):
		self.roster(staffed_hours=support_hours())
		ticket = self.ticket("2026-01-05 10:00")
		self.look("2026-01-05 10:00", ticket)
		self.assertEqual(pages(ticket), [(1, "ann", "Called", "2026-01-05 10:00")])

	def test_with_nobody_on_duty_the_managers_are_told_at_once(self):
		self.roster((self.ann, "2026-01-05 00:00", "2026-01-06 00:00"))
		ticket = self.ticket()
		self.look(NIGHT, ticket)
		self.assertEqual(pages(ticket), [(1, None, "Nobody on Duty", NIGHT), (0, None, "Called", NIGHT)])
		self.assertIn("Nobody is on call", self.told(self.manager, ticket)[0])

	def test_a_level_without_anybody_is_passed_over_at_once(self):
		self.roster((self.ann, "2026-01-05 00:00", "2026-01-06 00:00"), (self.bob, *WEEK, 2))
		ticket = self.ticket()
		self.look(NIGHT, ticket)
		self.assertEqual(pages(ticket), [(1, None, "Nobody on Duty", NIGHT), (2, "bob", "Called", NIGHT)])

	def test_whoever_is_disabled_is_not_on_duty(self):
		self.roster()
		frappe.db.set_value("User", self.ann, "enabled", 0)
		ticket = self.ticket()
		self.look(NIGHT, ticket)
		self.assertEqual(pages(ticket)[-1], (2, "bob", "Called", NIGHT))
		self.assertEqual(self.told(self.ann, ticket), [])

	def test_whoever_may_not_read_the_ticket_is_passed_over(self):
		other = frappe.new_doc("Customer").update(
			{"customer_name": "Other", "customer_group": "Commercial", "territory": "Rest Of The World"}
		)
		other.insert(ignore_permissions=True)
		self.roster()
		frappe.permissions.add_user_permission("Customer", other.name, self.ann)
		ticket = self.ticket()
		self.look(NIGHT, ticket)
		self.assertEqual(pages(ticket)[-1], (2, "bob", "Called", NIGHT))

	def test_the_mail_says_what_it_is_about_and_leads_to_where_it_is_acknowledged(self):
		self.roster()
		frappe.db.set_value("User", self.ann, "language", "fr")
		ticket = self.ticket(subject="<b>Down</b>")
		self.look(NIGHT, ticket)
		mail = waiting_mails("Issue", ticket.name)[0]
		html = next(
			part
			for part in message_from_string(mail.message).walk()
			if part.get_content_type() == "text/html"
		)
		text = html.get_payload(decode=True).decode()
		self.assertIn("/sla_call?ticket=" + ticket.name, text)
		self.assertIn("Prendre l’appel", text)
		self.assertIn("Acme", text)

	def test_that_there_is_no_page_for_one_is_not_remembered_for_another(self):
		self.roster()
		ticket = self.ticket()
		self.look(NIGHT, ticket)
		path = f"/sla_call?ticket={ticket.name}"
		with remembering_pages():
			for user, status in ((portal_user(customer="Acme"), 404), (self.ann, 200)):
				# As at the beginning of each request.
				frappe.local.no_cache = 0
				self.assertEqual(page(path, user, when="2026-01-10 03:01")[0], status)

	def test_an_error_of_ours_does_not_keep_the_form_closed(self):
		ticket = frappe.get_doc("Issue", self.ticket().name)
		with patch.object(acknowledging, "pages_of", side_effect=RuntimeError("lost")):
			ticket.run_method("onload")
		self.assertTrue(ticket.get_onload("sla"))

	def test_a_call_answers_no_customer(self):
		self.roster()
		ticket = self.ticket()
		self.look(NIGHT, ticket)
		with at("2026-01-10 03:05"), as_user(self.ann):
			acknowledge(ticket.name)
		self.assertEqual(clock(ticket, "Response").state, "running")
		self.look("2026-01-10 04:01", ticket)
		self.assertEqual(clock(ticket, "Response").due, "2026-01-10 04:00")

	def test_the_job_may_run_as_whoever_opened_the_ticket(self):
		self.roster()
		with as_user(portal_user(customer="Acme")):
			ticket = frappe.new_doc("Issue").update({"subject": "Down", "customer": "Acme", "priority": "P1"})
			with at(NIGHT):
				ticket.insert(ignore_permissions=True)
			self.look(NIGHT, ticket)
		self.assertEqual(pages(ticket), [(1, "ann", "Called", NIGHT)])
		self.assertEqual(len(self.told(self.ann, ticket)), 1)

	def test_what_happened_is_not_edited(self):
		self.roster()
		ticket = self.ticket()
		self.look(NIGHT, ticket)
		page = frappe.get_last_doc("SLA Page", {"ticket": ticket.name})
		page.state = "Acknowledged"
		for verb in (page.save, page.delete, frappe.copy_doc(page).insert):
			with self.subTest(verb.__name__), self.assertRaises(frappe.PermissionError):
				verb()


class TestWhichTickets(OnCallCase):
	def test_one_whose_answer_is_promised_in_office_hours_calls_nobody(self):
		self.roster()
		self.assertEqual(pages(self.ticket(priority=priority("P3"))), [])

	def test_one_that_is_brought_there_by_a_change_does(self):
		self.roster()
		ticket = self.ticket(priority=priority("P3"))
		change(ticket, "2026-01-10 03:20", priority="P1")
		self.look("2026-01-10 03:20", ticket)
		self.assertEqual(pages(ticket), [(1, "ann", "Called", "2026-01-10 03:20")])

	def test_one_that_is_changed_while_the_call_goes_on_calls_nobody_anew(self):
		self.roster()
		ticket = self.ticket()
		self.look(NIGHT, ticket)
		change(ticket, "2026-01-10 03:05", sla_service=service("Mail"))
		list_menu("Replied", ticket, when="2026-01-10 03:06")
		self.look("2026-01-10 03:07", ticket)
		self.assertEqual(pages(ticket), [(1, "ann", "Called", NIGHT)])

	def test_one_that_is_lowered_is_called_off_and_raised_again_is_another_call(self):
		self.roster()
		ticket = self.ticket()
		self.look(NIGHT, ticket)
		change(ticket, "2026-01-10 03:05", priority=priority("P3"))
		self.look("2026-01-10 03:06", ticket)
		self.assertEqual(pages(ticket), [(1, "ann", "Called Off", NIGHT)])
		change(ticket, "2026-01-10 03:10", priority="P1")
		self.look("2026-01-10 03:10", ticket)
		self.assertEqual(pages(ticket)[-1], (1, "ann", "Called", "2026-01-10 03:10"))
		self.assertEqual(len(self.told(self.ann, ticket)), 2)

	def test_where_no_roster_is_in_use_nobody_is_told_anything(self):
		frappe.db.delete("SLA On-Call Roster")
		self.assertEqual(pages(self.ticket()), [])

	def test_the_roster_of_the_contract_goes_before_the_one_for_everything(self):
		self.roster()
		self.roster((self.bob, *WEEK), contract=self.contract.name, title="Acme")
		ticket = self.ticket()
		self.look(NIGHT, ticket)
		self.assertEqual(pages(ticket), [(1, "bob", "Called", NIGHT)])

	def test_a_deleted_ticket_takes_its_calls_along(self):
		self.roster()
		ticket = self.ticket()
		self.look(NIGHT, ticket)
		frappe.delete_doc("Issue", ticket.name)
		self.assertEqual(pages(ticket), [])


class TestInNobodysWay(OnCallCase):
	def test_what_fails_leaves_the_ticket_with_its_clocks(self):
		self.roster()
		with patch.object(calling, "insert", side_effect=ValueError("broken")):
			ticket = self.ticket()
		self.assertEqual(shown(ticket)[0], "Running")
		self.assertEqual(clock(ticket, "Response").state, "running")
		self.assertEqual(pages(ticket), [])
		about = {"reference_doctype": "Issue", "reference_name": ticket.name}
		self.assertTrue(frappe.get_all("Error Log", about))

	def test_a_queue_that_is_down_hurts_nobody(self):
		with patch("frappe.enqueue", side_effect=ConnectionError):
			calling._soon("none")

	def test_a_ticket_that_calls_nobody_costs_no_statement_more(self):
		def told(priority_name):
			document = frappe.new_doc("Issue").update(
				{"subject": "It does not work", "customer": "Acme", "priority": priority(priority_name)}
			)
			with statements() as said:
				document.insert()
			return [each for each in said if "SLA Page" in each or "On-Call" in each]

		self.roster()
		with at(NIGHT):
			self.assertEqual(told("P3"), [])
			self.assertEqual(len(told("P1")), 2)
