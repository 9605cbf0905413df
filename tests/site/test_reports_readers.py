"""Of all reports: who sees what, and with how many queries."""

import frappe

from sla_guard import store
from sla_guard.sla_guard.report.sla_breaches import sla_breaches
from sla_guard.sla_guard.report.sla_compliance import sla_compliance
from sla_guard.sla_guard.report.sla_penalties import sla_penalties
from tests.site.case import make_user
from tests.site.june import JUNE, REPORTS, ReportCase, company, desk, missed, penalty
from tests.site.records import change, issue, us
from tests.site.routes import agent, as_user, portal_user
from tests.site.statements import statements


class TestReaders(ReportCase):
	def setUp(self):
		super().setUp()
		self.in_force(customer="Other")
		for name in ("Acme", "Other"):
			ticket = missed(name, company=company(f"{name} Works"))
			met = issue("2037-06-10 09:00", customer=name, company=f"{name} Works")
			change(met, "2037-06-10 10:00", status="Closed")
			change(met, "2037-07-10 10:00", status="Open")
			values = {"customer": name, "company": f"{name} Works", "ticket": ticket.name}
			penalty(f"P-{name}", amount=100, due=80, **values)

	def seen(self, report, user):
		"""How many breaches, met and missed commitments, or penalties a user finds, and of which customers."""
		with as_user(user):
			found = desk(report, group_by="Customer")["result"]
		rows = [row for row in found if not row.get("is_total")]
		return {row.get("customer") or row["name"]: (row.get("met"), row.get("missed")) for row in rows}

	def test_support_reads_all_of_them(self):
		user = agent()
		self.assertEqual(set(self.seen("SLA Breaches", user)), {"Acme", "Other"})
		self.assertEqual(self.seen("SLA Compliance", user), {"Acme": (1, 1), "Other": (1, 1)})
		self.assertEqual(set(self.seen("SLA Penalties", user)), {"Acme", "Other"})

	def test_an_approver_reads_all_of_them(self):
		user = make_user("approver", "SLA Approver")
		for report in REPORTS:
			self.assertEqual(set(self.seen(report, user)), {"Acme", "Other"}, report)

	def test_accounts_read_the_penalties_alone(self):
		user = make_user("accountant", "Accounts User")
		self.assertEqual(set(self.seen("SLA Penalties", user)), {"Acme", "Other"})
		for report in ("SLA Breaches", "SLA Compliance"):
			with self.subTest(report), self.assertRaises(frappe.PermissionError):
				self.seen(report, user)

	def test_a_user_of_one_company_or_customer_sees_its_own(self):
		for doctype, name in (("Company", "Acme Works"), ("Customer", "Acme")):
			user = agent(f"of-{doctype.lower()}")
			allowed = {"user": user, "allow": doctype, "for_value": name, "apply_to_all_doctypes": 1}
			frappe.new_doc("User Permission").update(allowed).insert()
			with self.subTest(doctype):
				self.assertEqual(set(self.seen("SLA Breaches", user)), {"Acme"})
				self.assertEqual(self.seen("SLA Compliance", user), {"Acme": (1, 1)})
				self.assertEqual(set(self.seen("SLA Penalties", user)), {"Acme"})

	def test_without_a_role_nothing_not_even_with_a_user_permission(self):
		plain, customers = make_user("plain", "Inbox User"), portal_user("visitor", customer="Acme")
		allowed = {"user": plain, "allow": "Customer", "for_value": "Acme", "apply_to_all_doctypes": 1}
		frappe.new_doc("User Permission").update(allowed).insert()
		for user in (plain, customers, "Guest"):
			for report, module in zip(REPORTS, (sla_breaches, sla_compliance, sla_penalties), strict=True):
				with self.subTest(f"{user} {report}"):
					with self.assertRaises(frappe.PermissionError):
						self.seen(report, user)
					# Whatever calls it, past the framework's own look at the roles.
					with as_user(user), self.assertRaises(frappe.PermissionError):
						module.execute(frappe._dict(JUNE))

	def test_a_name_with_a_percent_sign_is_a_name(self):
		self.in_force(customer="100 % Acme")
		missed("100 % Acme")
		user = agent("of-percent")
		allowed = {"user": user, "allow": "Customer", "for_value": "100 % Acme", "apply_to_all_doctypes": 1}
		frappe.new_doc("User Permission").update(allowed).insert()
		self.assertEqual(set(self.seen("SLA Breaches", user)), {"100 % Acme"})


class TestCost(ReportCase):
	def crowd(self, size):
		"""So many commitments that were missed, and met, and reopened, and so many penalties."""
		row = {
			"creation": "2037-06-01",
			"modified": "2037-06-01",
			"owner": "Administrator",
			"customer": "Acme",
		}
		row |= {
			"metric": "Resolution",
			"cycle": 1,
			"contract": self.contract.name,
			"modified_by": "Administrator",
		}
		terms = {"terms": self.contract.terms, "target": self.contract.targets[0].name}
		breached = {"breached_us": us("2037-06-10 09:00"), "state": "Open"}
		clock = {
			"breached_us": us("2037-06-10 09:00"),
			"as_of_us": us("2037-06-11 09:00"),
			"state": "running",
			**terms,
		}
		met = {
			"decided_us": us("2037-06-12 09:00"),
			"state": "stopped",
			"verdict": "met",
			"agent": "Administrator",
		}
		undone = {
			"stopped_us": us("2037-06-13 09:00"),
			"reopened_us": us("2037-07-13 09:00"),
			"breached_us": 0,
		}
		for doctype, values in (
			("SLA Breach", breached),
			("SLA Clock", clock),
			("SLA Clock", {**met, "cycle": 2}),
			("SLA Reopening", undone),
		):
			rows = [
				{**row, **values, "ticket": f"T-{n}", "name": frappe.generate_hash(length=20)}
				for n in range(size)
			]
			store.insert(doctype, rows)
		for number in range(size):
			penalty(f"P-{size}-{number}", amount=100, due=50)

	def test_a_hundred_rows_take_as_many_queries_as_ten(self):
		user, counts = agent(), {}
		for size in (10, 100):
			frappe.db.savepoint("crowd")
			self.crowd(size)
			with as_user(user):
				counts[size] = {}
				for module in (sla_breaches, sla_compliance, sla_penalties):
					for by in ("Month", "Customer", "Agent"):
						filters = frappe._dict(JUNE, group_by=by)
						# What a process loads once.
						module.execute(filters)
						with statements() as said:
							rows = module.execute(filters)[1]
						counts[size][module.__name__, by] = len(said)
						self.assertGreater(len(rows), 1)
			frappe.db.rollback(save_point="crowd")
		self.assertEqual(counts[10], counts[100])
		self.assertLessEqual(max(counts[10].values()), 8)
