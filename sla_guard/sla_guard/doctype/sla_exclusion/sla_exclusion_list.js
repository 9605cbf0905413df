frappe.listview_settings["SLA Exclusion"] = {
	add_fields: ["status"],
	has_indicator_for_draft: true,
	has_indicator_for_cancelled: true,

	get_indicator(exclusion) {
		const colour = { Claimed: "orange", Approved: "green", Rejected: "red" }[exclusion.status] || "gray";
		return [__(exclusion.status), colour, `status,=,${exclusion.status}`];
	},
};
