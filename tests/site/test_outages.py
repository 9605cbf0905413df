"""Outages of services: entered, or those of a ticket, which follow it."""

import frappe

from sla_guard.engine.availability import availability
from sla_guard.engine.instants import MINUTE
from sla_guard.engine.spans import united, within
from sla_guard.helpdesk.ticket import read
from sla_guard.maintenance import announced
from sla_guard.outages import follow, outages_of, tickets_still_down
from sla_guard.site_time import to_site
from tests.site.case import SiteTestCase, make_user
from tests.site.records import (
	at,
	change,
	customer,
	in_force,
	issue,
	maintenance,
	outage,
	round_the_clock,
	service,
	us,
	utc,
)
from tests.site.routes import agent, as_user, portal_user, request


def downtime(whom="Acme", start="2026-01-01", end="2026-02-01", when="2026-02-01", name="Mail"):
	"""From when to when the service was down, as statements see it at an instant."""
	with at(when):
		found = outages_of(name, whom, us(start), us(end))
	down = [(each.started, each.restored or us(end)) for each in found if not each.partial]
	return [tuple(map(utc, span)) for span in united(within(down, us(start), us(end)))]


class TestEntered(SiteTestCase):
	def setUp(self):
		super().setUp()
		for name in ("Acme", "Globex"):
			customer(name)

	def test_those_at_once_are_one(self):
		outage("2026-01-05 10:00", "2026-01-05 10:50")
		outage("2026-01-05 10:30", "2026-01-05 11:20")
		self.assertEqual(downtime(), [("2026-01-05 10:00", "2026-01-05 11:20")])

	def test_that_of_one_customer_is_not_that_of_another_and_one_of_everybody_is_that_of_each(self):
		outage("2026-01-05 10:00", "2026-01-05 11:00", customer="Acme")
		outage("2026-01-06 10:00", "2026-01-06 11:00")
		outage("2026-01-07 10:00", "2026-01-07 11:00", service_name="ERP")
		acme, everybody = (f"2026-01-0{day} 10:00" for day in (5, 6))
		self.assertEqual([start for start, _end in downtime("Acme")], [acme, everybody])
		self.assertEqual([start for start, _end in downtime("Globex")], [everybody])
		self.assertEqual([start for start, _end in downtime("")], [everybody])

	def test_a_partial_one_does_not_count(self):
		outage("2026-01-05 10:00", "2026-01-05 11:00", partial=1)
		self.assertEqual(downtime(), [])

	def test_it_counts_in_the_period_in_which_it_lies(self):
		outage("2026-01-31 22:00", "2026-02-01 03:00")
		self.assertEqual(downtime(when="2026-03-01"), [("2026-01-31 22:00", "2026-02-01 00:00")])
		february = downtime(start="2026-02-01", end="2026-03-01", when="2026-03-01")
		self.assertEqual(february, [("2026-02-01 00:00", "2026-02-01 03:00")])

	def test_one_that_goes_on_lasts_to_the_end_or_to_now(self):
		outage("2026-01-05 10:00")
		self.assertEqual(downtime(), [("2026-01-05 10:00", "2026-02-01 00:00")])
		self.assertEqual(downtime(when="2026-01-05 12:00"), [("2026-01-05 10:00", "2026-01-05 12:00")])

	def test_refusals(self):
		for started, restored, words in (
			("2026-01-05 10:00", "2026-01-05 09:00", ("Restored", "is not after", "Started")),
			("2026-01-05 10:00", "2026-01-05 10:00", ("is not after",)),
			("2026-01-05 12:01", None, ("future",)),
			("2026-01-05 10:00", "2026-01-05 12:01", ("future",)),
		):
			with self.subTest(words), self.assertRaises(frappe.ValidationError) as refused:
				outage(started, restored, when="2026-01-05 12:00")
			for word in words:
				self.assertIn(word, frappe.utils.strip_html(str(refused.exception)))
		with self.assertRaises(frappe.MandatoryError):
			outage("2026-01-05 10:00", service=None)

	def test_what_the_app_writes_is_not_entered(self):
		document = outage("2026-01-05 10:00", withdrawn_because="Why not", down_from_us=1, started_us=1)
		self.assertEqual((document.withdrawn_because, document.down_from_us), (None, 0))
		self.assertEqual(document.started_us, us("2026-01-05 10:00"))

	def test_who_may(self):
		with as_user(agent()):
			document = outage("2026-01-05 10:00")
			with at("2026-01-05 12:00"):
				document.reload()
				document.update({"restored": to_site(us("2026-01-05 11:00"))}).save()
			with self.assertRaises(frappe.PermissionError):
				frappe.delete_doc("SLA Outage", document.name)
		with as_user(portal_user()):
			self.assertFalse(frappe.has_permission("SLA Outage", "read", document.name))
		with as_user(make_user("manager", "SLA Manager")):
			frappe.delete_doc("SLA Outage", document.name)


