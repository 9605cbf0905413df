"""What people say about a ticket by a button: who may, when it counts, and what can be taken back."""

import frappe

from sla_guard.site_time import to_site
from tests.site.case import SiteTestCase, make_user
from tests.site.records import at, breaches, change, clock, facts, in_force, issue, shown, us
from tests.site.routes import (
	agent,
	as_user,
	edit,
	found_due,
	list_menu,
	mail_in,
	mail_out,
	portal_user,
	request,
	sweep,
)

CUSTOMER = "someone@acme.example"


class ActionCase(SiteTestCase):
	def setUp(self):
		super().setUp()
		in_force()
		self.agent = agent()
		self.manager = make_user("manager", "Support Team", "SLA Manager")
		self.ticket = issue()

	def act(self, action, *, when, by=None, said_at=None, **arguments):
		"""A click on the button; `said_at` is the instant entered in the dialog."""
		if said_at:
			arguments["at"] = str(to_site(us(said_at)))
		with at(when), as_user(by or self.agent):
			request(f"sla_guard.helpdesk.actions.{action}", ticket=self.ticket.name, **arguments)

	def assertActRefused(self, action, *words, error=frappe.ValidationError, **arguments):
		"""It is refused with a message that has these words, and nothing is recorded."""
		before = facts(self.ticket), shown(self.ticket)
		with self.assertRaises(error) as refused:
			self.act(action, **arguments)
		for word in words:
			self.assertIn(word, frappe.utils.strip_html(str(refused.exception)))
		self.assertEqual((facts(self.ticket), shown(self.ticket)), before)

	def recorded(self, kind):
		"""The last fact of this kind."""
		said = {"ticket": self.ticket.name, "kind": kind}
		return frappe.get_all("SLA Event", said, ["*"], order_by="sequence desc", limit=1)[0]


class TestTakenInCharge(ActionCase):
	def test_now(self):
		self.act("take_in_charge", when="2026-01-05 09:30")
		response = clock(self.ticket, "Response")
		self.assertEqual(
			(response.verdict, response.stopped, response.stopped_by),
			("met", "2026-01-05 09:30", "taken in charge"),
		)
		said = self.recorded("responded")
		self.assertEqual((said.cause, said.owner, said.answer), ("by hand", self.agent, "taken in charge"))

	def test_earlier_with_a_reason_and_it_stays_marked(self):
		self.act("take_in_charge", when="2026-01-05 11:00", said_at="2026-01-05 09:10", reason=" By phone ")
		self.assertEqual(clock(self.ticket, "Response").stopped, "2026-01-05 09:10")
		said = self.recorded("responded")
		self.assertEqual((said.cause, said.owner, said.reason), ("by hand", self.agent, "By phone"))
		# When it happened, and when it was said.
		self.assertEqual(said.at, to_site(us("2026-01-05 09:10")))
		self.assertEqual(frappe.utils.get_datetime(said.creation), to_site(us("2026-01-05 11:00")))
		told = request("sla_guard.helpdesk.explain.explain", ticket=self.ticket.name)["facts"][-1]
		self.assertEqual((told["by"], told["reason"]), (self.agent, "By phone"))

	def test_earlier_without_a_reason(self):
		for reason in (None, "", "  "):
			self.assertActRefused(
				"take_in_charge",
				"why",
				when="2026-01-05 11:00",
				said_at="2026-01-05 09:10",
				reason=reason,
			)

	def test_before_the_ticket_was_opened_or_in_the_future(self):
		said = {"when": "2026-01-05 11:00", "reason": "By phone"}
		self.assertActRefused("take_in_charge", "before", said_at="2026-01-05 08:59", **said)
		self.assertActRefused("take_in_charge", "future", said_at="2026-01-05 11:01", **said)

	def test_it_may_show_that_what_was_found_missed_was_not(self):
		sweep(self.ticket, when="2026-01-05 10:01")
		self.assertEqual(breaches(self.ticket), [("Response", "2026-01-05 10:00")])
		self.act("take_in_charge", when="2026-01-05 11:00", said_at="2026-01-05 09:10", reason="By phone")
		self.assertEqual((breaches(self.ticket), shown(self.ticket)[0]), ([], "Running"))
		withdrawn = frappe.get_last_doc("SLA Breach", {"ticket": self.ticket.name})
		self.assertEqual(withdrawn.state, "Withdrawn")
		self.assertTrue(withdrawn.withdrawn_because)

	def test_where_the_contract_does_not_count_it(self):
		in_force(customer="Globex", answer_taken_in_charge=0)
		self.ticket = issue(customer="Globex")
		self.act("take_in_charge", when="2026-01-05 09:30")
		self.assertEqual(clock(self.ticket, "Response").state, "running")

	def test_a_ticket_of_the_time_before(self):
		frappe.db.set_single_value("SLA Settings", "tracked_from", "2026-01-06 00:00:00")
		self.ticket = issue()
		self.assertActRefused("take_in_charge", self.ticket.name, "not tracked", when="2026-01-05 09:30")


