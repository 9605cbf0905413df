"""Contracts over time: submitted for good, superseded, cancelled while nobody uses them, never two at once."""

from functools import partial

import frappe
from frappe import client

from tests.site.case import SiteTestCase
from tests.site.records import contract, customer, in_force, issue, new_version, priority, service, target

REFUSED = (frappe.ValidationError, frappe.PermissionError)


def day(text):
	return frappe.format(text, "Date")


class VersionCase(SiteTestCase):
	def setUp(self):
		super().setUp()
		customer()

	def assertSubmitRefused(self, document, *words):
		"""Submitting it is refused with a message that has all these words; it stays a draft."""
		if document.is_new():
			document.insert()
		document.docstatus = 1
		self.assertRefused(document, *words)
		self.assertEqual(frappe.db.get_value("SLA Contract", document.name, "docstatus"), 0)


class TestSubmitted(VersionCase):
	def assertUnchanged(self, document, field, change):
		before = frappe.db.get_value(document.doctype, document.name, field)
		with self.assertRaises(REFUSED):
			change()
		self.assertEqual(frappe.db.get_value(document.doctype, document.name, field), before)

	def test_no_field_is_edited_by_form_request_or_program(self):
		name = in_force().name
		for field, value in (
			("title", "Platinum"),
			("effective_to", "2026-12-31"),
			("customer", customer("Other")),
			("answer_mail", 0),
			("on_reopening", "New cycle"),
			("terms", None),
			("ends_us", 1),
			("unique_key", "x"),
		):
			document = partial(frappe.get_doc, "SLA Contract", name)
			ways = {
				"form": document().update({field: value}).save,
				"request": partial(client.set_value, "SLA Contract", name, {field: value}),
				"program": partial(document().db_set, field, value),
			}
			for way, change in ways.items():
				with self.subTest(f"{field} by {way}"):
					self.assertUnchanged(document(), field, change)

	def test_no_row_is_edited_added_or_removed(self):
		saved = in_force(target(), target(2, 4, priority=priority("P1")), services=["Mail"])
		for row, field, value in (
			(saved.targets[1], "response_time", 60),
			(saved.status_rules[0], "effect", "Pauses Both"),
			(saved.services[0], "service", service("Network")),
		):
			document = partial(frappe.get_doc, row.doctype, row.name)
			another = row.as_dict() | {"name": None, "docstatus": 0, field: value}
			ways = {
				"set_value": partial(client.set_value, row.doctype, row.name, field, value),
				"PUT": document().update({field: value}).save,
				"program": partial(document().db_set, field, value),
				"delete": partial(client.delete, row.doctype, row.name),
				"DELETE": partial(frappe.delete_doc, row.doctype, row.name),
				"insert": partial(client.insert, another),
				"POST": frappe.get_doc(another).insert,
			}
			rows = frappe.db.count(row.doctype, {"parent": saved.name})
			for way, change in ways.items():
				with self.subTest(f"{row.doctype} by {way}"):
					self.assertUnchanged(row, field, change)
					self.assertEqual(frappe.db.count(row.doctype, {"parent": saved.name}), rows)

	def test_it_is_neither_deleted_nor_renamed(self):
		saved = in_force()
		self.assertUnchanged(saved, "name", saved.delete)
		self.assertUnchanged(
			saved, "name", lambda: frappe.rename_doc("SLA Contract", saved.name, "SLA-Another")
		)

	def test_a_request_that_enters_and_submits_at_once(self):
		saved = contract(docstatus=1).insert()
		self.assertTrue(frappe.db.get_value("SLA Contract", saved.name, "terms"))
		self.assertSubmitRefused(contract(), saved.name)


