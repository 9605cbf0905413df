// The report of a simulation that has finished, with its charts, and the files that can be made of it.
frappe.provide("sla_guard");

sla_guard.simulation_report = (() => {
	const METHODS = "sla_guard.simulation.report";
	// Pixels; where there is less room, not every month is named.
	const WIDEST_LABEL = 75;
	const drawn = [];
	return { draw };

	function draw(frm) {
		const field = frm.get_field("report");
		if (!frm.doc.results) return field.html("");
		frm.add_custom_button(__("Export"), () => ask_for_file(frm));
		const simulation = frm.docname;
		return frappe.xcall(`${METHODS}.printing.report`, { simulation }).then((told) => {
			// Another one may be shown by now.
			if (frm.docname === simulation) show(field.$wrapper, told);
		});
	}

	function show(wrapper, { html, charts, colors }) {
		// They listen to the size of the window, wherever they are.
		drawn.splice(0).forEach((chart) => chart.destroy());
		wrapper.html(html);
		for (const chart of charts) {
			const place = wrapper.find(`[data-chart=${chart.key}]`)[0];
			if (place) drawn.push(draw_chart(place, chart, colors));
		}
	}

	function draw_chart(place, { type, labels, datasets, unit }, colors) {
		const element = document.createElement("div");
		place.append(element);
		// The framework's own legend cuts the names of contracts short.
		if (datasets.length > 1) $(element).before(legend(datasets, colors));
		const narrow = labels.length * WIDEST_LABEL > element.clientWidth;
		return new frappe.Chart(element, {
			data: { labels, datasets },
			type,
			colors,
			height: 240,
			animate: 0,
			showLegend: 0,
			axisOptions: { xIsSeries: narrow ? 1 : 0, shortenYAxisNumbers: 1 },
			tooltipOptions: { formatTooltipY: (value) => in_words(value, unit) },
		});
	}

	function legend(datasets, colors) {
		const items = datasets.map(
			({ name }, place) =>
				`<li><span style="background: ${colors[place % colors.length]}"></span>${frappe.utils.escape_html(name)}</li>`
		);
		return `<ul class="sla-chart-legend">${items.join("")}</ul>`;
	}

	function in_words(value, unit) {
		if (value === null || value === undefined) return __("no data");
		return unit === "%" ? `${format_number(value, null, 2)} %` : format_currency(value, unit);
	}

	// ---- files

	function ask_for_file(frm) {
		const choice = (fieldname, label, options, rest) => ({
			fieldname,
			label,
			fieldtype: "Select",
			options,
			default: options[0]?.value,
			reqd: 1,
			...rest,
		});
		const dialog = new frappe.ui.Dialog({
			title: __("Export"),
			fields: [
				choice("reader", __("For"), [
					{ value: "us", label: __("Us, with costs") },
					{ value: "customer", label: __("The customer, without costs and tickets") },
				], { change: () => offer_tables(frm, dialog) }),
				choice("kind", __("File"), [
					{ value: "PDF", label: "PDF" },
					{ value: "Excel", label: __("Excel, a sheet for each table") },
					{ value: "CSV", label: __("CSV, one table") },
				]),
				choice("table", __("Table"), [], { depends_on: "eval:doc.kind==='CSV'", reqd: 0 }),
				{
					fieldname: "language",
					label: __("Language"),
					fieldtype: "Link",
					options: "Language",
					default: frappe.boot.lang,
				},
			],
			primary_action_label: __("Download"),
			primary_action: (values) => {
				dialog.hide();
				download(frm, values);
			},
		});
		dialog.show();
		return offer_tables(frm, dialog);
	}

	function offer_tables(frm, dialog) {
		const customer = dialog.get_value("reader") === "customer" ? 1 : 0;
		return frappe.xcall(`${METHODS}.export.tables`, { simulation: frm.docname, customer }).then((tables) => {
			dialog.set_df_property("table", "options", tables);
			return dialog.set_value("table", tables[0]?.value || "");
		});
	}

	function download(frm, { reader, kind, table, language }) {
		open_url_post(`/api/method/${METHODS}.export.download`, {
			simulation: frm.docname,
			kind,
			customer: reader === "customer" ? 1 : 0,
			table: table || "",
			language: language || "",
		});
	}
})();
