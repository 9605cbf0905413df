// What people do about a ticket's support contract: sla_guard.actions_on(frm, told), for the row under the cards and for
// the menu.

frappe.provide("sla_guard");

// What is being edited in the form stays: only what the app shows of its clocks is read anew.
sla_guard.record = (frm, method, args) =>
	frappe
		.xcall(`sla_guard.helpdesk.actions.${method}`, { ticket: frm.doc.name, ...args })
		.then(() => sla_guard.read_anew(frm))
		.then(() => frappe.show_alert({ message: __("Recorded"), indicator: "green" }));

sla_guard.actions_on = (() => {
	return actions_on;

	// `fits`: it makes sense as the ticket stands; the menu has the others too, since the server decides in the end.
	function actions_on(frm, told) {
		const may = told.may || {};
		const can = may.write ? recorded(frm, told, may) : [];
		return [...can, { key: "explain", label: __("Explain"), fits: told.tracked, act: (_event, metric) => explain(frm, metric) }];
	}

	function recorded(frm, told, may) {
		const pauses = waits(told);
		return [
			{
				key: "service",
				label: __("Choose Service"),
				fits: told.to_be_qualified || told.state === "Not Covered",
				urgent: told.to_be_qualified,
				act: () => choose_service(frm),
			},
			said(frm, "take_in_charge", __("Taken in Charge"), may.take_in_charge),
			{ key: "wait", label: __("Wait For…"), fits: may.wait && pauses.length, act: () => wait(frm, pauses) },
			said(frm, "restore_service", __("Service Restored"), may.restore_service),
			said(frm, "restoration_failed", __("Restoration Failed"), may.restoration_failed),
			{ key: "outage", label: __("Outage"), fits: may.report_outage, act: () => report_outage(frm) },
			...(may.claim || []).map((breach) => claim(breach, may.claim.length)),
			may.override_contract && {
				key: "contract",
				label: __("Name Contract"),
				fits: true,
				act: () => name_contract(frm),
			},
			{ key: "void", label: __("Void"), fits: may.void, act: () => say_void(frm) },
		].filter(Boolean);
	}

	function said(frm, method, label, fits) {
		return { key: method, label, fits, act: () => say(frm, method, label) };
	}

	function say(frm, method, title) {
		const fields = [
			{ fieldname: "at", fieldtype: "Datetime", label: __("At"), description: __("Empty: now.") },
			{
				fieldname: "reason",
				fieldtype: "Small Text",
				label: __("Reason"),
				depends_on: "eval:doc.at",
				mandatory_depends_on: "eval:doc.at",
				description: __("Why it is recorded only now."),
			},
		];
		frappe.prompt(fields, (values) => sla_guard.record(frm, method, values), title, __("Record"));
	}

	function report_outage(frm) {
		const since = __("Empty: since the ticket was opened.");
		const fields = [
			{ fieldname: "at", fieldtype: "Datetime", label: __("Down Since"), description: since },
			{ fieldname: "everybody", fieldtype: "Check", label: __("For All Customers") },
			{ fieldname: "partial", fieldtype: "Check", label: __("Partial") },
			{ fieldname: "note", fieldtype: "Small Text", label: __("Note") },
		];
		const act = (values) => sla_guard.record(frm, "report_outage", values);
		frappe.prompt(fields, act, __("Outage"), __("Record"));
	}

	function say_void(frm) {
		const description = __("Spam, a duplicate, not a ticket: it will count nowhere.");
		const label = __("Reason");
		const field = { fieldname: "reason", fieldtype: "Small Text", label, reqd: 1, description };
		frappe.prompt(field, (values) => sla_guard.record(frm, "void", values), __("Void"), __("Void"));
	}

	function explain(frm, metric) {
		sla_guard.explain(frm.doc.name, (event) => take_back(frm, event), metric);
	}

	function take_back(frm, event) {
		const description = __("What was recorded stays readable, and counts no more.");
		const field = { fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1, description };
		const act = (values) => sla_guard.record(frm, "take_back", { event, ...values });
		frappe.prompt(field, act, __("Take Back"), __("Take Back"));
	}

	// ---- what is a field of the Issue is saved with it

	function choose_service(frm) {
		const field = {
			...link("service", "SLA Service", __("Service"), { disabled: 0 }),
			default: frm.doc.sla_service,
			description: __("The service that the ticket is about."),
			reqd: 1,
		};
		const act = ({ service }) => save_with(frm, "sla_service", service);
		frappe.prompt(field, act, __("Choose Service"), __("Save"));
	}

	function name_contract(frm) {
		const field = {
			...link("contract", "SLA Contract", __("Contract Named by Hand"), { docstatus: 1 }),
			default: frm.doc.sla_contract,
			description: __("Empty: the most specific contract of the customer applies."),
		};
		const act = ({ contract }) => save_with(frm, "sla_contract", contract || null);
		frappe.prompt(field, act, __("Name Contract"), __("Save"));
	}

	function link(fieldname, options, label, filters) {
		return { fieldname, fieldtype: "Link", options, label, get_query: () => ({ filters }) };
	}

	function save_with(frm, field, value) {
		return frm.set_value(field, value).then(() => frm.save());
	}

	function claim(breach, of_how_many) {
		const metric = __(breach.metric, null, "SLA Clock");
		return {
			key: "claim",
			label: of_how_many > 1 ? __("Claim Exclusion: {0}", [metric]) : __("Claim Exclusion"),
			fits: true,
			act: () => frappe.new_doc("SLA Exclusion", { breach: breach.name }),
		};
	}

	// ---- waiting

	// The statuses that pause a clock by the contract, each with why and which clocks.
	function waits(told) {
		const by_status = {};
		for (const each of told.pauses || []) (by_status[each.status] ||= []).push(each);
		delete by_status[told.status];
		return Object.entries(by_status).map(([status, rows]) => ({
			value: status,
			label: `${__(status)}: ${rows.map(({ reason }) => sla_guard.waiting_for(reason)).join(", ")}`,
		}));
	}

	function wait(frm, pauses) {
		const dialog = new frappe.ui.Dialog({
			title: __("Wait For…"),
			fields: [
				{ fieldname: "status", fieldtype: "Select", label: __("Status"), options: pauses, reqd: 1 },
				{ fieldname: "effects", fieldtype: "HTML" },
				{
					fieldname: "note",
					fieldtype: "Small Text",
					label: __("Note"),
					description: __("What is waited for; kept as a comment on the ticket."),
				},
			],
			primary_action_label: __("Save"),
			primary_action: (values) => {
				dialog.hide();
				start_waiting(frm, values);
			},
		});
		dialog.fields_dict.status.df.onchange = () => foretell(frm, dialog);
		dialog.set_value("status", pauses[0].value).then(() => foretell(frm, dialog));
		dialog.show();
	}

	function foretell(frm, dialog) {
		const status = dialog.get_value("status");
		const show = ({ effects }) => dialog.fields_dict.effects.$wrapper.html(sla_guard.effects_list(effects));
		if (status) sla_guard.foresee(frm, { status }).then(show);
	}

	function start_waiting(frm, { status, note }) {
		frm.sla_told_of = status;
		return save_with(frm, "status", status)
			.then(() => note && comment(frm, note))
			.finally(() => delete frm.sla_told_of);
	}

	function comment(frm, note) {
		const about = { reference_doctype: frm.doctype, reference_name: frm.doc.name };
		const by = { comment_email: frappe.session.user, comment_by: frappe.session.user_fullname };
		const content = frappe.utils.escape_html(note);
		return frappe
			.xcall("frappe.desk.form.utils.add_comment", { ...about, ...by, content })
			.then(() => frm.reload_doc());
	}
})();
