"""What benchmarks of tickets need on a site: made under one name, and removed again whatever happens."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from freezegun import freeze_time

from sla_guard import store
from sla_guard.engine.instants import HOUR
from sla_guard.site_time import now_us

NAME = "SLA Guard Benchmark"
WORKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
# By both agreements: answered in one hour of support, solved in eight.
TIMES = {"response_time": 3600, "resolution_time": 8 * 3600}
DONE = ("Resolved", "Closed")
OPENED_LONG_AGO = timedelta(days=30)


@contextmanager
def furnished() -> Iterator[str]:
	"""The site with a customer who has a contract of ours and a Service Level Agreement of ERPNext's, of the same times
	and nearly the same hours; gives the name of an open ticket."""
	with removed_by(clear):
		yield _furnish()


@contextmanager
def removed_by(clear: Callable[[], None]) -> Iterator[None]:
	"""What is made in here is removed afterwards, also after Ctrl-C; and first what another run has left."""
	clear()
	try:
		yield
	finally:
		# A second Ctrl-C would leave the rest behind.
		signal.signal(signal.SIGINT, signal.SIG_IGN)
		print("Removing what was made …")
		# The first one may have cut off an answer of the database.
		frappe.db.close()
		clear()


@contextmanager
def setting(doctype: str, field: str, value: object) -> Iterator[None]:
	"""For this while, and for this transaction: nothing may be committed in here."""
	before = frappe.db.get_single_value(doctype, field, cache=False)
	frappe.db.set_single_value(doctype, field, value)
	yield
	frappe.db.set_single_value(doctype, field, before)


def issue(**values: str | None) -> Document:
	"""An Issue of the customer, not yet saved."""
	fields = {"subject": "It does not work", "raised_by": "someone@benchmark.example", "priority": NAME}
	return frappe.new_doc("Issue").update(fields | {"customer": NAME} | values)


# ---- making


def _furnish() -> str:
	frappe.new_doc("Issue Priority").insert(set_name=NAME)
	_make_customer()
	_make_contract()
	with setting("Support Settings", "track_service_level_agreement", 1):
		_make_agreement()
		ticket = issue().insert(set_name=NAME)
	frappe.db.commit()
	return ticket.name


def _make_customer() -> None:
	parties = {
		field: frappe.db.get_value(doctype, {"is_group": 0}, order_by="lft")
		for doctype, field in (("Customer Group", "customer_group"), ("Territory", "territory"))
	}
	frappe.new_doc("Customer").update({"customer_name": NAME, "customer_type": "Company", **parties}).insert()


def _make_contract() -> None:
	hours = frappe.new_doc("Support Hours").update(
		{
			"hours_name": NAME,
			"time_zone": "Europe/Paris",
			"windows": [
				{"weekday": day, "opens": opens, "closes": closes}
				for day in WORKDAYS
				for opens, closes in (("09:00", "12:00"), ("13:00", "18:00"))
			],
		}
	)
	contract = frappe.new_doc("SLA Contract").update(
		{
			"title": NAME,
			"applies_to": "Customer",
			"customer": NAME,
			"effective_from": "2020-01-01",
			"time_zone": "Europe/Paris",
			"support_hours": hours.insert().name,
			# The first one is that of the sweep: one clock a ticket.
			"targets": [{"response_time": TIMES["response_time"]}, {"priority": NAME, **TIMES}],
			"status_rules": [
				{"status": "On Hold", "effect": "Pauses Resolution", "reason": "Customer"},
				*({"status": status, "effect": "Stops"} for status in DONE),
			],
		}
	)
	contract.insert(set_name=NAME).submit()


def _make_agreement() -> None:
	"""ERPNext's own; it can have one window a day."""
	holidays = {"holiday_list_name": NAME, "from_date": "2020-01-01", "to_date": "2035-12-31"}
	agreement = {
		"document_type": "Issue",
		"service_level": NAME,
		"enabled": 1,
		"entity_type": "Customer",
		"entity": NAME,
		"holiday_list": frappe.new_doc("Holiday List").update(holidays).insert().name,
		"apply_sla_for_resolution": 1,
		"priorities": [{"priority": NAME, "default_priority": 1, **TIMES}],
		"support_and_resolution": [
			{"workday": day, "start_time": "09:00:00", "end_time": "18:00:00"} for day in WORKDAYS
		],
		"sla_fulfilled_on": [{"status": status} for status in DONE],
		"pause_sla_on": [{"status": "On Hold"}],
	}
	frappe.new_doc("Service Level Agreement").update(agreement).insert()


