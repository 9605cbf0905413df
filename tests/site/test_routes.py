"""Every way that changes a ticket reaches its clocks, and none of them can write what only the clocks say."""

import frappe
from frappe.custom.doctype.property_setter.property_setter import make_property_setter

from sla_guard.helpdesk.reconcile import catch_up, overlooked
from sla_guard.helpdesk.ticket import read
from tests.site.case import SiteTestCase, make_user
from tests.site.records import (
	STATUS_RULES,
	at,
	breaches,
	change,
	clock,
	facts,
	in_force,
	issue,
	shown,
)
from tests.site.routes import (
	agent,
	as_user,
	edit,
	list_menu,
	mail_in,
	mail_out,
	portal_user,
	request,
	save_form,
	sweep,
	versions_kept,
)

CUSTOMER = "someone@acme.example"
SET_STATUS = "erpnext.support.doctype.issue.issue.set_status"


class TestMailsIn(SiteTestCase):
	def test_a_mail_opens_a_ticket_with_clocks(self):
		in_force(applies_to="Everybody")
		mail = mail_in("nobody@nowhere.example", when="2026-01-05 09:00")
		self.assertEqual(facts(mail.reference_name), ["opened"])
		self.assertEqual(clock(mail.reference_name).due, "2026-01-05 17:00")

	def test_thanks_reopens_a_closed_ticket(self):
		in_force()
		ticket = issue()
		change(ticket, "2026-01-05 11:00", status="Closed")
		mail_in(CUSTOMER, ticket=ticket, when="2026-01-06 10:00", text="Thanks")
		self.assertEqual(facts(ticket), ["opened", "status", "status"])
		self.assertEqual((clock(ticket).state, clock(ticket).due), ("running", "2026-01-06 16:00"))
		# What is answered stays answered.
		self.assertEqual(clock(ticket, "Response").stopped, "2026-01-05 11:00")

	def test_an_old_mail_that_is_saved_again_reopens_as_erpnext_does_and_says_so_once(self):
		in_force()
		ticket = issue()
		mail = mail_in(CUSTOMER, ticket=ticket, when="2026-01-05 09:30")
		change(ticket, "2026-01-05 11:00", status="Closed")
		with at("2026-01-06 10:00"):
			mail.reload()
			mail.subject = "Another subject"
			mail.save()
		self.assertEqual(frappe.db.get_value("Issue", ticket.name, "status"), "Open")
		self.assertEqual(facts(ticket), ["opened", "status", "status"])
		self.assertEqual(clock(ticket).state, "running")

	def test_the_many_saves_of_one_mail_are_one_fact(self):
		in_force()
		ticket = issue()
		change(ticket, "2026-01-05 09:10", status="On Hold")
		mail_in(CUSTOMER, ticket=ticket, when="2026-01-05 09:30")
		mail_out(ticket, CUSTOMER, when="2026-01-05 09:40", by=agent())
		self.assertEqual(facts(ticket), ["opened", "status", "status", "responded"])
		causes = frappe.get_all("SLA Event", {"ticket": ticket.name}, pluck="cause", order_by="sequence")
		self.assertEqual(causes, ["saved", "saved", "mail", "mail"])

	def test_a_ticket_made_from_a_mail_opens_when_the_mail_came(self):
		in_force(applies_to="Everybody")
		mail = unlinked_mail("2026-01-05 09:00")
		with at("2026-01-06 10:00"):
			name = request(
				"erpnext.support.doctype.issue.issue.make_issue_from_communication", communication=mail.name
			)
		self.assertEqual(clock(name).started, "2026-01-05 09:00")
		self.assertEqual(breaches(name)[0], ("Response", "2026-01-05 10:00"))

	def test_an_old_mail_put_to_a_ticket_later_does_not_open_it_earlier(self):
		in_force()
		mail = unlinked_mail("2026-01-02 09:00")
		ticket = issue(subject="It does not work again")
		with at("2026-01-05 09:10"):
			mail.update({"reference_doctype": "Issue", "reference_name": ticket.name, "status": "Linked"})
			mail.save()
		self.assertEqual((clock(ticket).started, facts(ticket)), ("2026-01-05 09:00", ["opened"]))


