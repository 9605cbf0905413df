frappe.listview_settings["SLA Simulation"] = {
	add_fields: ["state"],

	get_indicator(simulation) {
		const colors = { Draft: "gray", Reading: "blue", Running: "blue", Finished: "green", Failed: "red" };
		return [__(simulation.state), colors[simulation.state], `state,=,${simulation.state}`];
	},
};
