"""What is an answer to the customer and what is not, by real mails in and out."""

import frappe

from sla_guard.site_time import to_site
from tests.site.case import SiteTestCase, make_user
from tests.site.records import (
	at,
	breaches,
	change,
	clock,
	customer,
	facts,
	in_force,
	issue,
	priority,
	round_the_clock,
	shown,
	target,
	us,
)
from tests.site.routes import agent, as_user, contact, mail_in, mail_out, portal_user, request, sweep

CUSTOMER = "someone@acme.example"
OPENED = "2026-01-05 09:00"


class TestWhenAnAnswerIsDue(SiteTestCase):
	def test_night_and_day(self):
		"""Sunday night at three: what is urgent is answered by half past, the rest on Monday."""
		in_force(
			target(4, 40, priority=priority("P3")),
			target(0.5, 4, priority=priority("P1"), support_hours=round_the_clock()),
			target(8, 80),
		)
		sunday = "2026-01-04 03:00"
		urgent, other = issue(sunday, priority="P1"), issue(sunday, priority="P3")
		self.assertEqual(clock(urgent, "Response").due, "2026-01-04 03:30")
		self.assertEqual(clock(other, "Response").due, "2026-01-05 13:00")
		sweep(urgent, other, when="2026-01-05 09:00")
		self.assertEqual(
			breaches(urgent), [("Response", "2026-01-04 03:30"), ("Resolution", "2026-01-04 07:00")]
		)
		self.assertEqual(clock(other, "Response").elapsed_us, 0)


class ResponseCase(SiteTestCase):
	def setUp(self):
		super().setUp()
		in_force()
		self.agent = agent()

	def assertAnswered(self, ticket, when="2026-01-05 09:30"):
		response = clock(ticket, "Response")
		self.assertEqual(
			(response.state, response.verdict, response.stopped, response.stopped_by),
			("stopped", "met", when, "mail"),
		)
		self.assertEqual(facts(ticket).count("responded"), 1)

	def assertNotAnswered(self, ticket):
		self.assertEqual(clock(ticket, "Response").state, "running")
		self.assertNotIn("responded", facts(ticket))

	def answer(self, ticket, to=CUSTOMER, by=None, **rest):
		return mail_out(ticket, to, when="2026-01-05 09:30", by=by or self.agent, **rest)


class TestAnswers(ResponseCase):
	def test_a_mail_to_whoever_raised_the_ticket(self):
		ticket = issue()
		self.answer(ticket)
		self.assertAnswered(ticket)

	def test_to_any_contact_of_the_customer_however_it_is_written(self):
		contact("boss@acme.example", "boss@home.example")
		ticket = issue()
		self.answer(ticket, to='"The Boss" <Boss@Home.example>')
		self.assertAnswered(ticket)

	def test_to_the_contact_named_on_a_ticket_without_a_customer(self):
		in_force(applies_to="Everybody")
		named = contact("visitor@nowhere.example", customer=None)
		ticket = issue(customer=None, contact=named, raised_by="phone@provider.example")
		self.answer(ticket, to="visitor@nowhere.example")
		self.assertAnswered(ticket)

	def test_to_a_portal_user_and_to_the_address_of_the_customer_itself(self):
		user = portal_user()
		acme = frappe.get_doc("Customer", "Acme")
		acme.append("portal_users", {"user": user})
		acme.save()
		frappe.db.set_value("Customer", "Acme", "email_id", "info@acme.example")
		for address in (user, "info@acme.example"):
			with self.subTest(address):
				ticket = issue()
				self.answer(ticket, to=address)
				self.assertAnswered(ticket)

	def test_to_the_customer_in_copy(self):
		for field in ("cc", "bcc"):
			with self.subTest(field):
				ticket = issue()
				self.answer(ticket, to="vendor@vendor.example", **{field: f"x@y.example, {CUSTOMER}"})
				self.assertAnswered(ticket)

	def test_from_a_shared_mailbox(self):
		ticket = issue()
		self.answer(ticket, sender="Support <support@provider.example>")
		self.assertAnswered(ticket)

	def test_to_a_customer_for_whom_one_of_us_entered_the_ticket(self):
		contact(CUSTOMER)
		ticket = issue(raised_by=self.agent)
		self.answer(ticket)
		self.assertAnswered(ticket)

	def test_to_a_contact_for_whom_one_of_us_entered_a_ticket_of_no_customer(self):
		in_force(applies_to="Everybody")
		named = contact("visitor@nowhere.example", customer=None)
		ticket = issue(customer=None, contact=named, raised_by=self.agent)
		self.answer(ticket, to="visitor@nowhere.example")
		self.assertAnswered(ticket)

	def test_to_a_colleague_who_raised_a_ticket_of_no_customer(self):
		in_force(applies_to="Everybody")
		ticket = issue(customer=None, raised_by=agent("colleague"))
		self.answer(ticket, to="colleague@example.com")
		self.assertAnswered(ticket)

	def test_a_mail_to_a_ticket_that_came_by_mail(self):
		contact("newcomer@acme.example")
		mail = mail_in("newcomer@acme.example", when=OPENED)
		ticket = frappe.get_doc("Issue", mail.reference_name)
		self.assertEqual(ticket.customer, "Acme")
		self.answer(ticket, to="newcomer@acme.example")
		self.assertAnswered(ticket)

	def test_the_first_one_counts_however_often_it_is_saved(self):
		ticket = issue()
		first = self.answer(ticket)
		mail_out(ticket, CUSTOMER, when="2026-01-05 09:45", by=self.agent)
		with at("2026-01-05 11:00"):
			mail = frappe.get_doc("Communication", first)
			mail.subject = "Another subject"
			mail.save()
		self.assertEqual(facts(ticket), ["opened", "responded", "responded"])
		self.assertEqual(clock(ticket, "Response").stopped, "2026-01-05 09:30")


