"""The breaches of a ticket: made, dated and withdrawn as its clocks say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import frappe

from sla_guard import store
from sla_guard.engine.clock import Clock
from sla_guard.engine.terms import VOIDED
from sla_guard.site_time import to_site
from sla_guard.sla_guard.doctype.sla_breach.sla_breach import OPEN, SLABreach, breach_of, title

if TYPE_CHECKING:
	from sla_guard.clocks import StoredClock
	from sla_guard.ledger import Standing

WAS_VOIDED = "The ticket was voided"
NONE_AFTER_ALL = "A fact recorded later shows that there was none"
TICKET_GONE = "The ticket was deleted"


def is_news(clock: Clock, before: StoredClock | None) -> bool:
	"""Whether a clock has been missed, or not after all, since it was stored so."""
	return counted(clock) != (before.breached_us if before and before.state != VOIDED else 0)


def counted(clock: Clock) -> int:
	"""The instant of the breach that counts, 0 for none."""
	return 0 if clock.state == VOIDED else clock.breached_at or 0


def settle(
	ticket: str, clock: Clock, standing: Standing, contracts: dict[str, str], quietly: bool = False
) -> None:
	"""The breach of a clock as it is now: `standing` is that of the ticket at the breach, `contracts` are named by their
	terms. One made `quietly`, of a ticket that had no history, is news for nobody, nor for what a site does at each new
	document."""
	breach = None if quietly else breach_of(ticket, clock.metric, clock.cycle)
	counts = counted(clock)
	if counts and breach:
		breach.date(counts)
	elif counts:
		_new(_columns(ticket, clock, standing, contracts), quietly)
	elif breach:
		breach.withdraw(WAS_VOIDED if clock.state == VOIDED else NONE_AFTER_ALL)


def withdraw(ticket: str, metric: str, cycle: int) -> None:
	"""There never was such a clock."""
	if breach := breach_of(ticket, metric, cycle):
		breach.withdraw(NONE_AFTER_ALL)


def rename(ticket: str) -> None:
	"""A ticket got this name, and the links to it have followed: its breaches are titled by it."""
	for name, metric in frappe.get_all("SLA Breach", {"ticket": ticket}, ["name", "metric"], as_list=True):
		frappe.db.set_value("SLA Breach", name, "title", title(ticket, metric), update_modified=False)


def forget(ticket: str, why: str) -> None:
	"""A ticket is deleted: its breaches stay, withdrawn, and what was claimed about them. What is approved names it still,
	and is why the framework then refuses."""
	for name in frappe.get_all("SLA Breach", {"ticket": ticket}, pluck="name"):
		frappe.get_doc("SLA Breach", name).outlive_ticket(why)
	frappe.db.set_value("SLA Exclusion", {"ticket": ticket}, "ticket", None)
	for doctype in ("SLA Penalty", "SLA Statement Line"):
		frappe.db.set_value(doctype, {"ticket": ticket, "docstatus": ("!=", 1)}, "ticket", None)


def locked(name: str) -> SLABreach:
	"""A breach as it was committed last. Its ticket is locked before it, as by whoever records a fact."""
	if ticket := frappe.db.get_value("SLA Breach", name, "ticket"):
		frappe.db.get_value("Issue", ticket, "name", for_update=True)
	return frappe.get_doc("SLA Breach", name, for_update=True)


def reopen(breach: SLABreach) -> None:
	"""What people decided on it is taken back: it is open again, or withdrawn where its clock shows none any more."""
	clock = breach.ticket and frappe.db.get_value(
		"SLA Clock",
		{"ticket": breach.ticket, "metric": breach.metric, "cycle": breach.cycle},
		["state", "breached_us"],
		as_dict=True,
		for_update=True,
	)
	if not breach.ticket:
		breach.reopen(none_because=TICKET_GONE)
	elif clock and clock.state == VOIDED:
		breach.reopen(none_because=WAS_VOIDED)
	else:
		breach.reopen(none_because="" if clock and clock.breached_us else NONE_AFTER_ALL)


def _new(columns: dict, quietly: bool) -> None:
	if quietly:
		by = store.written_by(columns["ticket"]) | {"name": frappe.generate_hash(length=10), "state": OPEN}
		store.insert("SLA Breach", [by | columns])
		return
	breach = frappe.new_doc("SLA Breach").update(columns)
	breach.flags.from_ledger = True
	breach.flags.ignore_links = True
	breach.insert(ignore_permissions=True)


def _columns(ticket: str, clock: Clock, standing: Standing, contracts: dict[str, str]) -> dict:
	# What was promised then: a change may have come before anybody looked.
	terms, target, target_us = clock.promised_at(clock.breached_at)
	contract = contracts[terms]
	return {
		"title": title(ticket, clock.metric),
		"ticket": ticket,
		"metric": clock.metric,
		"cycle": clock.cycle,
		"breached_at": to_site(clock.breached_at),
		"breached_us": clock.breached_at,
		"contract": contract,
		"chain": frappe.get_cached_value("SLA Contract", contract, "chain"),
		"terms": terms,
		"target": target,
		"target_us": target_us,
		"customer": standing.customer,
		"priority": standing.priority,
		"service": standing.service,
		"company": standing.company,
	}
