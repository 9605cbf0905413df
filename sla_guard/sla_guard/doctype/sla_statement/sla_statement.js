// From a submitted statement to the invoice that credits it.
frappe.ui.form.on("SLA Statement", {
	refresh(frm) {
		const owes = frm.doc.docstatus === 1 && frm.doc.status !== "Credited" && frm.doc.amount_due > 0;
		if (owes && frappe.model.can_create("Sales Invoice")) {
			frm.add_custom_button(__("Make Credit Note"), () => credit(frm));
		}
	},
});

function credit(frm) {
	call("asked_for_credit_note", { statement: frm.doc.name }).then((asked) => {
		if (asked.fee_invoices) choose_fee_invoice(frm, asked);
		else make_credit_note(frm);
	});
}

function choose_fee_invoice(frm, asked) {
	const field = {
		fieldname: "fee_invoice",
		fieldtype: "Link",
		options: "Sales Invoice",
		label: __("Invoice of the Fee"),
		reqd: 1,
		default: asked.fee_invoice,
		get_query: () => ({ filters: asked.fee_invoices }),
		description: __("Its price is reduced, with its taxes."),
	};
	frappe.prompt(field, (values) => make_credit_note(frm, values), __("Price Reduction"), __("Make Credit Note"));
}

function make_credit_note(frm, values) {
	call("make_credit_note", { statement: frm.doc.name, ...values }).then((name) => {
		frappe.set_route("Form", "Sales Invoice", name);
	});
}

function call(method, args) {
	return frappe.xcall(`sla_guard.statements.credit_note.${method}`, args);
}
