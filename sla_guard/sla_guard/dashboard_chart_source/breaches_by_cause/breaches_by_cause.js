frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["Breaches by Cause"] = {
	method: "sla_guard.overview.breaches_by_cause",
	filters: [],
};
