"""The pages at /sla as a browser gets them: the reader's own tickets and deadlines, in words."""

import frappe

from tests.site.case import make_user
from tests.site.portal_pages import MONDAY, PagesCase
from tests.site.records import at, change, in_force, issue, target, us
from tests.site.routes import agent, contact, mail_out, page


class TestReaders(PagesCase):
	def test_a_guest_is_sent_to_the_login_and_back(self):
		status, _html, location = page("/sla/ticket?name=ISS-1&x=y", "Guest")
		self.assertEqual(status, 302)
		self.assertEqual(location, "/login?redirect-to=%2Fsla%2Fticket%3Fname%3DISS-1%26x%3Dy")

	def test_somebody_without_anything_reads_an_empty_page(self):
		text = self.read(user=make_user("sla-eve", "Customer"))
		self.assertIn("There is no open ticket.", text)
		self.assertNotIn("Your contract", text)

	def test_a_user_of_several_customers_chooses(self):
		contact(self.ann, customer="Beta", user=self.ann)
		theirs = {name: issue("2026-01-05 10:00", customer=name).name for name in ("Acme", "Beta")}
		for name, other in (("Acme", "Beta"), ("Beta", "Acme")):
			text = self.read(f"/sla?customer={name}")
			self.assertIn(f"Support · {name}", text)
			self.assertIn(theirs[name], text)
			self.assertNotIn(theirs[other], text)

	def test_a_requester_sees_the_own_tickets_only(self):
		eve = make_user("sla-eve", "Customer")
		own = issue("2026-01-05 10:00", customer=None, raised_by=eve.upper())
		others = issue("2026-01-05 10:00", raised_by="x@acme.example")
		text = self.read(user=eve)
		self.assertIn(own.name, text)
		self.assertNotIn(others.name, text)
		self.assertIn(own.name, self.ticket_page(own, user=eve))

	def test_the_menu_of_the_website_leads_there(self):
		items = frappe.get_hooks("standard_portal_menu_items")
		self.assertIn(("/sla", "Customer"), [(each["route"], each.get("role")) for each in items])


