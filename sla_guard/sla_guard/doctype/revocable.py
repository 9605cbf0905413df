import frappe
from frappe import _
from frappe.model import table_fields
from frappe.model.document import Document

DRAFT, CANCELLED = "Draft", "Cancelled"


class Revocable(Document):
	"""A submitted document that says what was decided: it is not edited, and cancelled only with a reason, which frees
	its key for another one. Needs the fields status, cancel_reason, unique_key and cancelled_key.

	A controller calls `refuse_changes` in validate; what it allows in a draft it names there.
	"""

	def before_cancel(self):
		self.refuse_changes(but=("cancel_reason",))
		self.cancel_reason = (self.cancel_reason or "").strip()
		if not self.cancel_reason:
			frappe.throw(_("Say why {0} is cancelled.").format(frappe.bold(self.name)), title=_("No Reason"))
		self.status = CANCELLED
		self.cancelled_key, self.unique_key = self.unique_key, None

	def before_change(self):
		"""db_set, which checks nothing."""
		self.refuse_changes()

	def before_update_after_submit(self):
		self.refuse_changes()

	def before_rename(self, *_args):
		frappe.throw(
			_("{0} {1} is never renamed.").format(_(self.doctype), frappe.bold(self.name)),
			frappe.PermissionError,
		)

	def refuse_deletion(self):
		frappe.throw(
			_("{0} {1} stays as a record: it is not deleted.").format(
				_(self.doctype), frappe.bold(self.name)
			),
			frappe.PermissionError,
		)

	def refuse_changes(self, but: tuple[str, ...] = ()):
		for df in self.meta.fields:
			if not (df.fieldname in but or df.is_virtual) and self.is_changed(df.fieldname):
				frappe.throw(
					_("{0} of {1} {2} cannot be changed.").format(
						frappe.bold(_(df.label or df.fieldname)), _(self.doctype), self.name
					),
					frappe.PermissionError,
					title=_("Not to Be Changed"),
				)

	def is_changed(self, field: str) -> bool:
		"""Whether it differs from what is stored; nothing is nothing, in whichever way it is written."""
		before = self.get_doc_before_save()
		if before and self.meta.get_field(field).fieldtype in table_fields:
			return _rows(before, field) != _rows(self, field)
		return bool(before and (before.get(field) or self.get(field)) and self.has_value_changed(field))


class WorkedOut(Revocable):
	"""A Revocable that the app makes, changes and deletes (flags.from_app) while it is a draft; people submit it as it is.

	`becomes`: the fields that say what becomes of it after that.
	"""

	becomes: tuple[str, ...] = ()

	def validate(self):
		if not self.flags.from_app:
			self.refuse_hand()
		if self.docstatus == 0:
			self.status, self.cancel_reason, self.cancelled_key = DRAFT, None, None

	def refuse_hand(self):
		if self.is_new():
			frappe.throw(_("{0} is worked out, not entered.").format(_(self.doctype)), frappe.PermissionError)
		self.refuse_changes(but=self.becomes)

	def before_change(self):
		self.refuse_changes(but=self.becomes)

	def before_update_after_submit(self):
		self.refuse_changes(but=self.becomes)


def _rows(document: Document, table: str) -> list[list[str]]:
	fields = [df.fieldname for df in frappe.get_meta(document.meta.get_field(table).options).fields]
	return [[str(row.get(field) or "") for field in fields] for row in document.get(table)]


@frappe.whitelist()
def revoke(doctype: str, name: str, reason: str) -> None:
	"""Cancels a submitted document of this kind, as somebody who may cancel it, for a reason."""
	document = frappe.get_doc(doctype, name)
	if not isinstance(document, Revocable):
		raise frappe.PermissionError
	document.cancel_reason = reason
	document.cancel()
