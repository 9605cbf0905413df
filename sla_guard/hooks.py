app_name = "sla_guard"
app_title = "SLA Guard"
app_publisher = "SLA Guard"
app_description = "Keeps what IT support contracts promise"
app_license = "gpl-3.0"

# With its organisation: a bare name makes the installer ask GitHub whose app it is, which fails offline.
required_apps = ["frappe/erpnext"]

fixtures = [
	{"dt": "Role", "filters": [["name", "in", ["SLA Manager", "SLA Approver"]]]},
	{"dt": "Custom Field", "filters": [["module", "=", "SLA Guard"]]},
	{"dt": "Custom HTML Block", "filters": [["name", "=", "SLA Inbox"]]},
]
after_install = "sla_guard.install.after_install"
after_migrate = "sla_guard.install.after_migrate"
before_uninstall = "sla_guard.install.before_uninstall"

# The framework drops an item without a DocType that there is.
standard_portal_menu_items = [
	{"title": "Support Contract", "route": "/sla", "reference_doctype": "Issue", "role": "Customer"}
]

jinja = {
	"methods": [
		"sla_guard.statements.printing.sla_statement",
		"sla_guard.annex.printing.sla_annex",
		"sla_guard.simulation.report.printing.sla_simulation",
		"sla_guard.simulation.report.printing.sla_simulation_for_customer",
	]
}

# What asks for a job about many tickets, and what is seen along with the document that it names.
_ASKING = ("SLA Recompute", "SLA Back-fill", "SLA Simulation")
_NAMING = ("SLA Notice", "SLA Recompute Line", "SLA Back-fill Batch", "SLA Simulation Batch")

app_include_css = "sla_guard.bundle.css"
doctype_js = {
	"Issue": "public/js/issue.js",
	"SLA Contract": ["public/js/contract_on_call.js", "public/js/what_if.js", "public/js/kept_hours.js"],
	**dict.fromkeys(("Support Hours", "Holiday List"), "public/js/kept_hours.js"),
	**dict.fromkeys(("SLA Exclusion", "SLA Penalty", "SLA Statement"), "public/js/revoke.js"),
	**dict.fromkeys(_ASKING, "public/js/sight.js"),
}
doctype_list_js = {"Issue": "public/js/issue_list.js"}

doc_events = {
	"Issue": {
		"before_insert": "sla_guard.helpdesk.issue.clear_copied",
		"before_save": "sla_guard.helpdesk.issue.check",
		"onload": ["sla_guard.helpdesk.timers.put_into", "sla_guard.oncall.acknowledging.onload"],
		"on_change": "sla_guard.helpdesk.issue.record",
		"on_trash": "sla_guard.helpdesk.issue.forget",
		"before_rename": "sla_guard.helpdesk.issue.before_rename",
		"after_rename": "sla_guard.helpdesk.issue.after_rename",
	},
	"SLA Contract": {"onload": "sla_guard.oncall.duty.onload_contract"},
	_ASKING: {"onload": "sla_guard.sight.onload"},
	"Sales Invoice": {
		"before_validate": "sla_guard.statements.sales_invoice.keep_free_of_taxes",
		"validate": "sla_guard.statements.sales_invoice.check",
		"on_submit": "sla_guard.statements.sales_invoice.credited",
		"on_cancel": "sla_guard.statements.sales_invoice.not_credited",
	},
	"Communication": {"on_change": "sla_guard.helpdesk.communication.record"},
	("Customer", "Customer Group", "Territory"): {
		"before_rename": "sla_guard.helpdesk.merging.check_parties"
	},
	("Issue Priority", "Issue Type", "SLA Service"): {
		"before_rename": "sla_guard.helpdesk.merging.check_names"
	},
	"Holiday List": {
		"on_update": "sla_guard.sla_guard.doctype.support_hours.support_hours.holidays_changed",
		"after_rename": "sla_guard.sla_guard.doctype.support_hours.support_hours.holidays_merged",
	},
}

has_permission = {
	"SLA Statement": "sla_guard.permissions.may_see_statement",
	**dict.fromkeys(_ASKING, "sla_guard.sight.may_see"),
	**dict.fromkeys(_NAMING, "sla_guard.permissions.may_see_along"),
}
permission_query_conditions = {
	"SLA Statement": "sla_guard.permissions.statement_conditions",
	**dict.fromkeys(_ASKING, "sla_guard.sight.conditions"),
	**dict.fromkeys(_NAMING, "sla_guard.permissions.conditions_along"),
	**dict.fromkeys(
		(
			"SLA Statement Line",
			"SLA Statement Correction",
			"SLA Contract Contact",
			"SLA Contract Service",
			"SLA Availability Target",
			"SLA Notification User",
			"SLA Status Rule",
			"SLA Penalty Rule",
			"SLA Penalty Tier",
			"Priority Target",
			"SLA On-Call Shift",
			"SLA Simulation Contract",
			"SLA Simulation Value",
		),
		"sla_guard.permissions.conditions_of_rows",
	),
}

override_whitelisted_methods = {
	"frappe.client.get_count": "sla_guard.permissions.get_count",
	"frappe.desk.form.load.getdoc": "sla_guard.permissions.getdoc",
	"frappe.desk.form.load.get_docinfo": "sla_guard.permissions.get_docinfo",
	"frappe.desk.form.load.get_communications": "sla_guard.permissions.get_communications",
	"erpnext.support.doctype.issue.issue.set_status": "sla_guard.helpdesk.issue.set_status",
	"erpnext.support.doctype.issue.issue.set_multiple_status": "sla_guard.helpdesk.issue.set_multiple_status",
}

# Whoever was told of something may leave, and a draft that was only tried.
ignore_links_on_delete = ["SLA Notice", "SLA Simulation"]

scheduler_events = {
	"cron": {
		"* * * * *": ["sla_guard.jobs.sweep", "sla_guard.jobs.call_on_duty", "sla_guard.jobs.tell_alerts"],
		"*/5 * * * *": [
			"sla_guard.jobs.go_on_with_back_fills",
			"sla_guard.jobs.go_on_with_simulations",
			"sla_guard.jobs.recompute_on",
		],
		"*/10 * * * *": ["sla_guard.jobs.reconcile"],
	},
	"daily_long": ["sla_guard.jobs.draft_statements"],
	"hourly_long": ["sla_guard.jobs.deliver_statements", "sla_guard.jobs.accept_statements"],
}
