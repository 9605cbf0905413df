frappe.listview_settings["SLA Recompute"] = {
	add_fields: ["status"],
	get_indicator: (doc) => {
		const colours = { Draft: "gray", Previewing: "yellow", Previewed: "blue", Applying: "yellow", Applied: "green" };
		return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
	},
};
