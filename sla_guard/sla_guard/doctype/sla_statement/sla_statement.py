import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard.site_time import now_us, text
from sla_guard.statements import delivery, drafts, sales_invoice

DRAFT, APPROVED, CANCELLED = "Draft", "Approved", "Cancelled"


class SLAStatement(Document):
	"""What a customer is told and owed for a period: worked out by statements/, frozen at submission."""

	def validate(self):
		if self.flags.from_app:
			return
		if self.is_new():
			frappe.throw(_("A statement is made by the app, not entered."), frappe.PermissionError)
		self.refuse_edits()

	def refuse_edits(self):
		for df in self.meta.fields:
			if not df.allow_on_submit and df.fieldname != "status" and self.has_value_changed(df.fieldname):
				frappe.throw(
					_("{0} of a statement is worked out and cannot be changed.").format(
						frappe.bold(_(df.label or df.fieldname))
					),
					frappe.PermissionError,
				)

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
		self.status = CANCELLED
		self.cancelled_key, self.unique_key = self.unique_key, None

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
