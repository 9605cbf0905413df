frappe.ui.form.on("Support Hours", {
	setup(frm) {
		// What is typed and not in the list goes to the server, which names it and says what may have been meant.
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
});
