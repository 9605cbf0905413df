"""The annex of a contract for the Print Format *SLA Annex*: every text in the session's language, for a template that
only puts it in its place."""

from __future__ import annotations

from itertools import chain

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from sla_guard.annex import money, rest, service
from sla_guard.statements.words import Words


def sla_annex(doc: Document) -> dict:
	"""All that the annex shows of a contract, a draft or submitted (a method of Jinja)."""
	words = Words(frappe.local.lang, doc.time_zone, doc.currency)
	sections = chain(service.sections(doc, words), money.sections(doc, words), rest.sections(doc, words))
	return {
		"heading": _("Service Level Annex"),
		"title": doc.title,
		"notice": _notice(doc),
		"facts": _facts(doc, words),
		"sections": [each for each in sections if each.parts],
		"acceptance": _acceptance(doc, words),
	}


def _notice(doc: Document) -> str:
	return {
		0: _("Draft: not yet agreed."),
		2: _("Cancelled: this contract is void."),
	}.get(doc.docstatus, "")


def _facts(doc: Document, words: Words) -> list[tuple[str, str]]:
	facts = [
		(_("Customer"), _customer(doc)),
		(_("Provider"), doc.company),
		(_("Contract"), doc.name),
		(_("Supersedes"), doc.supersedes),
		(_("Effective From"), words.day(getdate(doc.effective_from))),
		(
			_("Effective To"),
			words.day(getdate(doc.effective_to)) if doc.effective_to else _("until a new version takes over"),
		),
		(_("Time Zone"), doc.time_zone),
	]
	return [(label, value) for label, value in facts if value]


def _customer(doc: Document) -> str:
	if doc.customer:
		return frappe.db.get_value("Customer", doc.customer, "customer_name") or doc.customer
	group = doc.customer_group or doc.territory
	return f"{_(doc.applies_to)}: {_(group)}" if group else _("Everybody")


def _acceptance(doc: Document, words: Words) -> dict:
	"""The block to sign; what was recorded of the customer's acceptance stands in it already."""
	fields = (_("Name of the Signatory"), _("Date"), _("Signature"))
	signed = (doc.accepted_by or "", words.day(getdate(doc.accepted_on)) if doc.accepted_on else "", "")
	return {
		"title": _("Acceptance"),
		"text": _("The customer accepts this annex as a part of the contract."),
		"parties": [
			(_("For the customer"), list(zip(fields, signed, strict=True))),
			(_("For the provider"), [(field, "") for field in fields]),
		],
	}
