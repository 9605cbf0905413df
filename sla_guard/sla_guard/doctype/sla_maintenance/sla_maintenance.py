import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from sla_guard import maintenance
from sla_guard.engine.errors import WrongInput
from sla_guard.engine.spans import Span
from sla_guard.site_time import now_us, text, to_site, to_us
from sla_guard.sla_guard.doctype.support_hours.support_hours import check_zone

# How many of the times to come the form shows.
SHOWN = 5


class SLAMaintenance(Document):
	"""A planned maintenance of a service, announced by being submitted; see sla_guard/maintenance.py.

	Cancelled, it is none from that instant on: what lies before stays, so that no clock of the past changes.
	"""

	def onload(self):
		if self.starts_us:
			coming = [text(start) for start, end in self.times() if end > now_us()]
			self.set_onload("coming", {"count": len(coming), "first": coming[:SHOWN]})

	def validate(self):
		# The framework says what is missing only after validate, which reads it.
		self._validate_mandatory()
		self.starts_us, self.ends_us = to_us(self.starts), to_us(self.ends)
		self.announced = self.cancelled = None
		self.announced_us = self.cancelled_us = 0
		self.check_dates()
		self.check_recurrence()

	def before_submit(self):
		self.announced_us = now_us()
		self.announced = to_site(self.announced_us)

	def on_submit(self):
		self.tell_if_late()
		maintenance.changed(self.service)

	def before_change(self):
		"""db_set, which checks nothing."""
		if self.docstatus != 0:
			frappe.throw(
				_("{0} is announced and does not change. Cancel it, and announce another one.").format(
					frappe.bold(self.name)
				),
				frappe.UpdateAfterSubmitError,
				title=_("Not to Be Changed"),
			)

	def before_cancel(self):
		self.cancelled_us = now_us()
		self.cancelled = to_site(self.cancelled_us)

	def on_cancel(self):
		maintenance.changed(self.service)

	def on_trash(self):
		if self.docstatus != 0:
			frappe.throw(
				_("{0} was announced: clocks may have been measured by it, so it stays.").format(
					frappe.bold(self.name)
				),
				title=_("Not to Be Deleted"),
			)

	def check_dates(self):
		if self.ends_us <= self.starts_us:
			frappe.throw(
				_("Ends {0} is not after Starts {1}.").format(
					frappe.bold(text(self.ends_us)), frappe.bold(text(self.starts_us))
				),
				title=_("Wrong Dates"),
			)

	def check_recurrence(self):
		self.recurrence = (self.recurrence or "").strip()
		if not self.recurrence:
			self.time_zone = self.repeat_until = None
			return
		check_zone(self)
		try:
			self.times()
		except WrongInput as refusal:
			values = {
				name: frappe.bold(frappe.utils.escape_html(str(value)))
				for name, value in refusal.values.items()
			}
			frappe.throw(_(refusal.template).format(**values), title=_("Wrong Recurrence"))

	def times(self) -> tuple[Span, ...]:
		"""When it takes place, each from start to end. Raises WrongInput for a wrong recurrence."""
		return maintenance.times(
			self.starts_us,
			self.ends_us,
			self.recurrence,
			self.time_zone,
			self.repeat_until and getdate(self.repeat_until),
		)

	def tell_if_late(self):
		"""Of something that has begun, a contract never lets the clocks stand still."""
		late = sum(start < self.announced_us for start, _end in self.times())
		if late:
			frappe.msgprint(
				_(
					"{0} of its times had begun when it was announced: they excuse nothing by themselves. What was missed because of them is a matter of an exclusion."
				).format(late),
				title=_("Announced Too Late"),
				indicator="orange",
			)
