{% include "sla_guard/public/js/duty.js" %}

const ZONES = "sla_guard.sla_guard.doctype.support_hours.support_hours.time_zones";
const TURNS = "sla_guard.sla_guard.doctype.sla_on_call_roster.sla_on_call_roster.turns";

frappe.ui.form.on("SLA On-Call Roster", {
	setup(frm) {
		// What is typed and not in the list goes to the server, which names it and says what may have been meant.
		frm.get_docfield("time_zone").ignore_validation = 1;
		frm.set_query("contract", () => ({ filters: { docstatus: 1 } }));
		frm.set_query("service", () => ({ filters: { disabled: 0 } }));
		frm.set_query("user", "shifts", () => ({ filters: agents() }));
	},

	onload(frm) {
		frappe.xcall(ZONES).then((zones) => frm.fields_dict.time_zone.set_data(zones));
		if (frm.is_new() && !frm.doc.time_zone) {
			frm.set_value("time_zone", frappe.boot.time_zone?.system || "");
		}
	},

	refresh(frm) {
		draw(frm);
		if (frm.perm[0].write) {
			frm.fields_dict.shifts.grid.add_custom_button(__("Fill Weeks"), () => ask_for_turns(frm));
		}
	},
});

function agents() {
	return { enabled: 1, user_type: "System User" };
}

function draw(frm) {
	const duty = !frm.is_new() && frm.doc.__onload?.duty;
	const wrapper = frm.fields_dict.duty.$wrapper;
	if (!duty) {
		const hint = __("Add the shifts and save: here you see who is on duty and when nobody is.");
		wrapper.html(`<p class="text-muted">${frappe.utils.escape_html(hint)}</p>`);
		return;
	}
	const off = __("The roster is disabled: nobody is called by it.");
	const disabled = frm.doc.enabled ? "" : `<p class="sla-duty-bad">⚠ ${frappe.utils.escape_html(off)}</p>`;
	wrapper.html(disabled + sla_guard.duty.draw(duty));
}

// ---- filling weeks

function ask_for_turns(frm) {
	const dialog = new frappe.ui.Dialog({
		title: __("Fill Weeks"),
		fields: fields_of_turns(frm),
		primary_action_label: __("Fill"),
		primary_action: (values) => fill(frm, values).then(() => dialog.hide()),
	});
	dialog.show();
}

function fields_of_turns(frm) {
	return [
		{ fieldname: "level", fieldtype: "Int", label: __("Level"), default: 1, reqd: 1 },
		{
			fieldname: "users",
			fieldtype: "MultiSelectPills",
			label: __("Who Takes Turns, in Order"),
			description: __("One after the other, then the first again."),
			get_data: (text) => frappe.db.get_link_options("User", text, agents()),
			reqd: 1,
		},
		{ fieldname: "section", fieldtype: "Section Break" },
		{ fieldname: "first", fieldtype: "Date", label: __("First Change-Over"), default: next_monday(frm), reqd: 1 },
		{ fieldname: "days", fieldtype: "Int", label: __("Days of a Turn"), default: 7, reqd: 1 },
		{ fieldname: "column", fieldtype: "Column Break" },
		{
			fieldname: "change_over",
			// Not a Time, which the desk says to be of the user's own zone.
			fieldtype: "Data",
			label: __("Change-Over At"),
			description: __("On the wall clock of {0}.", [frm.doc.time_zone]),
			default: "09:00",
			reqd: 1,
		},
		{ fieldname: "count", fieldtype: "Int", label: __("Number of Turns"), default: 12, reqd: 1 },
	];
}

// Where the shifts entered end, at the latest; else next Monday.
function next_monday(frm) {
	const last = (frm.doc.shifts || []).map((row) => row.ends || "").sort().pop();
	if (last) return last.slice(0, 10);
	return moment().startOf("isoWeek").add(1, "week").format("YYYY-MM-DD");
}

function fill(frm, { level, users, first, days, change_over, count }) {
	const asked = { time_zone: frm.doc.time_zone, first, change_over, days, count, level };
	return frappe.xcall(TURNS, { ...asked, users: JSON.stringify(users || []) }).then((rows) => {
		// A row that was begun and left empty is in the way.
		frm.doc.shifts = (frm.doc.shifts || []).filter((row) => row.user || row.starts);
		for (const row of rows) frm.add_child("shifts", row);
		frm.refresh_field("shifts");
		frm.dirty();
		const message = __("{0} shifts were added. Save to keep them.", [rows.length]);
		frappe.show_alert({ message, indicator: "green" });
	});
}
