// What the reports share: their filters, total rows, and a button beside each ticket that explains it.
{% include "sla_guard/public/js/explain.js" %}

sla_guard.report = (() => {
	return { filters, settings };

	// The last whole month, of everybody.
	function filters(...more) {
		const last_month = frappe.datetime.add_months(frappe.datetime.month_start(), -1);
		const date = (fieldname, label, day) => ({ fieldname, label, fieldtype: "Date", default: day, reqd: 1 });
		const link = (fieldname, label, options, rest) => ({ fieldname, label, fieldtype: "Link", options, ...rest });
		const submitted = { get_query: () => ({ filters: { docstatus: 1 } }) };
		return [
			date("from_date", __("From"), last_month),
			date("to_date", __("To"), frappe.datetime.add_days(frappe.datetime.month_start(), -1)),
			link("customer", __("Customer"), "Customer"),
			link("contract", __("Contract"), "SLA Contract", submitted),
			link("service", __("Service"), "SLA Service"),
			link("priority", __("Priority"), "Issue Priority"),
			choice("metric", __("Metric"), ["Response", "Resolution"]),
			link("company", __("Company"), "Company"),
			...more.map(([fieldname, label, values, rest]) => choice(fieldname, label, values, rest)),
		];
	}

	// One of some values, or, unless it has a default, none.
	function choice(fieldname, label, values, rest) {
		const options = values.map((value) => ({ value, label: __(value) }));
		if (!rest?.default) options.unshift({ value: "", label: "" });
		return { fieldname, label, fieldtype: "Select", options, ...rest };
	}

	function settings(filters) {
		return { filters, formatter, onload: listen };
	}

	function formatter(value, row, column, data, usual) {
		if (data?.is_total) return total(value, row, column, data, usual);
		const shown = usual(value, row, column, data);
		if (column.fieldname !== "ticket" || !value || !frappe.model.can_read("Issue")) return shown;
		const title = frappe.utils.escape_html(__("Explain"));
		const ticket = frappe.utils.escape_html(value);
		return `${shown} <a class="text-muted" data-sla-explain="${ticket}" title="${title}">${frappe.utils.icon("help", "xs")}</a>`;
	}

	// Its name is no link, and what it has no number for is empty.
	function total(value, row, column, data, usual) {
		if (value === undefined || value === null || value === "") return "";
		const link = column.fieldtype === "Link";
		const shown = link ? frappe.utils.escape_html(value) : usual(value, row, column, data);
		return $(`<div>${shown}</div>`).css("font-weight", "bold").prop("outerHTML");
	}

	function listen(report) {
		report.page.wrapper.on("click", "[data-sla-explain]", (event) => {
			event.preventDefault();
			sla_guard.explain(event.currentTarget.dataset.slaExplain);
		});
	}
})();
