import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard.site_time import to_site

OPEN, WITHDRAWN = "Open", "Withdrawn"
EDITABLE = ("cause_class", "cause", "responsible")


class SLABreach(Document):
	"""One missed commitment, dated at the instant it fell due. Written by ledger.py; never deleted."""

	def validate(self):
		if self.flags.from_ledger:
			return
		if self.is_new():
			frappe.throw(_("A breach is found by its clock, not entered."), frappe.PermissionError)
		self.check_unchanged()

	def before_change(self):
		"""db_set, which does not validate."""
		self.check_unchanged()

	def check_unchanged(self):
		for df in self.meta.fields:
			if df.fieldname not in EDITABLE and self.has_value_changed(df.fieldname):
				frappe.throw(
					_("{0} of a breach is a record of what happened and cannot be changed.").format(
						frappe.bold(_(df.label))
					),
					frappe.PermissionError,
				)

	def before_rename(self, *_args):
		frappe.throw(_("A breach is never renamed."), frappe.PermissionError)

	def on_trash(self):
		frappe.throw(_("A breach is never deleted."), frappe.PermissionError)

	def date(self, breached_us: int) -> None:
		"""It happened at this instant; a withdrawn one is open again, one decided by people stays so."""
		self.breached_us, self.breached_at = breached_us, to_site(breached_us)
		if self.state == WITHDRAWN:
			self.state, self.withdrawn_because = OPEN, None
		self.store()

	def withdraw(self, why: str) -> None:
		"""There was none, or it counts no more. One excluded or waived by people stays so."""
		if self.state == OPEN:
			self.state, self.withdrawn_because = WITHDRAWN, why
			self.store()

	def forgive(self, state: str) -> None:
		"""People decided that it costs nothing: it is Excluded or Waived."""
		self.state = state
		self.decided()

	def reopen(self, none_because: str = "") -> None:
		"""That decision is taken back: open, or withdrawn if there is none any more."""
		self.state, self.withdrawn_because = WITHDRAWN if none_because else OPEN, none_because or None
		self.decided()

	def decided(self) -> None:
		"""Stores what people decided; statements that are drafts follow it."""
		self.store()
		frappe.enqueue(
			"sla_guard.jobs.redraft",
			queue="long",
			enqueue_after_commit=True,
			chain=self.chain,
			customer=self.customer,
		)

	def outlive_ticket(self, why: str) -> None:
		"""Its ticket is deleted; the title still names it."""
		self.ticket = None
		if self.state == OPEN:
			self.state, self.withdrawn_because = WITHDRAWN, why
		self.decided()

	def store(self) -> None:
		self.flags.from_ledger = True
		# A customer or a user may have gone since.
		self.flags.ignore_links = True
		self.save(ignore_permissions=True)


def title(ticket: str, metric: str) -> str:
	"""What a breach is called; it still names the ticket when that is gone."""
	return f"{ticket} {metric}"


def breach_of(ticket: str, metric: str, cycle: int) -> SLABreach | None:
	name = frappe.db.get_value("SLA Breach", {"ticket": ticket, "metric": metric, "cycle": cycle})
	return frappe.get_doc("SLA Breach", name) if name else None