class TestTickets(PagesCase):
	def setUp(self):
		super().setUp()
		self.contract = in_force(target(1, 8), time_zone="Europe/Paris")

	def test_an_open_ticket_shows_deadlines_and_what_is_left(self):
		issue("2026-01-05 10:00", subject="The <b>printer</b> is on fire")
		text = self.read()
		self.assertIn("printer", text)
		self.assertIn("Response (within 1 h) On time 30 min left", text)
		self.assertIn("Resolution (within 8 h) On time 7 h 30 min left", text)

	def test_what_people_wrote_is_no_html(self):
		ticket = issue("2026-01-05 10:00")
		frappe.db.set_value("Issue", ticket.name, "subject", "<script>alert(1)</script>")
		frappe.db.set_value("SLA Contract", self.contract.name, "title", "<script>alert(2)</script>")
		frappe.clear_document_cache("SLA Contract", self.contract.name)
		for path in ("/sla", f"/sla/ticket?name={ticket.name}"):
			_status, html, _location = page(path, self.ann, when=MONDAY)
			self.assertFalse("<script>alert" in html)
			self.assertTrue("&lt;script&gt;alert(1)" in html)

	def test_what_people_wrote_is_no_html_in_the_title_either(self):
		ticket = issue("2026-01-05 10:00")
		frappe.db.set_value(
			"Issue", ticket.name, "subject", "&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
		)
		_status, html, _location = page(f"/sla/ticket?name={ticket.name}", self.ann, when=MONDAY)
		self.assertFalse("<script>alert(1)" in html)

	def test_an_error_of_ours_about_one_ticket_hides_neither_it_nor_the_others(self):
		broken, other = issue("2026-01-05 10:00"), issue("2026-01-05 10:00")
		frappe.db.set_value("SLA Event", {"ticket": broken.name}, "terms", "nothing")
		text = self.read()
		self.assertIn(f"{broken.name} · Open", text)
		self.assertEqual(text.count("Its deadlines cannot be told at present."), 1)
		self.assertEqual(text.count("30 min left"), 2)
		self.assertIn(other.name, text)
		self.assertIn("cannot be told", self.ticket_page(broken))

	def test_a_deadline_is_told_in_the_readers_zone_and_in_the_contracts_where_it_is_another(self):
		issue("2026-01-05 10:00")
		self.assertRegex(
			self.read(), r"Deadline: today, 11:00\s?AM \(12:00\s?PM Europe/Paris\)".replace(" ", r"\s")
		)
		frappe.db.set_value("User", self.ann, "time_zone", "Europe/Paris")
		frappe.clear_document_cache("User", self.ann)
		self.assertRegex(self.read(), r"Deadline: today, 12:00\sPM(?! \()")

	def test_it_is_overdue_from_the_deadline_on_though_no_job_has_found_it(self):
		issue("2026-01-05 10:00")
		on_time, late = self.read(when="2026-01-05 11:00"), self.read(when="2026-01-05 11:01")
		self.assertNotIn("Response (within 1 h) Overdue", on_time)
		self.assertIn("Response (within 1 h) Overdue", late)
		self.assertIn("Late by 1 min of support time", late)

	def test_one_that_waits_for_the_customer_says_since_when_and_why_and_comes_first(self):
		issue("2026-01-05 09:50", subject="Urgent")
		waiting = issue("2026-01-05 10:00", subject="Asked back")
		change(waiting, "2026-01-05 10:10", status="On Hold")
		text = self.read()
		self.assertLess(text.index("Asked back"), text.index("Urgent"))
		self.assertRegex(
			text,
			r"We need something from you since today, 10:10\sAM \(20 min\): the ticket has the status “On Hold”",
		)
		self.assertIn("Resolution (within 8 h) Paused 7 h 50 min left", text)
		self.assertIn("Answer us, and it goes on.", self.ticket_page(waiting))

	def test_it_waits_since_the_first_of_several_statuses_that_ask_for_the_customer(self):
		ticket = issue("2026-01-05 09:05")
		change(ticket, "2026-01-05 09:10", status="On Hold")
		change(ticket, "2026-01-05 09:20", status="Open")
		change(ticket, "2026-01-05 09:30", status="On Hold")
		self.assertRegex(self.ticket_page(ticket), r"since today, 9:30\sAM")

	def test_outside_of_support_hours_it_says_when_support_opens(self):
		issue("2026-01-05 16:30")
		text = self.read(when="2026-01-05 20:00")
		self.assertIn("Response (within 1 h) On time 30 min left", text)
		self.assertRegex(text, r"Support is closed until tomorrow, 9:00\sAM")

	def test_what_is_done_is_met_or_missed(self):
		ticket = issue("2026-01-05 10:00")
		mail_out(ticket, "someone@acme.example", when="2026-01-05 12:00", by=agent())
		change(ticket, "2026-01-05 13:00", status="Closed")
		text = self.ticket_page(ticket, when="2026-01-06 10:00")
		self.assertIn("Response (within 1 h) Missed", text)
		self.assertIn("Resolution (within 8 h) Met", text)
		self.assertIn("There is no open ticket.", self.read(when="2026-01-06 10:00"))

	def test_its_life_is_told_without_names(self):
		helper = agent()
		frappe.db.set_value("User", helper, "full_name", "Nemo Nobody")
		ticket = issue("2026-01-05 10:00")
		mail_out(ticket, "someone@acme.example", when="2026-01-05 10:20", by=helper)
		change(ticket, "2026-01-05 10:30", status="On Hold")
		change(ticket, "2026-01-05 11:30", status="Open")
		change(ticket, "2026-01-05 12:00", status="Closed")
		change(ticket, "2026-01-05 13:00", status="Open")
		ticket.add_comment("Comment", "The customer is difficult")
		text = self.ticket_page(ticket, when="2026-01-05 14:00")
		told = (
			*("Opened", "First answer", "Waiting for you (On Hold)", "It goes on"),
			*("Done (Closed)", "Reopened"),
		)
		places = [text.index(each, text.index("What happened")) for each in told]
		self.assertEqual(places, sorted(places))
		for secret in ("Nemo", helper, "difficult", "We are at it"):
			self.assertNotIn(secret, text)

	def test_why_nothing_is_promised_is_said(self):
		in_force(customer="Beta", services=["ERP"])
		frappe.db.set_value("SLA Contract", self.contract.name, "ends_us", us("2026-01-05"))
		self.assertIn(
			"No support contract holds for this ticket.", self.ticket_page(issue("2026-01-05 10:00"))
		)
		other = issue(
			"2026-01-05 10:00",
			customer="Beta",
			sla_service=frappe.new_doc("SLA Service")
			.update({"service_name": "Telephone"})
			.insert(set_name="Telephone")
			.name,
		)
		text = self.ticket_page(other, user=self.bea)
		self.assertIn("The support contract does not cover this service.", text)

	def test_what_was_no_ticket_is_not_among_the_open_ones(self):
		ticket = issue("2026-01-05 10:00")
		with at("2026-01-05 10:05"):
			from sla_guard.helpdesk import actions

			actions.void(ticket.name, "Spam")
		self.assertNotIn(ticket.name, self.read())

	def test_more_tickets_than_a_page_holds_are_on_the_next(self):
		from unittest.mock import patch

		names = {issue(f"2026-01-05 10:0{minute}").name for minute in range(3)}
		with patch("sla_guard.portal.tickets.PAGE", 2):
			first, second = self.read(), self.read("/sla?customer=Acme&start=2")
		seen = [{name for name in names if name in text} for text in (first, second)]
		self.assertEqual([len(each) for each in seen], [2, 1])
		self.assertEqual(set.union(*seen), names)
		self.assertIn("More tickets", first)
		self.assertNotIn("More tickets", second)

	def test_the_work_does_not_grow_with_the_tickets(self):
		from tests.site.statements import statements

		counts = []
		for number in (2, 8):
			for _each in range(number):
				issue("2026-01-05 10:00")
			self.read()
			with statements() as said:
				self.read()
			counts.append(len([each for each in said if each.lower().startswith("select")]))
		self.assertEqual(*counts)
