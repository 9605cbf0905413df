# Stand-in for ERPNext, for tests without it.
app_name = "erpnext"
app_title = "ERPNext (stand-in)"
app_publisher = "SLA Guard's tests"
app_description = "The DocTypes of ERPNext that SLA Guard touches"
app_email = "nobody@example.com"
app_license = "MIT"

# Also on a site that was made before the records of today were.
after_install = after_migrate = "erpnext.install.after_install"

has_website_permission = {"Issue": "erpnext.support.doctype.issue.issue.has_website_permission"}

scheduler_events = {"daily": ["erpnext.support.doctype.issue.issue.auto_close_tickets"]}

standard_portal_menu_items = [
	{"title": "Issues", "route": "/issues", "reference_doctype": "Issue", "role": "Customer"},
]
