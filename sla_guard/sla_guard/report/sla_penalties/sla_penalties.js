{% include "sla_guard/public/js/reports.js" %}

frappe.query_reports["SLA Penalties"] = sla_guard.report.settings(
	sla_guard.report.filters(["status", __("Status"), ["Draft", "Approved", "Credited", "Cancelled"]])
);
