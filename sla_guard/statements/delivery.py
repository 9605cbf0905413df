"""How a statement reaches the customer: its PDF and its annex, kept with it and mailed to the contract's recipients.

Submitting sends it in a job of its own, so that nothing of it can undo the submission. What a run has done is committed
as one: the files, the mail in the queue and that it was sent. A run that finds another to have sent it since it was
asked to does nothing; one that fails says why, on the statement and to those who are to mend it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from traceback import format_exception
from typing import NamedTuple

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime, validate_email_address

from sla_guard.helpdesk.ticket import BEGIN_AGAIN
from sla_guard.statements import alerts, annex, paper, printing
from sla_guard.statements.states import APPROVED, NOT_SENT, SENT
from sla_guard.statements.words import written_for


class NoRecipient(Exception):
	"""There is nobody to whom it could be sent; says why."""


def send_later(statement: Document) -> None:
	"""Has a submitted statement sent once what submitted it is committed."""
	frappe.db.after_commit.add(lambda: enqueue(statement.name))


def enqueue(name: str, sent_on: str = "") -> None:
	"""Without a queue it is not lost: the hourly job finds it."""
	try:
		frappe.enqueue(
			"sla_guard.statements.delivery.send",
			queue="long",
			job_id=f"sla_statement_{name}",
			deduplicate=True,
			statement=name,
			sent_on=sent_on,
		)
	except Exception:
		frappe.log_error(title="SLA Guard: a statement waits for a queue")


@frappe.whitelist()
def send_again(statement: str) -> None:
	"""By the button of its form, for who may submit it."""
	document = frappe.get_doc("SLA Statement", statement)
	document.check_permission("submit")
	if document.docstatus != 1:
		frappe.throw(_("Only an approved statement can be sent."))
	enqueue(document.name, _sent_on(document))


def send(statement: str, sent_on: str = "") -> None:
	"""Sends a statement that was last sent on `sent_on` ("": never), once however often this is run. Commits."""
	# Begun with the lock, so that what is read afterwards is what was committed last.
	frappe.db.commit()
	try:
		if document := _locked(statement, sent_on):
			deliver(document)
		frappe.db.commit()
	except BEGIN_AGAIN:
		# Another transaction was first; the hourly job finds the statement again if that one did not send it.
		frappe.db.rollback()
	except Exception as error:
		frappe.db.rollback()
		_fail(statement, sent_on, error)
		frappe.db.commit()


def catch_up() -> None:
	"""Sends what no job has sent, and finds out which mails did not go. Commits."""
	waiting = {"docstatus": 1, "sent_on": ("is", "not set"), "not_sent_because": ("is", "not set")}
	for name in frappe.get_all("SLA Statement", waiting, pluck="name"):
		send(name)
	for name, error in _returned():
		not_sent(frappe.get_doc("SLA Statement", name), error)
		frappe.db.commit()


def not_sent(document: Document, why: str) -> None:
	"""Says on the statement why the customer did not hear of it, and tells those who are to mend it."""
	_store(document, status=NOT_SENT, sent_on=None, not_sent_because=why)
	alerts.not_sent(document, why)


def deliver(document: Document) -> None:
	"""Makes and keeps what is sent, puts the mail in the queue and says so on the statement. Raises what goes wrong."""
	begun, recipients = now_datetime(), recipients_of(document)
	if not recipients.addresses:
		raise NoRecipient(_no_recipient(recipients))
	with for_the_customer(document):
		queued = _mail(document, recipients.addresses, kept_files(document))
	if not queued:
		raise NoRecipient(_("All recipients have unsubscribed from mails."))
	missing = _no_address(recipients.without) if recipients.without else ""
	sent_to = "\n".join(recipients.addresses)
	_store(document, status=SENT, sent_on=begun, sent_to=sent_to, not_sent_because=missing)
	if missing:
		alerts.not_sent_to_all(document, missing)


def _locked(statement: str, sent_on: str) -> Document | None:
	"""The statement, with nobody else sending it meanwhile; None if it was sent since, is not to be sent, or is gone."""
	if not frappe.db.exists("SLA Statement", statement):
		return None
	document = frappe.get_doc("SLA Statement", statement, for_update=True)
	return document if document.docstatus == 1 and _sent_on(document) == sent_on else None


def _sent_on(document: Document) -> str:
	return str(document.sent_on or "")


def _fail(statement: str, sent_on: str, error: Exception) -> None:
	why = frappe.utils.strip_html(str(error)).strip() or type(error).__name__
	frappe.log_error(
		title=f"SLA Guard: statement {statement} was not sent",
		message="".join(format_exception(error)),
		reference_doctype="SLA Statement",
		reference_name=statement,
	)
	if document := _locked(statement, sent_on):
		not_sent(document, why)


def _store(document: Document, **values: object) -> None:
	"""A statement that was credited stays so, whatever becomes of a mail."""
	if document.status not in (APPROVED, SENT, NOT_SENT):
		values.pop("status")
	document.db_set(values, notify=True)


def _returned() -> list[tuple[str, str]]:
	"""Statements whose last mail did not go, and what the mail server said."""
	queue, statement = frappe.qb.DocType("Email Queue"), frappe.qb.DocType("SLA Statement")
	rows = (
		frappe.qb.from_(queue)
		.join(statement)
		.on(statement.name == queue.reference_name)
		.select(statement.name, queue.error)
		.where((queue.reference_doctype == "SLA Statement") & (queue.status == "Error"))
		.where((statement.docstatus == 1) & (queue.creation >= statement.sent_on))
	).run()
	return [(name, ((error or "").strip() or "?").splitlines()[-1]) for name, error in rows]


# ---- to whom


class Recipients(NamedTuple):
	"""`without`: contacts to whom it is to go, of whom no address is known."""

	addresses: list[str]
	without: list[str]


def recipients_of(document: Document, ticked: str = "receives_statement") -> Recipients:
	"""The contacts that the contract names for statements, or for what else is ticked: their address there, else their
	own. Under a contract of many customers only those of this one."""
	rows = frappe.get_all(
		"SLA Contract Contact",
		{"parent": document.contract, "parenttype": "SLA Contract", ticked: 1},
		["contact", "email"],
		order_by="idx",
	)
	addresses, without = [], []
	for row in _of_the_customer(document, rows):
		address = row.email or frappe.db.get_value("Contact", row.contact, "email_id")
		if address and validate_email_address(address):
			addresses.append(address)
		else:
			without.append(row.contact)
	return Recipients(list(dict.fromkeys(addresses)), without)


def _of_the_customer(document: Document, rows: list) -> list:
	if frappe.db.get_value("SLA Contract", document.contract, "applies_to") == "Customer":
		return rows
	links = {"parenttype": "Contact", "link_doctype": "Customer", "link_name": document.customer}
	theirs = set(frappe.get_all("Dynamic Link", links, pluck="parent"))
	return [row for row in rows if row.contact in theirs]


def _no_recipient(recipients: Recipients) -> str:
	if recipients.without:
		return _no_address(recipients.without)
	return _("The contract names no contact who receives the statement.")


def _no_address(contacts: list[str]) -> str:
	return _("No email address is known of {0}.").format(", ".join(contacts))


# ---- what


@contextmanager
def for_the_customer(document: Document) -> Iterator[None]:
	"""In the customer's language, and whatever the one who submits it may print."""
	before = frappe.flags.ignore_print_permissions
	frappe.flags.ignore_print_permissions = True
	try:
		with written_for(document.customer):
			yield
	finally:
		frappe.flags.ignore_print_permissions = before


