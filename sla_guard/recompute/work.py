"""A recompute is previewed and applied in batches, each another job. One that was cut off is begun again where it was.

A preview holds for the terms that the contracts had when it began; it is not applied once any of them has others. While
it is applied an edit changes nothing: tickets get the terms that were previewed, and the next recompute finds them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from sla_guard import store
from sla_guard.helpdesk.ticket import NOT_OURS, Ticket, read, record_facts
from sla_guard.ledger import Fact
from sla_guard.recompute import lines
from sla_guard.recompute.compare import compare, renewals
from sla_guard.recompute.periods import compare_periods, present_hours, statements_of
from sla_guard.recompute.scope import BATCH, Scope, present_terms, scope_of, stale_tickets
from sla_guard.statements import drafts
from sla_guard.transactions import silent_since, transaction

RECOMPUTE = "SLA Recompute"
DRAFT, PREVIEWING, READY, APPLYING, APPLIED = ("Draft", "Previewing", "Previewed", "Applying", "Applied")


# ---- begun


def begin_preview(recompute: Document) -> None:
	"""Takes the terms that the contracts asked for have now. Raises ValidationError if there are no such contracts."""
	_refuse_unless(recompute, DRAFT, READY)
	terms = present_terms(recompute)
	if not terms:
		frappe.throw(_("No submitted contract has these hours."), title=_("Nothing to Recompute"))
	lines.remove(recompute.name)
	hours = present_hours(terms, keep=True)
	basis = {"basis": frappe.as_json(terms, indent=None), "hours_basis": frappe.as_json(hours, indent=None)}
	begun = {"status": PREVIEWING, "cursor": None, "statement_cursor": None}
	recompute.put(**begun, **basis, **lines.counts(recompute.name))


def begin_applying(recompute: Document) -> None:
	"""Raises ValidationError if the hours have changed since they were previewed."""
	_refuse_unless(recompute, READY)
	refuse_stale(recompute)
	recompute.put(status=APPLYING, applied_by=frappe.session.user, applied_on=now_datetime())


def begin_again(recompute: Document) -> None:
	"""Tickets that could not be worked off are tried once more."""
	_refuse_unless(recompute, APPLIED)
	failed = {"recompute": recompute.name, "state": lines.FAILED}
	frappe.db.set_value(lines.LINE, failed, "state", lines.PREVIEWED)
	recompute.put(status=APPLYING)


def refuse_stale(recompute: Document) -> None:
	if other := changed_since(recompute):
		frappe.throw(
			_("The hours of {0} have changed since this was previewed. Preview it again.").format(
				", ".join(map(frappe.bold, other))
			),
			title=_("Out of Date"),
		)


def changed_since(recompute: Document) -> list[str]:
	"""The contracts that have other terms than those that were previewed."""
	scope = scope_of(recompute)
	about = {"name": ("in", list(scope.terms))}
	terms = dict(frappe.get_all("SLA Contract", about, ["name", "terms"], as_list=True))
	hours = present_hours(scope.terms)
	return sorted(
		name
		for name in scope.terms
		if scope.terms[name] != terms.get(name) or scope.hours.get(name) != hours.get(name)
	)


def _refuse_unless(recompute: Document, *status: str) -> None:
	if recompute.status not in status:
		frappe.throw(
			_("{0} is {1}.").format(frappe.bold(recompute.name), _(recompute.status)), title=_("Not Now")
		)


# ---- batch by batch


def enqueue(name: str) -> None:
	"""The next batch, once what was written is committed."""
	frappe.enqueue("sla_guard.jobs.recompute", queue="long", enqueue_after_commit=True, name=name)


def go_on(name: str) -> bool:
	"""One batch of the preview or of applying it; returns whether there is more to do. Commits."""
	status = frappe.db.get_value(RECOMPUTE, name, "status")
	verb = {PREVIEWING: _preview_batch, APPLYING: _apply_batch}.get(status)
	return bool(verb and verb(name))


def cut_off() -> list[str]:
	"""Names of those that were begun, and have not moved for a while: their worker is no more."""
	about = {"status": ("in", (PREVIEWING, APPLYING)), "modified": ("<", silent_since())}
	return frappe.get_all(RECOMPUTE, about, pluck="name", order_by="name")


# ---- the preview


def _preview_batch(name: str) -> bool:
	# Of two workers one waits here, and goes on where the other has got to.
	frappe.db.commit()
	store.lock(RECOMPUTE, name)
	recompute = frappe.get_doc(RECOMPUTE, name)
	if recompute.status != PREVIEWING:
		return False
	scope = scope_of(recompute)
	tickets = stale_tickets(scope, recompute.cursor or "")
	statements = statements_of(scope, recompute.statement_cursor or "")
	for ticket in tickets:
		_preview_or_log(recompute, scope, ticket, _preview, lines.put)
	for statement in statements:
		_preview_or_log(recompute, scope, statement, _preview_period, lines.put_periods)
	more = BATCH in (len(tickets), len(statements))
	recompute.put(
		**lines.counts(name),
		cursor=tickets[-1] if tickets else recompute.cursor,
		statement_cursor=statements[-1] if statements else recompute.statement_cursor,
		status=PREVIEWING if more else READY,
	)
	frappe.db.commit()
	return more


def _preview_or_log(recompute: Document, scope: Scope, name: str, preview: Callable, put: Callable) -> None:
	"""Writes what would change. What cannot be worked off does not hold up the others."""
	try:
		preview(recompute, scope, name)
	except NOT_OURS:
		raise
	except Exception:
		_log(recompute, name)
		put(recompute.name, name, lines.FAILED, [])


def _preview(recompute: Document, scope: Scope, name: str) -> None:
	ticket = read(name)
	if facts := ticket and _facts(ticket, scope, ""):
		lines.put(recompute.name, name, lines.PREVIEWED, list(compare(ticket, facts)))


def _preview_period(recompute: Document, scope: Scope, name: str) -> None:
	if compared := list(compare_periods(name, scope)):
		lines.put_periods(recompute.name, name, lines.PREVIEWED, compared)


def _facts(ticket: Ticket, scope: Scope, reason: str) -> list[Fact]:
	if not ticket.history or not scope.holds(ticket.history):
		return []
	return renewals(ticket, scope.terms, reason)


# ---- applied


def _apply_batch(name: str) -> bool:
	recompute = frappe.get_doc(RECOMPUTE, name)
	scope = scope_of(recompute)
	with _as(recompute.applied_by):
		for what in lines.ABOUT:
			for each in lines.waiting(name, what, BATCH):
				transaction(_apply_or_log, recompute, scope, what, each)
		more = any(lines.waiting(name, what, 1) for what in lines.ABOUT)
		transaction(_keep_on if more else _finish, recompute)
	return more


@contextmanager
def _as(user: str) -> Iterator[None]:
	"""Whoever asked for it: also where a job of the scheduler goes on with it."""
	before = frappe.session.user
	frappe.set_user(user)
	try:
		yield
	finally:
		frappe.set_user(before)


def _apply_or_log(recompute: Document, scope: Scope, what: str, name: str) -> None:
	"""One that cannot be worked off does not hold up the others."""
	try:
		(_apply if what == lines.TICKET else _apply_period)(recompute, scope, name)
	except NOT_OURS:
		raise
	except Exception:
		frappe.db.rollback()
		_log(recompute, name)
		lines.fail(recompute.name, what, name)


def _apply(recompute: Document, scope: Scope, name: str) -> None:
	"""Its lines tell from then on what it has come to: something may have happened to the ticket since the preview."""
	ticket = read(name, lock=True)
	if facts := ticket and _facts(ticket, scope, recompute.reason):
		compared = list(compare(ticket, facts))
		record_facts(ticket, lambda current: _facts(current, scope, recompute.reason))
		lines.put(recompute.name, name, lines.APPLIED, compared)
	else:
		# Another recompute was first; if another worker was, these lines are not waiting any more.
		lines.remove(recompute.name, lines.TICKET, name, lines.PREVIEWED)


def _apply_period(recompute: Document, scope: Scope, name: str) -> None:
	"""Its lines say from then on in which hours it is measured."""
	store.lock("SLA Statement", name)
	if compared := list(compare_periods(name, scope)):
		lines.put_periods(recompute.name, name, lines.APPLIED, compared)
	else:
		# As above; or it was cancelled.
		lines.remove(recompute.name, lines.STATEMENT, name, lines.PREVIEWED)


def _keep_on(recompute: Document) -> None:
	"""It moves."""
	recompute.put(status=APPLYING)


def _finish(recompute: Document) -> None:
	recompute.put(status=APPLIED, **lines.counts(recompute.name))
	for chain, customer in lines.accounts(recompute.name):
		if drafts.open_drafts(chain=chain, customer=customer):
			whose = {"chain": chain, "customer": customer}
			frappe.enqueue("sla_guard.jobs.redraft", queue="long", enqueue_after_commit=True, **whose)


def _log(recompute: Document, name: str) -> None:
	about = {"reference_doctype": RECOMPUTE, "reference_name": recompute.name}
	frappe.log_error(title=f"SLA Guard: {recompute.name}, {name}", **about)
