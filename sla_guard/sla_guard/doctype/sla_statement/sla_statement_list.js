frappe.listview_settings["SLA Statement"] = {
	add_fields: ["status"],
	get_indicator: (doc) => {
		const colours = {
			Draft: "orange",
			Approved: "blue",
			Sent: "green",
			"Not Sent": "red",
			Credited: "purple",
			Cancelled: "gray",
		};
		return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
	},
};
