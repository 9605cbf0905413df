import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from sla_guard.back_fill import batches, selection
from sla_guard.back_fill.preview import preview

ASKED = (
	"from_date",
	"to_date",
	"customer",
	"contract",
	"first_assignment",
	"opening_date",
	"draft_statements",
)
KEPT = ("status", "started", "finished", "tickets", *batches.COUNTS)


class SLABackfill(Document):
	"""The histories of old tickets are rebuilt from what the site has kept of them. See docs/back-fill.md."""

	def validate(self):
		self.keep_what_was_done()
		self.check_asked()
		self.check_days()
		self.check_contract()

	def keep_what_was_done(self):
		before = self.get_doc_before_save()
		self.update({field: before.get(field) if before else None for field in KEPT})
		self.status = self.status or batches.DRAFT

	def check_asked(self):
		if self.status == batches.DRAFT:
			return
		for field in ASKED:
			if self.has_value_changed(field):
				frappe.throw(
					_("{0} cannot be changed once a back-fill has begun: make another one.").format(
						frappe.bold(_(self.meta.get_label(field)))
					)
				)

	def check_days(self):
		if self.from_date and self.to_date and getdate(self.from_date) > getdate(self.to_date):
			frappe.throw(
				_("Opened From {0} is after Opened Until {1}.").format(
					frappe.bold(self.get_formatted("from_date")), frappe.bold(self.get_formatted("to_date"))
				)
			)

	def check_contract(self):
		if self.contract and frappe.db.get_value("SLA Contract", self.contract, "docstatus") != 1:
			frappe.throw(
				_("Contract {0} is not submitted: it promises nothing yet.").format(
					frappe.bold(self.contract)
				)
			)

	def on_trash(self):
		if self.status in batches.UNDER_WAY:
			frappe.throw(_("Stop it first: it is under way."))
		frappe.db.delete(batches.BATCH, {"back_fill": self.name})

	@frappe.whitelist()
	def preview(self) -> dict:
		"""How many tickets it would take up, and under which contracts they would come. Writes nothing."""
		self.check_permission("read")
		return preview(selection.wanted_by(self))

	@frappe.whitelist()
	def start(self) -> None:
		"""Begins in the background, or goes on where it was; what has failed is tried again."""
		self.check_permission("write")
		batches.start(self)

	@frappe.whitelist()
	def stop(self) -> None:
		"""Stops before the next ticket; it may go on later."""
		self.check_permission("write")
		batches.stop(self)

	@frappe.whitelist()
	def progress(self) -> dict:
		"""How far it is, and what has failed."""
		self.check_permission("read")
		return batches.progress(self.name)
