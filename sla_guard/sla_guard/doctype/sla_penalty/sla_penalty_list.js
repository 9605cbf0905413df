// Several are approved at once by Submit in the menu of actions.
frappe.listview_settings["SLA Penalty"] = {
	add_fields: ["status"],
	has_indicator_for_draft: true,
	has_indicator_for_cancelled: true,

	get_indicator(penalty) {
		const colour = { Draft: "orange", Approved: "green", Credited: "blue" }[penalty.status] || "gray";
		return [__(penalty.status), colour, `status,=,${penalty.status}`];
	},
};
