// What the customer is told and owed, and how it gets there.
frappe.ui.form.on("SLA Statement", {
	setup(frm) {
		// Where the form lists the invoice, a new one is made by that button too, and only while it is there.
		frm.custom_make_buttons = { "Sales Invoice": "Make Credit Note" };
	},

	refresh(frm) {
		draw_overview(frm);
		show_delivery(frm);
		offer_recalculation(frm);
		offer_approval(frm);
		offer_comparison(frm);
		offer_sending(frm);
		offer_credit_note(frm);
		offer_dispute(frm);
	},
});

// ---- what it says

function draw_overview(frm) {
	const field = frm.get_field("overview");
	if (!frm.doc.figures) return field.html("");
	const drawn = frm.doc.name;
	frappe.xcall("sla_guard.statements.printing.overview", { statement: drawn }).then((html) => {
		// Another statement may be shown by now.
		if (frm.doc.name === drawn) field.html(html);
	});
}

function offer_recalculation(frm) {
	if (frm.doc.docstatus !== 0 || frm.is_new() || !frm.perm[0]?.write) return;
	const method = "sla_guard.sla_guard.doctype.sla_statement.sla_statement.recalculate";
	frm.add_custom_button(__("Recalculate"), () => {
		frappe.xcall(method, { statement: frm.doc.name }).then(() => frm.reload_doc());
	});
}

function offer_approval(frm) {
	const penalties = (frm.doc.lines || []).map((line) => line.penalty).filter(Boolean);
	if (frm.doc.docstatus !== 0 || !penalties.length || !frappe.model.can_submit("SLA Penalty")) return;
	const waiting = { name: ["in", penalties], docstatus: 0 };
	frappe.db.count("SLA Penalty", { filters: waiting }).then((count) => {
		if (!count) return;
		frm.add_custom_button(__("Approve {0} Penalties", [count]), () => {
			frappe.confirm(__("Approve {0} penalties as they stand?", [count]), () => approve_penalties(frm));
		});
	});
}

function approve_penalties(frm) {
	const method = "sla_guard.sla_guard.doctype.sla_statement.sla_statement.approve_penalties";
	frappe.xcall(method, { statement: frm.doc.name }).then((count) => {
		frappe.show_alert({ message: __("{0} penalties are approved.", [count]), indicator: "green" });
		frm.reload_doc();
	});
}

function offer_comparison(frm) {
	if (frm.doc.docstatus !== 1 || !frm.perm[0]?.write) return;
	const method = "sla_guard.sla_guard.doctype.sla_statement.sla_statement.changes";
	frm.add_custom_button(__("Compare With Today"), () => {
		frappe.xcall(method, { statement: frm.doc.name }).then(show_changes);
	});
}

function show_changes(changes) {
	const escape = frappe.utils.escape_html;
	const row = (each) => `<tr><td>${escape(each.label)}</td><td>${each.told}</td><td>${each.now}</td></tr>`;
	const head = `<tr><th></th><th>${__("Told")}</th><th>${__("Now")}</th></tr>`;
	const table = `<table class="table table-bordered">${head}${changes.map(row).join("")}</table>`;
	const note = __("The statement stays as it is; a difference of its amounts is a line of the next one.");
	frappe.msgprint({
		title: __("Compare With Today"),
		message: changes.length ? `${table}<p>${note}</p>` : __("It would say the same today."),
	});
}

// ---- to the customer

function show_delivery(frm) {
	if (frm.doc.docstatus !== 1) return;
	if (frm.doc.not_sent_because) frm.set_intro(frappe.utils.escape_html(frm.doc.not_sent_because), "red");
	else if (!frm.doc.sent_on) frm.set_intro(__("It will be sent to the customer in a moment."), "blue");
	if (flt(frm.doc.held)) {
		const held = format_currency(frm.doc.held, frm.doc.currency);
		frm.set_intro(__("{0} is held: disputed, or left to the next statement.", [held]), "orange");
	}
}

function offer_sending(frm) {
	if (frm.doc.docstatus !== 1 || !frm.perm[0]?.submit) return;
	const label = frm.doc.sent_on ? __("Send Again") : __("Send Now");
	frm.add_custom_button(label, () => {
		frappe.confirm(__("Mail this statement to the contacts of its contract?"), () => send(frm));
	});
}

function send(frm) {
	frappe.xcall("sla_guard.statements.delivery.send_again", { statement: frm.doc.name }).then(() => {
		frappe.show_alert({ message: __("It will be sent in a moment."), indicator: "green" });
	});
}

// ---- to the invoice that credits it

function offer_credit_note(frm) {
	const owes = frm.doc.docstatus === 1 && frm.doc.status !== "Credited" && frm.doc.amount_due > flt(frm.doc.held);
	if (owes && frappe.model.can_create("Sales Invoice")) {
		frm.add_custom_button(__("Make Credit Note"), () => credit(frm));
	}
}

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
	return frappe.call(`sla_guard.statements.credit_note.${method}`, args).then(({ message }) => message);
}

// ---- what the customer says to it

// By telephone or letter; customers do it themselves in the portal.
function offer_dispute(frm) {
	if (frm.doc.docstatus !== 1 || frm.doc.accepted_on || !frm.perm[0]?.write) return;
	frm.add_custom_button(__("Dispute a Line"), () => {
		frappe.xcall("sla_guard.disputes.lines_of", { statement: frm.doc.name }).then((lines) => {
			ask_for_line(frm, lines.filter((line) => line.may_dispute));
		});
	});
}

function ask_for_line(frm, lines) {
	if (!lines.length) return frappe.msgprint(__("There is no line that could be disputed."));
	const label = (line) => [line.ticket, line.title, format_currency(line.amount, line.currency)];
	const options = lines.map((line) => ({ value: line.key, label: label(line).filter(Boolean).join(", ") }));
	const fields = [
		{ fieldname: "line_key", fieldtype: "Select", label: __("Line"), options, reqd: 1, default: lines[0].key },
		{ fieldname: "reason", fieldtype: "Small Text", label: __("What the Customer Says"), reqd: 1 },
	];
	const dispute = (values) =>
		frappe
			.xcall("sla_guard.disputes.open_dispute", { statement: frm.doc.name, ...values })
			.then((name) => frappe.set_route("Form", "SLA Dispute", name));
	frappe.prompt(fields, dispute, __("Dispute a Line"), __("Dispute"));
}