class TestNoAnswers(ResponseCase):
	def test_a_mail_to_a_colleague(self):
		ticket = issue()
		self.answer(ticket, to=agent("colleague"))
		self.assertNotAnswered(ticket)

	def test_a_mail_to_the_colleague_who_entered_the_ticket(self):
		ticket = issue(raised_by=agent("colleague"))
		self.answer(ticket, to="colleague@example.com")
		self.assertNotAnswered(ticket)

	def test_a_mail_to_a_vendor(self):
		ticket = issue()
		self.answer(ticket, to="help@vendor.example", cc=agent("colleague"))
		self.assertNotAnswered(ticket)

	def test_a_mail_to_another_customer(self):
		customer("Globex")
		contact("someone@globex.example", customer="Globex")
		ticket = issue()
		self.answer(ticket, to="someone@globex.example")
		self.assertNotAnswered(ticket)

	def test_a_mail_from_a_vendor(self):
		ticket = issue()
		mail_in("help@vendor.example", ticket=ticket, to=CUSTOMER, when="2026-01-05 09:30")
		self.assertNotAnswered(ticket)

	def test_a_mail_from_the_customer(self):
		ticket = issue()
		mail_in(CUSTOMER, ticket=ticket, cc="boss@acme.example", when="2026-01-05 09:30")
		self.assertNotAnswered(ticket)

	def test_a_mail_that_a_user_of_the_portal_sent(self):
		"""The customer to himself, a vendor to the customer."""
		for user in (portal_user(customer="Acme"), portal_user("vendor")):
			with self.subTest(user):
				ticket = issue()
				with at("2026-01-05 09:30"), as_user(user):
					frappe.new_doc("Communication").update(
						{
							"communication_type": "Communication",
							"communication_medium": "Email",
							"sent_or_received": "Sent",
							"sender": user,
							"recipients": f"{CUSTOMER}, visitor@example.com",
							"subject": "Hello",
							"reference_doctype": "Issue",
							"reference_name": ticket.name,
						}
					).insert(ignore_permissions=True)
				self.assertNotAnswered(ticket)

	def test_a_mail_by_a_customer_who_has_a_desk_user(self):
		user = agent("someone.at.acme")
		contact(user, "boss@acme.example", user=user)
		ticket = issue(raised_by=user)
		self.answer(ticket, to="boss@acme.example", by=user)
		self.assertNotAnswered(ticket)
		self.answer(ticket, to=user)
		self.assertAnswered(ticket)

	def test_an_automatic_mail(self):
		ticket = issue()
		self.answer(ticket, communication_type="Automated Message")
		self.assertNotAnswered(ticket)

	def test_a_mail_of_a_notification(self):
		# Not enabled: what is enabled is remembered beyond the transaction.
		notification = frappe.new_doc("Notification").update(
			{
				"__newname": "Acknowledged",
				"enabled": 0,
				"document_type": "Issue",
				"event": "New",
				"channel": "Email",
				"subject": "We have it",
				"message": "Soon",
			}
		)
		notification.append("recipients", {"receiver_by_document_field": "raised_by"})
		notification.insert()
		ticket = issue()
		with at("2026-01-05 09:30"), as_user(self.agent):
			notification.send(frappe.get_doc("Issue", ticket.name))
		sent = {"reference_name": ticket.name, "communication_type": "Automated Message"}
		self.assertEqual(frappe.db.get_value("Communication", sent, "recipients"), CUSTOMER)
		self.assertNotAnswered(ticket)

	def test_a_comment(self):
		ticket = issue()
		with at("2026-01-05 09:30"), as_user(self.agent):
			request(
				"frappe.desk.form.utils.add_comment",
				reference_doctype="Issue",
				reference_name=ticket.name,
				content=f"@{CUSTOMER} we are at it",
				comment_email=self.agent,
				comment_by="agent",
			)
		self.assertNotAnswered(ticket)

	def test_a_mail_from_before_the_ticket_was_opened(self):
		earlier = issue("2026-01-05 08:00")
		mail = mail_out(earlier, CUSTOMER, when="2026-01-05 08:30", by=self.agent)
		ticket = issue()
		with at("2026-01-05 09:30"):
			document = frappe.get_doc("Communication", mail)
			document.reference_name = ticket.name
			document.save()
		self.assertNotAnswered(ticket)

	def test_a_mail_about_something_else(self):
		ticket = issue()
		with at("2026-01-05 09:30"), as_user(self.agent):
			request(
				"frappe.core.doctype.communication.email.make",
				doctype="User",
				name=self.agent,
				recipients=CUSTOMER,
				subject="Hello",
			)
		self.assertNotAnswered(ticket)

	def test_a_mail_that_is_to_go_later_until_it_goes(self):
		ticket = issue()
		mail = self.answer(ticket, send_after=to_site(us("2026-01-05 09:50")))
		self.assertNotAnswered(ticket)
		with at("2026-01-05 09:51"):
			# As the mail queue does.
			frappe.get_doc("Communication", mail).db_set("delivery_status", "Sent")
		self.assertAnswered(ticket, when="2026-01-05 09:50")


