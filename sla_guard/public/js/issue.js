// What agents see of an Issue's support contract, and do about it.
{% include "sla_guard/public/js/explain.js" %}
{% include "sla_guard/public/js/on_call.js" %}
{% include "sla_guard/public/js/clocks.js" %}
{% include "sla_guard/public/js/asking.js" %}
{% include "sla_guard/public/js/acting.js" %}
{% include "sla_guard/public/js/watching.js" %}
{% include "sla_guard/public/js/panel.js" %}

frappe.ui.form.on("Issue", {
	setup(frm) {
		let_no_calendar_write(frm);
		frm.set_query("sla_service", () => ({ filters: { disabled: 0 } }));
		frm.set_query("sla_contract", () => ({ filters: { docstatus: 1 } }));
	},

	refresh(frm) {
		frm.set_df_property("sla_state", "formatter", sla_guard.state_pill);
		frm.sla_outdated = false;
		sla_guard.show_panel(frm);
		const told = frm.doc.__onload?.sla;
		if (frm.is_new() || !told?.tracked) return;
		const group = __("Support Contract");
		sla_guard.actions_on(frm, told).forEach(({ label, act }) => frm.add_custom_button(label, act, group));
	},

	before_save: (frm) => sla_guard.ask_first(frm),
});

// A calendar that knows no seconds, or a desk that shows none, would cut them off Reported At when it is drawn: the ticket
// would look edited, though nobody may.
function let_no_calendar_write(frm) {
	const control = frm.fields_dict.sla_reported_at;
	if (!control) return;
	const write = control.set_model_value.bind(control);
	control.set_model_value = (value) => (frm.is_new() ? write(value) : Promise.resolve());
}
