"""Scheduler entries: a query and an idempotent verb each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import chain

import frappe
from frappe.model.document import Document

from sla_guard import maintenance, outages
from sla_guard.back_fill import batches
from sla_guard.engine.terms import PAUSED, RUNNING
from sla_guard.helpdesk import ticket as tickets
from sla_guard.helpdesk.reconcile import catch_up, overlooked
from sla_guard.notify import delivery as notify
from sla_guard.notify import notices, waking
from sla_guard.oncall import following
from sla_guard.oncall import telling as calls
from sla_guard.recompute import work as recomputing
from sla_guard.simulation import running
from sla_guard.site_time import now_us, to_site
from sla_guard.statements import acceptance, alerts, conversation, delivery, drafts
from sla_guard.transactions import transaction

BATCH = 100


def sweep() -> None:
	"""Every minute: the clocks whose due has passed, and the tickets that have got at risk. What is found was missed at
	its due, whenever it is found.

	The work grows with what is due, not with what is open: an index on `wake_us` gives the rows. Each ticket is a
	transaction of its own; another worker at the same ticket waits for its lock and then finds nothing to do.
	"""
	now = now_us()
	done = set()
	for name in chain(_due_tickets(now), _at_risk(now)):
		if name not in done:
			done.add(name)
			_in_its_own_transaction(name, tickets.refresh)


def tell_alerts() -> None:
	"""Every minute: what the sweep and the saves of tickets have recorded as reached is told to whom it may concern."""
	now = now_us()
	_each_or_later(notify.address, notify.ALERT, {name: [name] for name in notify.alerts_waiting(now)})
	readers = {reader: notify.waiting_for(reader) for reader in notify.readers_waiting(now)}
	_each_or_later(notices.tell_reader, notify.NOTICE, readers)
	for name in notify.alerts_told():
		transaction(_or_log, notify.finish, name)


def _each_or_later(verb: Callable[[str], None], doctype: str, rows: dict[str, list[str]]) -> None:
	"""Each with the names of its rows: those that fail are tried again later, and hold up none of the others."""
	for about, names in rows.items():
		transaction(_or_later, verb, about, doctype, names)


def _or_later(verb: Callable[[str], None], about: str, doctype: str, names: list[str]) -> None:
	try:
		verb(about)
	except tickets.NOT_OURS:
		raise
	except Exception:
		frappe.db.rollback()
		frappe.log_error(title=f"SLA Guard: {about} was not told")
		notify.try_again(doctype, names, now_us())


def wake_clocks(after: str = "") -> None:
	"""After a change of the notification rules: the tickets whose clocks run, since each keeps when it is woken next. One
	batch, by name; the next one is another job."""
	names = waking.running(after, BATCH)
	for name in names:
		_in_its_own_transaction(name, tickets.refresh)
	if len(names) == BATCH:
		waking.enqueue(names[-1])


def reconcile() -> None:
	"""What got past the hooks (another program writing to the database, an error of ours) is recorded as inferred."""
	for name in list(overlooked()):
		_in_its_own_transaction(name, catch_up)
	for name in outages.tickets_still_down():
		_in_its_own_transaction(name, lambda ticket: outages.follow(ticket.name, ticket.history))


def go_on_with_back_fills() -> None:
	"""Every five minutes: a back-fill whose worker was killed goes on where it was."""
	for name in batches.left_alone():
		transaction(_or_log, batches.take_up, name)


def go_on_with_simulations() -> None:
	"""Every five minutes: a simulation whose worker was killed goes on with the batches that are not done."""
	for name in running.left_alone():
		transaction(_or_log, running.take_up, name)


def call_on_duty() -> None:
	"""Every minute: whoever is on call is called, the next level where nobody has acknowledged in time, and what was
	answered needs no call any more."""
	_call(following.to_follow(now_us()))


def call_for(ticket: str) -> None:
	"""At once, when a ticket asks for it."""
	_call([ticket])


def _call(names: list[str]) -> None:
	for name in names:
		transaction(_or_log, following.follow, name)
	# Only now: a mail server that does not answer holds up no call.
	for name in names:
		calls.send_at_once(name)


def draft_statements() -> None:
	"""Every day: the statements whose day has come, and those that are drafts still."""
	_draft_each(list(drafts.due()) + list(drafts.open_drafts()))


def redraft(chain: str, customer: str) -> None:
	"""The drafts of a customer, after something was decided."""
	_draft_each(drafts.open_drafts(chain=chain, customer=customer))


def _draft_each(statements: Iterable[tuple[str, str, date]]) -> None:
	for each in statements:
		transaction(drafts.draft_or_log, *each)


def deliver_statements() -> None:
	"""Every hour: statements that no job has sent, mails that did not go, and days by which one was to be sent, or a
	dispute to be answered."""
	delivery.catch_up()
	alerts.overdue()
	for dispute in conversation.overdue():
		transaction(_or_log, conversation.remind, dispute)


def accept_statements() -> None:
	"""Every hour: statements whose customer has been silent for as long as the contract says."""
	for name in acceptance.silent():
		transaction(_or_log, acceptance.accept_by_silence, name)


def measure_service(service: str, after: str = "") -> None:
	"""The open tickets that are or were of a service whose maintenance has changed: due, wake and what the Issue shows
	follow. One batch, by name; the next one is another job."""
	names = _open_tickets_of(service, after)
	for name in names:
		_in_its_own_transaction(name, tickets.refresh)
	if len(names) == BATCH:
		maintenance.measure_later(service, names[-1])


def measure_open(after: str = "") -> None:
	"""All open tickets, after something has changed that all of them show. One batch, by name; the next one is another
	job."""
	names = _open_tickets(after)
	for name in names:
		_in_its_own_transaction(name, tickets.refresh)
	if len(names) == BATCH:
		measure_open_later(names[-1])


def measure_open_later(after: str = "") -> None:
	"""The tickets with a name after this one, once what has changed is committed."""
	frappe.enqueue("sla_guard.jobs.measure_open", queue="long", enqueue_after_commit=not after, after=after)


def recompute(name: str) -> None:
	"""A batch of a recompute, or of its preview; the next one is another job."""
	if recomputing.go_on(name):
		recomputing.enqueue(name)


def recompute_on() -> None:
	"""Every five minutes: those whose worker is no more are gone on with."""
	for name in recomputing.cut_off():
		recomputing.enqueue(name)


def _open_tickets(after: str) -> list[str]:
	clock = frappe.qb.DocType("SLA Clock")
	query = frappe.qb.from_(clock).select(clock.ticket).distinct()
	query = query.where(clock.state.isin((RUNNING, PAUSED)) & (clock.ticket > after))
	return query.orderby(clock.ticket).limit(BATCH).run(pluck=True)


def _open_tickets_of(service: str, after: str) -> list[str]:
	clock, event = frappe.qb.DocType("SLA Clock"), frappe.qb.DocType("SLA Event")
	query = (
		frappe.qb.from_(clock)
		.join(event)
		.on(event.ticket == clock.ticket)
		.select(clock.ticket)
		.distinct()
		.where(clock.state.isin((RUNNING, PAUSED)) & (event.service == service) & (clock.ticket > after))
		.orderby(clock.ticket)
		.limit(BATCH)
	)
	return [ticket for (ticket,) in query.run()]


def _due_tickets(now: int) -> Iterator[str]:
	"""Names of tickets with a clock due before `now`, each batch read afresh, none twice: one that cannot be worked off
	does not hold up the others."""
	clock = frappe.qb.DocType("SLA Clock")
	seen_us, seen, given = 0, "", set()
	while True:
		rows = (
			frappe.qb.from_(clock)
			.select(clock.wake_us, clock.name, clock.ticket)
			.where((clock.wake_us >= max(seen_us, 1)) & (clock.wake_us < now))
			.where((clock.wake_us > seen_us) | (clock.name > seen))
			.orderby(clock.wake_us)
			.orderby(clock.name)
			.limit(BATCH)
		).run()
		if not rows:
			return
		# Its other clock may have been in an earlier batch.
		due = dict.fromkeys(ticket for _wake, _name, ticket in rows if ticket not in given)
		yield from due
		given.update(due)
		seen_us, seen, _ticket = rows[-1]


def _at_risk(now: int) -> Iterator[str]:
	"""Names of tickets of which a clock has got at risk since they were last looked at."""
	issue = frappe.qb.DocType("Issue")
	query = frappe.qb.from_(issue).select(issue.name)
	# Not by get_all: for it, a ticket that will never be at risk was so from the year 1 on.
	yield from query.where((issue.sla_at_risk == 0) & (issue.sla_at_risk_from <= to_site(now))).run(
		pluck=True
	)


def _or_log(verb: Callable, about: str | Document) -> None:
	"""One that fails does not hold up the others; the next run tries it again."""
	try:
		verb(about)
	except tickets.NOT_OURS:
		raise
	except Exception:
		frappe.db.rollback()
		frappe.log_error(title=f"SLA Guard: {verb.__name__} {getattr(about, 'name', about)}")


def _in_its_own_transaction(name: str, verb: Callable) -> None:
	transaction(_or_show_failure, name, verb)


def _or_show_failure(name: str, verb: Callable) -> None:
	try:
		if ticket := tickets.read(name, lock=True):
			verb(ticket)
	except tickets.NOT_OURS:
		raise
	except Exception:
		frappe.db.rollback()
		tickets.show_failure(name)
