"""Tickets that are worked through the routes of the desk, the mailbox and the portal, at instants that stand still.

Which routes a ticket takes is drawn by its number alone: lived again, on a site with the app or without it, it takes the
same. `past` says what of it left no trace but the value itself.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

import frappe

from tests.site.records import (
	at,
	change,
	customer,
	in_force,
	issue,
	named,
	priority,
	round_the_clock,
	support_hours,
	target,
)
from tests.site.routes import (
	agent,
	as_user,
	contact,
	edit,
	mail_in,
	mail_out,
	mailbox,
	portal_user,
	request,
	split,
)

PRIORITIES = ("P1", "P2", "P3")
STATUSES = ("Open", "Replied", "On Hold", "Resolved", "Closed")
TYPES = ("Incident", "Question")
# Customer, address of a contact; the last of them have no contract of their own, and one that starts late.
CUSTOMERS = {"Acme": "boss@acme.example", "Globex": "it@globex.example", "Initech": "help@initech.example"}
CUSTOMERS |= {"Umbrella": "night@umbrella.example"}
START = datetime(2026, 1, 5, 7, tzinfo=timezone.utc)
VENDOR = "vendor@elsewhere.example"
# Written past the document: no Version, no event.
LIST_MENU, DIRECTLY = "status set in the list menu", "priority written to the database by a script"


class Life(NamedTuple):
	"""The names of the tickets that one life gave, a split gives two; `past`: what left no trace; `unseen`: each time that
	it did, in words."""

	tickets: list[str]
	past: list[str]
	unseen: list[str]


def world() -> None:
	for name, address in CUSTOMERS.items():
		customer(name)
		contact(address, customer=name)
	for name in PRIORITIES:
		priority(name)
	for name in TYPES:
		named("Issue Type", name)
	for name in ("agent", "expert"):
		agent(name)
	portal_user("visitor", "Acme")
	mailbox()


def live(number: int, run: str) -> Life:
	"""`run` is another one each time: the mailbox takes a mail of a subject that it knows to be of that ticket."""
	return _Story(number, run).live()


class _Story:
	def __init__(self, number: int, run: str) -> None:
		self.about = f"Matter {number}, {run}"
		self.draw = random.Random(number)
		self.now = START + timedelta(minutes=self.draw.randrange(60 * 24 * 80))
		self.customer = self.draw.choice(list(CUSTOMERS))
		self.address = CUSTOMERS[self.customer]
		self.tickets: list[str] = []
		self.past: list[str] = []
		self.unseen: list[str] = []
		# One in ten is worked by routes that leave no trace, too.
		self.steps = STEPS + (UNTRACED if number % 10 == 0 else ())

	def live(self) -> Life:
		self.tickets = [self.draw.choice(OPENINGS)(self)]
		frappe.db.commit()
		for _step in range(self.draw.randrange(1, 9)):
			self.later()
			self.draw.choice(self.steps)(self)
			frappe.db.commit()
		return Life(self.tickets, sorted(set(self.past)), self.unseen)

	@property
	def when(self) -> str:
		return self.now.strftime("%Y-%m-%d %H:%M:%S")

	def later(self) -> None:
		self.now += timedelta(
			minutes=self.draw.choice((3, 20, 45, 130, 400, 1500, 4000)), seconds=self.draw.randrange(60)
		)

	@property
	def ticket(self) -> frappe.model.document.Document:
		return frappe.get_doc("Issue", self.draw.choice(self.tickets))

	@property
	def us(self) -> str:
		return f"{self.draw.choice(('agent', 'expert'))}@example.com"

	# ---- how it is opened

	def by_an_agent(self) -> str:
		with as_user(self.us):
			values = {
				"customer": self.customer,
				"raised_by": self.address,
				"priority": self.draw.choice(PRIORITIES),
			}
			values["issue_type"] = self.draw.choice((None, *TYPES))
			return issue(self.when, subject=self.about, **values).name

	def by_mail(self) -> str:
		return mail_in(self.address, when=self.when, subject=self.about).reference_name

	def on_the_portal(self) -> str:
		visitor = "visitor@example.com"
		self.customer, self.address = "Acme", visitor
		with at(self.when), as_user(visitor):
			values = {
				"subject": self.about,
				"via_customer_portal": 1,
				"raised_by": visitor,
				"description": "It is down",
			}
			return frappe.new_doc("Issue").update(values).insert(ignore_permissions=True).name

	def from_a_mail(self) -> str:
		with at(self.when):
			values = {
				"communication_type": "Communication",
				"communication_medium": "Email",
				"subject": self.about,
			}
			values |= {
				"subject": self.about,
				"content": "…",
				"sent_or_received": "Received",
				"sender": self.address,
			}
			mail = frappe.new_doc("Communication").update(values).insert()
		self.later()
		with at(self.when), as_user(self.us):
			return request(
				"erpnext.support.doctype.issue.issue.make_issue_from_communication", communication=mail.name
			)

	# ---- what happens to it

	def status(self) -> None:
		with as_user(self.us):
			change(self.ticket, self.when, status=self.draw.choice(STATUSES))

	def done(self) -> None:
		with as_user(self.us):
			change(self.ticket, self.when, status=self.draw.choice(("Resolved", "Closed")))

	def priority(self) -> None:
		with as_user(self.us):
			change(self.ticket, self.when, priority=self.draw.choice((None, *PRIORITIES)))

	def several(self) -> None:
		values = {"priority": self.draw.choice(PRIORITIES), "issue_type": self.draw.choice((None, *TYPES))}
		with as_user(self.us):
			change(self.ticket, self.when, status=self.draw.choice(STATUSES), **values)

	def cell(self) -> None:
		with as_user(self.us):
			edit(self.ticket, "status", self.draw.choice(STATUSES), when=self.when)

	def subject(self) -> None:
		with as_user(self.us):
			change(self.ticket, self.when, subject=f"It does not work, {self.when}")

	def other_customer(self) -> None:
		self.customer = self.draw.choice(list(CUSTOMERS))
		with as_user(self.us):
			change(self.ticket, self.when, customer=self.customer)

	def answer(self) -> None:
		mail_out(self.ticket, self.address, when=self.when, by=self.us)

	def asks_others(self) -> None:
		mail_out(
			self.ticket,
			self.draw.choice((VENDOR, "expert@example.com")),
			when=self.when,
			by="agent@example.com",
		)

	def mail(self) -> None:
		mail_in(self.address, ticket=self.ticket, when=self.when, subject=self.about)

	def assigned(self) -> None:
		with at(self.when):
			who = frappe.as_json([self.us])
			request("frappe.desk.form.assign_to.add", doctype="Issue", name=self.ticket.name, assign_to=who)

	def split(self) -> None:
		mails = {"reference_doctype": "Issue", "reference_name": self.tickets[-1]}
		found = frappe.get_all("Communication", mails, pluck="name", order_by="creation, name")
		if found and len(self.tickets) < 3:
			made = split(
				frappe.get_doc("Issue", self.tickets[-1]),
				self.draw.choice(found),
				when=self.when,
				subject=self.about,
			)
			self.tickets.append(made.name)

	# ---- what leaves no trace

	def list_menu(self) -> None:
		ticket, status = self.ticket, self.draw.choice(STATUSES)
		self.left_no_trace(LIST_MENU, ticket, "status", status)
		with at(self.when):
			request(
				"erpnext.support.doctype.issue.issue.set_multiple_status",
				names=frappe.as_json([ticket.name]),
				status=status,
			)

	def script(self) -> None:
		ticket, priority = self.ticket, self.draw.choice(PRIORITIES)
		self.left_no_trace(DIRECTLY, ticket, "priority", priority)
		with at(self.when):
			frappe.db.set_value("Issue", ticket.name, "priority", priority)

	def left_no_trace(self, how: str, ticket: frappe.model.document.Document, field: str, value: str) -> None:
		self.past.append(how)
		before = ticket.get(field) or "none"
		self.unseen.append(f"{self.when} UTC, {ticket.name}: {how}, from {before} to {value}")


Step = Callable[[_Story], None]
OPENINGS = (_Story.by_an_agent, _Story.by_an_agent, _Story.by_mail, _Story.on_the_portal, _Story.from_a_mail)
STEPS: tuple[Step, ...] = (
	*(
		_Story.status,
		_Story.status,
		_Story.done,
		_Story.priority,
		_Story.several,
		_Story.cell,
		_Story.subject,
	),
	*(_Story.other_customer, _Story.answer, _Story.answer, _Story.asks_others, _Story.mail, _Story.mail),
	*(_Story.assigned, _Story.split),
)
UNTRACED: tuple[Step, ...] = (_Story.list_menu, _Story.list_menu, _Story.script)


# ---- what they were promised


def contracts() -> None:
	"""In force from the past, but for one that starts late."""
	rows = [target(1, 8), target(0.5, 4, priority="P1"), target(2, 16, priority="P3", issue_type="Question")]
	day = support_hours("With Lunch", zone="Europe/Paris", windows=(("09:00", "12:30"), ("13:30", "18:00")))
	night = round_the_clock()
	in_force(*rows, customer="Acme", support_hours=day, effective_from="2025-01-01", on_reopening="New cycle")
	in_force(
		*rows,
		customer="Globex",
		support_hours=night,
		effective_from="2025-01-01",
		on_priority_change="From change",
	)
	in_force(*rows, customer="Initech", support_hours=day, effective_from="2026-02-10")