class TestRestored(ActionCase):
	def ticket_restored_at_11(self, **terms):
		in_force(customer="Globex", **terms)
		self.ticket = issue(customer="Globex")
		self.act("restore_service", when="2026-01-05 11:00")

	def test_it_stops_where_the_contract_promises_to_restore(self):
		self.ticket_restored_at_11(resolution_stops_at="Restored or resolved")
		self.assertEqual(
			(clock(self.ticket).verdict, clock(self.ticket).stopped, clock(self.ticket).stopped_by),
			("met", "2026-01-05 11:00", "restored"),
		)
		self.assertEqual(frappe.db.get_value("Issue", self.ticket.name, "status"), "Open")
		change(self.ticket, "2026-01-08 11:00", status="Closed")
		self.assertEqual(clock(self.ticket).stopped, "2026-01-05 11:00")

	def test_it_goes_on_where_it_promises_to_resolve(self):
		self.ticket_restored_at_11(resolution_stops_at="Resolved")
		self.assertEqual((clock(self.ticket).state, clock(self.ticket).due), ("running", "2026-01-05 17:00"))
		self.assertIn("restored", facts(self.ticket))

	def test_failed_it_is_a_reopening(self):
		self.ticket_restored_at_11(resolution_stops_at="Restored or resolved")
		self.act("restoration_failed", when="2026-01-05 13:00")
		self.assertEqual((clock(self.ticket).cycle, clock(self.ticket).due), (1, "2026-01-06 11:00"))

	def test_failed_it_is_a_new_cycle_by_contract(self):
		self.ticket_restored_at_11(resolution_stops_at="Restored or resolved", on_reopening="New cycle")
		self.act("restoration_failed", when="2026-01-05 13:00")
		self.assertEqual((clock(self.ticket).cycle, clock(self.ticket).due), (2, "2026-01-06 13:00"))

	def test_what_is_restored_is_not_restored_again_nor_fails_what_is_not(self):
		self.assertActRefused("restoration_failed", "not been restored", when="2026-01-05 09:30")
		self.ticket_restored_at_11()
		self.assertActRefused("restore_service", "restored already", when="2026-01-05 11:10")
		early = {"said_at": "2026-01-05 10:30", "reason": "They called"}
		self.assertActRefused("restoration_failed", "not been restored", when="2026-01-05 13:00", **early)
		self.act("restoration_failed", when="2026-01-05 13:00")
		self.assertActRefused("restoration_failed", "not been restored", when="2026-01-05 13:10")
		self.act("restore_service", when="2026-01-05 14:00")

	def test_a_ticket_that_was_reopened_can_be_restored_again(self):
		self.ticket_restored_at_11(resolution_stops_at="Restored or resolved")
		change(self.ticket, "2026-01-05 12:00", status="Closed")
		mail_in(CUSTOMER, ticket=self.ticket, when="2026-01-05 13:00", text="It does not work again")
		self.assertEqual(clock(self.ticket).due, "2026-01-06 11:00")
		self.assertActRefused("restoration_failed", "not been restored", when="2026-01-05 13:10")
		self.act("restore_service", when="2026-01-05 14:00")
		self.assertEqual(
			(clock(self.ticket).stopped, clock(self.ticket).stopped_by), ("2026-01-05 14:00", "restored")
		)


