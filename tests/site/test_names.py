"""Records that are renamed, merged or deleted while tickets are measured: nothing of the past changes."""

import frappe

from tests.site.case import SiteTestCase
from tests.site.records import (
	breaches,
	change,
	clock,
	facts,
	in_force,
	issue,
	named,
	priority,
	roster,
	service,
	target,
)
from tests.site.test_selection import chosen


def rename(doctype, old, new, merge=False):
	frappe.rename_doc(doctype, old, new, merge=merge, force=True, show_alert=False)
	return new


def count(doctype, ticket):
	return frappe.db.count(doctype, {"ticket": ticket})


def past(ticket):
	"""What is stored of a ticket that no change of a name may change."""
	events = frappe.get_all(
		"SLA Event", {"ticket": ticket}, ["sequence", "kind", "at_us", "terms", "target"], order_by="sequence"
	)
	fields = ["metric", "state", "verdict", "due_us", "breached_us", "target_us", "terms", "target"]
	return events, frappe.get_all("SLA Clock", {"ticket": ticket}, fields, order_by="metric, cycle")


class TestIssueGoes(SiteTestCase):
	def setUp(self):
		super().setUp()
		in_force()
		self.ticket = issue()

	def test_without_a_breach_its_events_and_clocks_go_with_it(self):
		frappe.delete_doc("Issue", self.ticket.name)
		for doctype in ("SLA Event", "SLA Clock", "SLA Breach"):
			self.assertEqual(count(doctype, self.ticket.name), 0, doctype)

	def test_its_breaches_stay_withdrawn_and_name_it(self):
		change(self.ticket, "2026-01-05 11:00", status="Closed")
		frappe.delete_doc("Issue", self.ticket.name)
		left = frappe.get_all(
			"SLA Breach", {"title": f"{self.ticket.name} Response"}, ["ticket", "state", "withdrawn_because"]
		)
		self.assertEqual(len(left), 1)
		self.assertEqual((left[0].ticket, left[0].state), (None, "Withdrawn"))
		self.assertIn(f"{self.ticket.name} was deleted", left[0].withdrawn_because)
		self.assertEqual(count("SLA Event", self.ticket.name) + count("SLA Clock", self.ticket.name), 0)

	def test_one_that_people_have_decided_stays_as_they_did(self):
		change(self.ticket, "2026-01-05 11:00", status="Closed")
		frappe.db.set_value("SLA Breach", {"ticket": self.ticket.name}, "state", "Waived")
		frappe.delete_doc("Issue", self.ticket.name)
		left = frappe.get_all("SLA Breach", {"title": f"{self.ticket.name} Response"}, ["state", "ticket"])
		self.assertEqual(left, [{"state": "Waived", "ticket": None}])

	def test_another_ticket_of_the_same_name_begins_anew(self):
		change(self.ticket, "2026-01-05 11:00", status="Closed")
		frappe.delete_doc("Issue", self.ticket.name)
		# The series gives the name of the last one again.
		other = issue("2026-01-06 09:00")
		self.assertEqual(other.name, self.ticket.name)
		change(other, "2026-01-06 11:00", status="Closed")
		self.assertEqual(facts(other), ["opened", "status"])
		self.assertEqual(breaches(other), [("Response", "2026-01-06 10:00")])

	def test_renamed_its_links_follow_and_its_clocks_go_on(self):
		change(self.ticket, "2026-01-05 10:30", status="On Hold")
		before = past(self.ticket.name)
		new = rename("Issue", self.ticket.name, "ISS-RENAMED")
		self.assertEqual(past(new), before)
		self.assertEqual(breaches(new), [("Response", "2026-01-05 10:00")])
		change(other_of(new), "2026-01-05 12:30", status="Open")
		self.assertEqual(facts(new), ["opened", "status", "status"])
		self.assertEqual(clock(new).due, "2026-01-06 11:00")

	def test_a_breach_is_called_as_its_ticket_is(self):
		change(self.ticket, "2026-01-05 10:30", status="On Hold")
		new = rename("Issue", self.ticket.name, "ISS-RENAMED")
		self.assertEqual(frappe.db.get_value("SLA Breach", {"ticket": new}, "title"), f"{new} Response")

	def test_merged_into_another_one_it_goes_and_that_one_keeps_its_own_history(self):
		change(self.ticket, "2026-01-05 11:00", status="On Hold")
		other = issue("2026-01-05 12:00")
		before = past(other.name)
		rename("Issue", self.ticket.name, other.name, merge=True)
		self.assertFalse(frappe.db.exists("Issue", self.ticket.name))
		self.assertEqual(past(other.name), before)
		self.assertEqual(count("SLA Event", self.ticket.name) + count("SLA Clock", self.ticket.name), 0)
		left = frappe.get_all(
			"SLA Breach", {"title": f"{self.ticket.name} Response"}, ["ticket", "state", "withdrawn_because"]
		)
		self.assertEqual((left[0].ticket, left[0].state), (None, "Withdrawn"))
		self.assertIn(f"merged into {other.name}", left[0].withdrawn_because)
		change(other, "2026-01-05 12:30", status="Closed")
		self.assertEqual(facts(other), ["opened", "status"])


