"""A customer whose support hours and holidays are corrected, and what a recompute makes of the tickets."""

from concurrent.futures import ThreadPoolExecutor

import frappe
from click.testing import CliRunner

from sla_guard.commands import sla_guard
from sla_guard.helpdesk.ticket import read, refresh
from sla_guard.recompute import lines, work
from sla_guard.statements import drafts
from tests.site.committed import CommittedCase
from tests.site.records import at, change, support_hours, utc
from tests.site.statement_case import as_stored
from tests.site.test_support_hours import holiday_list

NOW = "2026-01-08 12:00"
TUESDAY = "2026-01-06"
WHEN = ("before", "after")


class RecomputeCase(CommittedCase):
	"""Answered in one hour, solved in eight, nine to five UTC; the holiday list is empty."""

	def setUp(self):
		super().setUp()
		unique = frappe.generate_hash(length=6)
		self.holidays = holiday_list(name=f"Holidays {unique}")
		self.hours = support_hours(f"Hours {unique}", holiday_list=self.holidays)
		self.contract = self.in_force(support_hours=self.hours)

	def shut(self, *days):
		"""These days, and no others, become holidays."""
		document = frappe.get_doc("Holiday List", self.holidays)
		document.set("holidays", [{"holiday_date": day, "description": "Test"} for day in days])
		document.save()
		frappe.db.commit()

	def open(self, opens, closes, *days):
		"""The windows of these weekdays, or of all that there are."""
		document = frappe.get_doc("Support Hours", self.hours)
		for row in document.windows:
			if not days or row.weekday in days:
				row.update({"opens": opens, "closes": closes})
		document.save()
		frappe.db.commit()

	def asked(self, **values):
		"""A recompute of these support hours, not previewed yet."""
		values = {"reason": "It was a holiday", "support_hours": self.hours, **values}
		document = frappe.new_doc("SLA Recompute").update(values).insert()
		frappe.db.commit()
		return document

	def previewed(self, when=NOW, **values):
		document = self.asked(**values)
		with at(when):
			work.begin_preview(document)
			worked_off(document)
		return document

	def applied(self, when=NOW, **values):
		document = self.previewed(when, **values)
		with at(when):
			work.begin_applying(document)
			worked_off(document)
		return document

	def command(self, *arguments):
		"""In a thread of its own, as it connects to the site anew."""
		frappe.db.commit()
		site = {"sites": [frappe.local.site]}
		with ThreadPoolExecutor(1) as threads:
			run = threads.submit(CliRunner().invoke, sla_guard, ["recompute", *arguments], obj=site)
		frappe.db.rollback()
		return run.result()


class StatedCase(RecomputeCase):
	"""And the statements of its contract."""

	def draft(self, first, when):
		with at(when):
			made = as_stored(drafts.draft(self.contract.chain, self.contract.customer, first))
			frappe.db.commit()
		return made

	def submit(self, first, when):
		statement = self.draft(first, when)
		with at(when):
			for row in statement.lines:
				penalty = frappe.get_doc("SLA Penalty", row.penalty)
				if not penalty.docstatus:
					penalty.submit()
			statement.submit()
			frappe.db.commit()
		return as_stored(statement)


def worked_off(document):
	frappe.db.commit()
	while work.go_on(document.name):
		pass
	document.reload()
	return document


def told(recompute, metric="Resolution"):
	"""Clock, what differs, and due or breach before and after, of each line of this metric that differs."""
	instants = [f"{what}_{when}_us" for what in ("due", "breached") for when in ("before", "after")]
	filters = {"recompute": recompute.name, "metric": metric, "difference": ("is", "set")}
	rows = frappe.get_all(lines.LINE, filters, ["metric", "difference", *instants], order_by="ticket, metric")
	return [
		(
			row.metric,
			row.difference,
			*(utc(row[f"due_{when}_us"] or row[f"breached_{when}_us"]) for when in WHEN),
		)
		for row in rows
	]


def measured(ticket):
	"""All that is stored of the clocks of a ticket, but for what names and dates the row: of one that has not stopped,
	how much was used is as old as its row."""
	columns = [
		*("metric", "cycle", "state", "verdict", "target_us", "started_us", "counted_from_us", "due_us"),
		*("breached_us", "stopped_us", "decided_us", "stopped_by", "agent", "elapsed_us", "late_us"),
	]
	found = frappe.get_all("SLA Clock", {"ticket": ticket.name}, columns, order_by="metric, cycle")
	return [tuple(row.values())[: None if row.stopped_us else -2] for row in found]


def looked_at(*tickets, when=NOW):
	with at(when):
		for ticket in tickets:
			refresh(read(ticket.name, lock=True))
	frappe.db.commit()


def changed(ticket, when, **values):
	change(ticket, when, **values)
	frappe.db.commit()
