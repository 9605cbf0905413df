{% include "sla_guard/public/js/refusal.js" %}
{% include "sla_guard/public/js/simulation_file.js" %}
{% include "sla_guard/public/js/simulation_values.js" %}
{% include "sla_guard/public/js/simulation_progress.js" %}
{% include "sla_guard/public/js/simulation_report.js" %}

// A history of tickets, from a file or of this site; the contracts that it is tried under; what they would have come to.
frappe.ui.form.on("SLA Simulation", {
	setup(frm) {
		frm.set_query("contract", "contracts", () => ({ filters: { docstatus: ["<", 2] } }));
	},

	onload(frm) {
		// What is typed and not in the list goes to the server, which names it.
		frm.set_df_property("time_zone", "ignore_validation", 1);
		frappe
			.xcall("sla_guard.sla_guard.doctype.support_hours.support_hours.time_zones")
			.then((zones) => frm.fields_dict.time_zone.set_data(zones));
	},

	refresh(frm) {
		sla_guard.simulation_progress.draw(frm);
		sla_guard.simulation_report.draw(frm);
		sla_guard.simulation_values.draw(frm);
		sla_guard.simulation_file.draw(frm);
	},

	history_file: (frm) => sla_guard.simulation_file.attached(frm),
	sheet: (frm) => sla_guard.simulation_file.changed(frm),
	source: (frm) => frm.trigger("refresh"),
});

// What changes how the file is read.
const READING = [
	...["delimiter", "encoding", "date_order", "time_zone", "missing_values"],
	...sla_guard.simulation_file.COLUMNS.map(({ field }) => field),
];
frappe.ui.form.on(
	"SLA Simulation",
	Object.fromEntries(READING.map((field) => [field, (frm) => sla_guard.simulation_file.read_again(frm)]))
);

// What is to be done next depends on it.
for (const field of ["contract", "contracts_remove"]) {
	frappe.ui.form.on("SLA Simulation Contract", field, (frm) => sla_guard.simulation_progress.draw(frm));
}
