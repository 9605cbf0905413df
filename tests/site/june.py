"""The reports over June of 2037, in which nothing else happens on any site; its days are those of 2026."""

import frappe

from tests.site.case import SiteTestCase
from tests.site.records import change, in_force, issue, round_the_clock, target
from tests.site.routes import request

JUNE = {"from_date": "2037-06-01", "to_date": "2037-06-30"}
REPORTS = ("SLA Breaches", "SLA Compliance", "SLA Penalties")


def desk(report, **filters):
	"""What the desk asks of the server for a report, and what it gets."""
	return request(
		"frappe.desk.query_report.run",
		report_name=report,
		filters=frappe.as_json({**JUNE, **filters}),
		ignore_prepared_report=False,
		is_tree=None,
		parent_field=None,
		are_default_filters=True,
	)


def company(name):
	"""A row without what ERPNext makes along with a company: accounts, warehouses, templates."""
	if not frappe.db.exists("Company", name):
		initials = "".join(word[0] for word in name.split())
		values = {"company_name": name, "abbr": initials, "default_currency": "EUR", "country": "France"}
		frappe.new_doc("Company").update({"name": name, **values}).db_insert()
	return name


def missed(customer="Acme", opened="2037-06-10 09:00", closed="2037-06-11 09:00", **values):
	ticket = issue(opened, customer=customer, **values)
	change(ticket, closed, status="Closed")
	return ticket


def penalty(name, *, amount, currency="EUR", customer="Acme", due=None, status="Approved", **values):
	"""A penalty of June, as the database has it; with `due`, on a statement that leaves so much of it."""
	period = {"period_start": "2037-06-01", "period_end": "2037-06-30"}
	fields = {"name": name, "customer": customer, "amount": amount, "currency": currency, "status": status}
	frappe.new_doc("SLA Penalty").update(
		{**period, **fields, **values, "docstatus": int(status != "Draft")}
	).db_insert()
	if due is not None:
		line = {"penalty": name, "amount": due, "parent": f"Statement of {customer}", "docstatus": 1}
		line |= {"parenttype": "SLA Statement", "parentfield": "lines", "name": f"{name} line"}
		frappe.new_doc("SLA Statement Line").update(line).db_insert()
	return name


class ReportCase(SiteTestCase):
	def setUp(self):
		super().setUp()
		self.contract = self.in_force()

	def in_force(self, **rest):
		return in_force(target(None, 8), **{"support_hours": round_the_clock(), **rest})