class TestCancelling(VersionCase):
	def test_one_that_is_used_names_a_ticket(self):
		saved = in_force()
		ticket = issue()
		with self.assertRaisesRegex(frappe.ValidationError, f"{saved.name}.* has clocks .*{ticket.name}"):
			saved.cancel()

	def test_one_that_a_ticket_was_measured_against_once(self):
		from tests.site.records import change

		saved = in_force()
		in_force(customer="Other")
		ticket = issue()
		change(ticket, "2026-01-05 09:30", customer="Other")
		with self.assertRaisesRegex(frappe.ValidationError, ticket.name):
			saved.cancel()

	def test_one_whose_tickets_it_did_not_cover(self):
		saved = in_force(services=["Mail"])
		issue(sla_service=service("Network"))
		saved.cancel()
		self.assertEqual(frappe.db.get_value("SLA Contract", saved.name, "docstatus"), 2)

	def test_one_of_a_breach_that_outlived_its_ticket(self):
		from tests.site.records import change

		saved = in_force()
		ticket = issue()
		change(ticket, "2026-01-06 12:00", status="Closed")
		frappe.delete_doc("Issue", ticket.name)
		with self.assertRaisesRegex(frappe.ValidationError, ticket.name):
			saved.cancel()

	def test_an_unused_one_is_cancelled_amended_and_keeps_its_chain(self):
		saved = in_force()
		saved.cancel()
		key = f"{saved.name}|2026-01-01"
		self.assertEqual((saved.unique_key, saved.cancelled_key), (None, key))
		amended = amend(saved, title="Gold, corrected")
		amended.submit()
		self.assertEqual((amended.chain, amended.unique_key, amended.cancelled_key), (saved.name, key, None))
		self.assertEqual(frappe.db.get_value("SLA Contract", amended.name, "terms"), terms_of(amended))

	def test_an_amended_second_version_stays_in_the_chain_and_supersedes(self):
		first = in_force()
		second = new_version(first, "2026-03-01").submit()
		second.cancel()
		amended = amend(second, effective_from="2026-04-01")
		amended.submit()
		self.assertEqual((amended.chain, amended.supersedes), (first.name, first.name))
		self.assertEqual(ends(first), amended.starts_us)


class TestNewVersion(VersionCase):
	def test_the_old_one_ends_where_the_new_one_starts(self):
		first = in_force(time_zone="Europe/Paris")
		second = new_version(first, "2026-03-01").submit()
		third = new_version(second, "2026-06-01").submit()
		self.assertEqual((ends(first), ends(second), ends(third)), (second.starts_us, third.starts_us, 0))
		self.assertEqual({first.chain, second.chain, third.chain}, {first.name})
		self.assertEqual([first.supersedes, second.supersedes], [None, first.name])

	def test_a_draft_ends_nothing(self):
		first = in_force()
		new_version(first, "2026-03-01")
		self.assertEqual(ends(first), 0)

	def test_one_that_ends_earlier_still_ends_then(self):
		first = in_force(effective_to="2026-01-31")
		end = first.ends_us
		new_version(first, "2026-03-01").submit()
		self.assertEqual(ends(first), end)

	def test_cancelling_the_new_one_reopens_the_end_of_the_old_one(self):
		first = in_force()
		second = new_version(first, "2026-03-01").submit()
		second.cancel()
		self.assertEqual(ends(first), 0)
		in_the_end = in_force(customer="Other", effective_to="2026-12-31")
		end = in_the_end.ends_us
		new_version(in_the_end, "2026-03-01").submit().cancel()
		self.assertEqual(ends(in_the_end), end)

	def test_the_place_that_an_old_one_left_may_be_taken(self):
		first = in_force()
		second = new_version(first, "2026-03-01", effective_to="2026-06-30").submit()
		another = in_force(effective_from="2026-07-01", title="Another")
		with self.assertRaisesRegex(frappe.ValidationError, f"Without .*{second.name}.*{another.name}"):
			second.cancel()

	def test_a_version_in_the_middle_is_not_cancelled(self):
		first = in_force()
		second = new_version(first, "2026-03-01").submit()
		new_version(second, "2026-06-01").submit()
		with self.assertRaisesRegex(frappe.ValidationError, f"supersedes .*{second.name}.*: cancel that one"):
			frappe.get_doc("SLA Contract", second.name).cancel()

	def test_what_it_cannot_supersede(self):
		first = in_force()
		draft = contract(effective_from="2026-02-01").insert()
		others = in_force(customer="Other")
		for supersedes, start, words in (
			(draft.name, "2026-03-01", f"{draft.name} is not submitted"),
			(others.name, "2026-03-01", f"{others.name} applies to Other, this one to Acme"),
			(first.name, "2026-01-01", f"{first.name} starts on {day('2026-01-01')}"),
			(first.name, "2025-06-01", "a version that supersedes it starts later"),
		):
			with self.subTest(words):
				self.assertRefused(contract(supersedes=supersedes, effective_from=start), words)

	def test_one_that_was_superseded_already(self):
		first = in_force()
		second = new_version(first, "2026-03-01", effective_to="2026-03-31").submit()
		self.assertRefused(
			contract(supersedes=first.name, effective_from="2026-05-01"),
			f"{second.name} supersedes {first.name} already",
		)

	def test_two_drafts_of_which_one_is_submitted_first(self):
		first = in_force()
		one, other = (new_version(first, start) for start in ("2026-03-01", "2026-04-01"))
		one.submit()
		self.assertSubmitRefused(other, f"{one.name} supersedes {first.name} already")


