frappe.ui.form.on("SLA Breach", {
	refresh(frm) {
		if (frm.doc.state !== "Open" || !frappe.model.can_create("SLA Exclusion")) return;
		const claim = (kind) => frappe.new_doc("SLA Exclusion", { breach: frm.doc.name, kind });
		frm.add_custom_button(__("Claim Exclusion"), () => claim("Exclusion"));
		frm.add_custom_button(__("Record Waiver"), () => claim("Waiver"));
	},
});