def unlinked_mail(when):
	"""A mail in the inbox that belongs to no ticket."""
	with at(when):
		mail = frappe.new_doc("Communication").update(
			{
				"communication_type": "Communication",
				"communication_medium": "Email",
				"sent_or_received": "Received",
				"sender": CUSTOMER,
				"subject": "It does not work",
			}
		)
		mail.insert()
	mail.reload()
	return mail


class TestListMenu(SiteTestCase):
	def setUp(self):
		super().setUp()
		in_force()
		self.tickets = issue(), issue()

	def test_the_clocks_follow_and_the_change_is_kept(self):
		user = agent()
		with as_user(user), versions_kept():
			list_menu("Closed", *self.tickets, when="2026-01-05 09:30")
		for ticket in self.tickets:
			self.assertEqual((clock(ticket).verdict, shown(ticket)[0]), ("met", "Met"))
			version = frappe.get_all(
				"Version", {"ref_doctype": "Issue", "docname": ticket.name}, ["owner", "data"]
			)
			self.assertEqual([row.owner for row in version], [user])
			self.assertIn('"Closed"', version[0].data)

	def test_one_status_by_its_old_name(self):
		with at("2026-01-05 09:30"):
			request(SET_STATUS, name=self.tickets[0].name, status="On Hold")
		self.assertEqual(clock(self.tickets[0]).state, "paused")
		self.assertEqual(clock(self.tickets[1]).state, "running")

	def test_only_who_may_write_the_ticket_may_do_so(self):
		for user in (portal_user(customer="Acme"), make_user("seller", "Sales User"), "Guest"):
			with self.subTest(user), as_user(user):
				with self.assertRaises(frappe.PermissionError):
					list_menu("Closed", *self.tickets, when="2026-01-05 09:30")
				with self.assertRaises(frappe.PermissionError):
					request(SET_STATUS, name=self.tickets[0].name, status="Closed")
		self.assertEqual(frappe.db.get_value("Issue", self.tickets[0].name, "status"), "Open")
		self.assertEqual(facts(self.tickets[0]), ["opened"])

	def test_a_status_that_there_is_not(self):
		with self.assertRaises(frappe.ValidationError) as refused:
			list_menu("Sorted Out", self.tickets[0], when="2026-01-05 09:30")
		self.assertIn("Sorted Out", str(refused.exception))
		self.assertEqual(facts(self.tickets[0]), ["opened"])


class TestMachines(SiteTestCase):
	def test_db_set(self):
		in_force()
		ticket = issue()
		with at("2026-01-05 09:30"):
			ticket.db_set("status", "On Hold")
			ticket.db_set("status", "On Hold")
			ticket.db_set("resolution_details", "Nothing")
		self.assertEqual(facts(ticket), ["opened", "status"])
		self.assertEqual(clock(ticket).state, "paused")

	def test_what_is_written_past_the_document_is_found_by_the_job(self):
		in_force()
		ticket = issue()
		with at("2026-01-05 11:00"):
			frappe.db.set_value("Issue", ticket.name, "status", "Closed")
		self.assertEqual(facts(ticket), ["opened"])
		self.assertIn(ticket.name, overlooked())
		with at("2026-01-05 11:10"):
			catch_up(read(ticket.name, lock=True))
		self.assertEqual((clock(ticket).stopped, clock(ticket).verdict), ("2026-01-05 11:00", "met"))
		cause = frappe.db.get_value("SLA Event", {"ticket": ticket.name, "kind": "status"}, "cause")
		self.assertEqual(cause, "inferred")
		self.assertNotIn(ticket.name, overlooked())

	def test_tickets_closed_for_their_age(self):
		from erpnext.support.doctype.issue.issue import auto_close_tickets

		in_force()
		ticket = issue()
		change(ticket, "2026-01-05 10:30", status="Replied")
		with at("2026-02-02 12:00"):
			auto_close_tickets()
		self.assertEqual(frappe.db.get_value("Issue", ticket.name, "status"), "Closed")
		self.assertEqual((clock(ticket).state, clock(ticket).stopped), ("stopped", "2026-02-02 12:00"))
		self.assertEqual([metric for metric, _when in breaches(ticket)], ["Response", "Resolution"])

	def test_a_save_that_skips_validation(self):
		in_force()
		with at("2026-01-05 09:00"):
			ticket = frappe.new_doc("Issue").update({"subject": "Imported", "customer": "Acme"})
			ticket.raised_by = CUSTOMER
			ticket.flags.ignore_validate = True
			ticket.insert()
		with at("2026-01-05 09:30"):
			ticket.reload()
			ticket.status = "On Hold"
			ticket.flags.ignore_validate = True
			ticket.save()
		self.assertEqual(facts(ticket), ["opened", "status"])
		self.assertEqual(clock(ticket).state, "paused")

	def test_a_ticket_from_the_portal(self):
		in_force()
		user = portal_user(customer="Acme")
		with at("2026-01-05 09:00"), as_user(user):
			ticket = frappe.new_doc("Issue").update({"subject": "Help", "description": "Please"})
			ticket.update({"via_customer_portal": 1, "raised_by": user})
			# As the web form does; the Issue makes a received mail of itself.
			ticket.insert(ignore_permissions=True)
		self.assertTrue(frappe.db.exists("Communication", {"reference_name": ticket.name}))
		self.assertEqual(ticket.customer, "Acme")
		self.assertEqual(facts(ticket), ["opened"])
		self.assertEqual((clock(ticket).due, shown(ticket)[0]), ("2026-01-05 17:00", "Running"))
		mail_out(ticket, user, when="2026-01-05 09:30", by=agent())
		self.assertEqual(clock(ticket, "Response").verdict, "met")


