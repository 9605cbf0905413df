// What agents say and ask about an Issue's support contract.
frappe.ui.form.on("Issue", {
	setup(frm) {
		frm.set_query("sla_service", () => ({ filters: { disabled: 0 } }));
		frm.set_query("sla_contract", () => ({ filters: { docstatus: 1 } }));
	},

	refresh(frm) {
		frm.set_df_property("sla_state", "formatter", sla_guard.state_pill);
		if (frm.is_new() || !frm.doc.sla_state) return;
		const group = __("Support Contract");
		const add = (label, action) => frm.add_custom_button(label, action, group);
		if (frm.doc.sla_state !== "Void" && frm.perm[0].write) {
			add(__("Taken in Charge"), () => say(frm, "take_in_charge", __("Taken in Charge")));
			add(__("Service Restored"), () => say(frm, "restore_service", __("Service Restored")));
			add(__("Restoration Failed"), () => say(frm, "restoration_failed", __("Restoration Failed")));
			add(__("Outage"), () => report_outage(frm));
			add(__("Void"), () => say_void(frm));
		}
		add(__("Explain"), () => explain(frm));
	},
});

// ---- saying

// What is being edited in the form stays: only what the app shows of its clocks is read anew.
function record(frm, method, args) {
	const ticket = frm.doc.name;
	const shown = ["sla_state", "sla_next_due", "sla_outage"];
	return frappe
		.xcall(`sla_guard.helpdesk.actions.${method}`, { ticket, ...args })
		.then(() => frappe.db.get_value("Issue", ticket, shown))
		.then(({ message }) => {
			Object.assign(frm.doc, message);
			frm.refresh();
			frappe.show_alert({ message: __("Recorded"), indicator: "green" });
		});
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
	frappe.prompt(fields, (values) => record(frm, method, values), title, __("Record"));
}

function report_outage(frm) {
	const since = __("Empty: since the ticket was opened.");
	const fields = [
		{ fieldname: "at", fieldtype: "Datetime", label: __("Down Since"), description: since },
		{ fieldname: "everybody", fieldtype: "Check", label: __("For All Customers") },
		{ fieldname: "partial", fieldtype: "Check", label: __("Partial") },
		{ fieldname: "note", fieldtype: "Small Text", label: __("Note") },
	];
	frappe.prompt(fields, (values) => record(frm, "report_outage", values), __("Outage"), __("Record"));
}

function say_void(frm) {
	const description = __("Spam, a duplicate, not a ticket: it will count nowhere.");
	const label = __("Reason");
	const field = { fieldname: "reason", fieldtype: "Small Text", label, reqd: 1, description };
	frappe.prompt(field, (values) => record(frm, "void", values), __("Void"), __("Void"));
}

// ---- explaining

function explain(frm) {
	frappe.xcall("sla_guard.helpdesk.explain.explain", { ticket: frm.doc.name }).then((told) => {
		const dialog = new frappe.ui.Dialog({
			title: __("Why {0} is due when it is", [frm.doc.name]),
			size: "extra-large",
			fields: [{ fieldtype: "HTML", fieldname: "told" }],
		});
		dialog.fields_dict.told.$wrapper.html(
			clocks(told) + contracts(told) + stretches(told) + maintenance(told) + promises(told) + facts(told)
		);
		dialog.$wrapper.on("click", "[data-take-back]", (event) => {
			dialog.hide();
			take_back(frm, event.currentTarget.dataset.takeBack);
		});
		dialog.show();
	});
}

function take_back(frm, event) {
	const description = __("What was recorded stays readable, and counts no more.");
	const field = { fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1, description };
	const act = (values) => record(frm, "take_back", { event, ...values });
	frappe.prompt(field, act, __("Take Back"), __("Take Back"));
}

function contracts(told) {
	const rows = told.contracts.map((each) => [
		link("SLA Contract", each.contract, each.title),
		text(each.level),
		each.applies ? `<b>${text(each.outcome)}</b>` : text(each.outcome),
	]);
	const heads = [__("Contract"), __("Because Of"), __("Outcome")];
	return table(__("Contracts"), heads, rows, __("No contract is for this customer."));
}

