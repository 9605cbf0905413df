"""The statements of a reader: the list, one of them with all its tables, and its files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard.permissions import STATEMENT
from sla_guard.portal.reader import NO_PAGE, Reader
from sla_guard.portal.words import ReadersWords
from sla_guard.statements import annex, delivery, paper, printing, tables

KINDS = {"pdf": paper.pdf_of, "csv": annex.file_of}


class StatementRow(NamedTuple):
	name: str
	period: str
	status: str
	compliance: str
	amount: str


def listed(reader: Reader) -> list[StatementRow]:
	"""Those of the customer whose pages are read, the latest first."""
	names = frappe.get_all(
		STATEMENT,
		{"name": ("in", reader.statements), "customer": reader.customer},
		pluck="name",
		order_by="period_start desc, name",
	)
	return [_row(frappe.get_cached_doc(STATEMENT, name)) for name in names]


def _row(doc: Document) -> StatementRow:
	told, words = printing.figures_of(doc), printing.words_of(doc)
	met, missed = doc.met or 0, doc.missed or 0
	return StatementRow(
		doc.name,
		words.period(told["every"], told["first"], told["last"]),
		status_text(doc),
		words.share(met, met + missed),
		words.money(doc.amount_due) if tables.about_money(doc) else "",
	)


def status_text(doc: Document) -> str:
	"""What the customer wants to know of it: whether it was credited, else whether it was accepted."""
	known = {"Credited": _("Credited"), "Accepted": _("Accepted")}
	return known.get(doc.status, _("Sent to you") if doc.sent_on else _("Approved"))


def view_statement(doc: Document, words: ReadersWords) -> dict:
	"""All that its print shows, for a page."""
	told = printing.sla_statement(doc)
	# These stand apart: with what can be said to them.
	told["tables"] = [table for table in told["tables"] if table.key not in ("penalties", "exclusions")]
	return told | {"status": status_text(doc), "sent": _sent(doc, words)}


def _sent(doc: Document, words: ReadersWords) -> str:
	return words.long_day(str(doc.sent_on)[:10]) if doc.sent_on else ""


# ---- files


@frappe.whitelist()
def download(statement: str, kind: str) -> None:
	"""The PDF or the CSV annex of a statement that the session's user may see as a customer: the file that was sent,
	or, where none was sent yet, one made now and not kept."""
	doc = Reader(frappe.session.user).statement(statement)
	if kind not in KINDS:
		raise NO_PAGE
	frappe.local.response.filename = f"{doc.name}.{kind}"
	frappe.local.response.filecontent = _content(doc, kind, KINDS[kind])
	frappe.local.response.type = "download"


def _content(doc: Document, kind: str, make: Callable[[Document], bytes]) -> bytes:
	kept = delivery.kept_file(doc, kind)
	if kept:
		return Path(frappe.get_doc("File", kept).get_full_path()).read_bytes()
	try:
		with delivery.for_the_customer(doc):
			return make(doc)
	except annex.Differs as why:
		frappe.throw(str(why))
