// A customer's dispute of a line of a statement: who answers it and until when is set on the form, the rest by its buttons.
const DECIDING = ["SLA Manager", "SLA Approver", "System Manager"];

frappe.ui.form.on("SLA Dispute", {
	refresh(frm) {
		const open = frm.doc.status !== "Closed";
		for (const field of ["responsible", "due_on"]) frm.set_df_property(field, "read_only", open ? 0 : 1);
		// A closed one stays as it is.
		if (!open) frm.disable_save();
		if (frm.is_new() || !open || !frm.perm[0]?.write) return;
		show_what_waits(frm);
		offer_answer(frm);
		frm.add_custom_button(__("Statement"), () => {
			frappe.set_route("Form", "SLA Statement", frm.doc.statement);
		});
	},
});

function show_what_waits(frm) {
	const late = frm.doc.due_on && frm.doc.due_on < frappe.datetime.get_today();
	const day = frappe.datetime.str_to_user(frm.doc.due_on);
	frm.set_intro();
	if (frm.doc.status === "Answered") {
		frm.set_intro(__("Answered, but not decided: the line is held until it is."), "blue");
	}
	if (late) frm.set_intro(__("An answer was due by {0}.", [day]), "red");
	else if (frm.doc.status === "Open" && frm.doc.due_on) {
		frm.set_intro(__("The customer waits for an answer by {0}.", [day]), "blue");
	}
}

function offer_answer(frm) {
	frm.add_custom_button(__("Answer"), () => ask(frm)).addClass("btn-primary");
}

function ask(frm) {
	const dialog = new frappe.ui.Dialog({
		title: __("Answer"),
		fields: [text_of_answer(frm), ...(may_decide() ? fields_of_decision(frm) : [])],
		primary_action_label: __("Send to the Customer"),
		primary_action: (values) => {
			dialog.disable_primary_action();
			answer(frm, values)
				.then(() => dialog.hide())
				.finally(() => dialog.enable_primary_action());
		},
	});
	dialog.show();
}

function may_decide() {
	return DECIDING.some((role) => frappe.user.has_role(role));
}

function fields_of_decision(frm) {
	const amount = format_currency(frm.doc.amount, frm.doc.currency);
	const options = [
		{ value: "", label: __("Not decided yet: the line stays held") },
		{ value: "Kept", label: __("Kept: the line stays at {0}", [amount]) },
		{ value: "Changed", label: __("Changed: another amount") },
	];
	return [
		{ fieldname: "outcome", fieldtype: "Select", label: __("Outcome"), options },
		{
			fieldname: "new_amount",
			fieldtype: "Currency",
			label: __("New Amount ({0})", [frm.doc.currency]),
			// Of the form behind it.
			options: "currency",
			depends_on: 'eval:doc.outcome == "Changed"',
			mandatory_depends_on: 'eval:doc.outcome == "Changed"',
			description: __("The line was {0}. The next statement brings the difference.", [amount]),
		},
	];
}

function text_of_answer(frm) {
	return {
		fieldname: "answer",
		fieldtype: "Small Text",
		label: __("Answer"),
		reqd: 1,
		default: frm.doc.answer,
		description: __("In the words that the customer will read."),
	};
}

function answer(frm, { answer, outcome, new_amount }) {
	return frappe
		.xcall("sla_guard.disputes.answer", {
			dispute: frm.doc.name,
			answer,
			outcome: outcome || null,
			new_amount: outcome === "Changed" ? String(new_amount) : null,
		})
		.then(() => frm.reload_doc());
}