# ---- what a sweep works on


class Crowd:
	"""Many clocks of which some are due."""

	def __init__(self, due: int) -> None:
		with (
			setting("SLA Settings", "tracked_from", None),
			setting("Support Settings", "track_service_level_agreement", 0),
			freeze_time(datetime.now() - OPENED_LONG_AGO),
		):
			self.due = [issue(priority=None).insert(set_name=_name(n)).name for n in range(due)]
		frappe.db.commit()
		self.clocks = _rows("SLA Clock", "ticket", self.due)
		self.issues = _rows("Issue", "name", self.due, "name", "sla_state", "sla_next_due")

	def resize(self, size: int) -> None:
		"""To so many open clocks; those that are not due now are within a day, of tickets that nobody asks for."""
		frappe.db.delete("SLA Clock", {"customer": NAME, "metric": "Resolution"})
		running = {"metric": "Resolution", "cycle": 1, "state": "running", "customer": NAME}
		names = [_name(number) for number in range(len(self.due), size)]
		for some in frappe.utils.create_batch(names, 5000):
			due = {"due_us": now_us() + 24 * HOUR, "wake_us": now_us() + 24 * HOUR}
			store.insert("SLA Clock", [{"name": name, "ticket": name, **running, **due} for name in some])
		frappe.db.commit()

	def breaches(self) -> int:
		return frappe.db.count("SLA Breach", {"customer": NAME})

	def rewind(self) -> None:
		"""As before the sweep."""
		for doctype in ("SLA Breach", "SLA Alert"):
			frappe.db.delete(doctype, {"customer": NAME})
		frappe.db.delete("SLA Clock", {"ticket": ("in", self.due)})
		frappe.db.bulk_insert("SLA Clock", list(self.clocks[0]), [tuple(row.values()) for row in self.clocks])
		for row in self.issues:
			frappe.db.set_value("Issue", row.name, row, update_modified=False)
		frappe.db.commit()


def _rows(doctype: str, field: str, values: list[str], *fields: str) -> list[frappe._dict]:
	return frappe.get_all(doctype, {field: ("in", values)}, fields or ["*"])


def _name(number: int) -> str:
	# Not from the series of the site, which would show a gap afterwards.
	return f"{NAME} {number}"


# ---- removing


def clear() -> None:
	"""Removes what this run or one that was killed has made."""
	for doctype in ("SLA Alert", "SLA Breach", "SLA Reopening", "SLA Clock", "SLA Event", "Issue"):
		frappe.db.delete(doctype, {"customer": NAME})
	for terms in frappe.get_all("SLA Contract", {"name": NAME}, pluck="terms"):
		frappe.db.set_value("SLA Contract", NAME, "docstatus", 2)
		frappe.db.delete("SLA Terms", {"name": terms})
	for doctype, field in _MADE.items():
		for name in frappe.get_all(doctype, {field: NAME}, pluck="name"):
			frappe.delete_doc(doctype, name, force=True, ignore_permissions=True, delete_permanently=True)
			frappe.db.delete("Comment", {"comment_type": "Deleted", "subject": f"{_(doctype)} {name}"})
	frappe.db.commit()


# By what each is found, those that refer to others first.
_MADE = {
	"SLA Contract": "name",
	"Service Level Agreement": "service_level",
	"Support Hours": "name",
	"Holiday List": "name",
	"Customer": "customer_name",
	"Issue Priority": "name",
}
