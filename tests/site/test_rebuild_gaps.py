"""What no record dates, what else may count, and how hooks and reconcile go on from a history that was back-filled."""

import frappe

from sla_guard.site_time import to_site, to_us
from tests.site.back_filling import CUSTOMER, RebuildCase, back_fill, forget, measured
from tests.site.records import at, change, clock, facts, issue, us, utc
from tests.site.routes import mail_in, mail_out, request


def entered(when):
	"""Opening Date and Time, as they are typed on the site."""
	typed = to_site(us(when))
	return {"opening_date": str(typed.date()), "opening_time": str(typed.time())}


class TestMissing(RebuildCase):
	"""What no record dates is taken to have happened when it is seen, some time since it was not so yet."""

	def events(self, ticket):
		fields = ["kind", "status", "at_us", "uncertain_from"]
		found = frappe.get_all("SLA Event", {"ticket": ticket.name}, fields, order_by="sequence")
		return [
			(each.kind, each.status, utc(each.at_us), each.uncertain_from and utc(to_us(each.uncertain_from)))
			for each in found
		]

	def past(self, ticket, when, **values):
		with at(when):
			frappe.db.set_value("Issue", ticket.name, values)

	def filled(self, ticket):
		forget(ticket.name)
		back_fill(ticket.name)
		return self.events(ticket)

	def test_the_last_change(self):
		ticket = issue()
		self.past(ticket, "2026-01-05 10:00", status="Closed")
		self.assertEqual(self.filled(ticket)[1], ("status", "Closed", "2026-01-05 10:00", "2026-01-05 09:00"))

	def test_between_two_saves(self):
		ticket = issue()
		change(ticket, "2026-01-05 09:30", status="Replied")
		self.past(ticket, "2026-01-05 10:00", status="On Hold")
		change(ticket, "2026-01-05 11:00", status="Closed")
		self.assertEqual(
			self.filled(ticket)[2:],
			[
				("status", "On Hold", "2026-01-05 11:00", "2026-01-05 09:30"),
				("status", "Closed", "2026-01-05 11:00", None),
			],
		)

	def test_before_a_mail(self):
		ticket = issue()
		mail_in(CUSTOMER, ticket=ticket, when="2026-01-05 09:30")
		self.past(ticket, "2026-01-05 10:00", status="Closed")
		self.assertEqual(
			self.filled(ticket),
			[
				("opened", "Open", "2026-01-05 09:00", None),
				("status", "Closed", "2026-01-05 10:00", "2026-01-05 09:30"),
			],
		)

	def test_all_are_called_back_filled(self):
		ticket = issue()
		self.past(ticket, "2026-01-05 10:00", status="Closed")
		self.filled(ticket)
		self.assertEqual({each.cause for each in self.all_of(ticket)}, {"back-fill"})

	def all_of(self, ticket):
		return frappe.get_all("SLA Event", {"ticket": ticket.name}, ["cause"])


class TestOptions(RebuildCase):
	def test_the_first_assignment(self):
		ticket = issue()
		for user, when in ((self.agent, "2026-01-05 09:20"), ("Administrator", "2026-01-05 12:00")):
			with at(when):
				request(
					"frappe.desk.form.assign_to.add",
					doctype="Issue",
					name=ticket.name,
					assign_to=frappe.as_json([user]),
				)
		self.assertBackFilled(ticket)
		forget(ticket.name)
		back_fill(ticket.name, first_assignment=True)
		response = clock(ticket, "Response")
		self.assertEqual((response.stopped, response.stopped_by), ("2026-01-05 09:20", "taken in charge"))
		self.assertEqual(frappe.db.get_value("SLA Clock", response.name, "agent"), self.agent)

	def test_the_opening_date(self):
		ticket = issue("2026-01-08 09:00", status="Closed", **entered("2026-01-05 10:00"))
		forget(ticket.name)
		back_fill(ticket.name)
		self.assertEqual(clock(ticket).started, "2026-01-08 09:00")
		forget(ticket.name)
		back_fill(ticket.name, opening_date=True)
		found = clock(ticket)
		self.assertEqual((found.started, found.stopped), ("2026-01-05 10:00", "2026-01-08 09:00"))

	def test_an_opening_date_of_the_same_day_says_nothing(self):
		ticket = issue("2026-01-08 09:00", **entered("2026-01-08 08:00"))
		self.assertBackFilled(ticket, opening_date=True)


class TestAfterwards(RebuildCase):
	"""Hooks and reconcile go on from the history."""

	def setUp(self):
		super().setUp()
		self.ticket = issue()
		change(self.ticket, "2026-01-05 09:30", status="On Hold")
		self.mail = mail_out(self.ticket, CUSTOMER, when="2026-01-05 09:40", by=self.agent)
		forget(self.ticket.name)
		frappe.db.set_single_value("SLA Settings", "tracked_from", "2026-01-18 00:00:00")
		back_fill(self.ticket.name)

	def test_what_is_saved_again_adds_nothing(self):
		known = facts(self.ticket)
		change(self.ticket, "2026-01-19 10:00", subject="Another subject")
		with at("2026-01-19 10:10"):
			frappe.get_doc("Communication", self.mail).save()
		self.assertEqual(facts(self.ticket), known)

	def test_what_happens_from_now_on_is_added(self):
		change(self.ticket, "2026-01-19 10:00", status="Closed")
		self.assertEqual(facts(self.ticket), ["opened", "status", "responded", "status"])
		self.assertEqual(measured(self.ticket.name)[0][0][2], "stopped")
