"""Tickets that call whoever is on duty at night."""

import frappe

from sla_guard.oncall import following
from tests.site.case import SiteTestCase, make_user
from tests.site.records import at, in_force, issue, priority, roster, round_the_clock, target, us
from tests.site.routes import agent, sending_mailbox

# Saturday, in the middle of the night.
NIGHT = "2026-01-10 03:00"
WEEK = ("2026-01-05 00:00", "2026-01-12 00:00")


def always(**rest):
	"""A row of a contract whose answer is promised around the clock."""
	return target(response=1, support_hours=round_the_clock(), **rest)


class OnCallCase(SiteTestCase):
	def setUp(self):
		super().setUp()
		# Those of the site itself would be for the tickets of a test, too.
		frappe.db.delete("SLA On-Call Roster")
		sending_mailbox()
		self.ann, self.bob = agent("ann"), agent("bob")
		self.manager = make_user("eve", "SLA Manager", "Support Team")
		self.contract = in_force(always(priority=priority("P1")), target())

	def roster(self, *shifts, **rest):
		shifts = shifts or ((self.ann, *WEEK), (self.bob, *WEEK, 2))
		return roster(*shifts, **rest).insert()

	def ticket(self, when=NIGHT, **values):
		return issue(when, **{"priority": "P1", **values})

	def look(self, when, *tickets):
		"""What the job does at this instant with those of these tickets that it finds."""
		with at(when):
			for name in set(following.to_follow(us(when))).intersection(each.name for each in tickets):
				following.follow(name)

	def told(self, user, ticket):
		about = {"for_user": user, "document_name": ticket.name}
		return frappe.get_all("Notification Log", about, pluck="subject")

	def assertNotFound(self, ticket, when):
		self.assertNotIn(ticket.name, following.to_follow(us(when)))
