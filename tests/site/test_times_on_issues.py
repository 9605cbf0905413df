"""What an Issue shows of its clocks besides its state: for its form without scripts, for lists and filters."""

import frappe

from sla_guard import jobs
from sla_guard.helpdesk import actions, showing
from sla_guard.helpdesk.reconcile import catch_up
from sla_guard.helpdesk.ticket import read
from sla_guard.patches import times_on_issues
from sla_guard.site_time import to_us
from tests.site.case import SiteTestCase
from tests.site.committed import CommittedCase
from tests.site.records import at, change, in_force, issue, pause, service, stop, target, us, utc


def shown(ticket, *fields):
	"""Values of these fields as stored, instants as text."""
	found = frappe.db.get_value("Issue", getattr(ticket, "name", ticket), fields, as_dict=True)
	return tuple(as_text(field, found[field]) for field in fields)


def as_text(field, value):
	return utc(to_us(value)) if value and field in showing.TIMES else value


def both(ticket):
	return shown(ticket, "sla_response", "sla_response_due", "sla_resolution", "sla_resolution_due")


class TestTimes(SiteTestCase):
	"""One hour to respond and eight to resolve, nine to five: at risk after 45 minutes and after six hours."""

	def test_each_metric_has_its_word_and_its_due(self):
		in_force()
		ticket = issue()
		self.assertEqual(both(ticket), ("Running", "2026-01-05 10:00", "Running", "2026-01-05 17:00"))
		change(ticket, "2026-01-05 09:30", status="On Hold")
		self.assertEqual(both(ticket), ("Running", "2026-01-05 10:00", "Paused", None))
		with at("2026-01-05 09:45"):
			actions.take_in_charge(ticket.name)
		self.assertEqual(both(ticket), ("Met", None, "Paused", None))

	def test_what_is_missed_shows_since_when(self):
		in_force()
		ticket = issue()
		change(ticket, "2026-01-05 12:00", subject="Another one")
		self.measure(ticket, "2026-01-05 12:00")
		self.assertEqual(both(ticket)[:2], ("Breached", "2026-01-05 10:00"))
		self.assertEqual(shown(ticket, "sla_breached_at"), ("2026-01-05 10:00",))
		change(ticket, "2026-01-06 12:00", status="Closed")
		self.assertEqual(both(ticket), ("Missed", "2026-01-05 10:00", "Missed", "2026-01-05 17:00"))
		self.assertEqual(shown(ticket, "sla_breached_at"), ("2026-01-05 17:00",))

	def test_the_last_cycle_is_the_one_that_is_shown(self):
		in_force(on_reopening="New cycle")
		ticket = issue()
		change(ticket, "2026-01-05 10:00", status="Closed")
		self.assertEqual(both(ticket)[2:], ("Met", None))
		change(ticket, "2026-01-06 09:00", status="Open")
		self.assertEqual(both(ticket)[2:], ("Running", "2026-01-06 17:00"))

	def test_what_is_left_of_a_pause_is_that_of_the_clock_that_has_least(self):
		rules = [stop("Closed"), pause("On Hold", metric="Both")]
		in_force(status_rules=rules)
		ticket = issue()
		self.assertEqual(shown(ticket, "sla_left"), (None,))
		change(ticket, "2026-01-05 09:40", status="On Hold")
		self.assertEqual(shown(ticket, "sla_left", "sla_next_due", "sla_state"), (20 * 60, None, "Paused"))
		change(ticket, "2026-01-06 09:00", status="Open")
		self.assertEqual(shown(ticket, "sla_left"), (None,))

	def test_at_risk_is_the_first_clock_to_have_used_three_quarters(self):
		in_force()
		ticket = issue()
		self.assertEqual(shown(ticket, "sla_at_risk_from", "sla_at_risk"), ("2026-01-05 09:45", 0))
		with at("2026-01-05 09:30"):
			actions.take_in_charge(ticket.name)
		self.assertEqual(shown(ticket, "sla_at_risk_from", "sla_at_risk"), ("2026-01-05 15:00", 0))
		self.measure(ticket, "2026-01-05 15:00")
		self.assertEqual(shown(ticket, "sla_at_risk_from", "sla_at_risk"), ("2026-01-05 15:00", 1))
		change(ticket, "2026-01-05 15:30", status="On Hold")
		self.assertEqual(shown(ticket, "sla_at_risk_from", "sla_at_risk"), (None, 0))

	def test_what_is_missed_already_is_at_risk_no_more(self):
		in_force(target(response=1, resolution=None))
		ticket = issue()
		self.measure(ticket, "2026-01-05 12:00")
		self.assertEqual(shown(ticket, "sla_at_risk_from", "sla_at_risk"), (None, 0))

	def test_the_settings_say_from_which_part_on(self):
		in_force()
		ticket = issue()
		with at("2026-01-05 09:10"):
			settings = frappe.get_single("SLA Settings").update({"at_risk_percent": 50})
			settings.save()
			self.measure(ticket, "2026-01-05 09:10")
		self.assertEqual(shown(ticket, "sla_at_risk_from"), ("2026-01-05 09:30",))
		self.assertRefused(settings.update({"at_risk_percent": 100}), "100")

	def test_sorted_by_urgency_the_late_come_first_then_what_runs_then_what_waits_then_the_rest(self):
		in_force()
		closed, waits_shortly, waits, runs, later = (
			issue(f"2026-01-05 09:{minute:02}") for minute in (0, 1, 2, 3, 4)
		)
		late, long_late = issue("2026-01-02 09:01"), issue("2026-01-02 09:00")
		untracked = issue(customer=None)
		for ticket, when in ((waits_shortly, "2026-01-05 09:50"), (waits, "2026-01-05 09:20")):
			with at(when):
				actions.take_in_charge(ticket.name)
			change(ticket, when, status="On Hold")
		change(closed, "2026-01-05 09:30", status="Closed")
		for ticket in (late, long_late):
			self.measure(ticket, "2026-01-05 09:30")
		expected = [long_late, late, runs, later, waits_shortly, waits]
		among = {"name": ("in", [each.name for each in (*expected, closed, untracked)])}
		found = frappe.get_all("Issue", among, pluck="name", order_by="sla_urgency desc, creation desc")
		self.assertEqual(found[:6], [each.name for each in expected])
		self.assertEqual(shown(closed, "sla_urgency") + shown(untracked, "sla_urgency"), (0, 0))

	def test_a_ticket_that_is_not_covered_any_more_shows_nothing(self):
		in_force(services=["Mail"])
		ticket = issue(sla_service=service("Mail"))
		change(ticket, "2026-01-05 09:10", sla_service=service("ERP"))
		self.assertEqual(both(ticket), (None,) * 4)
		self.assertEqual(shown(ticket, "sla_at_risk_from", "sla_urgency", "sla_left"), (None, 0, None))

	def test_a_void_ticket_shows_that_alone(self):
		in_force()
		ticket = issue()
		with at("2026-01-05 12:00"):
			actions.void(ticket.name, reason="Spam")
		self.assertEqual(both(ticket), ("Void", None, "Void", None))
		self.assertEqual(shown(ticket, "sla_breached_at", "sla_urgency", "sla_at_risk"), (None, 0, 0))

	def test_nobody_but_the_app_writes_them(self):
		in_force()
		ticket = issue(sla_urgency=5, sla_at_risk=1, sla_left=3, sla_response="Met")
		stored = frappe.db.get_value("Issue", ticket.name, showing.SHOWN)
		change(ticket, "2026-01-05 09:10", sla_urgency=5, sla_at_risk=1, sla_left=3, sla_response="Met")
		self.assertEqual(frappe.db.get_value("Issue", ticket.name, showing.SHOWN), stored)
		self.assertEqual(stored[2], "Running")

	def test_a_ticket_that_need_not_be_tracked_after_all_shows_nothing(self):
		ticket = issue(customer=None)
		frappe.db.delete("SLA Event", {"ticket": ticket.name})
		frappe.db.set_value("Issue", ticket.name, {"sla_state": "Error", "sla_urgency": 7})
		frappe.db.set_single_value("SLA Settings", "tracked_from", "2027-01-01")
		frappe.clear_document_cache("SLA Settings", "SLA Settings")
		catch_up(read(ticket.name))
		self.assertEqual(shown(ticket, "sla_state", "sla_urgency"), (None, 0))

	def measure(self, ticket, when):
		from sla_guard.helpdesk.ticket import refresh

		with at(when):
			refresh(read(ticket.name))


