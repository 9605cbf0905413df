from datetime import timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime

from sla_guard import outages
from sla_guard.breaches import NONE_AFTER_ALL
from sla_guard.site_time import now_us, text, to_site, to_us

# What the app writes: where in the life of its ticket an outage began, and whether people said when it ended.
OURS = {"down_from_us": 0, "by_hand": 0, "withdrawn_because": None}


class SLAOutage(Document):
	"""A service was down, for one customer or for everybody; see sla_guard/outages.py. One that names a ticket ends when
	that says that the service is restored, unless somebody enters another instant."""

	def validate(self):
		if self.flags.from_ticket:
			return
		# The framework says what is missing only after validate, which reads it.
		self._validate_mandatory()
		self.keep_ours()
		self.set_instants()
		self.check_instants()

	def on_update(self):
		if self.ticket and not self.flags.from_ticket:
			outages.entered(self)

	def keep_ours(self):
		before = self.get_doc_before_save()
		for field, at_first in OURS.items():
			self.set(field, before.get(field) if before else at_first)
		if not before or before.restored != self.restored:
			self.by_hand = int(bool(self.restored))
		if before and before.ticket != self.ticket:
			self.down_from_us = 0

	def set_instants(self):
		for field in ("started", "restored"):
			self.set(f"{field}_us", self.instant_of(field))

	def instant_of(self, field: str) -> int:
		"""That of the datetime entered; the one that is known stays, which may lie in an hour that clocks repeat."""
		entered, known = self.get(field), to_site(self.get(f"{field}_us"))
		if not entered:
			return 0
		if known and abs(get_datetime(entered) - known) < timedelta(seconds=1):
			return self.get(f"{field}_us")
		return to_us(entered, near=now_us())

	def check_instants(self):
		for at in (self.started_us, self.restored_us):
			if at > now_us():
				_refuse(_("{0} is in the future.").format(frappe.bold(text(at))))
		if self.restored_us and self.restored_us <= self.started_us:
			_refuse(
				_("Restored {0} is not after Started {1}.").format(
					frappe.bold(text(self.restored_us)), frappe.bold(text(self.started_us))
				)
			)

	# ---- as its ticket says

	def end(self, restored_us: int) -> None:
		"""The service was restored at this instant; 0: not yet. What people entered stays."""
		ends = self.restored_us if self.by_hand else restored_us
		none = ends and ends <= self.started_us
		self.put(restored_us=ends, withdrawn_because=NONE_AFTER_ALL if none else None)

	def count_unless(self, why: str) -> None:
		"""It does not count for this reason, or it does if there is none."""
		self.put(withdrawn_because=why or None)

	def again(self, started_us: int, restored_us: int) -> None:
		"""The same is down once more, from this instant of its ticket on."""
		another = frappe.new_doc("SLA Outage")
		another.update({field: self.get(field) for field in ("service", "customer", "ticket", "partial")})
		another.update({"started_us": started_us, "started": to_site(started_us), "down_from_us": started_us})
		another.put(restored_us=restored_us)

	def put(self, **values) -> None:
		before = {field: self.get(field) or None for field in values}
		if not self.is_new() and before == {field: value or None for field, value in values.items()}:
			return
		self.update(values)
		if "restored_us" in values:
			self.restored = to_site(self.restored_us)
		self.flags.from_ticket = True
		# A customer may have gone since.
		self.flags.ignore_links = True
		self.save(ignore_permissions=True)
		self.flags.from_ticket = False


def _refuse(message: str) -> None:
	frappe.throw(message, title=_("Wrong Dates"))
