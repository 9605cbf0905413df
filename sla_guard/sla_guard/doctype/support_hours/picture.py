"""The picture of the week that the forms of Support Hours and of SLA Contract show, of what is entered there just now."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, get_link_to_form, getdate, strip_html

from sla_guard.engine.errors import WrongInput
from sla_guard.sla_guard.doctype.sla_contract.rows import scope
from sla_guard.week import holidays_html, week_html


@frappe.whitelist()
def of_hours(hours: str | dict) -> str:
	"""HTML for the values of a form of Support Hours, saved or not; what keeps it from being drawn, in words."""
	frappe.has_permission("Support Hours", throw=True)
	document = frappe.new_doc("Support Hours").update(frappe.parse_json(hours))
	document.windows = [row for row in document.windows if row.weekday and row.opens and row.closes]
	return _picture(document)


@frappe.whitelist()
def of_contract(contract: str | dict) -> str:
	"""HTML for the values of a form of SLA Contract: all hours that it uses, each with its targets."""
	frappe.has_permission("SLA Contract", throw=True)
	document = frappe.new_doc("SLA Contract").update(frappe.parse_json(contract))
	return "".join(
		f'<div class="sla-hours"><h6>{get_link_to_form("Support Hours", name)}</h6>{_for_which(document, rows)}'
		f"{_picture(frappe.get_doc('Support Hours', name))}</div>"
		for name, rows in hours_in_use(document).items()
	)


def hours_in_use(contract: Document) -> dict[str, list[Document]]:
	"""The names of the Support Hours of a contract, its own first, with the targets measured in each; in a draft, also
	its own where no target is."""
	found = {contract.support_hours: []} if contract.support_hours else {}
	for row in contract.targets:
		if name := row.support_hours or contract.support_hours:
			found.setdefault(name, []).append(row)
	return {name: rows for name, rows in found.items() if frappe.db.exists("Support Hours", name)}


def _for_which(contract: Document, rows: list[Document]) -> str:
	if len(rows) == len(contract.targets):
		return ""
	text = ", ".join(map(scope, rows)) or _("no target yet")
	return f'<p class="sla-muted">{escape_html(_("For: {0}").format(text))}</p>'


def _picture(hours: Document) -> str:
	try:
		if not hours.always_open:
			hours.check_windows()
			hours.check_overlaps()
		calendar = hours.calendar()
	except WrongInput as refusal:
		return _not_yet(_(refusal.template).format(**refusal.values))
	except frappe.ValidationError as refusal:
		frappe.clear_last_message()
		return _not_yet(strip_html(str(refusal)))
	holidays = holidays_html(calendar, hours.holiday_list, getdate())
	return f'<div class="sla-hours-week"><div>{week_html(calendar)}</div><div>{holidays}</div></div>'


def _not_yet(why: str) -> str:
	return f'<p class="sla-muted">{escape_html(why)}</p>'
