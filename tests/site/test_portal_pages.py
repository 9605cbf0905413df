"""The pages at /sla as a browser gets them: the reader's own tickets, deadlines, figures and contracts, in words."""

import re

import frappe
from frappe.utils import strip_html_tags

from sla_guard.portal import compliance, contracts
from sla_guard.portal.words import ReadersWords
from sla_guard.sla_guard.report.sla_compliance.sla_compliance import execute
from tests.site.case import SiteTestCase, make_user
from tests.site.records import (
	at,
	change,
	customer,
	in_force,
	issue,
	named,
	new_version,
	priority,
	round_the_clock,
	support_hours,
	target,
	us,
)
from tests.site.routes import agent, contact, mail_out, page, portal_user

MONDAY = "2026-01-05 10:30"


class PagesCase(SiteTestCase):
	"""Ann reads for Acme, Bea for Beta; whoever reads does so on Monday, half past ten UTC."""

	def setUp(self):
		super().setUp()
		for name in ("Acme", "Beta"):
			customer(name)
		self.ann = portal_user("sla-ann", "Acme")
		self.bea = portal_user("sla-bea", "Beta")
		for user in (self.ann, self.bea):
			frappe.db.set_value("User", user, {"time_zone": "UTC", "language": "en"})

	def read(self, path="/sla", user=None, when=MONDAY, **form):
		"""What stands on the page."""
		status, html, _location = page(path, user or self.ann, when=when, **form)
		self.assertEqual(status, 200)
		main = re.search(r'<div class="sla-portal".*?<div class="page-footer">', html, re.DOTALL)[0]
		return " ".join(strip_html_tags(main).replace("\u00a0", " ").split())

	def ticket_page(self, ticket, **rest):
		return self.read(f"/sla/ticket?name={ticket.name}", **rest)


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


class TestFigures(PagesCase):
	def test_what_was_kept_is_what_the_report_says(self):
		in_force(target(1, 8), support_hours=round_the_clock())
		for month in range(1, 4):
			for day in range(1, 4 + month):
				ticket = issue(f"2026-0{month}-{day:02} 09:00")
				change(ticket, f"2026-0{month}-{day:02} {'10:00' if day % 3 else '18:30'}", status="Closed")
		with at("2026-03-20 12:00"):
			found = compliance.by_month("Acme", ReadersWords(us("2026-03-20 12:00")))
			filters = {"from_date": "2026-01-01", "to_date": "2026-03-20", "customer": "Acme"}
			rows = execute(filters)[1]
		self.assertEqual(
			[(month.met, month.missed) for month in found.months],
			[(row["met"], row["missed"]) for row in rows if not row.get("is_total")],
		)
		self.assertGreater(sum(month.missed for month in found.months), 0)
		text = self.read(when="2026-03-20 12:00")
		self.assertIn(found.months[0].text.replace("\u00a0", " "), text)
		self.assertNotIn("What was kept", self.read(user=self.bea, when="2026-03-20 12:00"))


class TestContracts(PagesCase):
	def test_it_says_in_words_what_is_promised(self):
		priority("P1")
		in_force(
			target(1, 4, priority="P1", support_hours=round_the_clock(), definition="Nobody can work"),
			target(4, 16),
			title="Gold <i>plus</i>",
			services=["Mail", "ERP"],
			effective_from="2026-01-01",
			effective_to="2026-12-31",
			resolution_stops_at="Restored or resolved",
		)
		text = self.read()
		for said in (
			"In force from January 1, 2026 to December 31, 2026",
			"ERP, Mail",
			"P1 Nobody can work 1 h 4 h Round the Clock",
			"All other tickets 4 h 16 h Office UTC",
			"Mon 09:00–17:00",
			"Sun closed",
			"Around the clock, on every day of the year",
			"as soon as the service is restored",
			"While a ticket waits for you, with the status “On Hold”",
		):
			self.assertIn(said, text)

	def test_hours_over_midnight_are_drawn_on_both_days(self):
		from sla_guard.portal.hours import view_hours

		night = support_hours("Night", windows=(("22:00", "06:00"),), days=("Sunday",))
		calendar = frappe.get_doc("Support Hours", night).calendar()
		days = view_hours("Night", calendar, night, ReadersWords(us(MONDAY))).days
		drawn = {place: each.bars for place, each in enumerate(days) if each.bars}
		self.assertEqual(drawn, {0: [(0.0, 25.0)], 6: [(91.667, 8.333)]})
		self.assertEqual([days[place].text for place in (0, 6)], ["closed", "22:00–06:00 (Mon)"])

	def test_the_holidays_to_come_are_named_not_the_days_off(self):
		days = [
			("2026-01-01", "New Year", 0),
			("2026-04-06", "Easter Monday", 0),
			("2026-04-11", "Saturday", 1),
		]
		holidays = named(
			"Holiday List",
			"Portal Holidays",
			from_date="2026-01-01",
			to_date="2026-12-31",
			holidays=[
				{"holiday_date": day, "description": name, "weekly_off": off} for day, name, off in days
			],
		)
		in_force(support_hours=support_hours("With Holidays", holiday_list=holidays))
		text = self.read()
		self.assertIn("Closed on holidays; the next ones are: Mon, Apr 6, 2026 Easter Monday.", text)

	def test_they_are_those_that_a_ticket_of_today_would_get(self):
		general = in_force(applies_to="Everybody", title="For all")
		both = {in_force(services=["Mail"], title="Mail only").name, general.name}
		with at(MONDAY):
			self.assertEqual(set(contracts.in_force("Beta", us(MONDAY))), {general.name})
			# A service that the own one does not name: it is the nearer one still, and does not cover it.
			self.assertEqual(set(contracts.in_force("Acme", us(MONDAY))), both - {general.name})
		self.assertNotIn("Mail only", self.read(user=self.bea))

	def test_a_version_to_come_is_announced(self):
		now = in_force(effective_from="2026-01-01")
		new_version(now, "2026-03-01").submit()
		text = self.read()
		self.assertIn("A new version holds from March 1, 2026 on.", text)

	def test_without_one_it_says_so(self):
		self.assertIn("No support contract is in force at present.", self.read())


class TestInFrench(PagesCase):
	def test_the_page_is_in_the_language_of_the_reader(self):
		in_force()
		ticket = issue("2026-01-05 10:00")
		change(ticket, "2026-01-05 10:10", status="On Hold")
		frappe.local.lang = "fr"
		self.addCleanup(setattr, frappe.local, "lang", "en")
		text = self.read()
		for said in (
			"En attente de votre réponse",
			"Rétablissement (GTR)",
			"Votre contrat",
			"Lun.",
			"fermé",
		):
			self.assertIn(said, text)
