"""A contract named on a ticket by hand, and who is told which one applies."""

import json

import frappe

from sla_guard.helpdesk.explain import explain
from tests.site.case import SiteTestCase, make_user
from tests.site.records import (
	at,
	change,
	clock,
	contract,
	customer,
	facts,
	in_force,
	issue,
	new_version,
	target,
)
from tests.site.test_selection import chosen, site_time, weighed


class TestNaming(SiteTestCase):
	def setUp(self):
		super().setUp()
		self.usual = in_force(title="Usual")
		self.special = in_force(target(1, 2), title="Special", customer="Special Projects")

	def test_a_manager_may_and_it_goes_before_all_others(self):
		for role in ("SLA Manager", "System Manager"):
			with self.subTest(role):
				ticket = issue()
				# Only the Support Team may write Issues.
				frappe.set_user(make_user(frappe.scrub(role), role, "Support Team"))
				change(ticket, "2026-01-05 09:10", sla_contract=self.special.name)
				frappe.set_user("Administrator")
				self.assertEqual(facts(ticket), ["opened", "contract"])
				self.assertEqual((chosen(ticket), clock(ticket).due), (self.special.name, "2026-01-05 11:00"))
				self.assertEqual(
					weighed(ticket),
					[("Special", "named on the ticket", "applies"), ("Usual", "customer", "less specific")],
				)

	def test_taken_off_again_the_usual_one_applies(self):
		ticket = issue(sla_contract=self.special.name)
		self.assertEqual(chosen(ticket), self.special.name)
		change(ticket, "2026-01-05 09:10", sla_contract=None)
		self.assertEqual(chosen(ticket), self.usual.name)

	def test_an_agent_may_neither_name_one_nor_take_it_off(self):
		ticket, free = issue(sla_contract=self.special.name), issue()
		frappe.set_user(make_user("sla-agent", "Support Team"))
		for document, values in ((free, {"sla_contract": self.special.name}), (ticket, {"sla_contract": ""})):
			with self.subTest(values), self.assertRaisesRegex(frappe.PermissionError, "Only an SLA Manager"):
				change(document, "2026-01-05 09:10", **values)
		with self.assertRaisesRegex(frappe.PermissionError, "Only an SLA Manager"):
			issue(sla_contract=self.special.name)
		self.assertEqual((facts(ticket), facts(free)), (["opened"], ["opened"]))

	def test_an_agent_may_change_the_rest_of_such_a_ticket(self):
		ticket = issue(sla_contract=self.special.name)
		frappe.set_user(make_user("sla-agent", "Support Team"))
		change(ticket, "2026-01-05 09:10", subject="Another subject", status="Replied")
		self.assertEqual((facts(ticket), chosen(ticket)), (["opened", "status"], self.special.name))

	def test_one_that_promises_nothing_is_refused(self):
		draft = contract(title="Draft", services=["Mail"]).insert()
		future = in_force(customer="Future", effective_from="2026-01-06")
		ended = in_force(customer="Ended", effective_to="2026-01-04")
		ticket = issue()
		for name, words in (
			(draft.name, f"{draft.name} is not submitted"),
			(future.name, f"{future.name} was not in force when the ticket was opened"),
			(ended.name, f"{ended.name} was not in force when the ticket was opened"),
		):
			with self.subTest(words):
				ticket.reload()
				self.assertRefused(ticket.update({"sla_contract": name}), words)

	def test_it_ends_with_its_own_end_for_a_ticket_reported_earlier(self):
		ended = in_force(customer="Ended", effective_to="2026-01-04")
		ticket = issue(sla_contract=ended.name, sla_reported_at=site_time("2026-01-04 20:00"))
		self.assertEqual(chosen(ticket), ended.name)

	def test_a_split_ticket_does_not_inherit_it(self):
		ticket = issue(sla_contract=self.special.name)
		with at("2026-01-05 09:05"):
			mail = mail_about(ticket)
		frappe.set_user(make_user("sla-agent", "Support Team"))
		with at("2026-01-05 09:10"):
			frappe.get_doc("Issue", ticket.name).split_issue("Another matter", mail.name)
		split = frappe.get_all("Issue", {"issue_split_from": ticket.name}, ["name", "sla_contract"])[0]
		self.assertEqual((split.sla_contract, chosen(split)), (None, self.usual.name))


class TestExplanation(SiteTestCase):
	def setUp(self):
		super().setUp()
		first = in_force(title="Gold 2025", effective_from="2025-01-01", effective_to="2025-12-31")
		second = new_version(first, "2026-01-01", title="Gold 2026", effective_to=None).submit()
		new_version(second, "2027-01-01", title="Gold 2027").submit()
		in_force(title="Base", applies_to="Everybody")
		self.ticket = issue().name
		self.told = [
			("Gold 2026", "customer", "applies"),
			("Base", "everybody", "less specific"),
			("Gold 2025", "customer", "had ended when the ticket was opened"),
			("Gold 2027", "customer", "not yet in force when the ticket was opened"),
		]

	def test_it_is_kept_as_it_was_then(self):
		self.assertCountEqual(weighed(self.ticket), self.told)
		in_force(title="Mail", services=["Mail"])
		customer("Acme")
		self.assertCountEqual(weighed(self.ticket), self.told)
		kept = frappe.db.get_value("SLA Event", {"ticket": self.ticket}, "explanation")
		self.assertEqual(len(json.loads(kept)), 4)

	def test_an_agent_reads_it(self):
		frappe.set_user(make_user("sla-agent", "Support Team"))
		self.assertCountEqual(weighed(self.ticket), self.told)
		self.assertEqual(
			{clock["metric"] for clock in explain(self.ticket)["clocks"]}, {"Response", "Resolution"}
		)

	def test_a_stranger_does_not(self):
		for roles in ((), ("SLA Manager",)):
			frappe.set_user("Administrator")
			frappe.set_user(make_user("sla-stranger", *roles))
			with self.subTest(roles), self.assertRaises(frappe.PermissionError):
				explain(self.ticket)

	def test_of_a_ticket_that_is_not_there(self):
		with self.assertRaises(frappe.DoesNotExistError):
			explain("ISS-NONE")

	def test_of_a_ticket_of_the_time_before(self):
		frappe.db.set_single_value("SLA Settings", "tracked_from", "2030-01-01 00:00:00")
		told = explain(issue().name)
		self.assertFalse(any(told.values()), told)


def mail_about(ticket):
	return frappe.get_doc(
		{
			"doctype": "Communication",
			"communication_type": "Communication",
			"communication_medium": "Email",
			"sent_or_received": "Received",
			"subject": "Re: It does not work",
			"content": "Nor does another thing.",
			"sender": "someone@acme.example",
			"reference_doctype": "Issue",
			"reference_name": ticket.name,
		}
	).insert()
