"""A duplicate of a contract is a contract of its own; what belonged to the first alone is not copied."""

import frappe

from tests.site.case import SiteTestCase
from tests.site.records import customer, in_force, money, new_version, rule, target

ITS_OWN = ("effective_from", "effective_to", "supersedes", "chain", "terms", "starts_us", "ends_us")
KEYS = ("unique_key", "cancelled_key", "amended_from", "accepted_by", "accepted_on", "accepted_file")


def duplicate(document, **values):
	"""As the form's menu makes it."""
	copied = frappe.copy_doc(document, ignore_no_copy=False)
	return copied.update({"docstatus": 0, **values})


class TestCopies(SiteTestCase):
	def test_what_belongs_to_a_contract_alone_is_not_copied(self):
		copied = duplicate(in_force(**money(rule()), effective_to="2026-12-31"))
		self.assertEqual({copied.get(field) for field in (*ITS_OWN, *KEYS)}, {None})

	def test_what_it_promises_is_copied_and_it_begins_a_chain_of_its_own(self):
		first = in_force(target(1, 8), **money(rule()))
		customer("Duplicated")
		copied = duplicate(first, customer="Duplicated", effective_from="2026-02-01").insert()
		copied.submit()
		self.assertEqual((copied.chain, first.chain), (copied.name, first.name))
		self.assertEqual([row.response_time for row in copied.targets], [3600])
		self.assertEqual([row.rule_name for row in copied.penalty_rules], ["Late"])

	def test_a_duplicate_for_the_same_customer_is_refused_while_the_first_is_in_force(self):
		first = in_force()
		copied = duplicate(first, effective_from="2026-03-01").insert()
		with self.assertRaisesRegex(frappe.ValidationError, first.name):
			copied.submit()

	def test_a_new_version_goes_on_with_the_chain_and_ends_the_one_before(self):
		first = in_force(**money(rule(), penalties_from="2026-02-01"))
		second = new_version(first, "2026-04-01")
		second.submit()
		first.reload()
		self.assertEqual((second.chain, first.ends_us), (first.name, second.starts_us))
		# A ramp-up that was agreed goes on to hold.
		self.assertEqual(str(second.penalties_from), "2026-02-01")
