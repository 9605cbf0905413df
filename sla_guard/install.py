"""What a site needs that no DocType file can say."""

import frappe

# By names unique in the app: in SQLite they are those of the whole database. After every migration, since the rebuild
# of a table loses them there.
UNIQUE = {
	"sla_event_ticket_sequence": ("SLA Event", ["ticket", "sequence"]),
	"sla_clock_ticket_metric_cycle": ("SLA Clock", ["ticket", "metric", "cycle"]),
	"sla_breach_ticket_metric_cycle": ("SLA Breach", ["ticket", "metric", "cycle"]),
	"sla_contract_key": ("SLA Contract", ["unique_key"]),
}
INDEXES = {
	"sla_clock_wake": ("SLA Clock", ["wake_us", "name"]),
}


def after_install():
	"""Tickets of the time before are not measured against contracts that nobody had entered then."""
	settings = frappe.get_single("SLA Settings")
	settings.tracked_from = frappe.utils.now_datetime()
	settings.save(ignore_permissions=True)
	add_indexes()


def after_migrate():
	add_indexes()


def add_indexes():
	for name, (doctype, fields) in UNIQUE.items():
		frappe.db.add_unique(doctype, fields, name)
	for name, (doctype, fields) in INDEXES.items():
		frappe.db.add_index(doctype, fields, name)
