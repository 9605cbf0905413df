"""The workspace: its figures are those of the reports and statements, its inbox what waits for the reader."""

import frappe

from sla_guard import disputes, inbox, overview
from sla_guard.helpdesk.ticket import read, refresh
from sla_guard.site_time import to_us
from sla_guard.sla_guard.report.sla_breaches import sla_breaches
from sla_guard.sla_guard.report.sla_compliance import sla_compliance
from sla_guard.statements.compute import read_chain
from sla_guard.statements.drafts import work_out_draft
from tests.site.case import SiteTestCase, make_user
from tests.site.decisions import claim
from tests.site.records import (
	at,
	change,
	currency,
	customer,
	in_force,
	issue,
	money,
	roster,
	rule,
	service,
	tiers,
	utc,
)
from tests.site.routes import as_user
from tests.site.test_disputes import DisputeCase
from tests.site.test_oncall_rosters import HALF, START, RosterCase, always

NOW = "2026-01-20 12:00"
MONTH = {"from_date": "2026-01-01", "to_date": "2026-01-31"}
YEAR = {"from_date": "2025-02-01", "to_date": "2026-01-31"}


def late(when="2026-01-05 09:00", **values):
	"""A ticket of which both commitments are missed, and still open."""
	ticket = issue(when, **values)
	with at(NOW):
		refresh(read(ticket.name))
	return ticket


def met(when="2026-01-06 09:00", **values):
	ticket = issue(when, **values)
	change(ticket, when.replace("09:00", "09:10"), status="Closed")
	return ticket


class TestFigures(SiteTestCase):
	def setUp(self):
		super().setUp()
		self.contract = in_force(**money(rule(metric="Response"), cap_percent=10, currency=currency("CHF")))
		frappe.cache.delete_value(kept(self.contract))
		self.addCleanup(frappe.cache.delete_value, kept(self.contract))

	def test_compliance_of_this_month_is_that_of_the_report_which_it_leads_to(self):
		late()
		met()
		with at(NOW):
			said = overview.compliance_this_month()
			total = sla_compliance.execute(MONTH)[1][-1]
		self.assertIn(total["compliance"], said)
		self.assertIn("/query-report/SLA%20Compliance?from_date=2026-01-01&amp;to_date=2026-01-31", said)

	def test_penalties_so_far_are_those_of_the_statement_that_would_be_drafted_now(self):
		late()
		late("2026-01-07 09:00")
		with at(NOW):
			said = overview.penalties_so_far()
			chain = read_chain(self.contract.chain)
			draft = work_out_draft(chain, "Acme", chain.period_of(frappe.utils.getdate("2026-01-20")))
		self.assertEqual(draft.computed.charge.total, 200)
		self.assertIn(f">{expected(200, 310)}<", said)

	def test_what_runs_still_is_no_miss_though_it_would_be_one_before_the_period_is_over(self):
		levels = tiers("Level", (0, 95, None), percent=10)
		by_level = rule("Level", "Tiers by compliance", metric="Response")
		self.of_brown(by_level, penalty_tiers=levels, minimum_sample=1)
		met(customer="Brown")
		issue("2026-01-20 11:30", customer="Brown")
		with at(NOW):
			self.assertIn(f">{crowns(0)}<", overview.penalties_so_far())

	def test_what_was_missed_is_as_late_as_it_is_by_now(self):
		self.of_brown(rule("Hours", "Per started unit late", metric="Response", unit="Hour"))
		late("2026-01-20 09:00", customer="Brown")
		with at(NOW):
			self.assertIn(f">{crowns(200)}<", overview.penalties_so_far())

	def of_brown(self, *rules, **rest):
		customer("Brown")
		found = in_force(customer="Brown", **money(*rules, currency=currency("SEK"), **rest))
		frappe.cache.delete_value(kept(found))
		self.addCleanup(frappe.cache.delete_value, kept(found))

	def test_without_a_cap_there_is_no_cap_to_be_told(self):
		customer("Brown")
		other = in_force(customer="Brown", **money(rule(metric="Response"), currency="CHF"))
		frappe.cache.delete_value(kept(other))
		self.addCleanup(frappe.cache.delete_value, kept(other))
		late(customer="Brown")
		with at(NOW):
			self.assertNotIn(expected(100, 310), overview.penalties_so_far())

	def test_a_reader_kept_to_a_customer_sees_what_that_one_costs(self):
		late()
		reader = make_user("overview-penalties", "SLA Manager")
		customer("Brown")
		frappe.get_doc(
			{"doctype": "User Permission", "user": reader, "allow": "Customer", "for_value": "Brown"}
		).insert(ignore_permissions=True)
		with at(NOW), self.set_user(reader):
			self.assertEqual(overview.penalties_so_far(), "none")

	def test_a_limit_of_other_records_is_none_of_penalties(self):
		late()
		reader = make_user("overview-elsewhere", "SLA Manager")
		limit = {
			"doctype": "User Permission",
			"user": reader,
			"allow": "Customer",
			"for_value": customer("Brown"),
		}
		elsewhere = {"apply_to_all_doctypes": 0, "applicable_for": "Issue"}
		frappe.get_doc(limit | elsewhere).insert(ignore_permissions=True)
		with at(NOW), self.set_user(reader):
			self.assertIn(expected(100, 310), overview.penalties_so_far())

	def test_nobody_without_a_role_sees_a_figure(self):
		nobody = make_user("overview-nobody")
		with at(NOW), self.set_user(nobody):
			for figure in (
				overview.compliance_this_month,
				overview.penalties_so_far,
				overview.compliance_by_month,
				overview.breaches_by_cause,
				inbox.html,
			):
				with self.subTest(figure.__name__), self.assertRaises(frappe.PermissionError):
					figure()

	def test_the_trend_is_the_chart_of_the_report(self):
		late()
		met()
		with at(NOW):
			told = overview.compliance_by_month(chart_name="Compliance by Month")
			self.assertEqual(told, sla_compliance.execute(YEAR | {"group_by": "Month"})[3]["data"])

	def test_breaches_are_counted_as_in_the_report_by_cause_and_by_customer(self):
		ticket, other = late(), late("2026-01-07 09:00")
		self.explain(ticket, cause_class="Vendor")
		self.explain(other, cause="Nobody had the key")
		with at(NOW):
			rows = [row for row in sla_breaches.execute(YEAR)[1] if not row.get("is_total")]
			causes = as_dict(overview.breaches_by_cause())
			customers = as_dict(overview.breaches_by_customer())
		self.assertEqual(sum(causes.values()), len(rows))
		self.assertEqual(causes["Vendor"], sum(row["cause_class"] == "Vendor" for row in rows))
		self.assertEqual((causes["Vendor"], causes["Not classified"]), (2, 2))
		self.assertEqual(customers["Acme"], sum(row["customer"] == "Acme" for row in rows))

	def explain(self, ticket, **values):
		for name in frappe.get_all("SLA Breach", {"ticket": ticket.name}, pluck="name"):
			frappe.get_doc("SLA Breach", name).update(values).save()


