// On what asks for a job about many tickets: that user permissions limit which of them it is about.
(() => {
	for (const doctype of ["SLA Recompute", "SLA Back-fill", "SLA Simulation"]) {
		frappe.ui.form.on(doctype, { refresh: tell });
	}

	function tell(frm) {
		const author = frm.doc.__onload?.sla_limited_to;
		if (!author) return;
		const sentence = __("User permissions limit what {0} may see: this is about those tickets alone.", [author]);
		frm.dashboard.add_comment(frappe.utils.escape_html(sentence), "blue", true);
	}
})();
