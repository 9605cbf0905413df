frappe.listview_settings["SLA Notification Rule"] = {
	add_fields: ["enabled"],

	get_indicator(rule) {
		return rule.enabled ? [__("Enabled"), "green", "enabled,=,1"] : [__("Disabled"), "gray", "enabled,=,0"];
	},

	formatters: {
		percent: (value) => `<span class="ellipsis">${value} %</span>`,
		metric(value) {
			const metric = value ? __(value, null, "SLA Clock") : __("Response and resolution");
			return `<span class="ellipsis">${metric}</span>`;
		},
	},
};
