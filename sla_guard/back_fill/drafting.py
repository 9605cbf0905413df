"""The statements of the past that a back-fill was asked to draft, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import frappe
from pypika.functions import Min

from sla_guard import ledger
from sla_guard.back_fill import batches, selection
from sla_guard.engine import events as fact
from sla_guard.ledger import Standing
from sla_guard.sight import Sight
from sla_guard.statements import drafts
from sla_guard.statements.compute import read_chain


def draft(back_fill: str) -> None:
	"""Commits. Run again it changes nothing; those that were submitted stay as they are. One that cannot be drafted does
	not hold up the others; stopped, it ends after the one under way."""
	for chain, customer, first in list(_wanted(back_fill)):
		frappe.db.commit()
		if not batches.is_drafting(back_fill):
			return
		drafts.draft_or_log(chain, customer, first)
		frappe.db.commit()


def _wanted(back_fill: str) -> Iterator[tuple[str, str, date]]:
	"""Chain, customer and first day, the oldest of a customer first."""
	wanted = selection.wanted_by(frappe.get_doc(batches.BACK_FILL, back_fill))
	for name, customer, since in _back_filled(wanted.sight):
		if wanted.customer not in ("", customer) or wanted.chain not in ("", name):
			continue
		chain = read_chain(name)
		for period in drafts.due_since(chain, since):
			yield name, customer, period.first


def _back_filled(sight: Sight) -> list[tuple[str, str, int]]:
	"""Chains and customers of tickets that were back-filled, with the first opening of each."""
	event, contract = frappe.qb.DocType("SLA Event"), frappe.qb.DocType("SLA Contract")
	query = frappe.qb.from_(event).join(contract).on(contract.name == event.contract)
	query = query.where((event.cause == ledger.BACK_FILL) & (event.kind == fact.OPENED))
	query = query.where(sight.where(event, {field: field for field in Standing._fields}))
	query = query.where(event.customer.isnotnull()).groupby(contract.chain, event.customer)
	return (
		query.select(contract.chain, event.customer, Min(event.at_us))
		.orderby(contract.chain, event.customer)
		.run()
	)
