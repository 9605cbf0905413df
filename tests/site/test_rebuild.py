"""What a back-fill makes of each source of facts is what the hooks make of it when it happens."""

import frappe

from tests.site.back_filling import CUSTOMER, RebuildCase, back_fill, forget
from tests.site.records import (
	at,
	change,
	clock,
	customer,
	facts,
	in_force,
	issue,
	named,
	priority,
	service,
	target,
)
from tests.site.routes import (
	as_user,
	contact,
	edit,
	list_menu,
	mail_in,
	mail_out,
	portal_user,
	request,
	split,
)
from tests.site.test_names import rename


class TestVersions(RebuildCase):
	def test_a_ticket_that_was_only_opened(self):
		self.assertBackFilled(issue())

	def test_statuses(self):
		ticket = issue()
		change(ticket, "2026-01-05 09:30", status="On Hold")
		change(ticket, "2026-01-05 11:30", status="Replied")
		change(ticket, "2026-01-06 11:30", status="Closed")
		change(ticket, "2026-01-07 09:30", status="Open")
		change(ticket, "2026-01-07 12:30", status="Resolved")
		self.assertBackFilled(ticket)

	def test_several_fields_several_times_and_two_in_one_save(self):
		ticket = issue(priority="Low", sla_service="Telephony")
		change(ticket, "2026-01-05 09:30", priority="Urgent", status="On Hold")
		change(ticket, "2026-01-05 10:30", priority="Low", sla_service=None)
		change(ticket, "2026-01-05 10:45", status="Open", issue_type=named("Issue Type", "Outage"))
		change(ticket, "2026-01-05 13:00", priority=None, sla_service="Telephony", status="Closed")
		self.assertBackFilled(ticket)

	def test_saves_of_one_instant(self):
		ticket = issue()
		for status in ("Replied", "On Hold", "Replied", "Open", "On Hold"):
			change(ticket, "2026-01-05 09:30", status=status)
		self.assertBackFilled(ticket)

	def test_a_customer_with_another_contract(self):
		other = customer("Globex")
		in_force(target(8, 80), customer=other)
		ticket = issue()
		change(ticket, "2026-01-05 12:00", customer=other)
		change(ticket, "2026-01-08 12:00", status="Closed")
		self.assertBackFilled(ticket)

	def test_a_contract_named_by_hand(self):
		other = in_force(target(8, 80), customer="Globex")
		ticket = issue()
		change(ticket, "2026-01-05 12:00", sla_contract=other.name)
		self.assertBackFilled(ticket)
		self.assertEqual(clock(ticket).contract, other.name)

	def test_the_company_of_each_instant(self):
		two = [each for each in frappe.get_all("Company", pluck="name")][:1]
		ticket = issue(company=two[0] if two else None)
		change(ticket, "2026-01-05 10:00", status="Closed", company=None)
		self.assertBackFilled(ticket)

	def test_lists_rest_and_the_menu_of_the_list(self):
		ticket = issue()
		edit(ticket, "priority", "Urgent", when="2026-01-05 09:20")
		list_menu("On Hold", ticket, when="2026-01-05 10:00")
		edit(ticket, "status", "Open", when="2026-01-06 10:00")
		self.assertBackFilled(ticket)

	def test_who_stopped_a_clock(self):
		ticket = issue()
		with as_user(self.agent):
			change(ticket, "2026-01-05 09:30", status="Closed")
		watched = frappe.get_all("SLA Clock", {"ticket": ticket.name}, pluck="agent")
		self.assertEqual(watched, [self.agent] * 2)
		forget(ticket.name)
		back_fill(ticket.name)
		self.assertEqual(frappe.get_all("SLA Clock", {"ticket": ticket.name}, pluck="agent"), watched)

	def test_reported_earlier(self):
		self.assertBackFilled(issue(sla_reported_at="2026-01-05 08:00:00"))

	def test_no_contract(self):
		ticket = issue("2025-12-31 12:00")
		forget(ticket.name)
		back_fill(ticket.name)
		self.assertEqual(frappe.db.get_value("Issue", ticket.name, "sla_state"), "No Contract")
		self.assertEqual(facts(ticket), ["opened"])


