import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard.helpdesk.showing import AT_RISK_PERCENT


class SLASettings(Document):
	def validate(self):
		self.at_risk_percent = self.at_risk_percent or AT_RISK_PERCENT
		if self.at_risk_percent > 99:
			frappe.throw(
				_("{0} % of its target: a clock is at risk before it is due.").format(
					frappe.bold(self.at_risk_percent)
				),
				title=_("At Risk From (%)"),
			)

	def on_update(self):
		if self.has_value_changed("at_risk_percent"):
			# Imported here: the jobs read these settings.
			from sla_guard.jobs import measure_open_later

			measure_open_later()
