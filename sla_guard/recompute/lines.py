"""The lines of a recompute: what it would change, and then what it has changed, of each ticket and each statement."""

from __future__ import annotations

from collections.abc import Iterable

import frappe
from pypika.functions import Count
from pypika.queries import QueryBuilder

from sla_guard import store
from sla_guard.engine.availability import Availability
from sla_guard.engine.instants import SECOND
from sla_guard.engine.terms import METRICS
from sla_guard.recompute.compare import Compared, Standpoint
from sla_guard.recompute.periods import ComparedPeriod
from sla_guard.site_time import to_site
from sla_guard.statements.commitments import FORGIVEN

LINE = "SLA Recompute Line"
PREVIEWED, APPLIED, FAILED = "Previewed", "Applied", "Failed"
# What a line is about.
TICKET, STATEMENT = ABOUT = "ticket", "statement"
# As a metric, beside those of clocks.
AVAILABILITY = "Availability"


def put(recompute: str, ticket: str, state: str, compared: Iterable[Compared]) -> bool:
	"""The lines of a ticket, in place of those that there are; returns whether any tells of a difference. A ticket
	without clocks has one line."""
	remove(recompute, TICKET, ticket)
	rows = [_columns(ticket, each) for each in compared] or [{"metric": None}]
	by = store.written_by(ticket) | {"recompute": recompute, "state": state}
	store.insert(LINE, [{"name": frappe.generate_hash(length=20)} | by | row for row in rows])
	return any(row.get("difference") for row in rows)


def put_periods(recompute: str, statement: str, state: str, compared: Iterable[ComparedPeriod]) -> None:
	"""The same of a statement, for each service of which it tells the availability."""
	remove(recompute, STATEMENT, statement)
	rows = [_columns_of_period(each) for each in compared] or [{"metric": None}]
	by = store.written_by("") | {TICKET: None, STATEMENT: statement, "recompute": recompute, "state": state}
	store.insert(LINE, [{"name": frappe.generate_hash(length=20)} | by | row for row in rows])


def remove(recompute: str, what: str = "", name: str = "", state: str = "") -> None:
	"""All of them, or those of a ticket or a statement, in this state."""
	line = frappe.qb.DocType(LINE)
	query = frappe.qb.from_(line).delete().where(line.recompute == recompute)
	query = query.where(line[what] == name) if what else query
	(query.where(line.state == state) if state else query).run()


def fail(recompute: str, what: str, name: str) -> None:
	"""A ticket or a statement could not be worked off: its lines say so."""
	frappe.db.set_value(LINE, {"recompute": recompute, what: name}, "state", FAILED)


def waiting(recompute: str, what: str, limit: int) -> list[str]:
	"""Names of tickets, or of statements, that are previewed and not applied yet, in their order."""
	line = frappe.qb.DocType(LINE)
	query = frappe.qb.from_(line).select(line[what]).distinct().where(line[what].isnotnull())
	query = query.where((line.recompute == recompute) & (line.state == PREVIEWED))
	return query.orderby(line[what]).limit(limit).run(pluck=True)


def are_there(recompute: str) -> bool:
	return bool(frappe.db.exists(LINE, {"recompute": recompute}))


def periods(recompute: str) -> int:
	"""How many statements are concerned."""
	line = frappe.qb.DocType(LINE)
	query = frappe.qb.from_(line).select(Count(line.statement).distinct())
	return query.where(line.recompute == recompute).run()[0][0]


def counts(recompute: str) -> dict[str, int]:
	"""How many tickets are concerned, and how many of them differ."""
	line = frappe.qb.DocType(LINE)
	query = frappe.qb.from_(line).where(line.recompute == recompute).select(Count(line.ticket).distinct())
	tickets, differing = (each.run()[0][0] for each in (query, query.where(line.difference != "")))
	return {"tickets": tickets, "differing": differing}


def in_state(recompute: str, state: str) -> int:
	"""How many tickets and statements are in this state."""
	line = frappe.qb.DocType(LINE)
	query = frappe.qb.from_(line).select(*(Count(line[what]).distinct() for what in ABOUT))
	return sum(query.where((line.recompute == recompute) & (line.state == state)).run()[0])


