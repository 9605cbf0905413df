// On a contract's form, a draft or submitted: what would it have come to over the tickets of this site?
frappe.ui.form.on("SLA Contract", {
	refresh(frm) {
		if (frm.is_new() || frm.doc.docstatus === 2 || !frappe.model.can_create("SLA Simulation")) return;
		frm.add_custom_button(__("What If…"), () => simulate(frm.doc));
	},
});

function simulate(contract) {
	frappe.model.with_doctype("SLA Simulation", () => {
		const simulation = frappe.model.get_new_doc("SLA Simulation");
		Object.assign(simulation, {
			title: contract.title,
			source: "Tickets of This Site",
			customer: contract.customer,
			// A year, and what there is of this month.
			from_date: frappe.datetime.add_months(frappe.datetime.month_start(), -12),
		});
		const row = frappe.model.add_child(simulation, "SLA Simulation Contract", "contracts");
		row.contract = contract.name;
		frappe.set_route("Form", "SLA Simulation", simulation.name);
	});
}
