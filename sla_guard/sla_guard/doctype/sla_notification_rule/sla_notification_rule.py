from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard.notify import rules, waking
from sla_guard.site_time import now_us, to_site

MOST = 500
# What makes it another rule: what was reached before the change is not told by it.
WHEN = ("enabled", "metric", "percent", "contract", "priority", "service")


class SLANotificationRule(Document):
	"""Who is told when a clock has used so much of its target. Changed at any time, without a new contract version."""

	def validate(self):
		self.check_percent()
		self.check_ways()
		self.begin_anew()

	def on_update(self):
		rules.forget()
		if self.enabled and self.flags.begins and not self.flags.wakes_nothing:
			waking.wake_later()

	def on_trash(self):
		rules.forget()

	def after_rename(self, old: str, new: str, merge: bool = False):
		rules.forget()

	def check_percent(self):
		if not 1 <= (self.percent or 0) <= MOST:
			frappe.throw(
				_("{0} % is no step: it is 1 to {1} percent of the target.").format(self.percent or 0, MOST),
				title=_("No Such Step"),
			)

	def check_ways(self):
		ours = self.to_assignees or self.to_on_call or self.role or self.users
		if ours and not (self.in_app or self.email or self.todo):
			frappe.throw(
				_("Say how they are told: in the desk, by e-mail or as a ToDo."), title=_("No Way of Telling")
			)

	def begin_anew(self):
		"""Nobody is told at once of all that happened before there was this rule."""
		before = self.get_doc_before_save()
		self.flags.begins = not before or any(self.get(field) != before.get(field) for field in WHEN)
		if self.flags.begins:
			self.since_us = now_us()
			self.since = to_site(self.since_us)
		else:
			self.since, self.since_us = before.since, before.since_us