class TestMails(RebuildCase):
	def test_an_answer(self):
		ticket = issue()
		mail_out(ticket, CUSTOMER, when="2026-01-05 09:30", by=self.agent)
		self.assertBackFilled(ticket)
		self.assertEqual(clock(ticket, "Response").verdict, "met")

	def test_what_is_no_answer(self):
		ticket = issue()
		mail_out(ticket, "vendor@elsewhere.example", when="2026-01-05 09:20", by=self.agent)
		mail_out(ticket, self.agent, when="2026-01-05 09:40", by=self.agent)
		self.assertBackFilled(ticket)
		self.assertEqual(clock(ticket, "Response").verdict, None)

	def test_a_mail_that_opens_a_ticket_again_leaves_no_version(self):
		ticket = issue()
		change(ticket, "2026-01-05 10:00", status="Closed")
		mail_in(CUSTOMER, ticket=ticket, when="2026-01-06 10:00")
		self.assertBackFilled(ticket)
		self.assertEqual(facts(ticket), ["opened", "status", "status"])

	def test_mails_between_saves(self):
		ticket = issue()
		change(ticket, "2026-01-05 10:00", status="On Hold")
		mail_in(CUSTOMER, ticket=ticket, when="2026-01-05 11:00")
		mail_out(ticket, CUSTOMER, when="2026-01-05 12:00", by=self.agent)
		change(ticket, "2026-01-05 13:00", status="Closed")
		mail_in(CUSTOMER, ticket=ticket, when="2026-01-07 11:00")
		change(ticket, "2026-01-07 13:00", status="Closed")
		self.assertBackFilled(ticket)

	def test_a_ticket_made_by_a_mail(self):
		contact(CUSTOMER)
		# Of a subject of its own, since the mailbox takes it for the ticket that has the same.
		mail = mail_in(CUSTOMER, when="2026-01-05 09:00", subject=frappe.generate_hash())
		mail_out(
			frappe.get_doc("Issue", mail.reference_name), CUSTOMER, when="2026-01-05 09:30", by=self.agent
		)
		self.assertBackFilled(mail.reference_name)

	def test_an_address_that_was_changed_since(self):
		ticket = issue(raised_by="first@acme.example")
		mail_out(ticket, "first@acme.example", when="2026-01-05 09:30", by=self.agent)
		change(ticket, "2026-01-05 10:00", raised_by="second@acme.example")
		mail_out(ticket, "first@acme.example", when="2026-01-05 10:30", by=self.agent)
		self.assertBackFilled(ticket)
		self.assertEqual(facts(ticket), ["opened", "responded"])

	def test_a_ticket_from_the_portal(self):
		visitor = portal_user("visitor", "Acme")
		with at("2026-01-05 09:00"), as_user(visitor):
			values = {"subject": "Help", "via_customer_portal": 1, "raised_by": visitor}
			ticket = frappe.new_doc("Issue").update(values).insert(ignore_permissions=True)
		mail_out(ticket, visitor, when="2026-01-05 09:30", by=self.agent)
		self.assertBackFilled(ticket)


