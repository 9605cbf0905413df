"""Announced maintenance of services: what a contract takes out of the clocks of tickets and out of agreed time.

It counts if it was announced, that is submitted, as long before its start as the contract says,
and only as many hours in each reporting period and service as the contract grants. Cancelled, it is none from that
instant on; what lies before stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache, partial

import frappe
from frappe.model.document import Document

from sla_guard.engine.instants import SECOND, moment
from sla_guard.engine.maintenance import Occurrence, counted, repeated
from sla_guard.engine.periods import MONTH, period_of
from sla_guard.engine.spans import Span, within
from sla_guard.engine.wall_clock import zone_named

# The stored list of a service is forgotten when it changes, and after so many seconds in any case: a transaction that
# began before the change may have stored the list as it was.
KEPT_FOR = 600


def announced(contract: str, service: str, from_us: int, to_us: int) -> tuple[Span, ...]:
	"""The announced maintenance of a service that counts under a version of a contract, between two instants; in order,
	none overlapping another. Neither a clock runs in it nor is it agreed time."""
	return within(_counted_for(contract, service), from_us, to_us)


def holes(promised: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], tuple[Span, ...]]:
	"""What `replay` wants of it for a ticket that was promised these terms, for this service, by this contract."""
	found = {
		(terms, service): _counted_for(contract, service)
		for terms, service, contract in promised
		if service and contract
	}
	return {key: spans for key, spans in found.items() if spans}


def _counted_for(contract: str, service: str) -> tuple[Span, ...]:
	if not _planned(service):
		return ()
	return counted_under(frappe.get_cached_doc("SLA Contract", contract), service)


def counted_under(contract: Document, service: str) -> tuple[Span, ...]:
	"""The maintenance announced of a service that counts under a contract, be it a draft; in order."""
	hours = (contract.get("maintenance_notice"), contract.get("maintenance_quota"))
	rest = (contract.time_zone, contract.get("reporting_period") or MONTH)
	return _counted(_planned(service), *map(_microseconds, hours), *rest)


@lru_cache(maxsize=1024)
def _counted(
	planned: tuple[Occurrence, ...], notice_us: int, quota_us: int, zone: str, frequency: str
) -> tuple[Span, ...]:
	return counted(planned, notice_us, quota_us, partial(_period_at, zone, frequency))


def _microseconds(hours: float | None) -> int:
	return round(float(hours or 0) * 3600) * SECOND


def _period_at(zone: str, frequency: str, at: int) -> Span:
	return period_of(frequency, moment(at).astimezone(zone_named(zone)).date()).instants(zone)


# ---- what is planned


def _planned(service: str) -> tuple[Occurrence, ...]:
	"""All maintenance of a service that was ever announced, each time that it takes place."""
	stored = frappe.cache.get_value(_key(service), expires=True)
	if stored is None:
		stored = [tuple(each) for each in _read(service)]
		frappe.cache.set_value(_key(service), stored, expires_in_sec=KEPT_FOR)
	return tuple(Occurrence(*each) for each in stored)


def _read(service: str) -> Iterable[Occurrence]:
	fields = (
		"starts_us",
		"ends_us",
		"recurrence",
		"time_zone",
		"repeat_until",
		"announced_us",
		"cancelled_us",
	)
	filters = {"service": service, "docstatus": ("!=", 0)}
	rows = frappe.get_all("SLA Maintenance", filters, fields, order_by="starts_us, name", limit_page_length=0)
	for row in rows:
		for start, end in times(row.starts_us, row.ends_us, row.recurrence, row.time_zone, row.repeat_until):
			end = min(end, row.cancelled_us) if row.cancelled_us else end
			if start < end:
				yield Occurrence(start, end, row.announced_us)


def titles(service: str, span: Span) -> list[str]:
	"""What the maintenance of a service that takes place in a stretch of time is called, the earliest first."""
	when = ("starts_us", "ends_us", "recurrence", "time_zone", "repeat_until")
	filters = {"service": service, "docstatus": ("!=", 0), "starts_us": ("<", span[1])}
	rows = frappe.get_all(
		"SLA Maintenance", filters, ["title", *when], order_by="starts_us, name", limit_page_length=0
	)
	return list(
		dict.fromkeys(row.title for row in rows if within(times(*(row[each] for each in when)), *span))
	)


def times(
	starts_us: int, ends_us: int, recurrence: str | None, zone: str | None, last: date | None
) -> tuple[Span, ...]:
	"""When a maintenance takes place. Raises WrongInput for a wrong recurrence."""
	if not recurrence:
		return ((starts_us, ends_us),)
	return repeated(starts_us, ends_us, recurrence, zone, last)


def _key(service: str) -> str:
	return f"sla_guard_maintenance|{service}"


# ---- it changes


def changed(service: str) -> None:
	"""Maintenance of a service was announced or cancelled: its open tickets are measured anew, in the background."""
	forget(service)
	measure_later(service)


def measure_later(service: str, after: str = "") -> None:
	"""The tickets of a service with a name after this one; see jobs.py."""
	frappe.enqueue(
		"sla_guard.jobs.measure_service",
		queue="long",
		enqueue_after_commit=not after,
		service=service,
		after=after,
	)


def forget(service: str) -> None:
	"""What is stored of a service is read anew: in this transaction, and in others once it has ended."""
	clear = partial(frappe.cache.delete_value, _key(service))
	clear()
	frappe.db.after_commit.add(clear)
	frappe.db.after_rollback.add(clear)