class TestOfATicket(SiteTestCase):
	def setUp(self):
		super().setUp()
		in_force()
		self.agent = agent()
		self.ticket = issue("2026-01-05 09:00", sla_service=service("Mail"))

	def act(self, action, when, **arguments):
		with at(when), as_user(self.agent):
			return request(f"sla_guard.helpdesk.actions.{action}", ticket=self.ticket.name, **arguments)

	def reported(self, when="2026-01-05 09:30", **arguments):
		if said := arguments.pop("since", None):
			arguments["at"] = str(to_site(us(said)))
		return frappe.get_doc("SLA Outage", self.act("report_outage", when, **arguments))

	def outages(self):
		rows = frappe.get_all(
			"SLA Outage",
			{"ticket": self.ticket.name},
			["started_us", "restored_us", "withdrawn_because"],
			order_by="started_us, name",
		)
		return [(utc(row.started_us), utc(row.restored_us), bool(row.withdrawn_because)) for row in rows]

	def test_it_begins_with_the_ticket(self):
		document = self.reported(note="All mailboxes")
		self.assertEqual(
			(document.service, document.customer, document.note), ("Mail", "Acme", "All mailboxes")
		)
		self.assertEqual(self.outages(), [("2026-01-05 09:00", None, False)])
		self.assertEqual(document.owner, self.agent)
		self.assertTrue(frappe.db.get_value("Issue", self.ticket.name, "sla_outage"))

	def test_or_at_the_instant_entered_earlier_or_later(self):
		self.reported(since="2026-01-05 07:10")
		self.assertEqual(self.outages(), [("2026-01-05 07:10", None, False)])

	def test_that_of_everybody_and_a_partial_one(self):
		document = self.reported(everybody=1, partial=1)
		self.assertEqual((document.customer or "", document.partial), ("", 1))

	def test_restored_it_ends_and_closing_the_ticket_later_changes_nothing(self):
		self.reported()
		self.act("restore_service", "2026-01-05 11:00")
		self.assertEqual(self.outages(), [("2026-01-05 09:00", "2026-01-05 11:00", False)])
		change(self.ticket, "2026-01-05 15:00", status="Closed")
		self.assertEqual(self.outages(), [("2026-01-05 09:00", "2026-01-05 11:00", False)])
		self.assertEqual(downtime(), [("2026-01-05 09:00", "2026-01-05 11:00")])

	def test_restored_earlier_than_it_was_said(self):
		self.reported()
		said = str(to_site(us("2026-01-05 10:15")))
		self.act("restore_service", "2026-01-05 11:00", at=said, reason="By phone")
		self.assertEqual(self.outages(), [("2026-01-05 09:00", "2026-01-05 10:15", False)])

	def test_a_pause_does_not_end_it_and_resolving_does(self):
		self.reported()
		change(self.ticket, "2026-01-05 10:00", status="On Hold")
		self.assertEqual(self.outages(), [("2026-01-05 09:00", None, False)])
		change(self.ticket, "2026-01-05 12:00", status="Resolved")
		change(self.ticket, "2026-01-05 13:00", status="Closed")
		self.assertEqual(self.outages(), [("2026-01-05 09:00", "2026-01-05 12:00", False)])

	def test_a_restoration_that_fails_begins_another_one(self):
		self.reported(everybody=1)
		self.act("restore_service", "2026-01-05 11:00")
		self.act("restoration_failed", "2026-01-05 13:00")
		both = [("2026-01-05 09:00", "2026-01-05 11:00", False), ("2026-01-05 13:00", None, False)]
		self.assertEqual(self.outages(), both)
		again = frappe.get_last_doc("SLA Outage")
		self.assertEqual((again.service, again.customer or ""), ("Mail", ""))
		change(self.ticket, "2026-01-05 14:00", status="Closed")
		self.assertEqual(
			downtime("Globex"),
			[("2026-01-05 09:00", "2026-01-05 11:00"), ("2026-01-05 13:00", "2026-01-05 14:00")],
		)

	def test_a_ticket_opened_again_begins_another_one(self):
		self.reported()
		change(self.ticket, "2026-01-05 12:00", status="Closed")
		change(self.ticket, "2026-01-06 09:00", status="Open")
		both = [("2026-01-05 09:00", "2026-01-05 12:00", False), ("2026-01-06 09:00", None, False)]
		self.assertEqual(self.outages(), both)

	def test_a_restoration_taken_back_was_none(self):
		frappe.get_doc("User", self.agent).add_roles("SLA Manager")
		self.reported()
		self.act("restore_service", "2026-01-05 11:00")
		self.act("restoration_failed", "2026-01-05 13:00")
		for kind in ("restoration failed", "restored"):
			said = frappe.db.get_value("SLA Event", {"ticket": self.ticket.name, "kind": kind})
			self.act("take_back", "2026-01-05 14:00", event=said, reason="Another ticket")
		counted = [each for each in self.outages() if not each[2]]
		self.assertEqual(counted, [("2026-01-05 09:00", None, False)])

	def test_that_of_a_void_ticket_does_not_count_until_it_is_one_again(self):
		frappe.get_doc("User", self.agent).add_roles("SLA Manager")
		self.reported()
		self.act("void", "2026-01-05 10:00", reason="Spam")
		self.assertEqual((self.outages()[0][2], downtime()), (True, []))
		said = frappe.db.get_value("SLA Event", {"ticket": self.ticket.name, "kind": "void"})
		self.act("take_back", "2026-01-05 10:30", event=said, reason="It was none")
		self.assertEqual(self.outages(), [("2026-01-05 09:00", None, False)])

	def test_one_entered_while_the_ticket_said_that_it_was_over_ends_with_the_next_reconcile(self):
		self.reported()
		# As a request sees it that began before the outage was stored.
		frappe.db.set_value("Issue", self.ticket.name, "sla_outage", 0)
		self.act("restore_service", "2026-01-05 11:00")
		self.assertEqual(self.outages(), [("2026-01-05 09:00", None, False)])
		self.assertIn(self.ticket.name, tickets_still_down())
		ticket = read(self.ticket.name)
		follow(ticket.name, ticket.history)
		self.assertEqual(self.outages(), [("2026-01-05 09:00", "2026-01-05 11:00", False)])
		self.assertNotIn(self.ticket.name, tickets_still_down())

	def test_the_dialog_shows_it(self):
		document = self.reported(partial=1)
		told = request("sla_guard.helpdesk.explain.explain", ticket=self.ticket.name)["outages"]
		self.assertEqual([(each["name"], each["service"]) for each in told], [(document.name, "Mail")])
		self.assertEqual((told[0]["end"], told[0]["remark"]), ("", "Partial"))

	def test_what_people_enter_stays(self):
		document = self.reported()
		self.act("restore_service", "2026-01-05 11:00")
		document.reload()
		with at("2026-01-05 12:00"):
			document.update({"restored": to_site(us("2026-01-05 10:40"))}).save()
		change(self.ticket, "2026-01-05 13:00", status="Closed")
		self.assertEqual(self.outages(), [("2026-01-05 09:00", "2026-01-05 10:40", False)])
		with at("2026-01-05 14:00"):
			document.reload()
			document.update({"restored": None}).save()
		self.assertEqual(self.outages(), [("2026-01-05 09:00", "2026-01-05 11:00", False)])
		self.assertEqual(document.restored_us, us("2026-01-05 11:00"))

	def test_one_entered_that_names_a_ticket_follows_it_too(self):
		change(self.ticket, "2026-01-05 12:00", status="Closed")
		outage("2026-01-05 09:10", when="2026-01-05 14:00", ticket=self.ticket.name, customer="Acme")
		self.assertEqual(self.outages(), [("2026-01-05 09:10", "2026-01-05 12:00", False)])

	def test_that_of_another_service_of_the_same_ticket_follows_it_on_its_own(self):
		self.reported()
		outage("2026-01-05 09:20", service_name="ERP", ticket=self.ticket.name)
		self.act("restore_service", "2026-01-05 11:00")
		self.assertEqual(
			self.outages(),
			[
				("2026-01-05 09:00", "2026-01-05 11:00", False),
				("2026-01-05 09:20", "2026-01-05 11:00", False),
			],
		)

	def test_that_of_a_ticket_deleted_stays_and_does_not_count(self):
		document = self.reported()
		frappe.delete_doc("Issue", self.ticket.name)
		document.reload()
		self.assertIn(self.ticket.name, document.withdrawn_because)
		self.assertEqual(downtime(), [])

	def test_the_mark_on_the_ticket_is_not_entered_nor_copied(self):
		self.reported()
		change(self.ticket, "2026-01-05 10:00", sla_outage=0, subject="Mail is down")
		self.assertEqual(frappe.db.get_value("Issue", self.ticket.name, "sla_outage"), 1)
		copied = issue("2026-01-05 10:00", sla_outage=1)
		self.assertEqual(frappe.db.get_value("Issue", copied.name, "sla_outage"), 0)

	def test_refusals(self):
		def refused(*words, ticket=self.ticket, error=frappe.ValidationError, **arguments):
			self.ticket = ticket
			with self.assertRaises(error) as refusal:
				self.reported("2026-01-05 10:00", **arguments)
			for word in words:
				self.assertIn(word, frappe.utils.strip_html(str(refusal.exception)))

		refused("future", since="2026-01-05 10:01")
		known = self.reported("2026-01-05 10:00")
		refused(known.name, "down")
		refused("service", ticket=issue("2026-01-05 09:00"))
		void = issue("2026-01-05 09:00", sla_service="Mail")
		self.ticket = void
		self.act("void", "2026-01-05 09:30", reason="Spam")
		refused("void", ticket=void)
		with as_user(portal_user()), self.assertRaises(frappe.PermissionError):
			request("sla_guard.helpdesk.actions.report_outage", ticket=void.name)


class TestAvailability(SiteTestCase):
	def test_a_month_of_30_days_with_120_minutes_of_maintenance_and_80_of_outages(self):
		contract = in_force(effective_from="2026-06-01", support_hours=round_the_clock())
		maintenance("2026-06-07 02:00", "2026-06-07 04:00", announced="2026-06-01")
		outage("2026-06-10 10:00", "2026-06-10 10:50", customer="Acme")
		outage("2026-06-10 10:30", "2026-06-10 11:20")
		june = us("2026-06-01"), us("2026-07-01")
		with at("2026-07-03"):
			found = availability(
				frappe.get_doc("Support Hours", contract.support_hours).calendar(),
				*june,
				outages_of("Mail", "Acme", *june),
				announced(contract.name, "Mail", *june),
			)
		self.assertEqual((found.agreed_us // MINUTE, found.down_us // MINUTE), (43_080, 80))
