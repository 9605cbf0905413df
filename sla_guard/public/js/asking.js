// Asking before a save that would pause a clock, or close what nobody answered: sla_guard.ask_first(frm) on the form,
// sla_guard.ask_before_many(list) for what the menu of the list does to many tickets. What the server cannot answer holds
// up nothing.

frappe.provide("sla_guard");

sla_guard.waiting_for = (reason) =>
	({
		customer: __("waiting for the customer"),
		vendor: __("waiting for a vendor"),
		internal: __("waiting for ourselves"),
		"planned maintenance": __("planned maintenance"),
	})[reason] || reason;

// What saving the form as it is, with these values, would do to each clock.
sla_guard.foresee = (frm, changed = {}) => {
	const fields = ["status", "priority", "sla_service", "issue_type", "customer", "sla_contract"];
	const values = { ...Object.fromEntries(fields.map((field) => [field, frm.doc[field] || ""])), ...changed };
	return frappe.xcall("sla_guard.helpdesk.foresee.foresee", { ticket: frm.doc.name, values });
};

sla_guard.effects_list = (effects) =>
	`<ul class="sla-effects">${effects
		.map((effect) => `<li>${frappe.utils.escape_html(effect)}</li>`)
		.join("")}</ul>`;

// Whether to go on.
sla_guard.confirm_effects = (question, effects) =>
	new Promise((answer) => {
		frappe.confirm(
			`${question}${sla_guard.effects_list(effects)}`,
			() => answer(true),
			() => answer(false)
		);
	});

// before_save. Asks the server only where the status is one that is worth it.
sla_guard.ask_first = (frm) => {
	const told = frm.doc.__onload?.sla;
	const { status } = frm.doc;
	if (frm.is_new() || frm.sla_told_of === status || !told?.asks?.includes(status)) return Promise.resolve();
	const question = __("Set the ticket to {0}?", [`<b>${frappe.utils.escape_html(__(status))}</b>`]);
	return sla_guard.foresee(frm).then(
		({ ask, effects }) => (ask ? sla_guard.confirm_effects(question, effects) : true),
		() => true
	).then((yes) => {
		if (yes) return;
		frappe.validated = false;
		// Else the next save would ask again, about something else maybe.
		frm.set_value("status", told.status);
	});
};

sla_guard.ask_before_many = (() => {
	const SETS_STATUS = "erpnext.support.doctype.issue.issue.set_multiple_status";
	return ask_before_many;

	function ask_before_many(list) {
		const as_usual = list.call_for_selected_items.bind(list);
		list.call_for_selected_items = (method, args = {}) =>
			method === SETS_STATUS
				? asked(list.get_checked_items(true), args.status).then((yes) => yes && as_usual(method, args))
				: as_usual(method, args);
		$(document).on("shown.bs.modal", () => {
			if (window.cur_list === list) ask_in_edit(window.cur_dialog, list);
		});
	}

	function asked(tickets, status) {
		return look_at(tickets, { status }, tickets.length).then(
			(told) => !told?.ask || sla_guard.confirm_effects(question(tickets, status), told.effects),
			() => true
		);
	}

	// One request for all of them, or for as many as the server looks at at once; the next one goes on from there.
	function look_at(tickets, values, count, found) {
		return frappe
			.call({
				method: "sla_guard.helpdesk.foresee.foresee_all",
				args: { tickets, values, found },
				freeze: true,
				freeze_message: found && __("{0} of {1} tickets looked at", [count - tickets.length, count]),
			})
			.then(({ message }) =>
				message?.left ? look_at(message.left, values, count, message.found) : message
			);
	}

	function question({ length }, status) {
		const said = `<b>${frappe.utils.escape_html(__(status))}</b>`;
		return length > 1 ? __("Set {0} tickets to {1}?", [`<b>${length}</b>`, said]) : __("Set the ticket to {0}?", [said]);
	}

	// "Edit", the framework's own, knows no listener: its button does what it did, once it is answered.
	function ask_in_edit(dialog, list) {
		const { field, value } = dialog?.fields_dict || {};
		if (!field || !value || dialog.sla_asks || !dialog.primary_action) return;
		const update = dialog.primary_action;
		dialog.sla_asks = true;
		dialog.set_primary_action(dialog.primary_action_label, (values) => {
			if (!is_status(dialog.get_value("field"), list)) return update(values);
			return asked(list.get_checked_items(true), values.value).then((yes) => yes && update(values));
		});
	}

	// The field is chosen by its label, followed by the DocType on newer desks.
	function is_status(label, { doctype }) {
		const own = frappe.meta.get_docfield(doctype, "status").label;
		return [own, `${own} (${doctype})`].includes(label);
	}
})();
