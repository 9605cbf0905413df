"""What a user of a customer sees: submitted statements of the own customers, where the contract names the user, and
nothing else; tried through lists, REST, forms, print, files, reports and our own requests."""

import json
from functools import partial

import frappe
from frappe import client
from frappe.desk import query_report
from frappe.desk.form.load import getdoc
from frappe.utils.print_format import download_pdf
from frappe.www.printview import get_html_and_style

from sla_guard.permissions import contacts_of, customers_of
from tests.site.case import SiteTestCase, make_user
from tests.site.decisions import approved, breach, penalty, statement
from tests.site.records import customer, in_force
from tests.site.routes import as_user, contact, request

REFUSED = (frappe.PermissionError, frappe.ValidationError)
STATEMENT = "SLA Statement"


class PortalCase(SiteTestCase):
	def setUp(self):
		super().setUp()
		for name in ("Acme", "Beta", "100% Cotton"):
			customer(name)
		self.users = {name: make_user(f"sla-{name}", "Customer") for name in ("ann", "bob", "cid", "dan")}
		self.contacts = {
			"ann": self.contact("ann", "Acme"),
			# Not by its contact, but named by the customer; the contact has the address alone.
			"bob": contact(self.users["bob"], customer=None),
			# Of the customer, and not named in the contract.
			"cid": self.contact("cid", "Acme"),
			"dan": self.contact("dan", "Acme"),
		}
		acme = frappe.get_doc("Customer", "Acme")
		acme.append("portal_users", {"user": self.users["bob"]})
		acme.save()
		self.contract = self.contract_of("Acme", ann=1, bob=1, dan=0)
		self.own = statement(self.contract)

	def contact(self, name, of):
		return contact(self.users[name], customer=of, user=self.users[name])

	def contract_of(self, of, **named):
		rows = [{"contact": self.contacts[name], "sees_money": sees} for name, sees in named.items()]
		return in_force(customer=of, contacts=rows)

	def listed(self, user):
		with as_user(self.users[user]):
			return set(frappe.get_list(STATEMENT, pluck="name"))

	def assertRefusedTo(self, user, verb):
		frappe.db.savepoint("before_verb")
		with as_user(user), self.assertRaises(REFUSED):
			verb()
		frappe.db.rollback(save_point="before_verb")


class TestWhoseCustomers(PortalCase):
	def test_they_are_those_of_the_contacts_and_those_that_name_the_user(self):
		self.assertEqual(customers_of(self.users["ann"]), {"Acme"})
		self.assertEqual(customers_of(self.users["bob"]), {"Acme"})
		self.contact("bob", "Beta")
		self.assertEqual(customers_of(self.users["bob"]), {"Acme", "Beta"})
		self.assertEqual(customers_of(make_user("sla-eve", "Customer")), set())

	def test_a_guest_has_none(self):
		contact("guest@example.com", user="Guest")
		self.assertEqual((customers_of("Guest"), contacts_of("Guest")), (set(), set()))