def kept(contract):
	"""Where the costs of its running period are kept for a while, at this day."""
	return f"sla_guard_running|{contract.chain}|2026-01-20"


def expected(amount, cap):
	both = (frappe.utils.fmt_money(each, currency="CHF") for each in (amount, cap))
	return "{} of {}".format(*both)


def crowns(amount):
	return frappe.utils.fmt_money(amount, currency="SEK")


def as_dict(chart):
	return dict(zip(chart["labels"], chart["datasets"][0]["values"], strict=True))


class TestCards(SiteTestCase):
	def test_what_is_counted_of_tickets_is_what_the_list_shows_by_that_filter(self):
		in_force()
		breached, at_risk = late("2026-01-20 09:00"), issue("2026-01-20 11:10")
		with at(NOW):
			refresh(read(at_risk.name))
			for name, ticket in (("Tickets Breached Now", breached), ("Tickets at Risk", at_risk)):
				card = frappe.get_doc("Number Card", name)
				filters = frappe.parse_json(card.filters_json)
				self.assertIn(ticket.name, frappe.get_list(card.document_type, filters, pluck="name"))
				self.assertEqual(count(card), len(frappe.get_list("Issue", filters, pluck="name", limit=0)))

	def test_all_that_the_workspace_shows_is_there(self):
		workspace = frappe.get_doc("Workspace", "SLA Guard")
		blocks = frappe.parse_json(workspace.content)
		names = {
			"number_card": ("Number Card", "number_card_name"),
			"chart": ("Dashboard Chart", "chart_name"),
			"custom_block": ("Custom HTML Block", "custom_block_name"),
			"onboarding": ("Module Onboarding", "onboarding_name"),
		}
		for block in blocks:
			if block["type"] in names:
				doctype, field = names[block["type"]]
				self.assertTrue(frappe.db.exists(doctype, block["data"][field]), block)
		for link in workspace.links:
			if link.type == "Link":
				self.assertTrue(frappe.db.exists(link.link_type, link.link_to), link.link_to)
		for chart in workspace.charts:
			source = frappe.get_doc("Dashboard Chart", chart.chart_name).source
			self.assertTrue(frappe.db.exists("Dashboard Chart Source", source))

	def test_each_onboarding_step_leads_to_something(self):
		for step in frappe.get_doc("Module Onboarding", "SLA Guard").steps:
			found = frappe.get_doc("Onboarding Step", step.step)
			doctype = "Report" if found.action == "View Report" else "DocType"
			self.assertTrue(frappe.db.exists(doctype, found.reference_report or found.reference_document))


