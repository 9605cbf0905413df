import frappe
from frappe import _
from frappe.model.document import Document


class Immutable(Document):
	"""A row that the app writes by itself, past the document: no form, request or import makes, changes or deletes it."""

	def refuse(self, *_args):
		frappe.throw(
			_("{0} {1} is a record of what happened: it is not entered, changed or deleted.").format(
				_(self.doctype), self.name or ""
			),
			frappe.PermissionError,
			title=_("Not to Be Changed"),
		)

	before_insert = validate = before_change = before_rename = on_trash = refuse