class TestStatements(PortalCase):
	def reads(self, name):
		"""Each way to read that statement."""
		return {
			"document": partial(client.get, STATEMENT, name),
			"form": partial(getdoc, STATEMENT, name),
			"print": partial(get_html_and_style, STATEMENT, name),
		}

	def assertSeen(self, user, name):
		self.assertIn(name, self.listed(user))
		with as_user(self.users[user]):
			for way, read in self.reads(name).items():
				with self.subTest(f"{user} by {way}"):
					read()

	def assertUnseen(self, user, name):
		self.assertNotIn(name, self.listed(user))
		user = self.users.get(user, user)
		for way, read in (self.reads(name) | {"pdf": partial(download_pdf, STATEMENT, name)}).items():
			with self.subTest(f"{user} by {way}"):
				self.assertRefusedTo(user, read)

	def test_the_named_contacts_see_a_submitted_one(self):
		self.assertSeen("ann", self.own.name)
		self.assertSeen("bob", self.own.name)

	def test_contacts_that_are_not_named_or_see_no_money_do_not(self):
		self.assertUnseen("cid", self.own.name)
		self.assertUnseen("dan", self.own.name)

	def test_drafts_and_cancelled_ones_are_not_seen(self):
		for docstatus in (0, 2):
			self.assertUnseen("ann", statement(self.contract, docstatus=docstatus).name)

	def test_those_of_another_customer_are_not_seen(self):
		# Named in the contract, but no user of that customer.
		others = self.contract_of("Beta", ann=1)
		self.assertUnseen("ann", statement(others, "Beta").name)

	def test_under_a_contract_for_everybody_each_sees_the_own_one(self):
		rows = [{"contact": self.contacts["ann"], "sees_money": 1}]
		everybody = in_force(
			applies_to="Territory",
			territory=frappe.db.get_value("Customer", "Acme", "territory"),
			contacts=rows,
		)
		self.assertSeen("ann", statement(everybody, "Acme").name)
		self.assertUnseen("ann", statement(everybody, "Beta").name)

	def test_a_version_that_does_not_name_the_contact_hides_its_own(self):
		later = in_force(supersedes=self.contract.name, effective_from="2026-02-01")
		self.assertUnseen("ann", statement(later).name)
		self.assertSeen("ann", self.own.name)

	def test_a_user_of_several_customers_sees_those_of_each(self):
		self.contact("ann", "100% Cotton")
		theirs = statement(self.contract_of("100% Cotton", ann=1), "100% Cotton")
		self.assertEqual(self.listed("ann"), {self.own.name, theirs.name})

	def test_nothing_is_written(self):
		name = self.own.name
		verbs = {
			"edit": partial(client.set_value, STATEMENT, name, "amount_due", 1),
			"delivery": partial(client.set_value, STATEMENT, name, "sent_to", "me"),
			"cancel": partial(client.cancel, STATEMENT, name),
			"delete": partial(client.delete, STATEMENT, name),
			"mail": partial(
				request,
				"frappe.core.doctype.communication.email.make",
				doctype=STATEMENT,
				name=name,
				recipients="x@example.com",
				content="x",
				send_email=1,
			),
			"share": partial(
				request, "frappe.share.add", doctype=STATEMENT, name=name, user=self.users["cid"], read=1
			),
			"recalculate": partial(
				request, "sla_guard.sla_guard.doctype.sla_statement.sla_statement.recalculate", statement=name
			),
			"revoke": partial(
				request,
				"sla_guard.sla_guard.doctype.revocable.revoke",
				doctype=STATEMENT,
				name=name,
				reason="x",
			),
		}
		for way, verb in verbs.items():
			with self.subTest(way):
				self.assertRefusedTo(self.users["ann"], verb)

	def test_the_rows_alone_are_those_of_the_own_ones(self):
		statement(self.contract, docstatus=0)
		statement(self.contract_of("Beta"), "Beta")
		for user, seen in (("ann", {self.own.name}), ("cid", set())):
			with self.subTest(user), as_user(self.users[user]):
				rows = request(
					"frappe.client.get_list",
					doctype="SLA Statement Line",
					parent=STATEMENT,
					fields=json.dumps(["parent", "amount"]),
				)
				self.assertEqual({row.parent for row in rows}, seen)

	def test_only_the_own_ones_are_counted(self):
		statement(self.contract, docstatus=0)
		dear = json.dumps({"amount_due": (">", 99)})
		for user, number in (("ann", 1), ("cid", 0)):
			for filters in (None, dear):
				with self.subTest(f"{user} {filters}"), as_user(self.users[user]):
					counted = request("frappe.client.get_count", doctype=STATEMENT, filters=filters)
					self.assertEqual(counted, number)
		count_rows = partial(request, "frappe.client.get_count", doctype="SLA Statement Line")
		self.assertRefusedTo(self.users["ann"], count_rows)
		self.assertGreaterEqual(request("frappe.client.get_count", doctype=STATEMENT), 2)
		self.assertGreaterEqual(request("frappe.client.get_count", doctype="Customer"), 2)

	def test_no_value_of_another_one_is_fetched(self):
		theirs = statement(self.contract_of("Beta", ann=1), "Beta").name
		fields = json.dumps(["customer", "amount_due"])
		asked = {"doctype": STATEMENT, "fieldname": fields, "filters": json.dumps({"name": theirs})}
		with as_user(self.users["ann"]):
			self.assertFalse(request("frappe.client.get_value", **asked))
			# It has two names.
			ask = getattr(client, "validate_link", None) or client.validate_link_and_fetch
			self.assertNotIn("Beta", frappe.as_json(ask(STATEMENT, theirs, fields)))

	def test_what_is_noted_on_one_is_not_told(self):
		self.own.add_comment("Comment", "We were lucky")
		note = {"communication_type": "Communication", "communication_medium": "Other", "subject": "Among us"}
		about = {"reference_doctype": STATEMENT, "reference_name": self.own.name}
		frappe.new_doc("Communication").update({**note, **about, "content": "We were lucky"}).insert()
		asked = {"doctype": STATEMENT, "name": self.own.name}
		for user, told in ((self.users["ann"], False), (make_user("sla-ours", "Support Team"), True)):
			for method in ("getdoc", "get_docinfo", "get_communications"):
				with self.subTest(f"{user} {method}"), as_user(user):
					said = request(f"frappe.desk.form.load.{method}", **asked)
					said = frappe.as_json([said, frappe.response.get("docinfo")])
					self.assertEqual("We were lucky" in said, told)
		with as_user(self.users["ann"]):
			request("frappe.desk.form.load.getdoc", **asked)
			self.assertEqual([each.name for each in frappe.response["docs"]], [self.own.name])
			self.assertTrue(frappe.response["docinfo"]["permissions"]["read"])

	def test_an_attached_file_goes_with_its_statement(self):
		files = {
			each.name: frappe.new_doc("File")
			.update(
				{
					"file_name": "annex.csv",
					"content": each.name,
					"is_private": 1,
					"attached_to_doctype": STATEMENT,
					"attached_to_name": each.name,
				}
			)
			.insert()
			for each in (self.own, statement(self.contract, docstatus=0))
		}
		for name, file in files.items():
			for user in ("ann", "cid"):
				with self.subTest(f"{user} {name}"), as_user(self.users[user]):
					self.assertEqual(file.is_downloadable(), (user, name) == ("ann", self.own.name))

	def test_no_report_runs_over_them(self):
		report = frappe.new_doc("Report").update(
			{
				"report_name": "Every Statement",
				"ref_doctype": STATEMENT,
				"report_type": "Query Report",
				"is_standard": "No",
				"query": "select name from `tabSLA Statement`",
				"roles": [{"role": "Customer"}],
			}
		)
		report.insert()
		for name in {report.name, *reports()}:
			with self.subTest(name):
				self.assertRefusedTo(self.users["ann"], partial(query_report.run, name))
				self.assertRefusedTo(
					self.users["ann"], partial(request, "frappe.desk.query_report.run", report_name=name)
				)

	def test_one_of_us_sees_all(self):
		draft = statement(self.contract, docstatus=0)
		for role in ("SLA Manager", "SLA Approver", "Support Team", "Accounts User", "Accounts Manager"):
			with self.subTest(role), as_user(make_user("sla-ours", role, "Customer")):
				self.assertLessEqual(
					{self.own.name, draft.name}, set(frappe.get_list(STATEMENT, pluck="name"))
				)
				self.assertEqual(client.get(STATEMENT, draft.name)["name"], draft.name)


