"""ERPNext's own SLA on, off and half configured: ours gives the same clocks, and its fields are never touched.

Only where there is one: the stand-in for ERPNext has none.
"""

from contextlib import contextmanager

import frappe

from tests.site.case import SiteTestCase
from tests.site.records import WORKDAYS, change, clock, customer, facts, in_force, issue, priority, target
from tests.site.routes import agent, mail_in, mail_out

CUSTOMER = "someone@acme.example"
OURS = ("state", "verdict", "cycle", "target_us", "elapsed_us", "due", "breached", "stopped", "stopped_by")
THEIRS = (
	*("service_level_agreement", "service_level_agreement_creation", "agreement_status"),
	*("response_by", "sla_resolution_by", "sla_resolution_date", "on_hold_since", "total_hold_time"),
	*("first_responded_on", "first_response_time", "avg_response_time"),
	*("resolution_time", "user_resolution_time"),
)


def steps(user):
	"""The life of a ticket by form and mail, one step after the other. Not by the list's menu: there ours saves the
	Issue, where ERPNext's writes past its own SLA."""
	yield (ticket := issue(priority=priority("High")))
	# Not at a whole second, at which the framework may take an Issue that it changed itself for somebody else's.
	mail_out(ticket, CUSTOMER, when="2026-01-05 09:30:00.5", by=user)
	yield ticket
	change(ticket, "2026-01-05 10:00", status="On Hold")
	yield ticket
	mail_in(CUSTOMER, ticket=ticket, when="2026-01-05 12:00:00.5")
	yield ticket
	change(ticket, "2026-01-05 12:10", priority=priority("Low"))
	yield ticket
	change(ticket, "2026-01-05 13:00", status="Closed")
	yield ticket
	mail_in(CUSTOMER, ticket=ticket, when="2026-01-06 10:00:00.5", text="Thanks")
	yield ticket
	change(ticket, "2026-01-07 10:00", status="Closed")
	yield ticket
	change(ticket, "2026-01-08 10:00", subject="It does not work any more")
	yield ticket


# Of the solution: in eight hours; two on hold; in four, one used; closed after two; reopened the next morning; closed.
DUES = [
	*("2026-01-05 17:00", "2026-01-05 17:00", None, "2026-01-06 11:00", "2026-01-05 15:00"),
	*(None, "2026-01-06 12:00", None, None),
]


def our_clocks(ticket):
	return [{field: clock(ticket, metric)[field] for field in OURS} for metric in ("Response", "Resolution")]


def their_fields(ticket):
	return frappe.db.get_value("Issue", ticket.name, THEIRS, as_dict=True)


@contextmanager
def without_ours():
	"""As if the app were not installed."""
	everybody = frappe.get_doc_hooks()
	frappe.local.doc_events_hooks = {
		doctype: {
			event: [each for each in handlers if not each.startswith("sla_guard.")]
			for event, handlers in events.items()
		}
		for doctype, events in everybody.items()
	}
	try:
		yield
	finally:
		frappe.local.doc_events_hooks = everybody


def track(wanted):
	frappe.db.set_single_value("Support Settings", "track_service_level_agreement", wanted)


def their_sla(whose="Acme", **values):
	"""An SLA of ERPNext for this customer: two and four hours, nine to five."""
	days = [{"workday": day, "start_time": "09:00:00", "end_time": "17:00:00"} for day in WORKDAYS]
	times = {"response_time": 2 * 3600, "resolution_time": 4 * 3600}
	holidays = {"holiday_list_name": "None", "from_date": "2026-01-01", "to_date": "2026-12-31"}
	return (
		frappe.new_doc("Service Level Agreement")
		.update(
			{
				"service_level": f"Theirs for {whose}",
				"document_type": "Issue",
				"entity_type": "Customer",
				"entity": customer(whose),
				"holiday_list": frappe.new_doc("Holiday List").update(holidays).insert().name,
				"support_and_resolution": days,
				"priorities": [
					{"priority": priority("High"), "default_priority": 1, **times},
					{"priority": priority("Low"), **times},
				],
				"sla_fulfilled_on": [{"status": "Resolved"}, {"status": "Closed"}],
				"pause_sla_on": [{"status": "On Hold"}],
				**values,
			}
		)
		.insert()
	)


if frappe.db.exists("DocType", "Service Level Agreement"):

	class TestBesideERPNext(SiteTestCase):
		def setUp(self):
			super().setUp()
			# Which DocTypes have one is remembered beyond the transaction.
			self.addCleanup(self.forget_doctypes)
			for name in frappe.get_all("Service Level Agreement", pluck="name"):
				frappe.delete_doc("Service Level Agreement", name, force=True)
			self.user = agent()
			in_force(target(), target(0.75, 4, priority=priority("Low")))

		def forget_doctypes(self):
			frappe.db.rollback()
			frappe.cache.delete_value("doctypes_with_active_sla")

		def assertSideBySide(self, *, in_use):
			"""Ours are the clocks that they are without theirs, theirs the fields that they are without ours."""
			ours, theirs = [], []
			for ticket in steps(self.user):
				ours.append(our_clocks(ticket))
				theirs.append(their_fields(ticket))
			self.assertEqual([clocks[1]["due"] for clocks in ours], DUES)
			with without_ours():
				alone = [(their_fields(ticket), facts(ticket)) for ticket in steps(self.user)]
			self.assertEqual([(fields, []) for fields in theirs], alone)
			self.assertEqual(any(fields.service_level_agreement for fields in theirs), in_use)
			return ours

		def test_ours_are_the_same_whatever_theirs_are(self):
			track(0)
			expected = self.assertSideBySide(in_use=False)
			track(1)
			self.assertEqual(self.assertSideBySide(in_use=False), expected)
			theirs = their_sla()
			with self.subTest("on"):
				self.assertEqual(self.assertSideBySide(in_use=True), expected)
			with self.subTest("tracking switched off again"):
				track(0)
				self.assertEqual(self.assertSideBySide(in_use=False), expected)
			track(1)
			with self.subTest("there, but disabled"):
				theirs.update({"enabled": 0}).save()
				self.assertEqual(self.assertSideBySide(in_use=False), expected)
			with self.subTest("there, but for somebody else"):
				theirs.update({"enabled": 1, "entity": customer("Globex")}).save()
				self.assertEqual(self.assertSideBySide(in_use=False), expected)
