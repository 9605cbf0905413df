"""What a site needs that no DocType file can say."""

import frappe

from sla_guard.notify import defaults

# By names unique in the app: in SQLite they are those of the whole database. After every migration, since the rebuild
# of a table loses them there.
UNIQUE = {
	"sla_event_ticket_sequence": ("SLA Event", ["ticket", "sequence"]),
	"sla_clock_ticket_metric_cycle": ("SLA Clock", ["ticket", "metric", "cycle"]),
	"sla_reopening_ticket_metric_cycle_stopped": (
		"SLA Reopening",
		["ticket", "metric", "cycle", "stopped_us"],
	),
	"sla_breach_ticket_metric_cycle": ("SLA Breach", ["ticket", "metric", "cycle"]),
	"sla_exclusion_key": ("SLA Exclusion", ["unique_key"]),
	"sla_contract_key": ("SLA Contract", ["unique_key"]),
	"sla_penalty_key": ("SLA Penalty", ["unique_key"]),
	"sla_statement_key": ("SLA Statement", ["unique_key"]),
	"sla_dispute_key": ("SLA Dispute", ["unique_key"]),
	"sla_page_key": ("SLA Page", ["unique_key"]),
	"sla_on_call_roster_key": ("SLA On-Call Roster", ["unique_key"]),
	"sla_alert_step": (
		"SLA Alert",
		["ticket", "metric", "cycle", "rule", "percent", "counted_from_us", "target_us"],
	),
	"sla_notice_alert_reader": ("SLA Notice", ["alert", "reader"]),
	"sla_simulation_batch_place": ("SLA Simulation Batch", ["simulation", "place"]),
	"sla_recompute_line_key": ("SLA Recompute Line", ["recompute", "ticket", "metric", "cycle"]),
	"sla_recompute_line_period": ("SLA Recompute Line", ["recompute", "statement", "target"]),
	"sla_back_fill_batch_place": ("SLA Back-fill Batch", ["back_fill", "place"]),
}
INDEXES = {
	"sla_clock_wake": ("SLA Clock", ["wake_us", "name"]),
	"sla_page_wake": ("SLA Page", ["wake_us", "ticket"]),
	# Asked of a ticket at each fact while it is unanswered, and of all every minute.
	"sla_page_going_on": ("SLA Page", ["closed_us", "ticket"]),
	"sla_alert_state": ("SLA Alert", ["state", "at_us"]),
	"sla_notice_state": ("SLA Notice", ["state", "again_us"]),
	# Asked where a ticket is explained, and where one is deleted.
	"sla_recompute_line_ticket": ("SLA Recompute Line", ["ticket", "recompute"]),
	# Asked whenever a period that was told is worked out again.
	"sla_recompute_line_statement": ("SLA Recompute Line", ["statement", "state"]),
	# The reports ask for days: a month of many years is read by these. The instant comes first, and nothing is added to
	# spare a look at the row: with the verdict first the database took that way for the whole year too, and needed three
	# times as long as for reading the table from one end to the other.
	"sla_clock_decided": ("SLA Clock", ["decided_us", "verdict"]),
	"sla_breach_breached": ("SLA Breach", ["breached_us", "state"]),
	"sla_reopening_stopped": ("SLA Reopening", ["stopped_us", "reopened_us"]),
	"sla_penalty_period": ("SLA Penalty", ["period_end", "status"]),
	# Whose contract it may be, asked at each opening of a ticket; see helpdesk/contracts.py. Of two columns each, since
	# the framework drops an index of one that the DocType's file does not name, and those that it names get lost in
	# SQLite where another table has an index for a field of that name.
	"sla_contract_applies_to": ("SLA Contract", ["applies_to", "docstatus"]),
	"sla_contract_customer": ("SLA Contract", ["customer", "docstatus"]),
	"sla_contract_customer_group": ("SLA Contract", ["customer_group", "docstatus"]),
	"sla_contract_territory": ("SLA Contract", ["territory", "docstatus"]),
}


def after_install():
	"""Tickets of the time before are not measured against contracts that nobody had entered then."""
	settings = frappe.get_single("SLA Settings")
	settings.tracked_from = frappe.utils.now_datetime()
	settings.save(ignore_permissions=True)
	add_indexes()
	defaults.make()


def before_uninstall():
	"""What belongs to no module the framework would leave behind."""
	frappe.delete_doc("Custom HTML Block", "SLA Inbox", ignore_missing=True, force=True)


def after_migrate():
	add_indexes()


def add_indexes():
	for name, (doctype, fields) in UNIQUE.items():
		frappe.db.add_unique(doctype, fields, name)
	for name, (doctype, fields) in INDEXES.items():
		frappe.db.add_index(doctype, fields, name)
