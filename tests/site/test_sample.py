"""The sample of the demo: every state is there on whatever day it is shown, and showing it twice adds nothing."""

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import get_datetime
from freezegun import freeze_time

from sla_guard.engine.instants import HOUR, moment
from sla_guard.oncall.gaps import gaps, span_ahead
from sla_guard.site_time import now_us, to_us
from tests.sample import duty, months, table, tickets, world
from tests.site.case import SiteTestCase
from tests.site.records import clock, facts, pages

STATES = {
	*("Running", "Paused", "Breached", "To Be Qualified", "Not Covered"),
	*("No Contract", "Met", "Missed", "Void"),
}
COUNTED = ("Issue", "SLA Event", "SLA Clock", "SLA Breach", "SLA Contract", "Support Hours", "Communication")
COUNTED += (
	"SLA Page",
	"SLA On-Call Roster",
	"SLA On-Call Shift",
	"SLA Notification Rule",
)


def fill(now):
	world.fill(now.date())
	duty.fill(now.date())
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
		# From a Monday to the next day another Sunday is the last one, and those of Sunday are lived anew.
		wednesday = self.now + timedelta(days=(2 - self.now.weekday()) % 7)
		names = fill(wednesday)
		before = [frappe.db.count(doctype) for doctype in COUNTED]
		for later in (timedelta(hours=1), timedelta(days=1)):
			self.assertEqual(fill(wednesday + later), names)
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

	def test_a_night_is_called_through_the_levels_and_told_of_and_the_customer_still_waits(self):
		fill(self.now)
		ticket = frappe.get_doc("Issue", named("Card payments fail in every shop"))
		self.assertEqual(
			[row[0:3:2] for row in pages(ticket)], [(1, "Not Acknowledged"), (2, "Acknowledged")]
		)
		self.assertEqual(clock(ticket, "Response").state, "running")
		told = frappe.get_all("SLA Alert", {"ticket": ticket.name, "rule": duty.RULE}, ["percent", "state"])
		self.assertEqual(told, [{"percent": 50, "state": "Told"}])
		notice = frappe.get_all("SLA Notice", {"ticket": ticket.name}, pluck="user")
		self.assertTrue(set(notice) & {duty.FIRST, duty.SECOND})

	def test_the_roster_lacks_one_night_within_the_days_that_are_looked_ahead(self):
		# Of a whole second, Frappe 15 takes a document that it has just saved for one that somebody else has.
		with freeze_time(self.now.replace(microsecond=1)):
			fill(self.now)
			contract = frappe.db.get_value(
				"SLA Contract", {"title": world.CONTRACTS[world.SHOPS], "docstatus": 1}
			)
			found = gaps(*span_ahead(now_us()), [contract])
		(night,) = {(gap.start, gap.end) for gap in found}
		self.assertGreater(night[0], to_us(self.now.replace(tzinfo=None)))
		self.assertLess((night[1] - night[0]) // HOUR, 72)

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
