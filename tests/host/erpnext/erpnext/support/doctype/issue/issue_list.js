// Stand-in for ERPNext, for tests without it: the list opens with what is open, and its menu sets the status of many.
frappe.listview_settings["Issue"] = {
	add_fields: ["priority"],
	filters: [["status", "=", "Open"]],
	onload(list) {
		const method = "erpnext.support.doctype.issue.issue.set_multiple_status";
		for (const [label, status] of [
			[__("Set as Open"), "Open"],
			[__("Set as Closed"), "Closed"],
		]) {
			list.page.add_action_item(label, () => list.call_for_selected_items(method, { status }));
		}
	},
};
