"""For tests of what commits, and of two workers at once."""

import random
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from unittest.mock import patch

import frappe

from tests.site import as_found
from tests.site.case import SiteTestCase
from tests.site.records import in_force, issue

# All that such tests make, by themselves or through the framework.
MADE = (
	*("Issue", "Communication", "Communication Link", "Comment", "Version", "Error Log", "Scheduled Job Log"),
	*("SLA Event", "SLA Clock", "SLA Reopening", "SLA Breach", "SLA Terms", "SLA Service"),
	*("SLA Maintenance", "SLA Outage", "SLA Back-fill", "SLA Back-fill Batch"),
	*("SLA Recompute", "SLA Recompute Line", "Holiday List", "Holiday"),
	*("SLA Page", "SLA On-Call Roster", "SLA On-Call Shift"),
	*("SLA Exclusion", "File", "User", "Has Role", "Notification Settings"),
	*("SLA Statement", "SLA Statement Line", "SLA Statement Correction", "SLA Penalty", "SLA Dispute"),
	*("SLA Penalty Rule", "SLA Penalty Tier", "SLA Contract Contact", "SLA Availability Target", "Currency"),
	*("SLA Contract", "Priority Target", "SLA Status Rule", "SLA Contract Service"),
	*(
		"Support Hours",
		"Support Hours Window",
		"Issue Priority",
		"Issue Type",
		"Property Setter",
		"Deleted Document",
	),
	*("Customer", "Customer Group", "Territory", "Contact", "Contact Email", "Dynamic Link"),
	*("Email Queue", "Email Queue Recipient", "Notification Log", "ToDo"),
	*("SLA Alert", "SLA Notice", "SLA Notification Rule", "SLA Notification User", "Webhook", "Webhook Data"),
	*("SLA Statement", "SLA Statement Line", "SLA Statement Correction", "SLA Contract Contact"),
	*("User", "Has Role", "User Permission", "Email Account", "Access Log"),
	*("SLA Simulation", "SLA Simulation Contract", "SLA Simulation Value", "SLA Simulation Batch"),
)


class CommittedCase(SiteTestCase):
	"""What its tests commit is deleted after each of them."""

	makes = MADE

	def setUp(self):
		self.site_before = as_found.take(self.makes)
		super().setUp()
		frappe.db.commit()
		# Its own, so that what a run left that was cut off is in nobody's way.
		self.customer = f"Acme {frappe.generate_hash(length=6)}"

	def tearDown(self):
		super().tearDown()
		as_found.put_back(self.site_before)

	def in_force(self, *targets, **rest):
		contract = in_force(*targets, **{"customer": self.customer, **rest})
		frappe.db.commit()
		return contract

	def issue(self, when="2026-01-05 09:00", **values):
		"""An Issue of this customer, committed."""
		ticket = issue(when, **{"customer": self.customer, **values})
		frappe.db.commit()
		return ticket

	def logged(self, ticket):
		"""The errors that are logged about a ticket."""
		about = {"reference_doctype": "Issue", "reference_name": getattr(ticket, "name", ticket)}
		return frappe.get_all("Error Log", about, pluck="error")


def rows(doctype, tickets):
	"""All that is stored of these tickets, each row whole."""
	table = frappe.qb.DocType(doctype)
	found = frappe.qb.from_(table).select("*").where(table.ticket.isin(tickets)).orderby(table.name)
	return found.run(as_dict=True)


def _get_without_lock(each, instance, owner=None):
	if instance is None:
		return each
	return instance.__dict__.setdefault(each.attrname, each.func(instance))


# Before 3.12 a cached property holds one lock for all objects while it is worked out, also in a query that waits for the
# other thread's row: two threads would wait for each other. The workers of a bench are processes of their own.
if sys.version_info < (3, 12):
	cached_property.__get__ = _get_without_lock


def at_once(*verbs):
	"""Runs these in threads, each with a connection of its own, and returns what each returned or raised."""
	frappe.db.commit()
	with ThreadPoolExecutor(len(verbs)) as threads:
		done = [threads.submit(_connected, frappe.local.site, verb) for verb in verbs]
	# What they have committed is seen from here on.
	frappe.db.rollback()
	return [each.exception() or each.result() for each in done]


def _connected(site, verb):
	frappe.init(site)
	frappe.connect()
	frappe.flags.in_test = True
	try:
		return verb()
	finally:
		frappe.db.rollback()
		frappe.destroy()


class Killed(BaseException):
	"""A worker ends here: nothing catches this."""


def killed_at(statement, job):
	"""Runs a job that is killed before this statement, and dies as a worker does: what it had not committed is gone.
	Returns how many statements it got through; None lets it live."""
	done, sql, commit = 0, frappe.db.sql, frappe.db.commit

	def counted(verb):
		def one_more(*args, **options):
			nonlocal done
			if done == statement:
				raise Killed
			done += 1
			return verb(*args, **options)

		return one_more

	with (
		patch.object(frappe.db, "sql", counted(sql)),
		patch.object(frappe.db, "commit", counted(commit)),
		suppress(Killed),
	):
		job()
	frappe.db.rollback()
	return done


def points(length, count, seed=4):
	"""Where to kill a job of so many statements: at random, spread over the whole of it."""
	draw = random.Random(seed)
	return [draw.randrange(each * length // count, (each + 1) * length // count) for each in range(count)]
