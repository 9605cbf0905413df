"""Short ways for tests of the notification rules."""

from email import message_from_string
from email.header import decode_header, make_header
from functools import partial

import frappe

from sla_guard import jobs
from sla_guard.notify import rules
from sla_guard.notify.alerts import ALERT
from sla_guard.notify.delivery import NOTICE
from sla_guard.notify.rules import RULE
from tests.site.case import make_user
from tests.site.committed import CommittedCase
from tests.site.records import at, utc
from tests.site.routes import sending_mailbox

# Before all that tests live through.
LONG_AGO = "2025-12-01 09:00"


def rule(percent=75, *, when=LONG_AGO, users=(), **values):
	"""A rule that has been there for long: for everything, telling these users in the desk and nobody else."""
	with at(when):
		document = frappe.new_doc(RULE).update(
			{
				"rule_name": f"{percent} % {frappe.generate_hash(length=6)}",
				"percent": percent,
				"to_assignees": 0,
				"users": [{"user": user} for user in users],
				**values,
			}
		)
		return document.insert()


def no_rules():
	"""The site begins with some: they are switched off. Returns what switches them on again."""
	names = frappe.get_all(RULE, {"enabled": 1}, pluck="name")
	_switch(names, 0)
	return partial(_switch, names, 1)


def _switch(names, enabled):
	for name in names:
		frappe.db.set_value(RULE, name, "enabled", enabled)
		frappe.clear_document_cache(RULE, name)
	rules.forget()


def alerts(ticket, **filters):
	"""Metric, percent and instant of each alert of a ticket, in the order in which they were reached."""
	rows = frappe.get_all(
		ALERT,
		{"ticket": getattr(ticket, "name", ticket), **filters},
		["metric", "percent", "at_us"],
		order_by="at_us, percent, metric",
	)
	return [(row.metric, row.percent, utc(row.at_us)) for row in rows]


def states(ticket):
	"""State of each alert of a ticket and why, in that order."""
	rows = frappe.get_all(
		ALERT,
		{"ticket": getattr(ticket, "name", ticket)},
		["state", "why"],
		order_by="at_us, percent, metric",
	)
	return [(row.state, row.why) for row in rows]


def notices(ticket, **filters):
	return frappe.get_all(
		NOTICE,
		{"ticket": getattr(ticket, "name", ticket), **filters},
		["user", "address", "state", "why", "in_app", "email", "todo", "tries"],
		order_by="creation, name",
	)


def messages(user):
	"""What a user was told in the desk, the first first."""
	return frappe.get_all("Notification Log", {"for_user": user}, pluck="subject", order_by="creation, name")


class ToldCase(CommittedCase):
	"""What tells people commits: a rule's work from the sweep to the message."""

	def setUp(self):
		super().setUp()
		sending_mailbox()
		self.switch_on = no_rules()
		self.reader = make_user("reader", "Support Team")
		frappe.db.set_value("User", self.reader, "time_zone", "UTC")
		self.contract = self.in_force()

	def tearDown(self):
		super().tearDown()
		self.switch_on()
		frappe.db.commit()

	def issue(self, when="2026-01-05 09:00", **values):
		ticket = super().issue(when, **values)
		# Those of a deleted ticket that had this name: the framework leaves them to a job, which a site without a worker
		# never ran.
		frappe.db.delete("ToDo", {"reference_type": "Issue", "reference_name": ticket.name})
		frappe.db.commit()
		return ticket

	def rule(self, percent=75, **values):
		made = rule(percent, **{"users": [self.reader], "metric": "Response", **values})
		frappe.db.commit()
		return made

	def sweep(self, when):
		with at(when):
			jobs.sweep()

	def tell(self, when):
		with at(when):
			jobs.tell_alerts()


def mails_to(address):
	"""Subject and text of the mails that wait for an address, the first first."""
	names = frappe.get_all("Email Queue Recipient", {"recipient": address}, pluck="parent")
	found = []
	for name in frappe.get_all("Email Queue", {"name": ("in", names)}, pluck="name", order_by="creation"):
		mail = message_from_string(frappe.get_doc("Email Queue", name).message)
		body = next(part for part in mail.walk() if part.get_content_type() == "text/html")
		subject = str(make_header(decode_header(mail["Subject"])))
		found.append((" ".join(subject.split()), body.get_payload(decode=True).decode()))
	return found
