"""The manager's inbox: all that waits for somebody to decide, the oldest first. Each kind is one function below.

Nobody sees a kind of which they may read no records, nor a record that user permissions keep from them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple
from urllib.parse import quote, urlencode

import frappe
from frappe import _
from frappe.utils import get_datetime, get_url, get_url_to_form, get_url_to_list, get_url_to_report

from sla_guard.engine.instants import DAY, HOUR, MINUTE
from sla_guard.oncall import gaps as on_call
from sla_guard.site_time import now_us, text, to_site, to_us

# Of each kind; who has more than that to do works in its list.
MOST = 100


class Waiting(NamedTuple):
	"""One thing that waits: what it is about, whose, its form, and since when (a datetime of the site)."""

	kind: str
	title: str
	customer: str
	doctype: str
	name: str
	since: datetime


class Kind(NamedTuple):
	"""What waits in one way: its function, the DocType by which it is seen or not, and the list where all of it is."""

	label: Callable[[], str]
	find: Callable[[], Iterator[tuple[str, str, str, str, datetime | str]]]
	doctype: str
	address: Callable[[], str]


def waiting() -> list[Waiting]:
	"""All that waits and the session's user may see, the oldest first."""
	found = [
		Waiting(key, title, customer or "", doctype, name, get_datetime(since))
		for key, kind in KINDS.items()
		if _may_see(kind.doctype)
		for title, customer, doctype, name, since in kind.find()
	]
	return sorted(found, key=lambda each: (each.since, each.name))


@frappe.whitelist()
def html() -> str:
	"""The inbox as the workspace shows it."""
	if not any(_may_see(kind.doctype) for kind in KINDS.values()):
		raise frappe.PermissionError
	found = waiting()
	counted = [(key, kind, sum(each.kind == key for each in found)) for key, kind in KINDS.items()]
	return frappe.render_template(
		"templates/inbox.html",
		{
			"rows": [_row(each) for each in found],
			"kinds": [
				(kind.label(), _many(count), _within(kind.address()))
				for _key, kind, count in counted
				if count
			],
			"heads": [_("Waits Since"), _("What"), _("About"), _("Customer")],
			"nothing": _("Nothing waits for you."),
			"label": _("What Waits"),
		},
	)


def _row(each: Waiting) -> dict:
	return {
		"age": age(each.since),
		"since": text(to_us(each.since)),
		"kind": KINDS[each.kind].label(),
		"title": each.title,
		"address": _within(get_url_to_form(each.doctype, each.name)),
		"customer": each.customer,
	}


def _within(url: str) -> str:
	"""An address of the desk, without the site's: the desk of each version of the framework has its own."""
	return url.removeprefix(get_url())


def _list(doctype: str, **filters: object) -> str:
	said = {key: value if isinstance(value, str) else json.dumps(value) for key, value in filters.items()}
	return f"{get_url_to_list(doctype)}?{urlencode(said, quote_via=quote)}"


def age(since: datetime) -> str:
	"""How long ago, or how soon, in the largest unit that fits."""
	passed = now_us() - to_us(since)
	amount = abs(passed)
	for unit, said in ((DAY, _("{0} d")), (HOUR, _("{0} h")), (MINUTE, _("{0} min"))):
		if amount >= unit or unit == MINUTE:
			told = said.format(amount // unit)
			break
	return told if passed >= 0 else _("in {0}").format(told)


def _many(count: int) -> str:
	return f"{MOST}+" if count >= MOST else str(count)


def _may_see(doctype: str) -> bool:
	return bool(frappe.has_permission(doctype, "read"))


# ---- kinds: each gives what it is about, whose, the form, and since when


def _breaches() -> Iterator[tuple]:
	unexplained = {"state": "Open", "cause": ("is", "not set"), "cause_class": ("is", "not set")}
	for row in _oldest("SLA Breach", unexplained, "breached_at", "title", "ticket", "metric"):
		title = f"{row.ticket}: {_(row.metric, context='SLA Breach')}" if row.ticket else row.title
		yield title, row.customer, "SLA Breach", row.name, row.breached_at


def _exclusions() -> Iterator[tuple]:
	for row in _oldest("SLA Exclusion", {"status": "Claimed", "docstatus": 0}, "creation", "title"):
		yield row.title, row.customer, "SLA Exclusion", row.name, row.creation


def _disputes() -> Iterator[tuple]:
	for row in _oldest("SLA Dispute", {"status": ("!=", "Closed")}, "opened_on", "title"):
		yield row.title, row.customer, "SLA Dispute", row.name, row.opened_on


def _statements() -> Iterator[tuple]:
	"""Their periods are over; the penalties on them are approved with them."""
	for row in _oldest("SLA Statement", {"docstatus": 0}, "creation", "title"):
		yield row.title or row.name, row.customer, "SLA Statement", row.name, row.creation


def _unqualified() -> Iterator[tuple]:
	for row in _oldest("Issue", {"sla_to_qualify": 1}, "creation", "subject"):
		yield row.subject, row.customer, "Issue", row.name, row.creation


def _gaps() -> Iterator[tuple]:
	"""On call: from when on nobody is, of those that are shown ahead."""
	for gap in on_call.gaps(*on_call.span_ahead(now_us()))[:MOST]:
		if frappe.has_permission("SLA Contract", "read", gap.promise.contract):
			form = (
				("SLA On-Call Roster", gap.roster) if gap.roster else ("SLA Contract", gap.promise.contract)
			)
			title = f"{gap.roster_title or gap.promise.title}: {text(gap.start)} – {text(gap.end)}"
			yield title, gap.promise.customer, *form, to_site(gap.start)


def _oldest(doctype: str, filters: dict, since: str, *fields: str) -> list[frappe._dict]:
	return frappe.get_list(
		doctype,
		filters,
		["name", "customer", since, *fields],
		order_by=f"{since}, name",
		limit_page_length=MOST,
	)


# By the list, or the report, where all of a kind stands.
KINDS = {
	"breach": Kind(
		lambda: _("Breach without a cause"),
		_breaches,
		"SLA Breach",
		partial(_list, "SLA Breach", state="Open", cause=["is", "not set"], cause_class=["is", "not set"]),
	),
	"exclusion": Kind(
		lambda: _("Exclusion claimed"),
		_exclusions,
		"SLA Exclusion",
		partial(_list, "SLA Exclusion", status="Claimed", docstatus=0),
	),
	"dispute": Kind(
		lambda: _("Dispute open"),
		_disputes,
		"SLA Dispute",
		partial(_list, "SLA Dispute", status=["!=", "Closed"]),
	),
	"statement": Kind(
		lambda: _("Statement to approve"),
		_statements,
		"SLA Statement",
		partial(_list, "SLA Statement", docstatus=0),
	),
	"ticket": Kind(
		lambda: _("Ticket to be qualified"),
		_unqualified,
		"Issue",
		partial(_list, "Issue", sla_to_qualify=1),
	),
	"gap": Kind(
		lambda: _("Nobody on call"),
		_gaps,
		"SLA On-Call Roster",
		lambda: get_url_to_report("SLA On-Call Gaps"),
	),
}
