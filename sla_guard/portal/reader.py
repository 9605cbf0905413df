"""Who reads, and what is theirs: the tickets of the own customers and those raised by the reader; the statements where
the contract names the reader as one who sees money. What is not theirs does not exist for them."""

from __future__ import annotations

from functools import cached_property

import frappe
from frappe.model.document import Document
from frappe.query_builder.functions import Lower
from pypika.queries import Table
from pypika.terms import Criterion

from sla_guard.permissions import STATEMENT, customers_of, own_statements

NO_PAGE = frappe.PageDoesNotExistError


class Reader:
	"""A user of the website, who may be a user of several customers, of one or of none. `customer` is the one whose
	pages are read; "" for somebody who only has tickets of their own. Raises PageDoesNotExistError for another's."""

	def __init__(self, user: str, customer: str | None = None) -> None:
		self.user = user
		self.customers = sorted(customers_of(user))
		if customer and customer not in self.customers:
			raise NO_PAGE
		self.customer = customer or next(iter(self.customers), "")

	@cached_property
	def names(self) -> dict[str, str]:
		"""What the own customers are called, in the order of these names."""
		rows = frappe.get_all("Customer", {"name": ("in", self.customers)}, ["name", "customer_name"])
		called = {row.name: row.customer_name or row.name for row in rows}
		return dict(sorted(called.items(), key=lambda item: item[1].casefold()))

	# ---- tickets

	def theirs(self, issue: Table) -> Criterion:
		"""The tickets of the customer whose pages are read, and those raised by the reader under no other of theirs."""
		raised = self._raised(issue)
		if not self.customer:
			return raised
		others = [each for each in self.customers if each != self.customer]
		elsewhere = issue.customer.isin(others) if others else issue.name.isnull()
		return (issue.customer == self.customer) | (raised & (elsewhere.negate() | issue.customer.isnull()))

	def any_of_theirs(self, issue: Table) -> Criterion:
		"""Every ticket that the reader may see."""
		raised = self._raised(issue)
		return (issue.customer.isin(self.customers) | raised) if self.customers else raised

	def _raised(self, issue: Table) -> Criterion:
		return Lower(issue.raised_by) == self.user.lower()

	def sees_tickets(self, names: set[str]) -> set[str]:
		"""Those of these tickets that the reader may see."""
		if not names:
			return set()
		issue = frappe.qb.DocType("Issue")
		query = frappe.qb.from_(issue).select(issue.name).where(issue.name.isin(sorted(names)))
		return {name for (name,) in query.where(self.any_of_theirs(issue)).run()}

	# ---- statements

	@cached_property
	def statements(self) -> list[str]:
		"""Names of the statements that the reader may see, of all own customers."""
		return own_statements(self.user)

	def statement(self, name: str | None) -> Document:
		"""Raises PageDoesNotExistError where the reader may see none of this name."""
		if not name or name not in self.statements:
			raise NO_PAGE
		return frappe.get_doc(STATEMENT, name)
