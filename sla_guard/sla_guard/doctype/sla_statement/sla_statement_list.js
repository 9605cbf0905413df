frappe.listview_settings["SLA Statement"] = {
	add_fields: ["status"],
	get_indicator: (doc) => {
		const colours = {
			Approved: "blue",
			Sent: "green",
			"Not Sent": "red",
			Accepted: "cyan",
			Credited: "purple",
		};
		return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
	},
};