function clocks(told) {
	const rows = told.clocks.map((each) => [
		named(each),
		`<span class="indicator-pill ${colour(each)}">${text(stands(each))}</span>`,
		__("{0} of {1}", [hours(each.used), hours(each.target)]),
		text(each.started),
		text(each.due),
		text(each.stopped),
		text(each.breached_at),
	]);
	const heads = [__("Clock"), __("State"), __("Used"), __("Started"), __("Due"), __("Stopped"), __("Breached At")];
	return table(__("Clocks"), heads, rows, __("No clock runs: nothing is promised for this ticket."));
}

function stretches(told) {
	const rows = told.clocks.flatMap((clock) =>
		lived(clock).map((each) => [
			named(clock),
			text(each.start),
			text(each.end),
			text([each.state, each.status, each.reason].filter(Boolean).join(", ")),
		])
	);
	return rows.length ? table(__("How the Time Was Counted"), [__("Clock"), __("From"), __("To"), __("State")], rows) : "";
}

function maintenance(told) {
	const rows = told.maintenance.map((each) => [text(each.start), text(each.end), text(each.service)]);
	const heads = [__("From"), __("To"), __("Service")];
	return rows.length ? table(__("Announced Maintenance"), heads, rows) : "";
}

function promises(told) {
	const rows = told.clocks.flatMap((clock) =>
		clock.promises.map((each) => [named(clock), text(each.due), text(each.until), text(each.replaced)])
	);
	const heads = [__("Clock"), __("Was Due"), __("Until"), __("Measured Anew")];
	return rows.length ? table(__("Promised Before"), heads, rows) : "";
}

function facts(told) {
	const replaced = new Set(told.facts.map((each) => each.replaces));
	const rows = told.facts.map((each) => {
		const cells = [each.at, each.kind, each.says, each.cause, each.by, each.reason].map(text);
		if (replaced.has(each.name)) return [...cells.map((cell) => `<s>${cell}</s>`), ""];
		return [...cells, each.by_hand && may_take_back() ? take_back_button(each) : ""];
	});
	const heads = [__("At"), __("Fact"), __("Value"), __("Cause"), __("By"), __("Reason"), ""];
	return table(__("What Happened"), heads, rows, __("Nothing was recorded of this ticket."));
}

function may_take_back() {
	return frappe.user.has_role(["SLA Manager", "System Manager"]);
}

function take_back_button(fact) {
	return `<button class="btn btn-default btn-xs" data-take-back="${text(fact.name)}">${__("Take Back")}</button>`;
}

// ---- how it looks

function named(clock) {
	return text(clock.cycle > 1 ? `${clock.metric} ${clock.cycle}` : clock.metric);
}

function stands(clock) {
	if (clock.verdict) return clock.verdict;
	return clock.breached_at ? `${clock.state}, ${__("breached")}` : clock.state;
}

// All but how it stands since it was stopped.
function lived(clock) {
	return clock.stopped ? clock.stretches.slice(0, -1) : clock.stretches;
}

function colour(clock) {
	if (clock.breached_at) return "red";
	if (clock.stopped) return "green";
	if (clock.due) return "blue";
	// Of what stands still, only a pause has a reason.
	return clock.stretches.at(-1)?.reason ? "orange" : "gray";
}

// Support time as h:mm, however many hours.
function hours(seconds) {
	return `${Math.floor(seconds / 3600)}:${String(Math.floor((seconds % 3600) / 60)).padStart(2, "0")}`;
}

function text(value) {
	return frappe.utils.escape_html(value || "");
}

function link(doctype, name, title) {
	return `<a href="${frappe.utils.get_form_link(doctype, name)}">${text(title)}</a> <small>${text(name)}</small>`;
}

function table(title, heads, rows, empty) {
	if (!rows.length) return `<h5>${title}</h5><p class="text-muted">${empty}</p>`;
	const cells = (row, tag) => row.map((cell) => `<${tag}>${cell}</${tag}>`).join("");
	const body = rows.map((row) => `<tr>${cells(row, "td")}</tr>`).join("");
	return `<h5>${title}</h5><table class="table table-bordered table-sm">
		<thead><tr>${cells(heads, "th")}</tr></thead><tbody>${body}</tbody></table>`;
}
