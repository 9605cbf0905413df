"""Two people submit contracts at the same time, each in a connection of its own."""

from functools import partial
from threading import Barrier

import frappe

from tests.site.committed import CommittedCase, at_once
from tests.site.records import contract, customer, new_version


class TestAtOnce(CommittedCase):
	def setUp(self):
		super().setUp()
		customer(self.customer)

	def test_one_of_two_that_overlap_is_refused(self):
		drafts = [contract(customer=self.customer, title=title).insert() for title in ("One", "Other")]
		self.assertOneSubmitted(drafts, "at the same time")

	def test_one_of_two_new_versions_is_refused(self):
		first = self.in_force()
		drafts = [
			new_version(first, "2026-03-01", effective_to="2026-03-31"),
			new_version(first, "2026-05-01"),
		]
		self.assertOneSubmitted(drafts, "supersedes")

	def test_one_of_two_for_everybody_is_refused(self):
		drafts = [
			contract(applies_to="Everybody", effective_from=f"2199-01-0{day}").insert() for day in (1, 2)
		]
		self.assertOneSubmitted(drafts, "at the same time")

	def assertOneSubmitted(self, drafts, words):
		both_have_begun = Barrier(2)

		def submit(name):
			document = frappe.get_doc("SLA Contract", name)
			# From its first look on a transaction sees the site as it was then.
			both_have_begun.wait(10)
			document.submit()
			frappe.db.commit()
			return name

		came_of_it = at_once(*(partial(submit, draft.name) for draft in drafts))
		(won,) = (each for each in came_of_it if isinstance(each, str))
		(refused,) = (each for each in came_of_it if not isinstance(each, str))
		self.assertIsInstance(refused, frappe.ValidationError)
		self.assertIn(words, str(refused))
		names = [draft.name for draft in drafts]
		submitted = frappe.get_all("SLA Contract", {"name": ("in", names), "docstatus": 1}, pluck="name")
		self.assertEqual(submitted, [won])
