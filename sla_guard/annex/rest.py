"""What does not count, what is reported, and how one disagrees."""

from __future__ import annotations

from collections.abc import Iterator

import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard.annex.parts import Part, Section, points
from sla_guard.statements.cells import RIGHT, Column, Table, name_text
from sla_guard.statements.disputing import USUAL_DAYS
from sla_guard.statements.words import Words

INDEMNITY = "Indemnity"
GROUNDS = ("ground_customer", "ground_force_majeure", "ground_maintenance", "ground_equipment")


def sections(contract: Document, words: Words) -> Iterator[Section]:
	yield Section(_("Exclusions"), _exclusions(contract))
	yield Section(_("Availability and Maintenance"), list(_availability(contract, words)))
	yield Section(_("Reporting"), [_reporting(contract, words)])
	yield Section(_("Acceptance of Statements and Disputes"), [_disputes(contract, words)])


def _exclusions(contract: Document) -> list[Part]:
	grounds = [_(contract.meta.get_label(field)) for field in GROUNDS if contract.get(field)]
	waived = Part(text=_("What the customer waives, in writing or in the portal, is not charged."))
	if not grounds:
		return [Part(text=_("Nothing that is missed is excluded, whatever its ground.")), waived]
	return [
		Part(
			text=_(
				"What is missed for one of these reasons does not count, if the provider says so with evidence and a second person approves it. It is listed on the statement:"
			)
		),
		points(*grounds),
		waived,
	]


def _availability(contract: Document, words: Words) -> Iterator[Part]:
	if contract.availability_targets:
		columns = [Column(_("Service")), Column(_("Target"), RIGHT), Column(_("Support Hours"))]
		rows = [
			[
				name_text(row.service),
				words.percent(str(row.target_percent or 0), places=0),
				contract.hours_of(row),
			]
			for row in contract.availability_targets
		]
		yield Part(table=Table("", columns, rows))
		yield Part(
			text=_(
				"Availability = (agreed time − downtime) ÷ agreed time, in the support hours of the service; downtime lasts from the beginning of an outage until the service is restored."
			)
		)
	yield points(*_maintenance(contract, words))


def _maintenance(contract: Document, words: Words) -> Iterator[str]:
	yield _("During announced maintenance of a service the times of its tickets stand still.")
	if contract.maintenance_notice:
		yield _(
			"It is announced at least {0} hours before it begins; announced later it excuses nothing."
		).format(words.number(contract.maintenance_notice))
	if contract.maintenance_quota:
		yield _("At most {0} hours of it count in each period and for each service.").format(
			words.number(contract.maintenance_quota)
		)


def _reporting(contract: Document, words: Words) -> Part:
	credited = {
		INDEMNITY: _("Penalties are credited as an indemnity, without tax."),
		"Price reduction": _(
			"Penalties are credited as a reduction of the price, with the taxes of the fee."
		),
	}
	readers = [_address(row) for row in contract.contacts if row.receives_statement]
	return points(
		_("A statement is made for every {0}; its days begin at midnight in {1}.").format(
			_(contract.reporting_period or "Month").lower(), contract.time_zone
		),
		contract.statement_sent_by
		and _("It is sent by day {0} of the month after the period.").format(
			words.number(contract.statement_sent_by)
		),
		_(
			"It lists all that was met, missed and excluded, with the figures and the arithmetic of each penalty."
		),
		readers and _("It is sent to: {0}.").format(", ".join(readers)),
		credited.get(contract.credit_as, "") if contract.penalty_rules else "",
	)


def _address(row: Document) -> str:
	return row.email or frappe.db.get_value("Contact", row.contact, "email_id") or row.contact or ""


def _disputes(contract: Document, words: Words) -> Part:
	days = contract.dispute_days or frappe.db.get_single_value("SLA Settings", "dispute_days") or USUAL_DAYS
	silence = contract.acceptance_days
	return points(
		_(
			"The customer may dispute each line of a statement; a disputed line is held, the rest is credited."
		),
		_("A dispute is answered in writing within {0} working days.").format(words.number(int(days))),
		_("What the answer changes stands as a correction on the next statement."),
		silence
		and _("A statement that is not disputed within {0} working days counts as accepted.").format(
			words.number(int(silence))
		),
	)
