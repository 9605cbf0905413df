"""What the cards on an Issue are told: each clock as it stands, when it goes on, and what the reader may do."""

import frappe

from sla_guard.engine.instants import HOUR, MINUTE
from sla_guard.helpdesk.ticket import read, refresh
from sla_guard.helpdesk.timers import timers
from tests.site.case import SiteTestCase, make_user
from tests.site.records import (
	at,
	change,
	customer,
	in_force,
	issue,
	pause,
	round_the_clock,
	service,
	shown,
	stop,
	target,
	us,
	utc,
)
from tests.site.routes import agent, as_user, portal_user, request
from tests.site.statements import statements, writes

MONDAY = "2026-01-05"


def told(ticket, when):
	with at(when):
		return timers(getattr(ticket, "name", ticket))


def cards(ticket, when):
	"""The clocks by metric, the latest cycle of each."""
	return {each["metric"]: each for each in told(ticket, when)["clocks"]}


def opened(name, when, user=None):
	"""The Issue as a form gets it."""
	with at(when), as_user(user or frappe.session.user):
		frappe.local.response = frappe._dict(docs=[])
		request("frappe.desk.form.load.getdoc", doctype="Issue", name=name)
		return frappe.response.docs[0]


class TestCards(SiteTestCase):
	def setUp(self):
		super().setUp()
		self.contract = in_force(target(1, 8))

	def test_a_running_clock_says_what_is_left_when_it_is_due_and_when_support_is_open(self):
		ticket = issue(f"{MONDAY} 09:00")
		now = us(f"{MONDAY} 09:20")
		answer = told(ticket, f"{MONDAY} 09:20")
		self.assertEqual(answer["now_us"], now)
		self.assertEqual(answer["state"], "Running")
		response, resolution = answer["clocks"]
		self.assertEqual((response["metric"], response["state"]), ("Response", "running"))
		self.assertEqual(response["left_us"], 40 * MINUTE)
		self.assertEqual(utc(response["due_us"]), f"{MONDAY} 10:00")
		self.assertEqual(resolution["elapsed_us"], 20 * MINUTE)
		self.assertEqual(utc(resolution["due_us"]), f"{MONDAY} 17:00")
		periods = [(utc(start), utc(end)) for start, end in resolution["open"][:2]]
		self.assertEqual(
			periods, [(f"{MONDAY} 09:20", f"{MONDAY} 17:00"), ("2026-01-06 09:00", "2026-01-06 17:00")]
		)
		self.assertEqual(
			answer["contract"], {"name": self.contract.name, "title": "Gold", "time_zone": "UTC"}
		)

	def test_counting_on_through_the_open_periods_comes_to_the_due(self):
		clock = cards(issue("2026-01-09 15:00"), "2026-01-09 16:30")["Resolution"]
		left, reached = clock["left_us"], None
		for start, end in clock["open"]:
			if end - start >= left:
				reached = start + left
				break
			left -= end - start
		self.assertEqual(utc(reached), utc(clock["due_us"]))

	def test_while_support_is_closed_the_first_period_is_the_next_opening(self):
		clock = cards(issue("2026-01-09 16:30"), "2026-01-10 12:00")["Resolution"]
		self.assertEqual(utc(clock["open"][0][0]), "2026-01-12 09:00")

	def test_around_the_clock_there_is_one_period(self):
		in_force(
			target(1, 8, priority="High"), target(1, 8, support_hours=round_the_clock()), customer="Beta"
		)
		clock = cards(issue(f"{MONDAY} 23:00", customer="Beta"), f"{MONDAY} 23:10")["Response"]
		self.assertTrue(clock["always_open"])
		self.assertEqual(len(clock["open"]), 1)

	def test_a_paused_clock_says_why_since_when_and_what_is_left(self):
		ticket = issue(f"{MONDAY} 09:00")
		change(ticket, f"{MONDAY} 10:00", status="On Hold")
		clock = cards(ticket, f"{MONDAY} 15:00")["Resolution"]
		self.assertEqual(
			(clock["state"], clock["status"], clock["reason"]), ("paused", "On Hold", "customer")
		)
		self.assertEqual(utc(clock["since_us"]), f"{MONDAY} 10:00")
		self.assertEqual((clock["left_us"], clock["due_us"], clock["open"]), (7 * HOUR, None, ()))

	def test_a_clock_that_passed_its_due_is_breached_before_any_job_has_looked(self):
		ticket = issue(f"{MONDAY} 09:00")
		answer = told(ticket, f"{MONDAY} 10:25")
		self.assertEqual(answer["state"], "Breached")
		clock = answer["clocks"][0]
		self.assertEqual((utc(clock["breached_us"]), clock["due_us"]), (f"{MONDAY} 10:00", None))
		self.assertEqual(clock["late_us"], 25 * MINUTE)
		self.assertEqual(shown(ticket)[0], "Running")

	def test_a_stopped_clock_says_when_by_what_and_how_it_ended(self):
		ticket = issue(f"{MONDAY} 09:00")
		change(ticket, f"{MONDAY} 12:00", status="Resolved")
		clock = cards(ticket, "2026-01-06 12:00")["Resolution"]
		self.assertEqual((clock["verdict"], clock["stopped_by"]), ("met", "Resolved"))
		self.assertEqual(utc(clock["stopped_us"]), f"{MONDAY} 12:00")

	def test_each_cycle_is_told(self):
		in_force(target(1, 8), customer="Beta", on_reopening="New cycle")
		ticket = issue(f"{MONDAY} 09:00", customer="Beta")
		change(ticket, f"{MONDAY} 10:00", status="Resolved")
		change(ticket, f"{MONDAY} 11:00", status="Open")
		clocks = told(ticket, f"{MONDAY} 12:00")["clocks"]
		self.assertEqual(
			[(each["metric"], each["cycle"]) for each in clocks],
			[("Response", 1), ("Resolution", 1), ("Resolution", 2)],
		)


