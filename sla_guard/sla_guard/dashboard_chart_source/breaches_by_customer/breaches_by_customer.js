frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["Breaches by Customer"] = {
	method: "sla_guard.overview.breaches_by_customer",
	filters: [],
};
