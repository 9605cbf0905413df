"""What is done to many tickets at once, by somebody whom user permissions limit: only to those that they may see."""

import frappe

from sla_guard import jobs
from sla_guard.back_fill import work as back_filling
from sla_guard.recompute import lines, showing
from sla_guard.recompute import work as recomputing
from sla_guard.recompute.scope import kept
from sla_guard.sla_guard.doctype.sla_back_fill.sla_back_fill import preview
from tests.site.back_filling import forget
from tests.site.case import make_user
from tests.site.recomputing import TUESDAY, RecomputeCase, changed, worked_off
from tests.site.records import at, customer, facts, money, rule
from tests.site.routes import as_user, request, versions_kept
from tests.site.simulating import finish, found, simulation

WHEN = "2026-01-05 14:00"
OPENED = "2026-01-05 13:00"


class SightCase(RecomputeCase):
	"""One contract for everybody; a manager who may see one of two customers."""

	def setUp(self):
		super().setUp()
		self.contract = self.in_force(
			applies_to="Everybody", customer=None, support_hours=self.hours, **money(rule())
		)
		self.customer, self.other = customer(f"{self.customer} A"), customer(f"{self.customer} B")
		self.manager = make_user("sla-limited", "SLA Manager")
		self.limit("Customer", self.customer)
		self.mine, self.theirs = self.issue(OPENED), self.issue(OPENED, customer=self.other)
		# It was theirs before it was mine.
		self.between = self.issue(OPENED, customer=self.other)
		with versions_kept():
			changed(self.between, "2026-01-05 13:30", customer=self.customer)
		self.addCleanup(frappe.clear_cache, user=self.manager)

	def limit(self, doctype, name):
		values = {"user": self.manager, "allow": doctype, "for_value": name}
		frappe.new_doc("User Permission").update(values).insert()
		frappe.clear_cache(user=self.manager)
		frappe.db.commit()

	def assertUnseen(self, document):
		"""Whoever is limited neither lists nor reads nor begins what somebody else has made."""
		with as_user(self.manager):
			names = request("frappe.client.get_list", doctype=document.doctype, limit_page_length=0)
			self.assertNotIn(document.name, [each.name for each in names])
			with self.assertRaises(frappe.PermissionError):
				frappe.get_doc(document.doctype, document.name).check_permission("read")


class TestRecompute(SightCase):
	def setUp(self):
		super().setUp()
		self.shut(TUESDAY)

	def test_only_what_its_author_may_see_is_measured_anew(self):
		with as_user(self.manager):
			document = self.applied(WHEN)
			told = showing.summary(document.name)
		self.assertEqual((document.tickets, told["tickets"]), (1, 1))
		document.run_method("onload")
		self.assertEqual(document.get_onload().sla_limited_to, "sla-limited")
		self.assertEqual({line["ticket"] for line in told["lines"]}, {self.mine.name})
		last = [facts(each)[-1] for each in (self.mine, self.theirs, self.between)]
		self.assertEqual(last, ["recomputed", "opened", "customer"])

	def test_whoever_goes_on_with_it(self):
		"""A job of the scheduler, or a colleague who may see all."""
		with as_user(self.manager):
			document = self.asked()
		with at(WHEN):
			showing.preview(document.name)
			jobs.recompute(document.name)
			document.reload()
			self.assertEqual(document.tickets, 1)
			recomputing.begin_applying(document)
			worked_off(document)
		self.assertEqual([facts(each)[-1] for each in (self.mine, self.theirs)], ["recomputed", "opened"])

	def test_what_somebody_else_found_is_not_theirs_to_see(self):
		document = self.previewed(WHEN)
		document.run_method("onload")
		self.assertEqual((document.tickets, document.get_onload() or {}), (3, {}))
		self.assertUnseen(document)
		with as_user(self.manager):
			for verb in (showing.summary, showing.progress, showing.apply):
				with self.subTest(verb.__name__), self.assertRaises(frappe.PermissionError):
					verb(document.name)
			self.assertEqual(frappe.get_list(lines.LINE, {"recompute": document.name}), [])
			with self.assertRaises(frappe.PermissionError):
				frappe.get_doc(lines.LINE, {"recompute": document.name}).check_permission("read")

	def test_the_note_on_forms_counts_no_others(self):
		self.assertEqual(kept("Support Hours", self.hours), 3)
		with as_user(self.manager):
			self.assertEqual(kept("Support Hours", self.hours), 2)

	def test_a_company_limits_too(self):
		mine = self.issue(OPENED)
		for ticket, company in ((self.mine, self.contract.company), (mine, "Elsewhere")):
			frappe.db.set_value("SLA Event", {"ticket": ticket.name}, "company", company)
		self.limit("Company", self.contract.company)
		with as_user(self.manager):
			document = self.applied(WHEN)
		self.assertEqual([facts(each)[-1] for each in (self.mine, mine)], ["recomputed", "opened"])
		self.assertEqual(document.tickets, 1)


class TestBackFill(SightCase):
	def setUp(self):
		super().setUp()
		with at(OPENED):
			forget(self.mine.name, self.theirs.name, self.between.name)
		frappe.db.commit()

	def asked(self, **values):
		return frappe.new_doc("SLA Back-fill").update({"contract": self.contract.name, **values}).insert()

	def test_only_what_its_author_may_see_is_filled(self):
		with as_user(self.manager):
			document = self.asked()
			# By what they are now.
			self.assertEqual(preview(document.name)["tickets"], 2)
		frappe.db.commit()
		# Whoever begins it, and whoever goes on with it.
		with at(WHEN):
			back_filling.batches.begin(document.name)
			back_filling.run(document.name)
		self.assertEqual(facts(self.mine), ["opened"])
		self.assertEqual(facts(self.theirs), [])
		self.assertEqual(facts(self.between), [])

	def test_what_somebody_else_did_is_not_theirs_to_see(self):
		document = self.asked()
		with at(WHEN):
			back_filling.batches.begin(document.name)
			back_filling.run(document.name)
		self.assertUnseen(document)
		with as_user(self.manager), self.assertRaises(frappe.PermissionError):
			preview(document.name)
		with as_user(self.manager):
			self.assertEqual(frappe.get_list("SLA Back-fill Batch", {"back_fill": document.name}), [])


class TestSimulation(SightCase):
	def simulated(self, *contracts):
		return simulation(*contracts, text="", source="Tickets of This Site", found_values=[])

	def tried(self, document):
		with at("2026-01-20 12:00"):
			document.start()
			finish(document)

	def test_only_tickets_that_its_author_may_see_are_tried(self):
		with as_user(self.manager):
			document = self.simulated(self.contract)
		self.tried(document)
		told = found(document)
		self.assertEqual(told["tickets"], 1)
		self.assertIn(self.mine.name, document.results)
		self.assertNotIn(self.theirs.name, document.results)

	def test_a_contract_of_somebody_else_is_not_tried(self):
		theirs = self.in_force(customer=self.other, support_hours=self.hours)
		with as_user(self.manager), self.assertRaises(frappe.PermissionError):
			self.simulated(theirs).start()

	def test_what_somebody_else_found_is_not_theirs_to_see(self):
		document = self.simulated(self.contract)
		self.tried(document)
		self.assertEqual(found(document)["tickets"], 3)
		self.assertUnseen(document)
		with as_user(self.manager):
			self.assertEqual(frappe.get_list("SLA Simulation Batch", {"simulation": document.name}), [])