class TestWhatOnlyTheClocksSay(SiteTestCase):
	def setUp(self):
		super().setUp()
		in_force()
		self.ticket = issue()
		self.agent = agent()

	def test_a_form_that_was_open_for_long_does_not_put_it_back(self):
		form = frappe.get_doc("Issue", self.ticket.name)
		sweep(self.ticket, when="2026-01-05 17:01")
		form.subject = "It does not work at all"
		with as_user(self.agent):
			save_form(form, when="2026-01-05 17:05")
		self.assertEqual(frappe.db.get_value("Issue", form.name, "subject"), "It does not work at all")
		self.assertEqual(shown(self.ticket), ("Breached", None))

	def test_nobody_can_enter_it(self):
		before = shown(self.ticket)
		with as_user(self.agent):
			edit(self.ticket, "sla_state", "Met", when="2026-01-05 09:10")
			edit(self.ticket, "sla_next_due", "2027-01-01 00:00:00", when="2026-01-05 09:10")
			document = frappe.get_doc("Issue", self.ticket.name).as_dict()
			document.update({"sla_state": "Void", "sla_next_due": None})
			with at("2026-01-05 09:10"):
				request("frappe.client.save", doc=frappe.as_json(document))
		self.assertEqual(shown(self.ticket), before)

	def test_nor_with_a_new_ticket(self):
		with as_user(self.agent):
			ticket = issue(sla_state="Met", sla_next_due="2027-01-01 00:00:00")
		self.assertEqual(shown(ticket), shown(self.ticket))
		self.assertEqual(shown(issue(customer=None, sla_state="Met")), ("No Contract", None))


class TestStatusesOfTheSite(SiteTestCase):
	def setUp(self):
		super().setUp()
		options = frappe.get_meta("Issue").get_field("status").options
		self.addCleanup(self.forget_statuses)
		make_property_setter("Issue", "status", "options", f"{options}\nAt the Vendor\nDone", "Text")

	def forget_statuses(self):
		frappe.db.rollback()
		frappe.clear_cache(doctype="Issue")

	def test_pause_and_stop_as_the_contract_says(self):
		rules = [
			*STATUS_RULES,
			{"status": "At the Vendor", "effect": "Pauses Both", "reason": "Vendor"},
			{"status": "Done", "effect": "Stops"},
		]
		in_force(status_rules=rules)
		ticket = issue()
		list_menu("At the Vendor", ticket, when="2026-01-05 09:30")
		self.assertEqual((clock(ticket).state, clock(ticket, "Response").state), ("paused", "paused"))
		self.assertEqual(shown(ticket), ("Paused", None))
		edit(ticket, "status", "Open", when="2026-01-05 11:30")
		self.assertEqual(clock(ticket, "Response").due, "2026-01-05 12:00")
		list_menu("Done", ticket, when="2026-01-05 11:40")
		self.assertEqual((clock(ticket).verdict, clock(ticket).stopped_by), ("met", "Done"))