class TestSplits(RebuildCase):
	def split(self, after="2026-01-05 13:00"):
		self.parent = issue()
		mail_out(self.parent, CUSTOMER, when="2026-01-05 09:30", by=self.agent)
		message = mail_in(CUSTOMER, ticket=self.parent, when="2026-01-05 11:00").name
		mail_out(self.parent, CUSTOMER, when="2026-01-05 11:30", by=self.agent)
		return split(self.parent, message, when=after)

	def test_both_are_as_they_were(self):
		child = self.split()
		self.assertBackFilled(child)
		self.assertBackFilled(self.parent)

	def test_the_other_one_was_held_by_then(self):
		self.parent = issue()
		message = mail_out(self.parent, CUSTOMER, when="2026-01-05 11:00", by=self.agent)
		change(self.parent, "2026-01-05 11:10", status="On Hold")
		child = split(self.parent, message, when="2026-01-05 13:00")
		change(child, "2026-01-06 11:10", status="Closed")
		self.assertBackFilled(child)
		self.assertBackFilled(self.parent)

	def test_it_is_made_with_the_status_of_the_other_one(self):
		for status in ("Closed", "On Hold"):
			for began_with in ("question", "answer"):
				with self.subTest(f"{status}, {began_with}"):
					self.parent = issue(subject=f"{status} {began_with}")
					question = mail_in(
						CUSTOMER,
						ticket=self.parent,
						when="2026-01-05 10:00",
						subject=self.parent.subject,
					).name
					answer = mail_out(self.parent, CUSTOMER, when="2026-01-05 11:00", by=self.agent)
					change(self.parent, "2026-01-05 11:10", status=status)
					message = question if began_with == "question" else answer
					child = split(self.parent, message, when="2026-01-05 13:00", subject=f"{status}, then")
					change(child, "2026-01-06 11:10", priority="Urgent")
					grandchild = split(child, answer, when="2026-01-06 13:00", subject=f"{status}, at last")
					for ticket in (grandchild, child, self.parent):
						self.assertBackFilled(ticket)

	def test_split_twice(self):
		child = self.split()
		message = mail_in(CUSTOMER, ticket=child, when="2026-01-06 10:00").name
		grandchild = split(child, message, when="2026-01-06 12:00")
		for ticket in (grandchild, child, self.parent):
			self.assertBackFilled(ticket)

	def test_a_ticket_made_from_a_mail(self):
		contact(CUSTOMER)
		with at("2026-01-05 09:00"):
			values = {"communication_type": "Communication", "communication_medium": "Email"}
			values |= {"subject": "Help", "content": "…", "sent_or_received": "Received", "sender": CUSTOMER}
			mail = frappe.new_doc("Communication").update(values).insert()
		with at("2026-01-05 12:00"):
			made = request(
				"erpnext.support.doctype.issue.issue.make_issue_from_communication", communication=mail.name
			)
		self.assertBackFilled(made)
		self.assertEqual(clock(made).started, "2026-01-05 09:00")


class TestNames(RebuildCase):
	def test_records_that_were_renamed_since(self):
		ticket = issue(priority="Low", sla_service="Telephony")
		change(ticket, "2026-01-05 09:30", priority="Urgent")
		change(ticket, "2026-01-05 10:30", priority="Low", sla_service=service("Mail"))
		with at("2026-01-08 09:00"):
			rename("Issue Priority", "Urgent", "Very Urgent")
			rename("SLA Service", "Telephony", "Telephones")
			rename("Customer", "Acme", "Acme Holding")
		self.assertBackFilled(ticket)

	def test_a_name_that_was_given_to_another_record_since(self):
		ticket = issue(priority="Urgent")
		change(ticket, "2026-01-05 09:30", priority="Low")
		with at("2026-01-08 09:00"):
			rename("Issue Priority", "Urgent", "Very Urgent")
			priority("Urgent")
		self.assertBackFilled(ticket)

	def test_merged(self):
		ticket = issue(priority=priority("Rather Urgent"))
		change(ticket, "2026-01-05 09:30", priority="Low")
		with at("2026-01-08 09:00"):
			rename("Issue Priority", "Rather Urgent", "Urgent", merge=True)
		forget(ticket.name)
		back_fill(ticket.name)
		first = {"ticket": ticket.name, "kind": "opened"}
		self.assertEqual(frappe.db.get_value("SLA Event", first, "priority"), "Urgent")

	def test_renamed_without_a_trace(self):
		ticket = issue(priority="Low")
		change(ticket, "2026-01-05 09:30", priority="Urgent")
		with at("2026-01-08 09:00"):
			rename("Issue Priority", "Urgent", "Very Urgent")
		frappe.db.delete("Comment", {"reference_doctype": "Issue Priority"})
		self.assertBackFilled(ticket)

	def test_a_ticket_that_was_renamed(self):
		ticket = issue()
		change(ticket, "2026-01-05 09:30", status="On Hold")
		change(ticket, "2026-01-06 09:30", status="Closed")
		rename("Issue", ticket.name, "ISS-OLD")
		self.assertBackFilled("ISS-OLD")

	def test_a_record_that_is_no_more(self):
		ticket = issue(priority=priority("Fancy"))
		change(ticket, "2026-01-05 09:30", priority="Urgent")
		forget(ticket.name)
		frappe.delete_doc("Issue Priority", "Fancy", force=True)
		back_fill(ticket.name)
		self.assertEqual(facts(ticket), ["opened", "priority"])
		self.assertEqual(clock(ticket).target_us, 16 * 3600 * 10**6)
