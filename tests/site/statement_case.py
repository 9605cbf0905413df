"""A customer under a contract with penalties, and the statements of its months."""

from datetime import date

import frappe

from sla_guard.statements import drafts
from tests.site.case import SiteTestCase
from tests.site.records import at, change, in_force, issue, money, round_the_clock, rule, target
from tests.site.routes import sweep

JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))


def per_hour(**rest):
	return rule(
		"Per hour", "Per started unit late", metric="Resolution", time="Elapsed time", amount=10, **rest
	)


def as_stored(statement):
	return statement and frappe.get_doc("SLA Statement", statement.name)


class StatementCase(SiteTestCase):
	"""Acme is promised two hours around the clock; each started hour late costs 10."""

	rules = (per_hour(),)
	rest = ()

	def setUp(self):
		super().setUp()
		self.contract = self.signed()

	def signed(self, **rest):
		"""The contract, with whatever else a class or a test wants in it."""
		rest = {"support_hours": round_the_clock(), **money(*self.rules), **dict(self.rest), **rest}
		return in_force(target(None, 2), **rest)

	def ticket(self, opened, closed=None):
		ticket = issue(opened)
		if closed:
			change(ticket, closed, status="Closed")
		return ticket

	def missed(self, breached, closed=None):
		"""A ticket that was due at this instant."""
		opened = frappe.utils.add_to_date(breached, hours=-2)
		ticket = self.ticket(str(opened), closed)
		sweep(ticket, when=closed or str(frappe.utils.add_to_date(breached, minutes=1)))
		return ticket

	def draft(self, first, when=None):
		with at(when or str(frappe.utils.add_months(first, 1)) + " 12:00"):
			return as_stored(drafts.draft(self.contract.chain, "Acme", first))

	def submit(self, first, when=None):
		"""Drafts it, approves its penalties, submits it."""
		statement = self.draft(first, when)
		with at(when or str(frappe.utils.add_months(first, 1)) + " 13:00"):
			for row in statement.lines:
				penalty = frappe.get_doc("SLA Penalty", row.penalty)
				if not penalty.docstatus:
					penalty.submit()
			statement.submit()
		return statement