class TestClosedWithoutAnAnswer(SiteTestCase):
	def test_the_clock_stops_by_contract_and_says_so(self):
		in_force()
		ticket = issue()
		change(ticket, "2026-01-05 09:30", status="Closed")
		response = clock(ticket, "Response")
		self.assertEqual((response.verdict, response.stopped_by), ("met", "Closed"))

	def test_or_it_goes_on(self):
		in_force(closing_answers=0)
		ticket = issue()
		change(ticket, "2026-01-05 09:30", status="Closed")
		self.assertEqual((clock(ticket, "Response").state, clock(ticket).state), ("running", "stopped"))
		self.assertEqual(shown(ticket)[0], "Running")
		sweep(ticket, when="2026-01-05 10:01")
		self.assertEqual(breaches(ticket), [("Response", "2026-01-05 10:00")])
		self.assertEqual(shown(ticket)[0], "Breached")

	def test_an_answer_before_says_that_it_was_answered(self):
		in_force()
		ticket = issue()
		mail_out(ticket, CUSTOMER, when="2026-01-05 09:30", by=agent())
		change(ticket, "2026-01-05 09:40", status="Closed")
		self.assertEqual(clock(ticket, "Response").stopped_by, "mail")

	def test_what_erpnext_takes_for_a_first_response_is_none(self):
		"""It fills its own field in when a ticket is put on hold, and lets anybody edit it."""
		in_force()
		ticket = issue()
		change(ticket, "2026-01-05 09:30", first_responded_on="2026-01-05 09:30:00", status="On Hold")
		self.assertEqual(clock(ticket, "Response").state, "running")

	def test_where_only_taking_in_charge_counts_a_mail_does_not(self):
		in_force(answer_mail=0)
		ticket = issue()
		mail_out(ticket, CUSTOMER, when="2026-01-05 09:30", by=agent())
		self.assertEqual(clock(ticket, "Response").state, "running")
		manager = make_user("manager", "Support Team", "SLA Manager")
		with at("2026-01-05 09:40"), as_user(manager):
			request("sla_guard.helpdesk.actions.take_in_charge", ticket=ticket.name)
		response = clock(ticket, "Response")
		self.assertEqual((response.stopped, response.stopped_by), ("2026-01-05 09:40", "taken in charge"))
