"""What a draft of a contract leaves unsaid: what keeps it from being submitted, and what is asked about before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, strip_html

from sla_guard.sla_guard.doctype.sla_contract.money import check_complete, check_money
from sla_guard.sla_guard.doctype.sla_contract.overlaps import PARTIES
from sla_guard.sla_guard.doctype.sla_contract.rows import (
	STOPS,
	check_rules,
	duration,
	names,
	scope,
	statuses,
)
from sla_guard.sla_guard.doctype.support_hours.picture import hours_in_use
from sla_guard.sla_guard.doctype.support_hours.support_hours import check_zone
from sla_guard.week import day_text

# A status in which somebody is expected to work says nothing by being left out.
AT_WORK = {"Open", "Replied"}
# Holidays are to be known for so long ahead.
KNOWN_AHEAD = timedelta(days=90)


class Remark(NamedTuple):
	"""What is missing, and the field where it is said. `refuses`: the contract cannot be submitted without it."""

	field: str
	text: str
	refuses: bool = False


@frappe.whitelist()
def check(contract: str | dict) -> list[dict]:
	"""The remarks about the values of a form, saved or not."""
	frappe.has_permission("SLA Contract", throw=True)
	document = frappe.new_doc("SLA Contract").update(frappe.parse_json(contract))
	return [remark._asdict() for remark in missing(document)]


def missing(contract: Document) -> list[Remark]:
	"""All remarks, what refuses first, each kind in the order of the form. Changes nothing but this document."""
	refusals = list(_refusals(contract))
	# Of rows that cannot be read there is no more to say.
	rows_are_right = all(remark.field != "targets" for remark in refusals)
	return [*refusals, *_unsaid(contract, rows_are_right)]


# ---- what refuses


def _refusals(contract: Document) -> Iterator[Remark]:
	"""What the controller refuses, in its own words."""
	empty = [field for field in _mandatory(contract) if not contract.get(field)]
	for field in empty:
		label = _(contract.meta.get_label(field), context="SLA Contract")
		yield Remark(field, _("{0} is empty.").format(label), refuses=True)
	refused = [(field, why) for field, verb in _verbs(contract, empty) if (why := _refused(verb))]
	if not (empty or refused) and (why := _refused(contract.check_terms)):
		refused.append(("support_hours", why))
	yield from (Remark(*each, refuses=True) for each in refused)


def _mandatory(contract: Document) -> list[str]:
	fields = [field.fieldname for field in contract.meta.fields if field.reqd]
	return [*fields, *filter(None, [PARTIES.get(contract.applies_to)])]


def _verbs(contract: Document, empty: list[str]) -> Iterator[tuple[str, Callable]]:
	"""Each check with the field that it is about; none of what is empty, which is said already."""
	checks = (
		("time_zone", partial(check_zone, contract)),
		("effective_to", contract.check_dates),
		("targets", contract.check_targets),
		("status_rules", partial(check_rules, contract.status_rules)),
		("answer_mail", contract.check_answers),
		("company", partial(check_complete, contract)),
	)
	yield from (each for each in checks if each[0] not in empty)
	if contract.effective_from:
		yield "penalty_rules", partial(check_money, contract)


def _refused(verb: Callable) -> str:
	try:
		verb()
	except frappe.ValidationError as refusal:
		frappe.clear_last_message()
		return strip_html(str(refusal))
	return ""


# ---- what is not said


def _unsaid(contract: Document, rows_are_right: bool) -> Iterator[Remark]:
	of_rows = (_priorities, _times) if rows_are_right else ()
	for about in (_services, _hours, *of_rows, _statuses, _penalties, _reporting):
		yield from about(contract)


def _services(contract: Document) -> Iterator[Remark]:
	if not contract.services:
		yield Remark("services", _("No services are listed: the contract covers everything."))


def _hours(contract: Document) -> Iterator[Remark]:
	for name in hours_in_use(contract):
		hours = frappe.get_cached_doc("Support Hours", name)
		if hours.always_open:
			continue
		if not hours.holiday_list:
			yield Remark(
				"support_hours",
				_("Support Hours {0} have no Holiday List: they are open on holidays too.").format(name),
			)
		elif (last := _last_known(hours)) and last < _wanted(contract):
			text = _("Holiday List {0} ends on {1}: no holiday is known after it.")
			yield Remark("support_hours", text.format(hours.holiday_list, day_text(last)))


def _last_known(hours: Document) -> date | None:
	last = frappe.get_cached_value("Holiday List", hours.holiday_list, "to_date")
	return last and getdate(last)


def _wanted(contract: Document) -> date:
	"""The day up to which holidays should be known: some time ahead, but not after the last day of the contract."""
	ahead = max(filter(None, (getdate(), getdate(contract.effective_from)))) + KNOWN_AHEAD
	return min(filter(None, (ahead, getdate(contract.effective_to) if contract.effective_to else None)))


def _priorities(contract: Document) -> Iterator[Remark]:
	named = {row.priority for row in contract.targets}
	left_out = sorted(set(frappe.get_all("Issue Priority", pluck="name")) - named)
	default = next((row for row in contract.targets if not any(names(row))), None)
	if left_out and default:
		text = _("No target of their own: {0}. For these the default target holds ({1}).")
		yield Remark("targets", text.format(", ".join(map(_, left_out)), _both_times(default)))
	for row in contract.targets:
		if row.priority and not row.definition:
			text = _("Row {0} does not say what {1} means to the customer (Definition).")
			yield Remark("targets", text.format(row.idx, _(row.priority)))


def _both_times(row: Document) -> str:
	return " / ".join(
		duration(int(amount)) if amount else "–" for amount in (row.response_time, row.resolution_time)
	)


def _times(contract: Document) -> Iterator[Remark]:
	for row in contract.targets:
		if not row.response_time and row.resolution_time:
			yield Remark("targets", _("Row {0} ({1}) promises no response time.").format(row.idx, scope(row)))
		if not row.resolution_time and row.response_time:
			yield Remark(
				"targets", _("Row {0} ({1}) promises no resolution time.").format(row.idx, scope(row))
			)


def _statuses(contract: Document) -> Iterator[Remark]:
	ruled = {row.status for row in contract.status_rules}
	left_out = [each for each in statuses() if each not in ruled | AT_WORK]
	if left_out and any(row.effect == STOPS for row in contract.status_rules):
		text = _("The clocks run on in the statuses {0}: nothing is said of them.")
		yield Remark("status_rules", text.format(", ".join(map(_, left_out))))


def _penalties(contract: Document) -> Iterator[Remark]:
	if not contract.penalty_rules:
		if not contract.no_penalties:
			text = _("Neither penalties nor that there are none: add a rule, or tick No Penalties Agreed.")
			yield Remark("no_penalties", text)
		return
	caps = ("cap_per_breach", "cap_amount", "cap_percent", "year_cap_amount", "year_cap_percent")
	if not any(contract.get(field) for field in caps):
		yield Remark("cap_amount", _("No cap: nothing limits the penalties."))


def _reporting(contract: Document) -> Iterator[Remark]:
	receiving = [row for row in contract.contacts if row.receives_statement]
	if not receiving:
		yield Remark("contacts", _("No contact receives the statement."))
	for row in receiving:
		if not (row.email or (row.contact and frappe.db.get_value("Contact", row.contact, "email_id"))):
			text = _("Row {0}: the contact {1} has no e-mail address to send the statement to.")
			yield Remark("contacts", text.format(row.idx, row.contact))
