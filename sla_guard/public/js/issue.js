// What agents say and ask about an Issue's support contract.
{% include "sla_guard/public/js/explain.js" %}
{% include "sla_guard/public/js/on_call.js" %}

frappe.ui.form.on("Issue", {
	setup(frm) {
		frm.set_query("sla_service", () => ({ filters: { disabled: 0 } }));
		frm.set_query("sla_contract", () => ({ filters: { docstatus: 1 } }));
	},

	refresh(frm) {
		frm.set_df_property("sla_state", "formatter", sla_guard.state_pill);
		if (frm.is_new() || !frm.doc.sla_state) return;
		const group = __("Support Contract");
		const add = (label, action) => frm.add_custom_button(label, action, group);
		if (frm.doc.sla_state !== "Void" && frm.perm[0].write) {
			add(__("Taken in Charge"), () => say(frm, "take_in_charge", __("Taken in Charge")));
			add(__("Service Restored"), () => say(frm, "restore_service", __("Service Restored")));
			add(__("Restoration Failed"), () => say(frm, "restoration_failed", __("Restoration Failed")));
			add(__("Outage"), () => report_outage(frm));
			add(__("Void"), () => say_void(frm));
		}
		add(__("Explain"), () => sla_guard.explain(frm.doc.name, (event) => take_back(frm, event)));
	},
});

// ---- saying

// What is being edited in the form stays: only what the app shows of its clocks is read anew.
function record(frm, method, args) {
	const ticket = frm.doc.name;
	const shown = ["sla_state", "sla_next_due", "sla_outage"];
	return frappe
		.xcall(`sla_guard.helpdesk.actions.${method}`, { ticket, ...args })
		.then(() => frappe.db.get_value("Issue", ticket, shown))
		.then(({ message }) => {
			Object.assign(frm.doc, message);
			frm.refresh();
			frappe.show_alert({ message: __("Recorded"), indicator: "green" });
		});
}

function say(frm, method, title) {
	const fields = [
		{ fieldname: "at", fieldtype: "Datetime", label: __("At"), description: __("Empty: now.") },
		{
			fieldname: "reason",
			fieldtype: "Small Text",
			label: __("Reason"),
			depends_on: "eval:doc.at",
			mandatory_depends_on: "eval:doc.at",
			description: __("Why it is recorded only now."),
		},
	];
	frappe.prompt(fields, (values) => record(frm, method, values), title, __("Record"));
}

function report_outage(frm) {
	const since = __("Empty: since the ticket was opened.");
	const fields = [
		{ fieldname: "at", fieldtype: "Datetime", label: __("Down Since"), description: since },
		{ fieldname: "everybody", fieldtype: "Check", label: __("For All Customers") },
		{ fieldname: "partial", fieldtype: "Check", label: __("Partial") },
		{ fieldname: "note", fieldtype: "Small Text", label: __("Note") },
	];
	frappe.prompt(fields, (values) => record(frm, "report_outage", values), __("Outage"), __("Record"));
}

function say_void(frm) {
	const description = __("Spam, a duplicate, not a ticket: it will count nowhere.");
	const label = __("Reason");
	const field = { fieldname: "reason", fieldtype: "Small Text", label, reqd: 1, description };
	frappe.prompt(field, (values) => record(frm, "void", values), __("Void"), __("Void"));
}

function take_back(frm, event) {
	const description = __("What was recorded stays readable, and counts no more.");
	const field = { fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1, description };
	const act = (values) => record(frm, "take_back", { event, ...values });
	frappe.prompt(field, act, __("Take Back"), __("Take Back"));
}
