frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["Compliance by Month"] = {
	method: "sla_guard.overview.compliance_by_month",
	filters: [],
};