def clocks(recompute: str) -> int:
	return frappe.db.count(LINE, {"recompute": recompute, "metric": ("in", METRICS)})


def differences(recompute: str) -> dict[str, int]:
	"""How many clocks differ, by in what."""
	line = frappe.qb.DocType(LINE)
	query = frappe.qb.from_(line).select(line.difference, Count(line.name)).groupby(line.difference)
	return dict(query.where((line.recompute == recompute) & (line.difference != "")).run())


def statements(recompute: str) -> list[str]:
	"""The submitted statements of times in which something else counts now."""
	told = {"recompute": recompute, "statements": ("is", "set")}
	found = frappe.get_all(LINE, told, pluck="statements", distinct=True, order_by=None)
	return sorted({name for names in found for name in names.split(", ")})


def accounts(recompute: str) -> list[tuple[str, str]]:
	"""Chain and customer of what differs."""
	line, contract = frappe.qb.DocType(LINE), frappe.qb.DocType("SLA Contract")
	query = frappe.qb.from_(line).join(contract).on(contract.name == line.contract)
	query = query.select(contract.chain, line.customer).distinct()
	return query.where((line.recompute == recompute) & (line.difference != "")).run()


# ---- columns


def _columns(ticket: str, each: Compared) -> dict:
	standing = each.standing
	return {
		"metric": each.clock.metric,
		"cycle": each.clock.cycle,
		"difference": each.difference or None,
		"customer": standing.customer or None,
		"contract": standing.contract or None,
		"company": standing.company or None,
		"decision": _decision(ticket, each),
		"statements": ", ".join(_statements(each)) or None,
		**_standpoint("before", each.before),
		**_standpoint("after", each.after),
	}


def _standpoint(when: str, each: Standpoint) -> dict:
	"""The instants also for people to read."""
	return {
		f"due_{when}": to_site(each.due_us),
		f"due_{when}_us": each.due_us,
		f"breached_{when}": to_site(each.breached_us),
		f"breached_{when}_us": each.breached_us,
		f"late_{when}": each.late_us // SECOND,
		f"late_{when}_us": each.late_us,
		f"verdict_{when}": each.verdict or None,
	}


def _columns_of_period(each: ComparedPeriod) -> dict:
	statement = each.statement
	return {
		"metric": AVAILABILITY,
		"service": each.service,
		"target": each.target,
		"hours": each.hours,
		"difference": each.difference or None,
		"customer": statement.customer,
		"contract": statement.contract,
		"company": statement.company,
		"statements": statement.name if each.difference else None,
		**_available("before", each.before),
		**_available("after", each.after),
	}


def _available(when: str, each: Availability) -> dict:
	percent = each.share.percent
	return {
		f"available_{when}": None if percent is None else f"{percent} %",
		f"agreed_{when}_us": each.agreed_us,
		f"down_{when}_us": each.down_us,
	}


def _decision(ticket: str, each: Compared) -> str | None:
	"""What people decided of its breach, which stays."""
	rows = each.touched and store.read(_breach, (ticket, each.clock.metric, each.clock.cycle))
	return rows[0][0] if rows and rows[0][0] in FORGIVEN else None


def _breach() -> QueryBuilder:
	breach = frappe.qb.DocType("SLA Breach")
	query = frappe.qb.from_(breach).select(breach.state).where(breach.ticket == store.BOUND)
	return query.where((breach.metric == store.BOUND) & (breach.cycle == store.BOUND))


def _statements(each: Compared) -> list[str]:
	"""The submitted statements of a time in which something else counts now."""
	if each.touched is None:
		return []
	start, end = each.touched
	chain = frappe.get_cached_value("SLA Contract", each.standing.contract, "chain")
	rows = store.read(_submitted, (chain, each.standing.customer, end, start))
	return [name for (name,) in rows]


def _submitted() -> QueryBuilder:
	statement = frappe.qb.DocType("SLA Statement")
	query = frappe.qb.from_(statement).select(statement.name).where(statement.docstatus == 1)
	query = query.where((statement.chain == store.BOUND) & (statement.customer == store.BOUND))
	query = query.where((statement.starts_us <= store.BOUND) & (statement.ends_us > store.BOUND))
	return query.orderby(statement.period_start)
