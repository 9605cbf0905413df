// What agents say and ask about an Issue's support contract.
frappe.ui.form.on("Issue", {
	refresh(frm) {
		frm.set_query("sla_service", () => ({ filters: { disabled: 0 } }));
		frm.set_query("sla_contract", () => ({ filters: { docstatus: 1 } }));
		if (frm.is_new() || !frm.doc.sla_state) return;
		const group = __("Support Contract");
		const add = (label, action) => frm.add_custom_button(label, action, group);
		add(__("Explain"), () => explain(frm));
		if (frm.doc.sla_state === "Void" || !frm.perm[0].write) return;
		add(__("Taken in Charge"), () => say(frm, "take_in_charge", __("Taken in Charge")));
		add(__("Service Restored"), () => say(frm, "restore_service", __("Service Restored")));
		add(__("Restoration Failed"), () => say(frm, "restoration_failed", __("Restoration Failed")));
		add(__("Void"), () => say_void(frm));
	},
});

function call(frm, method, args) {
	return frappe
		.xcall(`sla_guard.helpdesk.${method}`, { ticket: frm.doc.name, ...args })
		.then((answer) => frm.reload_doc().then(() => answer));
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
	frappe.prompt(fields, (values) => call(frm, `actions.${method}`, values), title, __("Record"));
}

function say_void(frm) {
	const field = {
		fieldname: "reason",
		fieldtype: "Small Text",
		label: __("Reason"),
		reqd: 1,
		description: __("Spam, a duplicate, not a ticket: it will count nowhere."),
	};
	frappe.prompt(field, (values) => call(frm, "actions.void", values), __("Void"), __("Void"));
}

function explain(frm) {
	frappe.xcall("sla_guard.helpdesk.explain.explain", { ticket: frm.doc.name }).then((told) => {
		const dialog = new frappe.ui.Dialog({
			title: __("Why {0} is due when it is", [frm.doc.name]),
			size: "extra-large",
			fields: [{ fieldtype: "HTML", fieldname: "told" }],
		});
		dialog.fields_dict.told.$wrapper.html(
			section(__("Contracts"), contract_rows(told.contracts)) +
				section(__("Clocks"), clock_rows(told.clocks)) +
				section(__("What Happened"), fact_rows(told.facts))
		);
		dialog.show();
	});
}

function section(title, rows) {
	const cells = (row, tag) => row.map((cell) => `<${tag}>${frappe.utils.escape_html(cell || "")}</${tag}>`).join("");
	const [head, ...body] = rows;
	return `<h5>${title}</h5><table class="table table-bordered table-sm"><thead><tr>${cells(head, "th")}</tr></thead>
		<tbody>${body.map((row) => `<tr>${cells(row, "td")}</tr>`).join("")}</tbody></table>`;
}

function contract_rows(contracts) {
	const rows = contracts.map((each) => [`${each.title} (${each.contract})`, each.level, each.outcome]);
	return [[__("Contract"), __("Because Of"), __("Outcome")], ...rows];
}

function clock_rows(clocks) {
	const time = (seconds) => frappe.utils.get_formatted_duration(seconds, { hide_days: 1 }) || "0";
	const rows = clocks.map((each) => [
		each.cycle > 1 ? `${each.metric} ${each.cycle}` : each.metric,
		[each.state, each.verdict].filter(Boolean).join(", "),
		time(each.target),
		time(each.used),
		each.due,
		each.breached_at,
		each.stopped,
	]);
	const head = [__("Clock"), __("State"), __("Target"), __("Used"), __("Due"), __("Breached At"), __("Stopped")];
	return [head, ...rows];
}

function fact_rows(facts) {
	const rows = facts.map((each) => [each.at, each.kind, each.says, each.cause, each.by, each.reason]);
	return [[__("At"), __("Fact"), __("Value"), __("Cause"), __("By"), __("Reason")], ...rows];
}
