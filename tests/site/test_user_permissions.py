"""User permissions on Company and Customer limit each of us in lists, rows, documents, print and requests."""

import json
from functools import partial

import frappe
from frappe import client
from frappe.www.printview import get_html_and_style

from tests.site.case import SiteTestCase, make_user
from tests.site.decisions import breach, claimed, penalty, statement
from tests.site.records import customer, in_force
from tests.site.routes import as_user, request

LIMITED = (
	"SLA Contract",
	"SLA Clock",
	"SLA Breach",
	"SLA Event",
	"SLA Exclusion",
	"SLA Penalty",
	"SLA Statement",
)
ROWS = {
	"SLA Statement Line": "SLA Statement",
	"Priority Target": "SLA Contract",
	"SLA Status Rule": "SLA Contract",
}


class TestUserPermissions(SiteTestCase):
	def setUp(self):
		super().setUp()
		self.user = make_user("sla-limited", "SLA Manager", "SLA Approver")
		self.manager = make_user("sla-manager", "SLA Manager")
		self.company = company("Acme")
		self.ours, self.theirs = self.all_of("Acme", self.company), self.all_of("Beta", company("Beta"))

	def all_of(self, of, company):
		"""One of each for this customer and company."""
		contract = in_force(customer=customer(of), company=company, currency="EUR")
		about = breach(customer=of, company=company)
		ticket = {"ticket": about.ticket}
		return {
			"SLA Contract": contract.name,
			"SLA Breach": about.name,
			"SLA Clock": frappe.db.get_value("SLA Clock", ticket),
			"SLA Event": frappe.db.get_value("SLA Event", ticket),
			"SLA Exclusion": claimed(about, self.manager).name,
			"SLA Penalty": penalty(contract, about, customer=of).name,
			"SLA Statement": statement(contract, of).name,
		}

	def limit_to(self, doctype, value):
		frappe.get_doc(
			{"doctype": "User Permission", "user": self.user, "allow": doctype, "for_value": value}
		).insert()
		frappe.clear_cache(user=self.user)

	def assertLimited(self):
		for doctype in LIMITED:
			ours, theirs = self.ours[doctype], self.theirs[doctype]
			with self.subTest(doctype), as_user(self.user):
				names = {
					each.name
					for each in request("frappe.client.get_list", doctype=doctype, limit_page_length=0)
				}
				self.assertIn(ours, names)
				self.assertNotIn(theirs, names)
				for read in (client.get, get_html_and_style):
					read(doctype, ours)
					with self.assertRaises(frappe.PermissionError):
						read(doctype, theirs)
		for row, parent in ROWS.items():
			with self.subTest(row), as_user(self.user):
				found = request(
					"frappe.client.get_list",
					doctype=row,
					parent=parent,
					fields=json.dumps(["parent"]),
					limit_page_length=0,
				)
				parents = {each.parent for each in found}
				self.assertIn(self.ours[parent], parents)
				self.assertNotIn(self.theirs[parent], parents)

	def test_a_company_limits(self):
		self.limit_to("Company", self.company)
		self.assertLimited()

	def test_a_customer_limits(self):
		self.limit_to("Customer", "Acme")
		self.assertLimited()

	def test_both_limit(self):
		self.limit_to("Customer", "Acme")
		self.limit_to("Company", self.company)
		self.assertLimited()

	def test_who_may_not_see_it_does_not_decide_on_it(self):
		self.limit_to("Company", self.company)
		verbs = {
			"exclusion": frappe.get_doc("SLA Exclusion", self.theirs["SLA Exclusion"]).submit,
			"penalty": frappe.get_doc("SLA Penalty", self.theirs["SLA Penalty"]).submit,
			"statement": frappe.get_doc("SLA Statement", self.theirs["SLA Statement"]).cancel,
			"rejection": partial(
				request,
				"sla_guard.sla_guard.doctype.sla_exclusion.sla_exclusion.reject",
				name=self.theirs["SLA Exclusion"],
				answer="No",
			),
		}
		for way, verb in verbs.items():
			with self.subTest(way), as_user(self.user), self.assertRaises(frappe.PermissionError):
				verb()

	def test_who_has_no_such_limit_sees_all(self):
		with as_user(self.user):
			for doctype in LIMITED:
				names = set(frappe.get_list(doctype, pluck="name", limit_page_length=0))
				self.assertLessEqual({self.ours[doctype], self.theirs[doctype]}, names, doctype)


def company(of):
	"""A company of ours that serves this customer: another one for each of the two. A real site has several, and a new
	one takes it seconds."""
	which = ("Acme", "Beta").index(of)
	found = frappe.get_all("Company", pluck="name", order_by="name", limit=2)
	if which < len(found):
		return found[which]
	values = {"company_name": f"{of} Support", "abbr": of, "default_currency": "EUR", "country": "France"}
	return frappe.new_doc("Company").update(values).insert().name
