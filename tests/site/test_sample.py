"""The sample of the demo: every state is there on whatever day it is shown, and showing it twice adds nothing."""

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import get_datetime

from sla_guard.engine.instants import moment
from tests.sample import months, table, tickets, world
from tests.site.case import SiteTestCase
from tests.site.records import clock, facts

STATES = {
	*("Running", "Paused", "Breached", "To Be Qualified", "Not Covered"),
	*("No Contract", "Met", "Missed", "Void"),
}
COUNTED = ("Issue", "SLA Event", "SLA Clock", "SLA Breach", "SLA Contract", "Support Hours", "Communication")


def fill(now):
	world.fill(now.date())
	return tickets.fill(now)


def state(ticket):
	return frappe.db.get_value("Issue", ticket, "sla_state")


def named(subject):
	return frappe.db.get_value("Issue", {"subject": subject})


def missed(subject):
	"""What was missed on this ticket, and at what time in Paris."""
	fields = ["metric", "breached_us"]
	rows = frappe.get_all("SLA Breach", {"ticket": named(subject)}, fields, order_by="breached_us")
	return [
		(row.metric, f"{moment(row.breached_us).astimezone(ZoneInfo(world.PARIS)):%H:%M}") for row in rows
	]


class TestSample(SiteTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		# A site that was shown some days ago has tickets of that day, whom ours must not take for theirs.
		cls.now = datetime.combine(date.today() + timedelta(days=30), time(15), timezone.utc)

	def test_every_state_is_there_on_every_day_of_the_week_at_any_hour(self):
		for week in range(7):
			now = self.now + timedelta(days=8 * week, hours=7 * week)
			with self.subTest(f"{now:%A %H:%M}"):
				names = fill(now)
				self.assertEqual(len(names), len(tickets.LIVES))
				self.assertEqual({state(name) for name in names}, STATES)

	def test_a_second_run_adds_nothing(self):
		names = fill(self.now)
		before = [frappe.db.count(doctype) for doctype in COUNTED]
		for later in (timedelta(hours=1), timedelta(days=1)):
			self.assertEqual(fill(self.now + later), names)
		self.assertEqual([frappe.db.count(doctype) for doctype in COUNTED], before)

	def test_tickets_that_have_grown_old_are_lived_anew_and_leave_nothing(self):
		old = fill(self.now)
		new = fill(self.now + timedelta(days=7))
		self.assertFalse(set(old) & set(new))
		for doctype in ("SLA Event", "SLA Clock", "SLA Breach"):
			self.assertFalse(frappe.get_all(doctype, {"ticket": ("in", old)}))

	def test_the_table_has_a_line_for_each_ticket_with_its_clocks_and_breaches(self):
		names = fill(self.now)
		head, _rule, *lines = list(table.lines(names, width=160))[: 2 + len(names)]
		self.assertTrue(head.startswith("Ticket"))
		for name, line in zip(names, lines, strict=True):
			self.assertTrue(line.startswith(name))
			self.assertIn(state(name), line)
			self.assertLessEqual(len(line), 160)
		late = next(line for line in lines if "Missed" in line)
		when = r"\d\d \w+ \d\d:\d\d"
		self.assertRegex(late, f"missed {when} +missed {when} +{when}, {when}$")

	def test_the_lives_are_what_their_subjects_say(self):
		fill(self.now)
		reopened = named("Stock levels differ between two screens")
		self.assertEqual(facts(reopened), ["opened", "responded", "status", "status"])
		raised = named("The tills in Boston are offline")
		self.assertEqual(facts(raised), ["opened", "responded", "priority", "restored", "status"])
		self.assertEqual(clock(raised).target_us, 4 * 3_600_000_000)
		by_telephone = {"ticket": named("The web shop is down"), "kind": "responded"}
		reason, at, creation = frappe.db.get_value("SLA Event", by_telephone, ["reason", "at", "creation"])
		self.assertEqual(reason, "By telephone, on the way.")
		self.assertEqual(get_datetime(creation) - get_datetime(at), timedelta(minutes=53))
		self.assertEqual(clock(named("The web shop is down"), "Response").verdict, "met")
		self.assertEqual(missed("Nobody can log in to the ERP"), [("Resolution", "09:30")])
		self.assertEqual(
			missed("The shared calendar is empty"), [("Response", "11:15"), ("Resolution", "09:15")]
		)

	def test_no_contract_of_the_sample_is_for_everybody(self):
		everybodys = {"applies_to": ("!=", "Customer")}
		before = frappe.db.count("SLA Contract", everybodys)
		fill(self.now)
		self.assertEqual(frappe.db.count("SLA Contract", everybodys), before)

	def test_the_months_before_have_statements_and_a_second_run_adds_nothing(self):
		world.fill(self.now.date())
		names = months.fill(self.now)
		about = frappe.get_all(
			"SLA Statement", {"name": ("in", names)}, ["docstatus", "customer", "gross", "missed"]
		)
		self.assertEqual(len(about), months.MONTHS * len(world.CONTRACTS))
		self.assertEqual(sorted(row.docstatus for row in about), [0, 0, 1, 1, 1, 1])
		self.assertTrue(all(row.gross and row.missed for row in about))
		before = [frappe.db.count(doctype) for doctype in (*COUNTED, "SLA Penalty")]
		self.assertEqual(months.fill(self.now + timedelta(hours=1)), names)
		self.assertEqual([frappe.db.count(doctype) for doctype in (*COUNTED, "SLA Penalty")], before)
		head, _rule, *lines = table.statement_lines(names)
		self.assertEqual(len(lines), len(names))
		self.assertIn("Amount due", head)
