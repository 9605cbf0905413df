"""For tests of two people at once at what is credited."""

from functools import partial
from threading import Barrier

import frappe

from tests.site.books import FEBRUARY, account, company, contract, statement
from tests.site.committed import MADE, CommittedCase, at_once
from tests.site.records import at, customer

# What is committed of the books, by the test or by ERPNext with a company.
BOOKS = (
	*(
		"Sales Invoice",
		"Sales Invoice Item",
		"Company",
		"Account",
		"Cost Center",
		"Department",
		"Fiscal Year",
	),
	*("SLA Statement", "SLA Statement Line"),
)


class BooksAtOnce(CommittedCase):
	"""A statement of a customer of its own, under a contract that credits an indemnity."""

	makes = (*MADE, *BOOKS)

	def setUp(self):
		super().setUp()
		customer(self.customer)
		provider = company(f"Provider of {self.customer}")
		penalties = account("Penalties", provider, "Expense")
		self.under = contract(customer=self.customer, company=provider, credit_account=penalties)

	def statement(self, **rest):
		return statement(self.under, customer=self.customer, **rest).name

	def come_of(self, *verbs):
		"""What these return or raise who have both looked at the site before either begins."""
		both_have_looked = Barrier(len(verbs))

		def begun(verb):
			# From its first look on a transaction sees the site as it was then.
			frappe.get_all("Sales Invoice", {"sla_statement": ("is", "set")})
			both_have_looked.wait(10)
			result = verb()
			frappe.db.commit()
			return result

		with at(FEBRUARY):
			return at_once(*(partial(begun, verb) for verb in verbs))
