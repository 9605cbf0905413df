import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard.site_time import now_us, text
from sla_guard.sla_guard.doctype.revocable import WorkedOut
from sla_guard.statements import delivery, disputing, drafts, sales_invoice
from sla_guard.statements.states import APPROVED
from sla_guard.statements.words import language_of


class SLAStatement(WorkedOut):
	"""What a customer is told and owed for a period: worked out by statements/ (flags.from_app), frozen at submission."""

	becomes = (
		*("status", "sent_on", "sent_to", "not_sent_because"),
		*("held", "accepted_on", "accepted_how", "accepted_by"),
	)

	@property
	def language(self) -> str:
		"""In which the desk prints it, unless told otherwise."""
		return language_of(self.customer)

	def before_submit(self):
		drafts.lock(self.chain)
		self.refuse_early()
		self.refuse_before_earlier()
		self.refuse_if_outdated()
		self.refuse_undecided()
		self.status, self.known_us = APPROVED, now_us()

	def on_submit(self):
		delivery.send_later(self)

	def before_cancel(self):
		self.refuse_if_followed()
		sales_invoice.refuse_if_credited(self.name)
		disputing.refuse_if_disputed(self.name)
		super().before_cancel()

	def on_trash(self):
		if self.docstatus:
			self.refuse_deletion()

	# ---- checks

	def refuse_early(self):
		if now_us() < self.ends_us:
			frappe.throw(
				_("The period is not over before {0}.").format(text(self.ends_us)), title=_("Not Yet")
			)

	def refuse_before_earlier(self):
		"""Caps of the year and corrections follow from the statements before."""
		if earlier := self.of_the_same(period_start=("<", self.period_start), docstatus=0):
			frappe.throw(
				_("{0} comes first: it is still a draft.").format(frappe.bold(earlier)), title=_("Not Yet")
			)

	def refuse_if_outdated(self):
		if drafts.differs(self, drafts.work_out_for(self)):
			frappe.throw(
				_("The figures have changed since this draft was made: recalculate it and look at it again."),
				title=_("Not Yet"),
			)

	def refuse_undecided(self):
		names = [row.penalty for row in self.lines]
		undecided = frappe.get_all(
			"SLA Penalty", {"name": ("in", names), "docstatus": ("!=", 1)}, pluck="name", order_by="name"
		)
		if undecided:
			frappe.throw(
				_("These penalties are neither approved nor excluded or waived: {0}").format(
					", ".join(undecided)
				),
				title=_("Penalties to Be Decided"),
			)

	def refuse_if_followed(self):
		if later := self.of_the_same(period_start=(">", self.period_start), docstatus=1):
			frappe.throw(
				_("{0} follows it and is submitted: cancel that one first.").format(frappe.bold(later)),
				title=_("Not Yet"),
			)

	def of_the_same(self, **filters) -> str | None:
		"""A statement of the same customer and contract."""
		return frappe.db.get_value(
			"SLA Statement",
			{"chain": self.chain, "customer": self.customer, **filters},
			order_by="period_start",
		)


@frappe.whitelist()
def recalculate(statement: str) -> None:
	"""Brings a draft to what is known now."""
	document = frappe.get_doc("SLA Statement", statement)
	document.check_permission("write")
	drafts.draft(document.chain, document.customer, document.period_start)


@frappe.whitelist()
def changes(statement: str) -> list[dict]:
	"""What the statement would say otherwise by what is known now; nothing is changed. The next one corrects it."""
	document = frappe.get_doc("SLA Statement", statement)
	document.check_permission("write")
	return [
		{
			"label": _(document.meta.get_label(field)),
			**{
				when: str(frappe.format(value, document.meta.get_field(field), doc=document))
				for when, value in (("told", told), ("now", now))
			},
		}
		for field, told, now in drafts.changes(document)
	]


@frappe.whitelist()
def approve_penalties(statement: str) -> int:
	"""Submits the penalties of a draft that wait for it, as somebody who may; returns how many."""
	document = frappe.get_doc("SLA Statement", statement)
	document.check_permission("read")
	waiting = [each for each in map(_penalty, document.lines) if each.docstatus == 0]
	for penalty in waiting:
		penalty.submit()
	return len(waiting)


def _penalty(row: Document) -> Document:
	return frappe.get_doc("SLA Penalty", row.penalty)
