const COLOURS = {
	"To Be Called": "orange",
	Called: "orange",
	Acknowledged: "green",
	Answered: "green",
	"Not Acknowledged": "red",
	"Nobody on Duty": "red",
	"Called Off": "gray",
};

frappe.listview_settings["SLA Page"] = {
	hide_name_column: true,
	get_indicator: (page) => [__(page.state), COLOURS[page.state], `state,=,${page.state}`],
};
