"""Who may do what: one table, asked of the framework as each of those users."""

from functools import partial

import frappe

from tests.site.case import make_user
from tests.site.deciding import DecisionCase
from tests.site.decisions import claim, claimed, penalty, statement
from tests.site.routes import as_user

READ, CONFIGURE, DECIDE = {"read"}, {"create", "write", "delete"}, {"submit", "cancel"}
ROLES = ("SLA Manager", "SLA Approver", "Support Team", "Accounts User", "Accounts Manager", "Customer")
VERBS = ("read", "create", "write", "delete", "submit", "cancel")
# In the order of the roles; a customer is told more exactly in test_portal.py.
MAY = {
	"SLA Contract": (READ | CONFIGURE | DECIDE, READ, READ, set(), set(), set()),
	"SLA Exclusion": (READ | CONFIGURE, READ | DECIDE | {"write"}, READ, READ, READ, set()),
	"SLA Penalty": (READ, READ | DECIDE | {"write"}, READ, READ, READ, set()),
	"SLA Statement": (READ | {"write", "delete"}, READ | DECIDE | {"write"}, READ, READ, READ, READ),
	"SLA Dispute": (READ | {"write"}, READ | {"write"}, READ | {"write"}, READ, READ, set()),
	"SLA Breach": (READ | {"write"}, READ, READ | {"write"}, set(), set(), set()),
	"SLA Clock": (READ, READ, READ, set(), set(), set()),
	"SLA Event": (READ, READ, READ, set(), set(), set()),
	"SLA Notification Rule": (READ | CONFIGURE, READ, READ, set(), set(), set()),
	"SLA Alert": (READ, READ, READ, set(), set(), set()),
	"SLA Notice": (READ, READ, READ, set(), set(), set()),
	"SLA On-Call Roster": (READ | CONFIGURE, READ, READ, set(), set(), set()),
	"SLA Page": (READ, READ, READ, set(), set(), set()),
	"SLA Simulation": (READ | CONFIGURE, set(), set(), set(), set(), set()),
	"SLA Simulation Batch": (READ, set(), set(), set(), set(), set()),
	"SLA Back-fill": (READ | CONFIGURE, set(), set(), set(), set(), set()),
	"SLA Back-fill Batch": (READ, set(), set(), set(), set(), set()),
	"SLA Recompute": (READ | CONFIGURE, READ, READ, set(), set(), set()),
	"SLA Recompute Line": (READ, READ, READ, set(), set(), set()),
	"SLA Settings": (READ | {"write"}, set(), set(), set(), set(), set()),
}


class TestRoles(DecisionCase):
	def test_each_role_may_do_what_it_is_for(self):
		users = {role: make_user(f"sla-{number}", role) for number, role in enumerate(ROLES)}
		for doctype, by_role in MAY.items():
			for role, verbs in zip(ROLES, by_role, strict=True):
				with self.subTest(f"{role}: {doctype}"):
					may = {verb for verb in VERBS if frappe.has_permission(doctype, verb, user=users[role])}
					self.assertEqual(may, verbs)

	def test_a_manager_and_an_accountant_approve_no_statement(self):
		draft = statement(self.contract, docstatus=0)
		for role in ("SLA Manager", "Accounts Manager", "Support Team"):
			with self.subTest(role), as_user(make_user("sla-other", role)):
				self.assertForbidden(frappe.get_doc("SLA Statement", draft.name).submit)

	def test_both_roles_approve_everything_but_the_own_claims(self):
		drafts = [claimed(self.breach, self.manager), penalty(self.contract)]
		with as_user(self.both):
			for draft in drafts:
				frappe.get_doc(draft.doctype, draft.name).submit()
				self.assertEqual(frappe.db.get_value(draft.doctype, draft.name, "status"), "Approved")

	def test_a_guest_may_nothing(self):
		draft = claim(self.breach)
		told = statement(self.contract)
		with as_user("Guest"):
			self.assertForbidden(draft.insert)
			for doctype in MAY:
				if not frappe.get_meta(doctype).issingle:
					self.assertForbidden(partial(frappe.get_list, doctype))
			self.assertForbidden(frappe.get_doc("SLA Statement", told.name).check_permission)
