"""A statement is credited by one invoice, and either frees the other: in its life, and by two people at once."""

from functools import partial

import frappe

from sla_guard.statements.credit_note import make_credit_note
from tests.site.books import (
	CreditCase,
	contract,
	credit,
	lived,
	penalty,
	per_hour,
	statement,
	vat,
)
from tests.site.books_at_once import BooksAtOnce
from tests.site.records import customer


class TestOnce(CreditCase):
	def setUp(self):
		super().setUp()
		self.under = contract()
		self.penalties = [penalty(self.under), penalty(self.under)]
		self.owed = statement(self.under, penalties=self.penalties)

	def assertStatus(self, of_statement, of_penalties):
		self.assertEqual(self.status(self.owed), of_statement)
		found = frappe.get_all("SLA Penalty", {"name": ("in", self.penalties)}, pluck="status")
		self.assertEqual(set(found), {of_penalties})

	def refused(self):
		with self.assertRaises(frappe.ValidationError) as refused:
			make_credit_note(self.owed.name)
		return frappe.utils.strip_html(str(refused.exception))

	def test_while_it_is_a_draft_there_is_no_second(self):
		note = credit(self.owed)
		self.assertIn(note.name, self.refused())
		self.assertStatus("Approved", "Approved")
		note.delete()
		self.assertEqual(credit(self.owed).net_total, -150)

	def test_submitted_the_statement_and_its_penalties_are_credited(self):
		note = credit(self.owed)
		note.submit()
		self.assertStatus("Credited", "Credited")
		self.assertIn(note.name, self.refused())

	def test_from_a_ticket_closed_late_and_back(self):
		customer("Globex")
		stated = lived(per_hour(customer="Globex"))
		note = credit(stated)
		self.assertEqual((note.customer, note.net_total), ("Globex", -30))
		note.submit()
		self.assertEqual(self.statuses(stated), ["Credited", "Credited"])
		note.cancel()
		self.assertEqual(self.statuses(stated), ["Approved", "Approved"])
		frappe.get_doc("SLA Statement", stated.name).update({"cancel_reason": "A mistake"}).cancel()
		self.assertEqual(self.statuses(stated), ["Cancelled", "Approved"])

	def statuses(self, stated):
		"""Of a statement and the penalty on its only line."""
		(line,) = stated.lines
		return [self.status(stated), frappe.db.get_value("SLA Penalty", line.penalty, "status")]

	def test_cancelled_it_frees_the_statement(self):
		note = credit(self.owed)
		note.submit()
		note.cancel()
		self.assertStatus("Approved", "Approved")
		credit(self.owed).submit()
		self.assertStatus("Credited", "Credited")

	def test_cancelled_the_statement_is_sent_or_not_sent_as_it_was(self):
		for before, values in {
			"Sent": {"sent_on": "2026-02-04 10:00:00"},
			"Not Sent": {"sent_on": None, "not_sent_because": "No recipient"},
		}.items():
			with self.subTest(before):
				frappe.db.set_value("SLA Statement", self.owed.name, values | {"status": before})
				note = credit(self.owed)
				note.submit()
				self.assertStatus("Credited", "Credited")
				note.cancel()
				self.assertStatus(before, "Approved")

	def test_a_cancelled_penalty_stays_cancelled(self):
		frappe.db.set_value("SLA Penalty", self.penalties[0], {"docstatus": 2, "status": "Cancelled"})
		credit(self.owed).submit()
		found = [frappe.db.get_value("SLA Penalty", name, "status") for name in self.penalties]
		self.assertEqual(found, ["Cancelled", "Credited"])

	def test_an_amended_one_credits_the_statement_unless_another_one_does(self):
		note = credit(self.owed)
		note.submit()
		note.cancel()
		amended = frappe.copy_doc(note).update({"amended_from": note.name, "sla_statement": self.owed.name})
		amended.update({"is_return": 1, "docstatus": 0})
		other = credit(self.owed)
		self.assertRefused(amended, other.name, "already")
		other.delete()
		amended.insert().submit()
		self.assertStatus("Credited", "Credited")

	def test_a_copy_credits_nothing(self):
		self.assertIsNone(frappe.copy_doc(credit(self.owed), ignore_no_copy=False).get("sla_statement"))

	def test_a_credited_statement_is_not_cancelled(self):
		note = credit(self.owed)
		self.assertNotCancelled(note.name)
		note.submit()
		self.assertNotCancelled(note.name)
		note.cancel()
		self.cancel_statement()
		self.assertEqual(frappe.db.get_value("SLA Statement", self.owed.name, "docstatus"), 2)
		self.assertIn("not approved", self.refused())

	def assertNotCancelled(self, *words):
		with self.assertRaises(frappe.LinkExistsError) as refused:
			self.cancel_statement()
		for word in words:
			self.assertIn(word, frappe.utils.strip_html(str(refused.exception)))

	def cancel_statement(self):
		frappe.get_doc("SLA Statement", self.owed.name).update({"cancel_reason": "A mistake"}).cancel()

	def test_the_form_of_the_statement_leads_to_it(self):
		from frappe.desk.notifications import get_open_count

		credit(self.owed)
		found = get_open_count("SLA Statement", self.owed.name)
		counts = {row["doctype"]: row["count"] for row in found["count"]["external_links_found"]}
		self.assertEqual(counts["Sales Invoice"], 1)

	def test_it_stays_what_the_statement_owes(self):
		note = credit(self.owed)
		note.items[0].rate = 149
		self.assertRefused(note, self.owed.name, "150.00", "149.00")
		note.reload()
		note.append("taxes", vat(20))
		self.assertRefused(note, "no taxes")
		note.reload()
		note.customer = customer("Globex")
		self.assertRefused(note, self.owed.name, "Globex")


class TestAtOnce(BooksAtOnce):
	def test_one_of_two_is_refused(self):
		owed = self.statement()
		came_of_it = self.come_of(partial(make_credit_note, owed), partial(make_credit_note, owed))
		(made,) = (each for each in came_of_it if isinstance(each, str))
		(refused,) = (each for each in came_of_it if not isinstance(each, str))
		self.assertIsInstance(refused, frappe.ValidationError)
		self.assertIn(made, str(refused))
		self.assertEqual(frappe.get_all("Sales Invoice", {"sla_statement": owed}, pluck="name"), [made])

	def test_of_two_statements_both_are_credited(self):
		first, second = self.statement(), self.statement()
		made = self.come_of(partial(make_credit_note, first), partial(make_credit_note, second))
		for owed, name in zip((first, second), made, strict=True):
			self.assertEqual(frappe.get_all("Sales Invoice", {"sla_statement": owed}, pluck="name"), [name])

	def test_a_statement_is_credited_or_cancelled(self):
		owed = self.statement(unique_key=frappe.generate_hash())

		def cancel():
			frappe.get_doc("SLA Statement", owed).update({"cancel_reason": "A mistake"}).cancel()

		made, cancelled = self.come_of(partial(make_credit_note, owed), cancel)
		(refused,) = (each for each in (made, cancelled) if isinstance(each, Exception))
		self.assertIsInstance(refused, frappe.ValidationError)
		invoices = frappe.get_all("Sales Invoice", {"sla_statement": owed}, pluck="name")
		docstatus = frappe.db.get_value("SLA Statement", owed, "docstatus")
		self.assertIn((invoices, docstatus), [([made], 1), ([], 2)])
