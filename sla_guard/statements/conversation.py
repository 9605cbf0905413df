"""Who hears of what a customer and we say to each other about money: of ours, who is responsible or has asked; of the
customer, who opened a dispute, or to whom the contract shows money."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import frappe
from frappe import _
from frappe.utils import escape_html, get_url, today

from sla_guard import permissions
from sla_guard.notify.telling import Text, tell, write_to
from sla_guard.statements import alerts, delivery
from sla_guard.statements.sentences import money_text
from sla_guard.statements.words import day_text, language_of

if TYPE_CHECKING:
	from sla_guard.sla_guard.doctype.sla_dispute.sla_dispute import SLADispute
	from sla_guard.sla_guard.doctype.sla_exclusion.sla_exclusion import SLAExclusion


# ---- disputes


def opened(dispute: SLADispute) -> None:
	_tell_us(
		dispute,
		lambda _language: _("{0} disputes a line of statement {1}").format(
			dispute.customer, dispute.statement
		),
		lambda language: _paragraphs(
			dispute.title,
			dispute.reason,
			_("Answer it by {0}.").format(day_text(dispute.due_on, language)),
		),
	)


def answered(dispute: SLADispute) -> None:
	_tell_customer(
		dispute,
		lambda _language: _("Your dispute of statement {0} is answered").format(dispute.statement),
		lambda _language: _paragraphs(dispute.title, dispute.answer),
	)


def closed(dispute: SLADispute) -> None:
	"""The customer, but for one who has withdrawn it, of which we hear."""
	if dispute.outcome == "Withdrawn":
		_tell_us(
			dispute,
			lambda _language: _("{0} is withdrawn: statement {1}").format(dispute.name, dispute.statement),
			lambda _language: _paragraphs(dispute.title),
		)
		return
	_tell_customer(
		dispute,
		lambda _language: _("Your dispute of statement {0} is decided").format(dispute.statement),
		lambda _language: _paragraphs(dispute.title, outcome_text(dispute), dispute.answer),
	)


def overdue() -> list[SLADispute]:
	"""Disputes whose day has passed, and of which nobody was told since."""
	waiting = {"status": ("!=", "Closed"), "due_on": ("<", today())}
	names = frappe.get_all("SLA Dispute", waiting, pluck="name", order_by="due_on, name")
	disputes = (frappe.get_doc("SLA Dispute", name) for name in names)
	return [each for each in disputes if not alerts.told_since(each.doctype, each.name, each.due_on)]


def remind(dispute: SLADispute) -> None:
	"""Who is responsible, in the desk."""
	_tell_us(
		dispute,
		lambda language: _("{0} is overdue: an answer was due by {1}").format(
			dispute.name, day_text(dispute.due_on, language)
		),
		lambda _language: _paragraphs(dispute.title, dispute.reason),
		email=False,
	)


def outcome_text(dispute: SLADispute) -> str:
	"""In the session's language."""
	if dispute.outcome == "Changed":
		return _("The line comes to {0}.").format(money_text(dispute.new_amount, dispute.currency))
	return _("The line stands.")


def _tell_us(dispute: SLADispute, subject: Text, body: Text, email: bool = True) -> None:
	users = [dispute.responsible] if dispute.responsible else alerts.managers()
	for user in users:
		if user != frappe.session.user:
			about = {"reference_doctype": dispute.doctype, "reference_name": dispute.name}
			tell(user, subject, body, email=email, **about)


def _tell_customer(dispute: SLADispute, subject: Text, body: Text) -> None:
	"""The one who opened it, or, where one of us did, those who receive the statement."""
	about = {"reference_doctype": "SLA Statement", "reference_name": dispute.statement}
	about["link"] = get_url(f"/sla/statement?name={quote(dispute.statement)}")
	if permissions.is_customer(dispute.opened_by):
		tell(dispute.opened_by, subject, body, in_app=False, email=True, **about)
		return
	statement = frappe.get_doc("SLA Statement", dispute.statement)
	for address in delivery.recipients_of(statement).addresses:
		write_to(address, language_of(dispute.customer), subject, body, **about)


# ---- waivers


def waiver_claimed(exclusion: SLAExclusion) -> None:
	"""Those of the customer who may consent to it are asked."""
	about = {
		"reference_doctype": exclusion.doctype,
		"reference_name": exclusion.name,
		"link": get_url("/sla"),
	}
	for address in delivery.recipients_of(exclusion, "sees_money").addresses:
		write_to(
			address,
			language_of(exclusion.customer),
			lambda _language: _("We ask you to waive a missed commitment: {0}").format(exclusion.title),
			lambda _language: _paragraphs(
				_("Nothing is owed for it if you consent. You can do that on the page of your contract."),
				exclusion.reason,
			),
			**about,
		)


def consented(exclusion: SLAExclusion) -> None:
	tell(
		exclusion.claimed_by,
		lambda _language: _("{0} consents to the waiver {1}").format(exclusion.customer, exclusion.name),
		lambda _language: _paragraphs(exclusion.title),
		reference_doctype=exclusion.doctype,
		reference_name=exclusion.name,
	)


def declined(exclusion: SLAExclusion) -> None:
	tell(
		exclusion.claimed_by,
		lambda _language: _("{0} declines the waiver {1}").format(exclusion.customer, exclusion.name),
		lambda _language: _paragraphs(exclusion.title, exclusion.decline_reason),
		reference_doctype=exclusion.doctype,
		reference_name=exclusion.name,
	)


def _paragraphs(*texts: str | None) -> str:
	return "".join(f"<p>{escape_html(text)}</p>" for text in texts if text).replace("\n", "<br>")
