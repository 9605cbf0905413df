// The file of a simulation: its headers to choose from, and its first rows as they stand in it beside what they tell.
frappe.provide("sla_guard");

sla_guard.simulation_file = (() => {
	// Fields of the form, and what of a row each of them tells.
	const COLUMNS = [
		{ field: "column_ticket", tells: "ticket" },
		{ field: "column_time", tells: "at" },
		{ field: "column_time_zone", tells: "zone" },
		{ field: "column_opened", tells: "opened" },
		{ field: "column_status", tells: "status" },
		{ field: "column_response", tells: "response" },
		{ field: "column_priority", tells: "priority" },
		{ field: "column_service", tells: "service" },
		{ field: "column_issue_type", tells: "issue_type" },
		{ field: "column_customer", tells: "customer" },
		{ field: "column_sequence", tells: "sequence" },
	];
	const OF_TEXT = ["delimiter", "encoding"];
	const DETECTED = [...OF_TEXT, "sheet", "date_order"];
	// What shows something of the file, folded once it has finished.
	const SECTIONS = ["section_columns", "section_preview"];
	const LATER = 400;
	let asked = 0;
	return { COLUMNS, draw, attached, changed, read_again: frappe.utils.debounce(again, LATER) };

	function attached(frm) {
		frm.doc.sheet = "";
		return changed(frm);
	}

	// Another file, or sheet of it, has other columns: what was chosen for the one before is guessed anew.
	function changed(frm) {
		for (const { field } of COLUMNS) frm.doc[field] = "";
		frm.clear_table("found_values");
		sla_guard.simulation_progress.draw(frm);
		return preview_of(frm, { guess: true }).then(() => sla_guard.simulation_values.draw(frm));
	}

	function again(frm) {
		sla_guard.simulation_progress.draw(frm);
		return preview_of(frm);
	}

	// One that has finished is seldom opened for its file, which may be large.
	function draw(frm) {
		return frm.doc.results && has_file(frm) ? when_opened(frm) : preview_of(frm);
	}

	function when_opened(frm) {
		for (const section of SECTIONS) {
			frm.get_field(section).head?.off("click.sla").one("click.sla", () => preview_of(frm));
		}
		offer(frm, []);
		offer_sheets(frm, []);
		return Promise.resolve();
	}

	function has_file(frm) {
		return frm.doc.source === "Imported History" && frm.doc.history_file;
	}

	function preview_of(frm, { guess } = {}) {
		const panel = frm.get_field("preview_panel").$wrapper;
		const mine = (asked += 1);
		if (!has_file(frm)) {
			offer(frm, []);
			offer_sheets(frm, []);
			panel.html(`<p class="sla-muted">${__("Attach a file first.")}</p>`);
			return Promise.resolve();
		}
		return frappe
			.call({ method: "sla_guard.simulation.form.preview", args: { simulation: values_of(frm.doc) }, silent: true })
			.then(({ message }) => mine === asked && show(frm, message, guess))
			.catch((refusal) => mine === asked && panel.html(sla_guard.refused(refusal)));
	}

	// The result of an earlier run is of no use to the reader of a file.
	function values_of(doc) {
		return JSON.stringify({ ...doc, results: undefined });
	}

	function show(frm, told, guess) {
		offer(frm, told.columns);
		offer_sheets(frm, told.sheets);
		if (guess) take_guess(frm, told);
		else {
			say_what_was_detected(frm, told.guess);
			frm.get_field("preview_panel").$wrapper.html(preview(frm, told));
		}
	}

	function offer(frm, headers) {
		for (const { field } of COLUMNS) {
			const chosen = frm.doc[field];
			const gone = chosen && !headers.includes(chosen) ? [chosen] : [];
			frm.set_df_property(field, "options", ["", ...headers, ...gone].map(option));
		}
	}

	// Of a workbook; what is asked of a text file is not asked of it.
	function offer_sheets(frm, sheets) {
		frm.set_df_property("sheet", "options", ["", ...sheets].map(option));
		frm.toggle_display("sheet", sheets.length > 1 || Boolean(frm.doc.sheet));
		frm.toggle_display(OF_TEXT, !sheets.length);
	}

	// A header is a name: with a sign that nobody sees, the desk does not translate it.
	function option(value) {
		return { value, label: value && `${value}\u200b` };
	}

	// What was guessed is seen and changed like what is chosen.
	function take_guess(frm, { guess, columns }) {
		for (const { field } of COLUMNS) {
			if (columns.includes(guess[field])) frm.doc[field] = guess[field];
		}
		frm.dirty();
		frm.refresh_fields();
		return again(frm);
	}

	function say_what_was_detected(frm, guess) {
		for (const field of DETECTED) {
			const detected = guess[field] && ["", "Detect"].includes(frm.doc[field] || "");
			frm.get_field(field).set_description(detected ? __("Detected: {0}", [name_of(field, guess)]) : "");
		}
	}

	// A sheet is called what it is called in any language.
	function name_of(field, guess) {
		return field === "sheet" ? frappe.utils.escape_html(guess.sheet) : __(guess[field]);
	}

	// ---- how it looks

	function preview(frm, told) {
		if (!told.rows.length) return `<p class="sla-muted">${__("There is no row in this file.")}</p>`;
		const shown = COLUMNS.filter(({ field }) => frm.doc[field]);
		const heads = shown.map(
			({ field }) => `<th scope="col">${text(__(frappe.meta.get_label(frm.doctype, field)))}
				<small>${text(frm.doc[field])}</small></th>`
		);
		const faults = faults_by_row(told.faults);
		const rows = told.rows.map((each, place) => row(frm, shown, told, each, told.told[place] || {}, faults));
		return `${legend(frm, told, shown)}<div class="sla-report-table" tabindex="0"><table class="data sla-preview">
			<thead><tr><th scope="col">${__("Row")}</th>${heads.join("")}</tr></thead>
			<tbody>${rows.join("")}</tbody></table></div>`;
	}

	function legend(frm, told, shown) {
		const used = shown.map(({ field }) => frm.doc[field]);
		const left = told.columns.filter((header) => header && !used.includes(header)).map(text);
		const unused = left.length ? __("Columns that are not used: {0}", [left.join(", ")]) : "";
		return `<p class="sla-muted">${__("Above, what was understood; below it, what stands in the file, where that is written otherwise.")} ${unused}</p>`;
	}

	function row(frm, shown, { columns }, each, understood, faults) {
		const number = each.row;
		const found = faults[number] || [];
		// Of a row that cannot be placed nothing is told.
		const placed = "ticket" in understood;
		const cells = shown.map(({ field, tells }) => {
			const raw = each.cells[columns.indexOf(frm.doc[field])];
			return `<td>${cell(raw, placed ? understood[tells] : "")}</td>`;
		});
		const marked = found.length ? "sla-preview-fault" : "";
		const told = found.map((fault) => `<div>⚠ ${text(fault)}</div>`).join("");
		return `<tr class="${marked}"><th scope="row">${text(number)}</th>${cells.join("")}</tr>
			${told ? `<tr class="${marked}"><td></td><td colspan="${shown.length}" role="note">${told}</td></tr>` : ""}`;
	}

	function cell(raw, understood) {
		const is = understood === undefined ? raw : understood;
		const shown = is === null || is === "" ? "–" : is;
		const written = String(raw ?? "") === String(is ?? "") ? "" : `<small>${text(raw)}</small>`;
		return `<div>${text(shown)}</div>${written}`;
	}

	function faults_by_row(faults) {
		const by_row = {};
		for (const fault of faults) (by_row[fault.row] ||= []).push(fault.text || fault.fault);
		return by_row;
	}

	function text(value) {
		return frappe.utils.escape_html(String(value ?? ""));
	}
})();