class TestNothingElse(PortalCase):
	def test_everything_else_of_the_app_is_unseen(self):
		about = breach()
		manager, approver = make_user("sla-manager", "SLA Manager"), make_user("sla-approver", "SLA Approver")
		penalty(self.contract, about)
		approved(about, manager, approver)
		for doctype in ours():
			name = frappe.db.get_value(doctype, {}, "name") or "None"
			ways = {
				"list": partial(frappe.get_list, doctype),
				"request": partial(request, "frappe.client.get_list", doctype=doctype),
				"count": partial(request, "frappe.client.get_count", doctype=doctype),
				"value": partial(
					request, "frappe.client.get_value", doctype=doctype, fieldname="name", filters={}
				),
				"groups": partial(
					request,
					"frappe.desk.listview.get_group_by_count",
					doctype=doctype,
					current_filters="[]",
					field="owner",
				),
				"view": partial(request, "frappe.desk.reportview.get", doctype=doctype, fields='["name"]'),
				"link": partial(request, "frappe.desk.search.search_link", doctype=doctype, txt=""),
			}
			reads = {
				"document": partial(client.get, doctype, name),
				"form": partial(getdoc, doctype, name),
				"print": partial(get_html_and_style, doctype, name),
				"pdf": partial(download_pdf, doctype, name),
			}
			for way, verb in ways.items():
				with self.subTest(f"{doctype} by {way}"):
					self.assertUnseen(verb)
			for way, verb in reads.items():
				with self.subTest(f"{doctype} by {way}"):
					self.assertRefusedTo(self.users["ann"], verb)

	def test_its_rows_and_settings_neither(self):
		for row, parent in rows():
			with self.subTest(row):
				self.assertUnseen(partial(request, "frappe.client.get_list", doctype=row, parent=parent))
		for verb in (
			partial(client.get, "SLA Settings", "SLA Settings"),
			partial(client.get_single_value, "SLA Settings", "tracked_from"),
		):
			self.assertUnseen(verb)

	def test_no_ticket_is_explained(self):
		ticket = breach().ticket
		self.assertUnseen(partial(request, "sla_guard.helpdesk.explain.explain", ticket=ticket))

	def assertUnseen(self, verb):
		"""It is refused, or says nothing."""
		frappe.db.savepoint("before_verb")
		with as_user(self.users["ann"]):
			try:
				said = verb()
			except REFUSED:
				said = None
			finally:
				frappe.db.rollback(save_point="before_verb")
		self.assertFalse(said)


def ours():
	"""The DocTypes of the app that have documents of their own, but for the statement."""
	filters = {"module": "SLA Guard", "istable": 0, "issingle": 0, "name": ("!=", STATEMENT)}
	return frappe.get_all("DocType", filters, pluck="name", order_by="name")


def rows():
	"""The app's DocTypes of rows, each with that of their documents, but for those of the statement."""
	filters = {"fieldtype": ("in", frappe.model.table_fields), "parent": ("in", [*ours(), "SLA Settings"])}
	found = frappe.get_all("DocField", filters, ["options", "parent"], as_list=True)
	return sorted(found)


def reports():
	return frappe.get_all("Report", {"module": "SLA Guard"}, pluck="name")
