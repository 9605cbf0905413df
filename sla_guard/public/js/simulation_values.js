// What stands in the file for a status, a priority, a service …, and what the contracts call it: a table for each kind.
frappe.provide("sla_guard");

sla_guard.simulation_values = (() => {
	// More rows of a kind than these are shown when they are asked for.
	const FEW = 15;
	const DOCTYPES = {
		Priority: "Issue Priority",
		Service: "SLA Service",
		Customer: "Customer",
		"Issue Type": "Issue Type",
	};
	return { draw };

	function draw(frm) {
		const panel = frm.get_field("values_panel").$wrapper.empty();
		if (frm.doc.source !== "Imported History") return;
		const rows = frm.doc.found_values || [];
		panel.append(head(frm, rows));
		for (const [kind, its] of kinds(rows)) panel.append(table(frm, kind, its));
	}

	function kinds(rows) {
		const by_kind = new Map();
		for (const row of rows) by_kind.set(row.kind, [...(by_kind.get(row.kind) || []), row]);
		return by_kind;
	}

	function head(frm, rows) {
		const label = rows.length ? __("Read the Values Again") : __("Read the Values");
		const ready = frm.doc.history_file && frm.doc.column_ticket && frm.doc.column_time;
		const button = $(`<button type="button" class="btn btn-sm btn-default">${label}</button>`)
			.prop("disabled", !ready)
			.on("click", () => read(frm));
		return $(`<div class="sla-values-head"><span role="status">${said_of(rows)}</span></div>`).append(button);
	}

	function said_of(rows) {
		if (!rows.length) return __("Once the columns are chosen, the values of the whole file are read and guessed.");
		const unknown = rows.filter((row) => !row.means).length;
		return unknown
			? __("Values that mean nothing yet: {0}. Their rows are kept and reported as unknown.", [unknown])
			: __("Every value means something.");
	}

	function read(frm) {
		const saved = frm.is_dirty() || frm.is_new() ? frm.save() : Promise.resolve();
		return saved
			.then(() =>
				frappe.call({
					method: "run_doc_method",
					args: { dt: frm.doctype, dn: frm.docname, method: "read_values" },
					freeze: true,
					freeze_message: __("The file is read."),
				})
			)
			.then(() => frm.reload_doc())
			// Why it was refused, the desk has said.
			.catch(() => {});
	}

	// ---- a table

	function table(frm, kind, rows) {
		const answers = kind === "Status" ? `<th scope="col">${__("Taken in Charge")}</th>` : "";
		const drawn = $(`<div class="sla-report-table"><table class="data sla-values"><caption>${__(kind)}</caption>
			<thead><tr><th scope="col">${__("In the File")}</th><th scope="col" class="right">${__("Rows")}</th>
			<th scope="col">${__("Means")}</th>${answers}</tr></thead><tbody></tbody></table></div>`);
		const body = drawn.find("tbody");
		for (const row of rows.slice(0, FEW)) body.append(line(frm, row));
		if (rows.length > FEW) drawn.append(more(frm, rows, body));
		return drawn;
	}

	function more(frm, rows, body) {
		const label = __("Show {0} more", [rows.length - FEW]);
		return $(`<button type="button" class="btn btn-xs btn-default">${label}</button>`).on("click", (event) => {
			for (const row of rows.slice(FEW)) body.append(line(frm, row));
			event.currentTarget.remove();
		});
	}

	function line(frm, row) {
		const drawn = $(`<tr class="${row.means ? "" : "sla-value-unknown"}"><th scope="row">${text(row.found)}</th>
			<td class="right">${format_number(row.count || 0, null, 0)}</td><td class="sla-value-means"></td></tr>`);
		choice(frm, row, drawn);
		if (row.kind === "Status") drawn.append(answer(frm, row));
		return drawn;
	}

	// A list where the site has one of its own, else a search among its records.
	function choice(frm, row, drawn) {
		const is_status = row.kind === "Status";
		const control = frappe.ui.form.make_control({
			parent: drawn.find(".sla-value-means"),
			only_input: true,
			df: {
				fieldname: "means",
				fieldtype: is_status ? "Select" : "Link",
				options: is_status ? [] : DOCTYPES[row.kind],
				label: row.found,
				placeholder: __("unknown"),
				change: () => set(frm, row, "means", control.get_value(), drawn),
			},
			render_input: true,
		});
		if (!is_status) return control.set_value(row.means || "");
		return statuses().then((names) => {
			control.df.options = options(names, row.means);
			control.refresh();
			return control.set_value(row.means || "");
		});
	}

	function options(names, means) {
		const known = means && !names.includes(means) ? [...names, means] : names;
		return [{ value: "", label: __("unknown") }, ...known.map((value) => ({ value, label: __(value) }))];
	}

	function answer(frm, row) {
		const box = $(`<input type="checkbox" aria-label="${text(__("{0} counts as taken in charge", [row.found]))}">`)
			.prop("checked", Boolean(row.is_answer))
			.on("change", (event) => set(frm, row, "is_answer", event.currentTarget.checked ? 1 : 0));
		return $("<td>").append(box);
	}

	function set(frm, row, field, value, drawn) {
		if ((row[field] || "") === (value || "")) return;
		frappe.model.set_value(row.doctype, row.name, field, value);
		drawn?.toggleClass("sla-value-unknown", !value);
		frm.get_field("values_panel").$wrapper.find(".sla-values-head span").text(said_of(frm.doc.found_values));
		sla_guard.simulation_file.read_again(frm);
	}

	// What an Issue can have on this site.
	function statuses() {
		return new Promise((tell) => {
			frappe.model.with_doctype("Issue", () => {
				tell(frappe.meta.get_docfield("Issue", "status").options.split("\n").filter(Boolean));
			});
		});
	}

	function text(value) {
		return frappe.utils.escape_html(String(value ?? ""));
	}
})();