class TestJobs(CommittedCase):
	def setUp(self):
		super().setUp()
		self.in_force()

	def test_the_sweep_finds_what_has_got_at_risk_and_finds_it_once(self):
		ticket = self.issue("2026-01-05 09:00")
		with at("2026-01-05 09:44:59"):
			jobs.sweep()
		self.assertEqual(shown(ticket, "sla_at_risk"), (0,))
		with at("2026-01-05 09:45"):
			self.assertIn(ticket.name, jobs._at_risk(us("2026-01-05 09:45")))
			jobs.sweep()
			self.assertNotIn(ticket.name, jobs._at_risk(us("2026-01-05 09:45")))
		self.assertEqual(shown(ticket, "sla_at_risk", "sla_state"), (1, "Running"))

	def test_the_sweep_leaves_tickets_alone_that_will_not_be_at_risk(self):
		closed = self.issue("2026-01-05 09:00")
		change(closed, "2026-01-05 09:10", status="Closed")
		frappe.db.set_single_value("SLA Settings", "tracked_from", "2027-01-01")
		untracked = self.issue("2026-01-05 09:00")
		frappe.db.commit()
		found = set(jobs._at_risk(us("2026-01-08 12:00")))
		self.assertFalse(found & {closed.name, untracked.name})

	def test_issues_of_before_show_them_after_the_patch(self):
		ticket = self.issue("2026-01-05 09:00")
		before = frappe.db.get_value("Issue", ticket.name, showing.SHOWN)
		empty = {
			field: value
			for field, value in showing.NOTHING.items()
			if field not in ("sla_state", "sla_next_due")
		}
		frappe.db.set_value("Issue", ticket.name, empty, update_modified=False)
		with at("2026-01-05 09:10"):
			times_on_issues.execute()
			self.assertEqual(frappe.db.get_value("Issue", ticket.name, showing.SHOWN), before)
			self.assertNotIn(ticket.name, times_on_issues._not_yet_shown())

	def test_a_new_setting_is_followed_by_all_open_tickets_in_batches(self):
		names = [self.issue(f"2026-01-05 09:0{minute}").name for minute in range(3)]
		frappe.db.set_single_value("SLA Settings", "at_risk_percent", 50)
		frappe.clear_document_cache("SLA Settings", "SLA Settings")
		self.addCleanup(frappe.clear_document_cache, "SLA Settings", "SLA Settings")
		self.addCleanup(frappe.db.commit)
		self.addCleanup(frappe.db.set_single_value, "SLA Settings", "at_risk_percent", 75)
		with at("2026-01-05 09:05"):
			jobs.measure_open(after=names[0])
		found = [shown(name, "sla_at_risk_from")[0] for name in names]
		self.assertEqual(found, ["2026-01-05 09:45", "2026-01-05 09:31", "2026-01-05 09:32"])
