// ERPNext has settings of its own for this list: these are added to them.
frappe.provide("sla_guard");

sla_guard.STATE_COLOURS = {
	Running: "blue",
	Paused: "orange",
	Breached: "red",
	Missed: "red",
	Met: "green",
	"To Be Qualified": "yellow",
	Error: "red",
};

sla_guard.state_pill = (state) => {
	if (!state) return "";
	const colour = sla_guard.STATE_COLOURS[state] || "gray";
	return `<span class="indicator-pill ${colour} ellipsis">${frappe.utils.escape_html(__(state))}</span>`;
};

{
	const settings = (frappe.listview_settings["Issue"] ||= {});
	settings.formatters = {
		...settings.formatters,
		sla_state: (value) => {
			const filter = frappe.utils.escape_html(`sla_state,=,${value}`);
			return `<span class="filterable" data-filter="${filter}">${sla_guard.state_pill(value)}</span>`;
		},
	};
}
