"""Two people at one statement: a line is disputed once, and either held or credited, never both."""

from functools import partial

import frappe

from sla_guard import disputes
from sla_guard.statements.credit_note import make_credit_note
from tests.site.books import penalty
from tests.site.books_at_once import BooksAtOnce


class TestDisputesAtOnce(BooksAtOnce):
	def setUp(self):
		super().setUp()
		first, second = (penalty(self.under) for _number in range(2))
		self.owed = self.statement(penalties=(first, second))
		for number, name in enumerate((first, second)):
			line = {"parent": self.owed, "penalty": name}
			frappe.db.set_value("SLA Statement Line", line, {"line_key": f"b{number}|Late", "amount": 75})
		frappe.db.commit()

	def dispute(self, number=0):
		return disputes.open_dispute(self.owed, f"b{number}|Late", "No")

	def held(self):
		return frappe.db.get_value("SLA Statement", self.owed, "held")

	def test_one_line_is_disputed_once(self):
		came_of_it = self.come_of(self.dispute, self.dispute)
		(made,) = (each for each in came_of_it if isinstance(each, str))
		(refused,) = (each for each in came_of_it if not isinstance(each, str))
		self.assertIsInstance(refused, frappe.ValidationError)
		self.assertEqual(frappe.get_all("SLA Dispute", {"statement": self.owed}, pluck="name"), [made])
		self.assertEqual(self.held(), 75)

	def test_of_two_lines_both_are_held(self):
		self.come_of(self.dispute, partial(self.dispute, 1))
		self.assertEqual(self.held(), 150)

	def test_disputed_and_credited_at_once_the_line_is_in_one_of_them(self):
		"""The draft credits 150 where it was first, and is then not submitted; else 75."""
		_made, note = self.come_of(self.dispute, partial(make_credit_note, self.owed))
		self.assertEqual(self.held(), 75)
		total = frappe.db.get_value("Sales Invoice", note, "net_total")
		self.assertIn(total, (-150, -75))
		if total == -150:
			with self.assertRaises(frappe.ValidationError):
				frappe.get_doc("Sales Invoice", note).submit()

	def test_decided_twice_at_once_it_is_decided_once(self):
		name = self.dispute()
		frappe.db.commit()
		kept = partial(disputes.answer, name, "No", "Kept")
		changed = partial(disputes.answer, name, "Yes", "Changed", "80")
		came_of_it = self.come_of(kept, changed)
		self.assertEqual(sum(isinstance(each, frappe.ValidationError) for each in came_of_it), 1)
		outcome = frappe.db.get_value("SLA Dispute", name, "outcome")
		self.assertEqual((outcome, self.held()), {"Kept": ("Kept", 0), "Changed": ("Changed", 75)}[outcome])
