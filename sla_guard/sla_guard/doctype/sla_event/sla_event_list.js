// The column that says what a fact says; one of no other kind says it all by its kind.
const SAYING = {
	opened: "status",
	status: "status",
	responded: "answer",
	priority: "priority",
	"issue type": "issue_type",
	service: "service",
	customer: "customer",
	contract: "named_contract",
};

frappe.listview_settings["SLA Event"] = {
	hide_name_column: true,
	add_fields: Object.values(SAYING),

	formatters: {
		kind(value, df, event) {
			const said = event[SAYING[value]];
			const text = said ? `${__(value)}: ${__(said)}` : __(value);
			return `<span class="ellipsis">${frappe.utils.escape_html(text)}</span>`;
		},
		cause: (value) => `<span class="ellipsis">${__(value)}</span>`,
	},
};
