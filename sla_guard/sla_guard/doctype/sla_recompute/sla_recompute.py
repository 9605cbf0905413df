import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from sla_guard.recompute import lines, work

ASKED = ("support_hours", "holiday_list", "contract", "opened_from", "opened_to", "only_open")
WRITTEN = (
	"status",
	"applied_by",
	"applied_on",
	"tickets",
	"differing",
	"basis",
	"hours_basis",
	"cursor",
	"statement_cursor",
)


class SLARecompute(Document):
	"""Tickets that are measured anew, in the hours and holidays that their contracts have now; see recompute/."""

	def validate(self):
		self.keep_what_the_app_writes()
		self.check_reason()
		self.check_dates()
		self.refuse_if_under_way()
		self.drop_preview()

	def before_change(self):
		"""db_set, which checks nothing."""
		self.refuse_if_under_way()

	def before_rename(self, *_args):
		frappe.throw(_("{0} {1} is never renamed.").format(_(self.doctype), frappe.bold(self.name)))

	def on_trash(self):
		"""Applied, it stays as long as there are tickets or periods that it has measured anew."""
		if self.status != work.APPLIED or lines.are_there(self.name):
			self.refuse_if_under_way()
		lines.remove(self.name)

	# ---- checks

	def keep_what_the_app_writes(self):
		before = self.get_doc_before_save() or frappe.new_doc(self.doctype)
		self.update({field: before.get(field) for field in WRITTEN})

	def check_reason(self):
		self.reason = (self.reason or "").strip()
		if not self.reason:
			frappe.throw(_("Say why tickets are measured anew."), title=_("No Reason"))

	def check_dates(self):
		if self.opened_from and self.opened_to and getdate(self.opened_to) < getdate(self.opened_from):
			frappe.throw(
				_("Opened To {0} is before Opened From {1}.").format(
					frappe.format(self.opened_to, "Date"), frappe.format(self.opened_from, "Date")
				),
				title=_("Wrong Dates"),
			)

	def refuse_if_under_way(self):
		status = frappe.db.get_value(self.doctype, self.name, "status")
		if status in (work.PREVIEWING, work.APPLYING, work.APPLIED):
			frappe.throw(
				_("{0} is {1}: it is not changed or deleted any more.").format(
					frappe.bold(self.name), _(status)
				),
				frappe.PermissionError,
				title=_("Not to Be Changed"),
			)

	def drop_preview(self):
		"""It was one of other tickets."""
		if not self.is_new() and any(map(self.has_value_changed, ASKED)):
			lines.remove(self.name)
			self.update({"status": work.DRAFT, "basis": None, "tickets": 0, "differing": 0})

	def put(self, **values):
		"""What the app itself writes."""
		self.update(values)
		frappe.db.set_value(self.doctype, self.name, values)
