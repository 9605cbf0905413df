frappe.listview_settings["SLA Alert"] = {
	hide_name_column: true,
	add_fields: ["state"],

	get_indicator(row) {
		const colours = { Waiting: "blue", "Being Told": "blue", Told: "green", "Not Told": "gray", Failed: "red" };
		return [__(row.state, null, "SLA Alert"), colours[row.state] || "gray", `state,=,${row.state}`];
	},

	formatters: {
		percent: (value) => `<span class="ellipsis">${value} %</span>`,
		metric: (value) => `<span class="ellipsis">${__(value, null, "SLA Clock")}</span>`,
	},
};