class TestTwoAtOnce(VersionCase):
	def test_two_for_the_same_customer_on_the_same_day(self):
		first = in_force()
		for start in ("2026-01-01", "2026-05-01", "2025-01-01"):
			with self.subTest(start):
				self.assertSubmitRefused(
					contract(effective_from=start),
					f"{first.name} (Gold) is in force for Acme from {day('2026-01-01')} already",
				)

	def test_the_last_day_counts(self):
		in_force(effective_to="2026-03-31")
		self.assertSubmitRefused(contract(effective_from="2026-03-31"), "already")
		self.assertTrue(contract(effective_from="2026-04-01").insert().submit())

	def test_a_day_that_is_the_same_only_in_another_zone(self):
		in_force(effective_to="2026-03-31", time_zone="America/New_York")
		self.assertSubmitRefused(contract(effective_from="2026-04-01", time_zone="Asia/Tokyo"), "already")

	def test_the_same_service(self):
		first = in_force(services=["Mail", "Network"])
		self.assertSubmitRefused(contract(services=["Telephony", "Network"]), first.name)

	def test_other_services_stand_beside_it_and_so_does_one_for_all(self):
		in_force(services=["Mail", "Network"])
		in_force(services=["Telephony"])
		in_force()
		self.assertSubmitRefused(contract(), "already")

	def test_every_kind_of_party(self):
		customer("Acme", group="Retail", territory="North")
		for applies_to, party in (
			("Customer Group", {"customer_group": "Retail"}),
			("Territory", {"territory": "North"}),
			("Everybody", {}),
		):
			with self.subTest(applies_to):
				saved = in_force(applies_to=applies_to, **party)
				self.assertSubmitRefused(contract(applies_to=applies_to, **party), saved.name)

	def test_another_party_is_no_matter(self):
		for party in ({"customer": "Acme"}, {"customer": "Other"}, {"applies_to": "Everybody"}):
			in_force(**party)

	def test_a_cancelled_one_is_no_matter(self):
		in_force().cancel()
		self.assertTrue(in_force())


def amend(cancelled, **values):
	"""As the form does: with everything that the cancelled one says."""
	amended = frappe.copy_doc(cancelled).update({"amended_from": cancelled.name, "docstatus": 0, **values})
	return amended.insert()


def ends(document):
	return frappe.db.get_value("SLA Contract", document.name, "ends_us")


def terms_of(document):
	return frappe.get_doc("SLA Contract", document.name).terms_value().hash
