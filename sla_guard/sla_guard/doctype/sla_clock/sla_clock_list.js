frappe.listview_settings["SLA Clock"] = {
	hide_name_column: true,
	add_fields: ["state", "verdict", "cycle"],

	get_indicator(clock) {
		if (clock.verdict === "missed") return [__("Missed"), "red", "verdict,=,missed"];
		if (clock.verdict === "met") return [__("Met"), "green", "verdict,=,met"];
		const filter = `state,=,${clock.state}`;
		// Missed already, and still owed.
		if (clock.breached_at && ["running", "paused"].includes(clock.state)) return [__("Breached"), "red", filter];
		const looks = {
			running: [__("Running"), "blue"],
			paused: [__("Paused"), "orange"],
			withdrawn: [__("Withdrawn"), "gray"],
			void: [__("Void"), "gray"],
		};
		return [...(looks[clock.state] || [__(clock.state), "gray"]), filter];
	},

	formatters: {
		metric(value, df, clock) {
			const metric = __(value, null, "SLA Clock");
			return `<span class="ellipsis">${clock.cycle > 1 ? `${metric} ${clock.cycle}` : metric}</span>`;
		},
	},
};
