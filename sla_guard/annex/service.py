"""What is promised: services, support hours, times by priority, what pauses and stops them, what changes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from sla_guard.annex.naming import scope_of
from sla_guard.annex.on_call import on_call
from sla_guard.annex.parts import Part, Section, points
from sla_guard.annex.weeks import weekly
from sla_guard.engine.instants import SECOND
from sla_guard.sla_guard.doctype.sla_contract.rows import names
from sla_guard.sla_guard.doctype.support_hours.picture import hours_in_use
from sla_guard.statements.cells import Column, Table, metric_text, name_text
from sla_guard.statements.words import NOTHING, Words
from sla_guard.week import Holiday, day_text, holidays_ahead

RESTORED = "Restored or resolved"


def sections(contract: Document, words: Words) -> Iterator[Section]:
	yield Section(_("Services"), _services(contract))
	yield Section(_("Support Hours"), list(_hours(contract, words)))
	yield Section(_("Priorities and Times"), _times(contract, words))
	yield Section(_("What Pauses and What Stops a Time"), _statuses(contract))
	yield Section(_("What Counts as a Response"), _answers(contract))
	yield Section(_("Changes and Reopening"), _changes(contract))


# ---- services


def _services(contract: Document) -> list[Part]:
	if not contract.services:
		return [Part(text=_("All services are covered; a ticket need not name one."))]
	covered = [row.service for row in contract.services]
	known = dict(
		frappe.get_all("SLA Service", {"name": ("in", covered)}, ["name", "description"], as_list=True)
	)
	rows = [[name_text(name), known.get(name) or ""] for name in covered]
	columns = [Column(_("Service")), Column(_("Description"))]
	return [
		Part(table=Table("", columns, rows)),
		points(
			_("A ticket about another service is not covered."),
			_("A ticket that names no service is measured by the default target until its service is known."),
		),
	]


# ---- support hours


def _hours(contract: Document, words: Words) -> Iterator[Part]:
	yield Part(text=_("Times are counted in support hours; outside of them no time passes."))
	for name, rows in hours_in_use(contract).items():
		hours = frappe.get_doc("Support Hours", name)
		calendar = hours.calendar()
		yield Part(heading=_heading(contract, name, rows), week=weekly(calendar))
		if not calendar.never_closes:
			yield _holidays(contract, hours)
	yield from on_call(contract, words)


def _heading(contract: Document, name: str, rows: list[Document]) -> str:
	if len(rows) == len(contract.targets) or not rows:
		return name
	return _("{0}: {1}").format(name, "; ".join(map(scope_of, rows)))


def _holidays(contract: Document, hours: Document) -> Part:
	if not hours.holiday_list:
		return Part(text=_("No holidays: open on holidays as on other days."))
	last = contract.effective_to and getdate(contract.effective_to)
	found = holidays_ahead(hours.calendar(), hours.holiday_list, getdate(contract.effective_from))
	shut = [each for each in found if not each.closed_anyway and not (last and each.day > last)]
	until = _last_listed(frappe.get_cached_value("Holiday List", hours.holiday_list, "to_date"), last)
	if not shut:
		return Part(text=_("No holidays until {0}; those after it are still to be listed.").format(until))
	return Part(
		text=_("Closed on holidays: {0}. Holidays are listed until {1}.").format(
			" · ".join(map(_holiday, shut)), until
		)
	)


def _last_listed(until: date | str, last: date | None) -> str:
	return day_text(min(filter(None, (getdate(until), last))))


def _holiday(each: Holiday) -> str:
	text = f"{day_text(each.day)} {each.name}".strip()
	return _("{0} (half a day)").format(text) if each.half else text


# ---- times


def _times(contract: Document, words: Words) -> list[Part]:
	return [
		Part(table=times_table(contract, words)),
		points(
			_("The most specific row that matches a ticket holds."),
			_("The response time runs from the opening of a ticket to the first response."),
			_("The resolution time runs from the opening of a ticket until its service is restored.")
			if contract.resolution_stops_at == RESTORED
			else _("The resolution time runs from the opening of a ticket until it is resolved."),
			_("A time that is used up exactly is met; from the next instant on it is missed."),
		),
	]


def times_table(contract: Document, words: Words) -> Table:
	"""What is promised for which tickets."""
	optional = [
		(field, label)
		for field, label in (("service", _("Service")), ("issue_type", _("Issue Type")))
		if any(row.get(field) for row in contract.targets)
	]
	columns = [
		Column(_("Priority")),
		*(Column(label) for _field, label in optional),
		Column(_("Definition")),
		Column(metric_text("Response")),
		Column(metric_text("Resolution")),
		Column(_("Support Hours")),
	]
	rows = [
		[
			_priority(contract, row),
			*(name_text(row.get(field)) for field, _label in optional),
			row.definition or "",
			_time(row.response_time, words),
			_time(row.resolution_time, words),
			contract.hours_of(row),
		]
		for row in sorted(contract.targets, key=lambda row: not any(names(row)))
	]
	return Table("", columns, rows)


def _priority(contract: Document, row: Document) -> str:
	if row.priority:
		return _(row.priority)
	if row.service or row.issue_type:
		return _("Every priority")
	return _("All other tickets") if len(contract.targets) > 1 else _("All tickets")


def _time(seconds: float | None, words: Words) -> str:
	return words.span(int(seconds) * SECOND) if seconds else NOTHING


# ---- statuses, answers


def _statuses(contract: Document) -> list[Part]:
	rows = [[_(row.status), _(row.effect), _(row.reason or "")] for row in contract.status_rules]
	columns = [Column(_("Status of the Ticket")), Column(_("Effect")), Column(_("Reason of the Pause"))]
	return [
		Part(table=Table("", columns, rows)),
		points(
			_("In every other status the times run."),
			_("In a pause no time passes; what is left is kept, and the ticket has no due date meanwhile."),
			_("A workaround that restores the service stops the resolution time, too.")
			if contract.resolution_stops_at == RESTORED
			else "",
		),
	]


def _answers(contract: Document) -> list[Part]:
	closing = (
		_("A ticket that is closed without an answer stops the response time, too; it is counted apart.")
		if contract.closing_answers
		else _("Closing a ticket without an answer does not stop the response time.")
	)
	return [
		points(
			_("A mail of the provider to the customer about the ticket; automatic mails do not count.")
			if contract.answer_mail
			else "",
			_("Taking in charge, by telephone, on site or remotely; who did it and when is recorded.")
			if contract.answer_taken_in_charge
			else "",
			closing,
		)
	]


# ---- changes


def _changes(contract: Document) -> list[Part]:
	reopened = {
		"Continue": _(
			"A ticket that is opened again goes on where it stopped; the time in between does not count."
		),
		"New cycle": _(
			"A ticket that is opened again has a new resolution time, counted from the reopening."
		),
	}
	measured = {
		"From opening": _("the new times count from the opening of the ticket"),
		"From change": _("the new times count from the change"),
		"Keep": _("the times of the opening stay"),
	}
	changed = (
		(_("Change of Priority"), contract.on_priority_change),
		(_("Change of Service"), contract.on_service_change),
		(_("Change of Customer"), contract.on_customer_change),
	)
	return [
		points(
			reopened.get(contract.on_reopening, ""),
			*(_("{0}: {1}.").format(label, measured.get(policy, "")) for label, policy in changed),
			_("What was missed before a change stays missed."),
		)
	]
