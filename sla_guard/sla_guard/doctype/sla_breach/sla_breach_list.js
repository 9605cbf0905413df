frappe.listview_settings["SLA Breach"] = {
	hide_name_column: true,
	add_fields: ["state"],

	get_indicator(breach) {
		const colour = { Open: "red", Excluded: "orange", Waived: "blue" }[breach.state] || "gray";
		return [__(breach.state), colour, `state,=,${breach.state}`];
	},
};