class TestOtherStates(SiteTestCase):
	def test_a_ticket_of_the_time_before_is_not_tracked(self):
		in_force()
		frappe.db.set_single_value("SLA Settings", "tracked_from", "2026-02-01 00:00:00")
		frappe.clear_document_cache("SLA Settings", "SLA Settings")
		answer = told(issue(f"{MONDAY} 09:00"), f"{MONDAY} 10:00")
		self.assertEqual((answer["tracked"], answer["clocks"]), (False, []))

	def test_a_ticket_of_which_nothing_could_be_recorded_says_that(self):
		in_force()
		ticket = issue(f"{MONDAY} 09:00")
		frappe.db.delete("SLA Event", {"ticket": ticket.name})
		frappe.db.set_value("Issue", ticket.name, "sla_state", "Error")
		answer = told(ticket, f"{MONDAY} 10:00")
		self.assertEqual((answer["tracked"], answer["state"]), (False, "Error"))

	def test_without_a_contract_there_is_none_and_no_clock(self):
		customer()
		answer = told(issue(f"{MONDAY} 09:00"), f"{MONDAY} 10:00")
		self.assertEqual((answer["state"], answer["contract"], answer["clocks"]), ("No Contract", None, []))

	def test_a_service_that_is_not_covered(self):
		in_force(services=["Mail"])
		answer = told(issue(f"{MONDAY} 09:00", sla_service=service("ERP")), f"{MONDAY} 10:00")
		self.assertEqual((answer["state"], answer["clocks"]), ("Not Covered", []))

	def test_a_ticket_to_be_qualified_says_so_whatever_its_state(self):
		in_force(services=["Mail"])
		ticket = issue(f"{MONDAY} 09:00")
		self.assertTrue(told(ticket, f"{MONDAY} 09:10")["to_be_qualified"])
		late = told(ticket, f"{MONDAY} 10:10")
		self.assertEqual((late["state"], late["to_be_qualified"]), ("Breached", True))

	def test_of_a_void_ticket_nothing_can_be_done_but_read(self):
		in_force()
		ticket = issue(f"{MONDAY} 09:00")
		with at(f"{MONDAY} 09:10"):
			request("sla_guard.helpdesk.actions.void", ticket=ticket.name, reason="Spam")
		answer = told(ticket, f"{MONDAY} 09:20")
		self.assertEqual(answer["state"], "Void")
		self.assertEqual(set(answer["may"]), {"explain", "settings"})


class TestWhatTheReaderMay(SiteTestCase):
	def setUp(self):
		super().setUp()
		in_force(target(1, 8), status_rules=[stop("Closed"), pause("On Hold"), pause("Replied", "Vendor")])
		self.ticket = issue(f"{MONDAY} 09:00")

	def may(self, when=f"{MONDAY} 09:10"):
		return told(self.ticket, when)["may"]

	def test_an_agent_may_all_but_what_managers_do(self):
		with as_user(agent()):
			may = self.may()
			self.assertTrue(may["take_in_charge"] and may["restore_service"] and may["wait"] and may["void"])
			self.assertFalse(may["override_contract"] or may["settings"] or may["restoration_failed"])
			self.assertFalse(self.may(f"{MONDAY} 10:10")["void"])

	def test_once_taken_in_charge_that_is_not_offered_again(self):
		with at(f"{MONDAY} 09:05"):
			request("sla_guard.helpdesk.actions.take_in_charge", ticket=self.ticket.name)
		answer = told(self.ticket, f"{MONDAY} 09:10")
		self.assertTrue(answer["answered"])
		self.assertFalse(answer["may"]["take_in_charge"])

	def test_a_restored_service_may_fail_but_not_be_restored_again(self):
		with at(f"{MONDAY} 09:05"):
			request("sla_guard.helpdesk.actions.restore_service", ticket=self.ticket.name)
		may = self.may()
		self.assertEqual((may["restore_service"], may["restoration_failed"]), (False, True))

	def test_a_manager_may_claim_an_exclusion_of_each_breach_once(self):
		manager = make_user("manager", "Support Team", "SLA Manager")
		with at(f"{MONDAY} 10:30"):
			refresh(read(self.ticket.name))
		breach = frappe.db.get_value("SLA Breach", {"ticket": self.ticket.name})
		with as_user(manager):
			may = self.may(f"{MONDAY} 10:40")
			self.assertTrue(may["override_contract"])
			self.assertEqual(
				[(each["name"], each["metric"]) for each in may["claim"]], [(breach, "Response")]
			)
			claim = frappe.new_doc("SLA Exclusion").update(
				{"breach": breach, "kind": "Waiver", "reason": "Agreed"}
			)
			claim.flags.ignore_mandatory = True
			claim.consent = (
				frappe.get_doc(
					{"doctype": "File", "file_name": "consent.txt", "content": "Yes", "is_private": 1}
				)
				.insert()
				.file_url
			)
			claim.insert()
			self.assertEqual(self.may(f"{MONDAY} 10:41")["claim"], [])

	def test_the_statuses_that_make_it_wait_are_those_of_its_contract(self):
		self.assertEqual(
			told(self.ticket, f"{MONDAY} 09:10")["pauses"],
			[
				{"status": "On Hold", "reason": "customer", "metrics": ["Resolution"]},
				{"status": "Replied", "reason": "vendor", "metrics": ["Resolution"]},
			],
		)

	def test_the_form_asks_before_a_pause_and_before_closing_what_nobody_answered(self):
		self.assertEqual(told(self.ticket, f"{MONDAY} 09:10")["asks"], ["Closed", "On Hold", "Replied"])
		change(self.ticket, f"{MONDAY} 09:20", status="On Hold")
		self.assertEqual(told(self.ticket, f"{MONDAY} 09:30")["asks"], ["Closed"])

	def test_who_may_not_read_the_ticket_is_told_nothing(self):
		for user in (portal_user(), "Guest"):
			with self.subTest(user), as_user(user), self.assertRaises(frappe.PermissionError):
				self.may()


