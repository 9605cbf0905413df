{% include "sla_guard/public/js/reports.js" %}

frappe.query_reports["SLA Compliance"] = sla_guard.report.settings(
	sla_guard.report.filters([
		"group_by",
		__("By"),
		["Month", "Quarter", "Customer", "Priority", "Service", "Agent"],
		{ default: "Month", reqd: 1 },
	])
);
