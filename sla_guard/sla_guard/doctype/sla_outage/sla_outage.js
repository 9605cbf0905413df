frappe.ui.form.on("SLA Outage", {
	setup(frm) {
		frm.set_query("service", () => ({ filters: { disabled: 0 } }));
	},
});
