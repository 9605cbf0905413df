frappe.listview_settings["SLA Back-fill"] = {
	add_fields: ["status", "failed"],

	get_indicator(back_fill) {
		const colours = { Draft: "gray", Stopped: "orange", Done: back_fill.failed ? "red" : "green" };
		return [__(back_fill.status), colours[back_fill.status] || "blue", `status,=,${back_fill.status}`];
	},
};