def kept_files(document: Document) -> list[str]:
	"""The names of the File records of its PDF and its annex, made the first time."""
	return [_kept(document, "pdf", paper.pdf_of), _kept(document, "csv", annex.file_of)]


def _kept(document: Document, kind: str, make: Callable[[Document], bytes]) -> str:
	if kept := kept_file(document, kind):
		return kept
	values = {"doctype": "File", "file_name": f"{document.name}.{kind}", "is_private": 1}
	values |= _attached_to(document)
	return frappe.get_doc({**values, "content": make(document)}).insert(ignore_permissions=True).name


def kept_file(document: Document, kind: str) -> str | None:
	"""The name of the File record of what was sent of this kind, pdf or csv; None if nothing was yet."""
	# The framework puts some letters in where another file has that name.
	name = re.compile(rf"{re.escape(document.name)}\w{{0,6}}\.{kind}")
	files = frappe.get_all("File", _attached_to(document), ["name", "file_name"], order_by="creation")
	return next((file.name for file in files if name.fullmatch(file.file_name)), None)


def _attached_to(document: Document) -> dict:
	return {"attached_to_doctype": document.doctype, "attached_to_name": document.name}


def _mail(document: Document, addresses: list[str], files: list[str]) -> Document | None:
	"""About the statement, not about a ticket, and no Communication: it answers nobody."""
	letter = printing.letter(document)
	return frappe.sendmail(
		recipients=addresses,
		subject=letter["subject"],
		message=frappe.render_template("sla_guard/templates/statement/letter.html", letter),
		attachments=[{"fid": name} for name in files],
		reference_doctype=document.doctype,
		reference_name=document.name,
		expose_recipients="header",
	)
