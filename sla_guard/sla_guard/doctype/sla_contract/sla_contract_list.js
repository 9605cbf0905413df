frappe.listview_settings["SLA Contract"] = {
	add_fields: ["applies_to", "customer_group", "territory", "effective_to", "time_zone", "starts_us", "ends_us"],

	// Of a submitted one. In force is no field: the dates say it, at this moment.
	get_indicator(contract) {
		if (contract.docstatus !== 1) return;
		const now = Date.now() * 1000;
		if (contract.starts_us > now) return [__("Not Yet"), "blue", "docstatus,=,1"];
		if (!contract.ends_us || contract.ends_us > now) return [__("In Force"), "green", "docstatus,=,1"];
		if (contract.ends_us < end_of_last_day(contract)) return [__("Superseded"), "gray", "docstatus,=,1"];
		return [__("Ended"), "gray", "docstatus,=,1"];
	},

	formatters: {
		customer(value, df, contract) {
			const party = value || contract.customer_group || contract.territory;
			return `<span class="ellipsis">${frappe.utils.escape_html(party || __(contract.applies_to))}</span>`;
		},
	},
};

function end_of_last_day(contract) {
	if (!contract.effective_to) return Infinity;
	return moment.tz(contract.effective_to, contract.time_zone).add(1, "day").valueOf() * 1000;
}
