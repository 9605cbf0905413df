// What waits for an answer, and whether it waits for too long.
frappe.listview_settings["SLA Dispute"] = {
	add_fields: ["status", "outcome", "due_on"],
	hide_name_column: true,

	get_indicator(dispute) {
		if (dispute.status === "Closed") {
			const colour = { Kept: "blue", Changed: "green", Withdrawn: "gray" }[dispute.outcome];
			return [__(dispute.outcome), colour, `outcome,=,${dispute.outcome}`];
		}
		const late = dispute.due_on && dispute.due_on < frappe.datetime.get_today();
		if (late) {
			const filter = `status,!=,Closed|due_on,<,${frappe.datetime.get_today()}`;
			return [__("Overdue"), "red", filter];
		}
		return [__(dispute.status), dispute.status === "Open" ? "orange" : "yellow", `status,=,${dispute.status}`];
	},
};
