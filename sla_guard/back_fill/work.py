"""What the jobs of a back-fill do: each ticket is a transaction of its own, filled whole or not at all."""

from __future__ import annotations

from collections.abc import Callable

import frappe
from frappe import _
from frappe.utils import get_datetime, strip_html

from sla_guard.back_fill import batches, drafting, selection
from sla_guard.helpdesk import communication
from sla_guard.helpdesk.rebuild import facts_of
from sla_guard.helpdesk.records import Lookups, Records, records_of
from sla_guard.helpdesk.ticket import BEGIN_AGAIN, NOT_OURS, modified_and_locked, read, record_past
from sla_guard.site_time import now_us, to_site

# Tickets whose records are read at once.
TOGETHER = 100
# How often a ticket is begun again that somebody else holds.
TRIES = 5
FILLED, PASSED_OVER, FAILED = batches.COUNTS


def go_on(back_fill: str) -> None:
	"""A job: shares the tickets out, unless that was done, and makes a job for each batch that is not done; with none
	left, what comes after the last."""
	share_out(back_fill)
	left = batches.open_batches(back_fill)
	for batch in left:
		batches.later("work_off", back_fill, batch=batch)
	if not left:
		finish(back_fill)


def work_off(back_fill: str, batch: str, told: Callable[[int], None] | None = None) -> None:
	"""A job: one batch, from where it is. `told` hears of each that is done with how many tickets."""
	worker = _Worker(back_fill, batch, told or (lambda _tickets: None))
	if worker.claim() and worker.go_through():
		finish(back_fill)


def finish(back_fill: str) -> None:
	"""After each batch; after the last one the statements, if they are wanted."""
	status = batches.end_if_done(back_fill)
	frappe.db.commit()
	if status == batches.DRAFTING:
		drafting.draft(back_fill)
		batches.drafted(back_fill)
		frappe.db.commit()


def run(back_fill: str, told: Callable[[int], None] | None = None) -> None:
	"""All that is left of it, here and now, for the command line."""
	share_out(back_fill)
	for batch in batches.open_batches(back_fill):
		work_off(back_fill, batch, told)
	finish(back_fill)


def share_out(back_fill: str) -> None:
	"""Commits. Nothing where that was done."""
	frappe.db.commit()
	batches.make(back_fill)
	frappe.db.commit()


class _Worker:
	"""Whoever works a batch off, until it is done, stopped, or taken up by another one."""

	def __init__(self, back_fill: str, batch: str, told: Callable[[int], None]) -> None:
		self.back_fill, self.batch, self.told = back_fill, batch, told
		self.name = frappe.generate_hash(length=20)
		self.lookups = Lookups()

	def claim(self) -> bool:
		frappe.db.commit()
		claimed = batches.claim(self.batch, self.name)
		frappe.db.commit()
		if claimed:
			self.last, self.until = claimed.done_to or claimed.after_ticket or "", claimed.last_ticket
			self.wanted = selection.wanted_by(frappe.get_doc(batches.BACK_FILL, self.back_fill))
		return bool(claimed)

	def go_through(self) -> bool:
		"""Whether the batch is done."""
		while names := selection.after(self.wanted, self.last, self.until, TOGETHER):
			since = now_us()
			records = self._records(names)
			goes_on = all(self._one(name, records.get(name)) for name in names)
			_answered_since(names, since)
			if not goes_on:
				return False
			self.last = names[-1]
			batches.tell(self.back_fill)
			self.told(len(names))
		if batches.held(self.batch, self.name):
			batches.end(self.batch)
		frappe.db.commit()
		return True

	def _records(self, names: list[str]) -> dict[str, Records]:
		return records_of(names, self.lookups, self.wanted.options.first_assignment)

	def _one(self, ticket: str, records: Records | None) -> bool:
		"""Whether the batch goes on."""
		for _try in range(TRIES):
			try:
				return self._settle(ticket, lambda: (self._fill(ticket, records), ""))
			except BEGIN_AGAIN:
				frappe.db.rollback()
			except NOT_OURS:
				raise
			except Exception as error:
				return self._failed(ticket, error)
		return self._failed(ticket, None)

	def _settle(self, ticket: str, verb: Callable[[], tuple[str, str]]) -> bool:
		# Begun with a lock, so that what is read afterwards is what was committed last.
		frappe.db.commit()
		held = batches.held(self.batch, self.name)
		if held:
			batches.count(held, ticket, *verb())
		frappe.db.commit()
		return bool(held)

	def _failed(self, ticket: str, error: Exception | None) -> bool:
		frappe.db.rollback()
		about = {"reference_doctype": "Issue", "reference_name": ticket}
		frappe.log_error(title=f"SLA Guard: back-fill, {ticket}", **about)
		frappe.clear_messages()
		said = (
			strip_html(str(error)) or type(error).__name__
			if error
			else _("Somebody else held it for too long")
		)
		return self._settle(ticket, lambda: (FAILED, said))

	def _fill(self, ticket: str, records: Records | None) -> str:
		modified = modified_and_locked(ticket)
		found = read(ticket)
		if not found or found.history:
			return PASSED_OVER
		if not records or get_datetime(records.issue.modified) != get_datetime(modified):
			records = self._records([ticket])[ticket]
		facts = facts_of(records, self.lookups, self.wanted.options)
		if not _is_under(facts[0].standing.contract, self.wanted.chain) or not self.wanted.sight.holds(facts):
			return PASSED_OVER
		record_past(found, facts)
		return FILLED


def _is_under(contract: str, chain: str) -> bool:
	if not chain:
		return True
	return bool(contract) and frappe.get_cached_value("SLA Contract", contract, "chain") == chain


def _answered_since(tickets: list[str], since: int) -> None:
	"""Mails that were saved after the records were read, before the ticket had a history for their own hook."""
	about = {
		"reference_doctype": "Issue",
		"reference_name": ("in", tickets),
		"creation": (">=", to_site(since)),
	}
	for name in frappe.get_all("Communication", about, pluck="reference_name", distinct=True, order_by=None):
		frappe.db.commit()
		ticket = read(name, lock=True)
		if ticket and ticket.history:
			communication.catch_up(ticket)
		frappe.db.commit()