def other_of(name):
	return frappe.get_doc("Issue", getattr(name, "name", name))


class TestCustomer(SiteTestCase):
	def test_renamed(self):
		saved = in_force()
		ticket = issue()
		change(ticket, "2026-01-05 11:00", status="On Hold")
		before = past(ticket.name)
		rename("Customer", "Acme", "Acme International")
		self.assertEqual(past(ticket.name), before)
		for doctype in ("SLA Event", "SLA Clock", "SLA Breach"):
			customers = set(frappe.get_all(doctype, {"ticket": ticket.name}, pluck="customer"))
			self.assertEqual(customers, {"Acme International"}, doctype)
		change(ticket, "2026-01-05 12:00", status="Open")
		self.assertEqual(facts(ticket), ["opened", "status", "status"])
		self.assertEqual(chosen(issue(customer="Acme International")), saved.name)

	def test_two_with_contracts_at_the_same_time_are_not_merged(self):
		mine, theirs = in_force(), in_force(customer="Other", effective_from="2026-02-01")
		with self.assertRaises(frappe.ValidationError) as refused:
			rename("Customer", "Acme", "Other", merge=True)
		for word in (mine.name, theirs.name, "at the same time"):
			self.assertIn(word, str(refused.exception))
		self.assertTrue(frappe.db.exists("Customer", "Acme"))

	def test_two_whose_contracts_do_not_meet_are_merged_and_the_contract_follows(self):
		mine = in_force(services=["Mail"])
		in_force(customer="Other", services=["Network"])
		in_force(customer="Other", effective_from="2024-01-01", effective_to="2025-12-31", services=["Mail"])
		ticket = issue(sla_service="Mail")
		before = past(ticket.name)
		rename("Customer", "Acme", "Other", merge=True)
		self.assertEqual(past(ticket.name), before)
		change(ticket, "2026-01-05 09:30", status="On Hold")
		self.assertEqual(facts(ticket), ["opened", "status"])
		self.assertEqual(frappe.db.get_value("SLA Contract", mine.name, "customer"), "Other")
		self.assertEqual(chosen(issue(customer="Other", sla_service="Mail")), mine.name)

	def test_groups_and_territories_too(self):
		for doctype, field in (("Customer Group", "customer_group"), ("Territory", "territory")):
			parent = {
				f"parent_{field}": f"All {'Customer Groups' if field != 'territory' else 'Territories'}"
			}
			names = [named(doctype, f"{doctype} {n}", **parent) for n in (1, 2)]
			mine, theirs = (in_force(applies_to=doctype, **{field: name}) for name in names)
			with self.subTest(doctype), self.assertRaisesRegex(frappe.ValidationError, theirs.name):
				rename(doctype, *names, merge=True)
			mine.cancel()
			rename(doctype, *names, merge=True)
			self.assertFalse(frappe.db.exists(doctype, names[0]))

	def test_one_with_tickets_or_contracts_is_not_deleted(self):
		in_force(customer="Other")
		in_force()
		ticket = issue()
		for name in ("Other", "Acme"):
			with self.subTest(name), self.assertRaises(frappe.LinkExistsError):
				frappe.delete_doc("Customer", name)
		# Its events still name it.
		change(ticket, "2026-01-05 09:30", customer="Other")
		frappe.get_doc("SLA Contract", {"customer": "Acme"})
		self.assertEqual(count("SLA Event", ticket.name), 2)