class TestVoid(ActionCase):
	def assertVoid(self):
		self.assertEqual(shown(self.ticket), ("Void", None))
		for metric in ("Response", "Resolution"):
			self.assertEqual(
				(clock(self.ticket, metric).state, clock(self.ticket, metric).wake_us), ("void", 0)
			)
		self.assertEqual(breaches(self.ticket), [])

	def test_it_needs_a_reason(self):
		for reason in ("", "  "):
			self.assertActRefused("void", "why", when="2026-01-05 09:30", reason=reason)

	def test_an_agent_may_while_nothing_is_missed(self):
		self.act("void", when="2026-01-05 09:30", reason="Spam")
		self.assertVoid()
		said = self.recorded("void")
		self.assertEqual((said.owner, said.reason, said.cause), (self.agent, "Spam", "by hand"))

	def test_it_stays_void_whatever_comes(self):
		self.act("void", when="2026-01-05 09:30", reason="Spam")
		list_menu("Closed", self.ticket, when="2026-01-05 09:40")
		mail_in(CUSTOMER, ticket=self.ticket, when="2026-01-06 10:00")
		sweep(self.ticket, when="2026-03-01 12:00")
		self.assertVoid()
		self.assertActRefused("void", "void already", when="2026-03-01 12:00", reason="Spam")

	def test_once_something_is_missed_only_a_manager_may(self):
		sweep(self.ticket, when="2026-01-05 10:01")
		self.assertActRefused(
			"void", "SLA Manager", error=frappe.PermissionError, when="2026-01-05 10:02", reason="Spam"
		)
		self.act("void", by=self.manager, when="2026-01-05 10:02", reason="A duplicate")
		self.assertVoid()
		breach = frappe.get_last_doc("SLA Breach", {"ticket": self.ticket.name})
		self.assertEqual(breach.state, "Withdrawn")
		self.assertIn("void", breach.withdrawn_because)

	def test_before_the_job_has_found_what_was_missed_neither(self):
		self.assertActRefused(
			"void", "SLA Manager", error=frappe.PermissionError, when="2026-01-05 10:00:10", reason="Spam"
		)
		self.act("void", by=self.manager, when="2026-01-05 10:00:20", reason="A duplicate")
		self.assertVoid()


class TestTakenBack(ActionCase):
	def take_back(self, kind, **rest):
		arguments = {"by": self.manager, "reason": "By mistake", "event": self.recorded(kind).name} | rest
		self.act("take_back", **arguments)

	def clocks(self):
		return clock(self.ticket), clock(self.ticket, "Response")

	def test_a_void_that_was_none(self):
		sweep(self.ticket, when="2026-01-05 10:01")
		before, state = self.clocks(), shown(self.ticket)
		self.act("void", by=self.manager, when="2026-01-05 10:02", reason="A duplicate")
		self.assertEqual(breaches(self.ticket), [])
		self.take_back("void", when="2026-01-05 10:03")
		after = self.clocks()
		self.assertEqual((after[0].due, after[1].breached), ("2026-01-05 17:00", "2026-01-05 10:00"))
		for one, other in zip(before, after, strict=True):
			self.assertEqual({**one, "elapsed_us": 0}, {**other, "elapsed_us": 0})
		self.assertEqual(
			(shown(self.ticket), breaches(self.ticket)), (state, [("Response", "2026-01-05 10:00")])
		)
		self.assertEqual(frappe.db.count("SLA Breach", {"ticket": self.ticket.name}), 1)
		# Both stay readable.
		self.assertEqual(facts(self.ticket), ["opened", "void", "retracted"])
		sweep(self.ticket, when="2026-01-05 17:01")
		self.assertEqual(len(breaches(self.ticket)), 2)

	def test_a_void_of_a_ticket_closed_too_late(self):
		change(self.ticket, "2026-01-05 12:00", status="Closed")
		before = self.clocks()
		self.act("void", by=self.manager, when="2026-01-05 12:10", reason="A duplicate")
		self.take_back("void", when="2026-01-05 12:20")
		self.assertEqual((self.clocks(), shown(self.ticket)[0]), (before, "Missed"))
		self.assertEqual(breaches(self.ticket), [("Response", "2026-01-05 10:00")])

	def test_a_breach_decided_by_people_stays_decided(self):
		sweep(self.ticket, when="2026-01-05 10:01")
		breach = frappe.get_last_doc("SLA Breach", {"ticket": self.ticket.name})
		frappe.db.set_value("SLA Breach", breach.name, "state", "Waived")
		self.act("void", by=self.manager, when="2026-01-05 10:02", reason="A duplicate")
		self.take_back("void", when="2026-01-05 10:03")
		self.assertEqual(frappe.db.get_value("SLA Breach", breach.name, "state"), "Waived")

	def test_an_answer_that_was_none(self):
		self.act("take_in_charge", when="2026-01-05 09:30")
		self.take_back("responded", when="2026-01-05 11:00")
		self.assertEqual(clock(self.ticket, "Response").state, "running")
		self.assertEqual(breaches(self.ticket), [("Response", "2026-01-05 10:00")])

	def test_a_restoration_that_was_none(self):
		self.act("restore_service", when="2026-01-05 09:30")
		self.take_back("restored", when="2026-01-05 09:40")
		self.act("restore_service", when="2026-01-05 09:50")
		self.assertEqual(facts(self.ticket), ["opened", "restored", "retracted", "restored"])

	def test_a_failure_that_was_none_takes_its_cycle_along(self):
		in_force(customer="Globex", resolution_stops_at="Restored or resolved", on_reopening="New cycle")
		self.ticket = issue(customer="Globex")
		self.act("take_in_charge", when="2026-01-05 09:10")
		self.act("restore_service", when="2026-01-05 09:30")
		before = clock(self.ticket)
		self.act("restoration_failed", when="2026-01-05 09:40")
		sweep(self.ticket, when="2026-01-12 12:00")
		self.assertEqual(
			(clock(self.ticket).cycle, breaches(self.ticket)), (2, [("Resolution", "2026-01-06 09:40")])
		)
		self.take_back("restoration failed", when="2026-01-12 12:10")
		self.assertEqual((clock(self.ticket), breaches(self.ticket)), (before, []))
		self.assertEqual(shown(self.ticket), ("Met", None))
		self.assertNotIn(self.ticket.name, found_due("2026-01-12 12:20"))

	def test_only_a_manager_may_and_says_why(self):
		self.act("take_in_charge", when="2026-01-05 09:30")
		event = self.recorded("responded").name
		said = {"when": "2026-01-05 09:40", "event": event}
		self.assertActRefused(
			"take_back", "SLA Manager", error=frappe.PermissionError, reason="By mistake", **said
		)
		self.assertActRefused("take_back", "why", by=self.manager, reason=" ", **said)

	def test_only_what_was_recorded_by_hand_and_once(self):
		mail_out(self.ticket, CUSTOMER, when="2026-01-05 09:30", by=self.agent)
		said = {"when": "2026-01-05 09:50", "by": self.manager, "reason": "By mistake"}
		for kind in ("opened", "responded"):
			event = self.recorded(kind).name
			self.assertActRefused("take_back", "by hand", event=event, **said)
		self.act("take_in_charge", when="2026-01-05 09:40")
		event = self.recorded("responded").name
		one, self.ticket = self.ticket, issue()
		self.assertActRefused("take_back", "by hand", event=event, **said)
		self.ticket = one
		self.act("take_back", event=event, **said)
		self.assertActRefused("take_back", "by hand", event=event, **said)


