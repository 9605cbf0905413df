frappe.ui.form.on("SLA Maintenance", {
	setup(frm) {
		frm.set_query("service", () => ({ filters: { disabled: 0 } }));
		// What is typed and not in the list goes to the server, which says what may have been meant.
		frm.get_docfield("time_zone").ignore_validation = 1;
	},

	onload(frm) {
		frappe
			.xcall("sla_guard.sla_guard.doctype.support_hours.support_hours.time_zones")
			.then((zones) => frm.fields_dict.time_zone.set_data(zones));
		if (frm.is_new() && !frm.doc.time_zone) {
			frm.set_value("time_zone", frappe.boot.time_zone?.system || "");
		}
	},

	refresh(frm) {
		const coming = frm.doc.__onload?.coming;
		if (!coming || frm.doc.docstatus === 2 || !frm.doc.recurrence) return;
		const more = coming.count > coming.first.length ? " …" : "";
		const times = coming.first.map(frappe.utils.escape_html).join(", ") + more;
		frm.set_intro("");
		frm.set_intro(__("Times to come: {0}. {1}", [coming.count, times]), "blue");
	},
});
