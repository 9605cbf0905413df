import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from sla_guard.back_fill import batches, selection
from sla_guard.back_fill.mixed import mixed
from sla_guard.back_fill.preview import look_ahead

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


# By its name, not by what a form holds: jobs write to it meanwhile.


@frappe.whitelist()
def preview(name: str) -> dict:
	"""How many tickets it would take up, and under which contracts they would come. Writes nothing."""
	return look_ahead(selection.wanted_by(_may("read", name)))


@frappe.whitelist()
def start(name: str) -> None:
	"""Begins in the background, or goes on where it was; what has failed is tried again."""
	batches.start(_may("write", name).name)


@frappe.whitelist()
def stop(name: str) -> None:
	"""Stops before the next ticket; it may go on later."""
	batches.stop(_may("write", name).name)


@frappe.whitelist()
def progress(name: str) -> dict:
	"""How far it is, what has failed, and what is worth a look."""
	back_fill = _may("read", name).name
	return batches.progress(back_fill) | {"mixed": mixed(back_fill)}


def _may(verb: str, name: str) -> Document:
	document = frappe.get_doc(batches.BACK_FILL, name)
	document.check_permission(verb)
	return document