class TestPriority(SiteTestCase):
	def setUp(self):
		super().setUp()
		self.contract = in_force(target(1, 8), target(1, 2, priority=priority("P1")))

	def test_renamed(self):
		ticket = issue(priority="P1")
		before = past(ticket.name)
		rename("Issue Priority", "P1", "Critical")
		self.assertEqual(past(ticket.name), before)
		self.assertEqual(clock(ticket).priority, "Critical")
		change(ticket, "2026-01-05 09:30", subject="Another subject")
		self.assertEqual(facts(ticket), ["opened"])
		row = frappe.get_doc("SLA Contract", self.contract.name).targets[1]
		self.assertEqual((row.name, row.priority), (self.contract.targets[1].name, "Critical"))
		later = issue(priority="Critical")
		self.assertEqual(clock(later).target, row.name)
		self.assertEqual(clock(later).terms, clock(ticket).terms)

	def test_two_with_a_target_each_are_not_merged(self):
		both = in_force(
			target(),
			target(priority=priority("High")),
			target(priority=priority("Urgent")),
			customer="Other",
		)
		with self.assertRaisesRegex(frappe.ValidationError, f"{both.name}.*rows 2 and 3"):
			rename("Issue Priority", "High", "Urgent", merge=True)

	def test_two_are_merged_where_no_contract_has_both(self):
		ticket = issue(priority="P1")
		rename("Issue Priority", "P1", priority("Top"), merge=True)
		self.assertEqual(clock(issue(priority="Top")).target, self.contract.targets[1].name)
		change(ticket, "2026-01-05 09:30", subject="Another subject")
		self.assertEqual(facts(ticket), ["opened"])

	def test_one_in_use_is_not_deleted(self):
		with self.assertRaises(frappe.LinkExistsError):
			frappe.delete_doc("Issue Priority", "P1")


class TestService(SiteTestCase):
	def test_renamed(self):
		saved = in_force(target(1, 8), target(1, 2, service=service("Mail")), services=["Mail"])
		ticket = issue(sla_service="Mail")
		before = past(ticket.name)
		rename("SLA Service", "Mail", "E-Mail")
		self.assertEqual(past(ticket.name), before)
		change(ticket, "2026-01-05 09:30", subject="Another subject")
		self.assertEqual(facts(ticket), ["opened"])
		later = issue(sla_service="E-Mail")
		self.assertEqual((clock(later).target, clock(later).due), (saved.targets[1].name, "2026-01-05 11:00"))
		self.assertEqual(chosen(later), saved.name)

	def test_two_with_a_target_each_are_not_merged(self):
		both = in_force(target(), target(service=service("Mail")), target(service=service("Network")))
		with self.assertRaisesRegex(frappe.ValidationError, f"{both.name}.*rows 2 and 3"):
			rename("SLA Service", "Mail", "Network", merge=True)

	def test_its_roster_is_still_the_one_for_it(self):
		frappe.db.delete("SLA On-Call Roster")
		first = roster(service=service("Mail")).insert()
		rename("SLA Service", "Mail", "E-Mail")
		self.assertRefused(roster(service="E-Mail"), first.name)
		roster(service=service("Mail")).insert()

	def test_two_with_a_roster_each_are_not_merged_while_both_are_enabled(self):
		frappe.db.delete("SLA On-Call Roster")
		roster(service=service("Mail"), title="Mail").insert()
		other = roster(service=service("Network"), title="Network").insert()
		with self.assertRaisesRegex(frappe.ValidationError, "same tickets"):
			rename("SLA Service", "Mail", "Network", merge=True)
		frappe.db.set_value("SLA On-Call Roster", other.name, {"enabled": 0, "unique_key": None})
		rename("SLA Service", "Mail", "Network", merge=True)
		self.assertRefused(roster(service="Network"), "Mail")

	def test_two_in_contracts_of_the_same_time_are_not_merged(self):
		mail, network = in_force(services=["Mail"]), in_force(services=["Network"])
		with self.assertRaisesRegex(
			frappe.ValidationError, f"({mail.name}|{network.name}).*at the same time"
		):
			rename("SLA Service", "Mail", "Network", merge=True)

	def test_two_of_one_contract_are_merged(self):
		saved = in_force(services=["Mail", "Network"])
		ticket = issue(sla_service="Mail")
		rename("SLA Service", "Mail", "Network", merge=True)
		change(ticket, "2026-01-05 09:30", subject="Another subject")
		self.assertEqual((facts(ticket), chosen(issue(sla_service="Network"))), (["opened"], saved.name))

	def test_one_in_use_is_not_deleted(self):
		in_force(services=["Mail"])
		with self.assertRaises(frappe.LinkExistsError):
			frappe.delete_doc("SLA Service", "Mail")
