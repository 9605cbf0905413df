frappe.listview_settings["SLA Notice"] = {
	hide_name_column: true,
	add_fields: ["state"],

	get_indicator(row) {
		const colours = { Waiting: "blue", "Being Told": "blue", Told: "green", "Not Told": "gray", Failed: "red" };
		return [__(row.state, null, "SLA Notice"), colours[row.state] || "gray", `state,=,${row.state}`];
	},
};
