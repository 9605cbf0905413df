{% include "sla_guard/public/js/reports.js" %}

frappe.query_reports["SLA Breaches"] = sla_guard.report.settings(
	sla_guard.report.filters(["state", __("State"), ["Open", "Excluded", "Waived", "Withdrawn"]])
);