class TestOpeningTheForm(SiteTestCase):
	def setUp(self):
		super().setUp()
		in_force(target(1, 8), on_reopening="New cycle")

	def test_the_form_gets_the_timers_with_the_ticket(self):
		ticket = issue(f"{MONDAY} 09:00")
		document = opened(ticket.name, f"{MONDAY} 09:20")
		self.assertEqual(document.get_onload("sla"), told(ticket, f"{MONDAY} 09:20"))

	def test_its_fields_say_what_is_so_now_and_the_database_what_was_stored(self):
		ticket = issue(f"{MONDAY} 09:00")
		document = opened(ticket.name, f"{MONDAY} 10:30")
		self.assertEqual(document.sla_state, "Breached")
		self.assertEqual(shown(ticket)[0], "Running")

	def test_saving_that_form_stores_nothing_of_it_but_what_follows_anyway(self):
		ticket = issue(f"{MONDAY} 09:00")
		document = opened(ticket.name, f"{MONDAY} 10:30")
		document.subject = "It still does not work"
		with at(f"{MONDAY} 10:31"):
			request("frappe.desk.form.save.savedocs", doc=document.as_json(), action="Save")
		self.assertEqual(frappe.response.docs[0]["__onload"]["sla"]["state"], "Breached")
		self.assertEqual(shown(ticket)[0], "Running")

	def test_it_costs_less_than_ten_statements_also_after_three_cycles_and_a_breach(self):
		ticket = issue(f"{MONDAY} 09:00")
		for hour in (11, 13, 15):
			change(ticket, f"{MONDAY} {hour}:00", status="Resolved")
			change(ticket, f"{MONDAY} {hour}:30", status="Open")
		manager = make_user("manager", "Support Team", "SLA Manager")
		with as_user(manager):
			told(ticket, f"{MONDAY} 16:00")
			with statements() as said:
				answer = told(ticket, f"{MONDAY} 16:00")
		self.assertEqual(max(each["cycle"] for each in answer["clocks"]), 4)
		self.assertTrue(answer["may"]["claim"])
		self.assertLess(len(said), 10, "\n".join(said))
		self.assertEqual(writes(said), [])

	def test_an_error_of_ours_keeps_no_form_from_opening(self):
		ticket = issue(f"{MONDAY} 09:00")
		frappe.db.set_value("SLA Event", {"ticket": ticket.name}, "terms", "no such terms")
		document = opened(ticket.name, f"{MONDAY} 09:20")
		self.assertEqual(document.get_onload("sla")["state"], "Error")
		self.assertEqual(document.subject, "It does not work")

	def test_a_ticket_that_is_not_saved_yet_has_none(self):
		fresh = frappe.new_doc("Issue")
		fresh.set("__islocal", 1)
		fresh.run_method("onload")
		self.assertNotIn("sla", fresh.get("__onload") or {})


class TestOpenForms(SiteTestCase):
	def test_forms_that_are_open_hear_of_each_change_of_the_clocks(self):
		in_force()
		ticket = issue(f"{MONDAY} 09:00")
		frappe.local._realtime_log = []
		change(ticket, f"{MONDAY} 09:30", status="On Hold")
		heard = [
			message for event, message, _room in frappe.local._realtime_log if event == "sla_guard_ticket"
		]
		self.assertEqual(heard, [{"ticket": ticket.name}])