class TestWhoMay(ActionCase):
	def test_only_who_may_write_the_ticket(self):
		refused = portal_user(customer="Acme"), make_user("seller", "Sales User"), "Guest"
		for user in refused:
			for action in ("take_in_charge", "restore_service", "restoration_failed", "void", "take_back"):
				with self.subTest(user=user, action=action):
					self.assertActRefused(
						action,
						error=frappe.PermissionError,
						by=user,
						when="2026-01-05 09:30",
						reason="Because",
						event="none",
					)

	def test_a_manager_of_contracts_who_may_not_write_the_ticket_may_not_either(self):
		manager = make_user("contracts", "SLA Manager")
		self.assertActRefused(
			"void", error=frappe.PermissionError, by=manager, when="2026-01-05 09:30", reason="Spam"
		)


class TestReportedAt(ActionCase):
	def test_a_ticket_entered_later_opens_when_it_was_reported(self):
		ticket = issue("2026-01-05 11:00", sla_reported_at=to_site(us("2026-01-05 09:15")))
		self.assertEqual(clock(ticket).started, "2026-01-05 09:15")
		self.assertEqual(clock(ticket).due, "2026-01-06 09:15")
		self.assertEqual(breaches(ticket), [("Response", "2026-01-05 10:15")])

	def test_it_is_never_reported_later(self):
		with self.assertRaises(frappe.ValidationError) as refused:
			issue("2026-01-05 11:00", sla_reported_at=to_site(us("2026-01-05 11:01")))
		self.assertIn("future", str(refused.exception))

	def test_it_cannot_be_changed_afterwards(self):
		said = to_site(us("2026-01-05 09:15"))
		entered = issue("2026-01-05 11:00", sla_reported_at=said), issue("2026-01-05 11:00")
		for ticket, kept in zip(entered, (said, None), strict=True):
			before = clock(ticket)
			for other in (to_site(us("2026-01-05 10:45")), to_site(us("2026-01-05 08:00")), None):
				with as_user(self.agent):
					edit(ticket, "sla_reported_at", other and str(other), when="2026-01-05 11:30")
			self.assertEqual(frappe.db.get_value("Issue", ticket.name, "sla_reported_at"), kept)
			self.assertEqual(clock(ticket), before)
