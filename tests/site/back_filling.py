"""A ticket that was watched from its opening on, and the same as a back-fill finds it: what was recorded is forgotten."""

import frappe

from sla_guard.helpdesk.rebuild import Options, facts_of
from sla_guard.helpdesk.records import Lookups, records_of
from sla_guard.helpdesk.showing import NOTHING
from sla_guard.helpdesk.ticket import read, record_past, refresh
from tests.site.case import SiteTestCase
from tests.site.committed import rows
from tests.site.records import at, in_force, priority, service, target
from tests.site.routes import agent, mailbox, versions_kept

RECORDED = ("SLA Event", "SLA Clock", "SLA Reopening", "SLA Breach", "SLA Alert", "SLA Page")
MEASURED = (
	*("metric", "cycle", "state", "verdict", "contract", "terms", "target", "target_us", "started_us"),
	*("counted_from_us", "due_us", "wake_us", "breached_us", "stopped_us", "decided_us", "stopped_by"),
	*("customer", "priority", "service", "company"),
)
# Of a clock that runs, it is that of the last look.
USED = ("elapsed_us", "late_us")
BREACHED = ("metric", "cycle", "breached_us", "terms", "target", "target_us", "customer", "priority", "state")
REOPENED = ("metric", "cycle", "stopped_us", "reopened_us", "breached_us", "contract", "customer")
SHOWN = ("sla_state", "sla_response", "sla_resolution", "sla_next_due", "sla_breached_at")
LATER = "2026-01-19 09:00"
CUSTOMER = "someone@acme.example"


def measured(ticket):
	"""What is stored of the clocks of a ticket, its breaches and reopenings, and what it shows. A breach that a fact has
	taken away that became known later was never there for a back-fill."""
	clocks = [
		[each[field] for field in (*MEASURED, *(USED if each.stopped_us else ()))]
		for each in rows("SLA Clock", [ticket])
	]
	breaches = [
		[each[field] for field in BREACHED]
		for each in rows("SLA Breach", [ticket])
		if each.state != "Withdrawn"
	]
	reopenings = [[each[field] for field in REOPENED] for each in rows("SLA Reopening", [ticket])]
	shown = frappe.db.get_value("Issue", ticket, SHOWN)
	return sorted(clocks), sorted(breaches), sorted(reopenings), shown


def forget(*tickets):
	"""As if nobody had watched these tickets."""
	for doctype in RECORDED:
		frappe.db.delete(doctype, {"ticket": ("in", tickets)})
	for ticket in tickets:
		frappe.db.set_value("Issue", ticket, NOTHING, update_modified=False)


def twin(ticket, name):
	"""A ticket of another name with the same history."""
	for doctype, field in (("Issue", "name"), ("Version", "docname"), ("Communication", "reference_name")):
		table = frappe.qb.DocType(doctype)
		for row in frappe.qb.from_(table).select("*").where(table[field] == ticket).run(as_dict=True):
			copy = row | {"name": frappe.generate_hash(length=10)} | {field: name}
			frappe.qb.into(table).columns(*copy).insert(*copy.values()).run()
	return name


def back_fill(ticket, when=LATER, **options):
	with at(when):
		lookups, chosen = Lookups(), Options(**options)
		records = records_of([ticket], lookups, chosen.first_assignment)[ticket]
		record_past(read(ticket, lock=True), facts_of(records, lookups, chosen))


class BackFillCase(SiteTestCase):
	def setUp(self):
		super().setUp()
		kept = versions_kept()
		kept.__enter__()
		self.addCleanup(kept.__exit__, None, None, None)

	def assertBackFilled(self, ticket, when=LATER, **options):
		"""A back-fill comes to what was recorded from the beginning."""
		name = getattr(ticket, "name", ticket)
		with at(when):
			refresh(read(name))
		watched = measured(name)
		self.assertTrue(watched[0])
		forget(name)
		back_fill(name, when, **options)
		self.assertEqual(measured(name), watched)


class RebuildCase(BackFillCase):
	def setUp(self):
		mailbox()
		super().setUp()
		self.contract = in_force(
			target(),
			target(2, 16, priority=priority("Urgent")),
			target(4, 40, priority=priority("Low"), service=service("Telephony")),
			target(1, 4, service=service("Telephony")),
			on_reopening="New cycle",
		)
		self.agent = agent()