def count(card):
	from frappe.desk.doctype.number_card.number_card import get_result

	return int(get_result(card.as_dict(), card.filters_json))


class TestDisputes(DisputeCase):
	def test_a_dispute_waits_until_it_is_closed(self):
		name = self.opened().name
		self.assertIn(("dispute", name), self.waiting())
		with as_user(self.users["ann"]):
			disputes.withdraw(name)
		self.assertNotIn(("dispute", name), self.waiting())

	def waiting(self):
		return {(each.kind, each.name) for each in inbox.waiting()}


class TestGaps(RosterCase):
	def test_from_when_on_nobody_is_on_call_waits(self):
		in_force(always(), title="Around the Clock")
		roster((self.ann, START, HALF), title="Night").insert()
		with at(START):
			found = [each for each in inbox.waiting() if each.kind == "gap" and each.customer == "Acme"]
			page = inbox.html()
		self.assertTrue(found)
		self.assertEqual(utc(to_us(found[0].since)), HALF)
		self.assertIn("Night", found[0].title)
		self.assertIn("Nobody on call", page)


class TestInbox(SiteTestCase):
	def setUp(self):
		super().setUp()
		in_force(services=["Mail"])

	def kinds(self, *doctypes):
		with at(NOW):
			return [
				(each.kind, each.doctype, each.title)
				for each in inbox.waiting()
				if each.customer == "Acme" and each.doctype in doctypes
			]

	def test_the_oldest_comes_first_each_with_its_form(self):
		ticket = late("2026-01-05 09:00", sla_service=service("Mail"))
		unqualified = issue("2026-01-20 11:30", subject="What is it about?")
		found = self.kinds("SLA Breach", "Issue")
		self.assertEqual([kind for kind, _doctype, _title in found], ["breach", "breach", "ticket"])
		self.assertEqual(found[0][2], f"{ticket.name}: Response")
		self.assertEqual(found[-1][2], unqualified.subject)
		with at(NOW):
			page = inbox.html()
		self.assertIn(f"/issue/{unqualified.name}", page)
		self.assertIn(">15 d<", page)

	def test_what_is_late_and_names_no_service_waits_to_be_qualified_too(self):
		ticket = late("2026-01-20 09:00", subject="Whose is it?")
		self.assertEqual(self.kinds("Issue"), [("ticket", "Issue", ticket.subject)])
		change(ticket, "2026-01-20 11:40", sla_service=service("Mail"))
		self.assertEqual(self.kinds("Issue"), [])

	def test_what_has_a_cause_or_a_service_waits_no_more(self):
		ticket = late("2026-01-05 09:00", sla_service=service("Mail"))
		for name, cause in zip(
			frappe.get_all("SLA Breach", {"ticket": ticket.name}, pluck="name"),
			({"cause": "Nobody had the key"}, {"cause_class": "Vendor"}),
			strict=True,
		):
			frappe.get_doc("SLA Breach", name).update(cause).save()
		unqualified = issue("2026-01-20 11:30")
		change(unqualified, "2026-01-20 11:40", sla_service=service("Mail"))
		self.assertEqual(self.kinds("SLA Breach", "Issue"), [])

	def test_what_is_claimed_waits_until_it_is_decided(self):
		ticket = late("2026-01-05 09:00", sla_service=service("Mail"))
		name = frappe.db.get_value("SLA Breach", {"ticket": ticket.name, "metric": "Response"})
		with at(NOW):
			claim(frappe.get_doc("SLA Breach", name)).insert()
		self.assertEqual([each[0] for each in self.kinds("SLA Exclusion")], ["exclusion"])

	def test_who_may_not_read_a_kind_does_not_see_it(self):
		late("2026-01-05 09:00", sla_service=service("Mail"))
		reader = make_user("inbox-approver", "SLA Approver")
		with at(NOW), self.set_user(reader):
			self.assertNotIn("Issue", {each.doctype for each in inbox.waiting()})
			self.assertIn("SLA Breach", {each.doctype for each in inbox.waiting()})

	def test_what_people_wrote_is_shown_as_text(self):
		issue("2026-01-20 11:30", subject="Tom & Jerry")
		with at(NOW):
			self.assertIn(">Tom &amp; Jerry<", inbox.html())
