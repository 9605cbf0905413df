import frappe
from frappe import _
from frappe.model.document import Document


class Part(Document):
	"""A row that is written with the document that it belongs to. The framework takes a request for the row alone, and
	then neither asks whether that document is submitted nor checks it."""

	def refuse(self, *_args):
		frappe.throw(
			_("This row of {0} {1} is entered, changed and deleted there.").format(
				_(self.parenttype or ""), frappe.bold(self.parent or "")
			),
			title=_("Not by Itself"),
		)

	before_insert = validate = before_change = before_rename = on_trash = refuse
