// How far a simulation is, in words: what is still to be said, how it runs, why it failed; and the button for what is next.
frappe.provide("sla_guard");

sla_guard.simulation_progress = (() => {
	const EVERY = 2000;
	const UNDER_WAY = ["Reading", "Running"];
	// Minutes without a sign of life, after which the form speaks of it.
	const SILENT = 2;
	let timer, listening;
	return { draw };

	function draw(frm) {
		const panel = frm.get_field("progress_panel").$wrapper;
		panel.html(panel_of(frm));
		for (const action of ["start", "stop", "save"]) {
			panel.find(`[data-action=${action}]`).on("click", () => act(frm, action));
		}
		panel.find("[data-field]").on("click", (event) => frm.scroll_to_field(event.currentTarget.dataset.field));
		if (UNDER_WAY.includes(frm.doc.state)) frm.disable_save();
		else frm.enable_save();
		watch(frm);
	}

	function panel_of(frm) {
		const { state } = frm.doc;
		if (UNDER_WAY.includes(state)) return under_way(frm.doc);
		if (state === "Finished") return finished(frm.doc);
		return (state === "Failed" ? failed(frm.doc) : "") + to_do(frm, state === "Failed" ? __("Start Again") : __("Start"));
	}

	// ---- before it runs

	function to_do(frm, label) {
		const steps = steps_of(frm.doc);
		const next = steps.find((step) => !step.done);
		const lines = steps.map((step) => `<li class="${step.done ? "sla-step-done" : ""}" ${step === next ? 'aria-current="step"' : ""}>
			${step.done ? "✓" : "○"} ${text(step.says)} ${step.done ? "" : go_there(step.field)}</li>`);
		const save = next || !frm.is_dirty() ? "" : `<p class="sla-muted">${__("It is saved first.")}</p>`;
		const start = next ? "" : `${button("start", label, "btn-primary")} ${save}`;
		return `<div class="sla-missing ${next ? "sla-missing-open" : "sla-missing-good"}">
			<b>${next ? __("To be said before it can start") : __("Nothing is missing: it can be started.")}</b>
			<ol class="sla-steps">${lines.join("")}</ol>${start}</div>`;
	}

	function steps_of(doc) {
		const contracts = (doc.contracts || []).some((row) => row.contract);
		const on_trial = { says: __("Which contracts it is tried under"), done: contracts, field: "contracts" };
		if (doc.source !== "Imported History") return [on_trial];
		const file = doc.history_file;
		return [
			{ says: __("The file with the history"), done: file, field: "history_file" },
			{
				says: __("Which columns say the ticket, the time and the status"),
				done: file && doc.column_ticket && doc.column_time && doc.column_status,
				field: "column_ticket",
			},
			{ says: __("What the values of the file mean"), done: (doc.found_values || []).length, field: "values_panel" },
			on_trial,
		];
	}

	function go_there(field) {
		return `<button type="button" class="btn btn-link btn-xs" data-field="${field}">${__("Go there")}</button>`;
	}

	// ---- while it runs

	function under_way({ state, progress, message, tickets, moved }) {
		const says =
			state === "Reading" ? __("The history is read.") : __("{0} tickets are lived again.", [number(tickets)]);
		const percent = Math.floor(progress || 0);
		return `<div class="sla-missing" role="status"><b>${says}</b> <span>${text(message)}</span>
			<div class="progress" role="progressbar" aria-valuenow="${percent}" aria-valuemin="0" aria-valuemax="100">
				<div class="progress-bar" style="width: ${percent}%">${percent > 5 ? `${percent} %` : ""}</div></div>
			${silence(moved)}${button("stop", __("Stop"), "btn-default")}
			<span class="sla-muted">${__("This page may be left; it goes on.")}</span></div>`;
	}

	function silence(moved) {
		const minutes = moved ? moment(frappe.datetime.now_datetime()).diff(moved, "minutes") : 0;
		if (minutes < SILENT) return "";
		const says = __(
			"Nobody has been at work on it for {0} minutes. If its worker was ended it goes on by itself after ten to fifteen; Stop and Start Again does it at once.",
			[number(minutes)]
		);
		return `<p class="sla-muted">${says}</p>`;
	}

	// One that was opened while it runs hears of it, or, where there is no socket, asks.
	function watch(frm) {
		clearInterval(timer);
		if (!listening) frappe.realtime.on("sla_guard_simulation", () => cur_frm && ask(cur_frm));
		listening = true;
		if (UNDER_WAY.includes(frm.doc.state)) timer = setInterval(() => ask(frm), EVERY);
	}

	function ask(frm) {
		if (frm !== cur_frm || frm.doctype !== "SLA Simulation" || frm.is_new()) return clearInterval(timer);
		const name = frm.doc.name;
		return frappe.db.get_value(frm.doctype, name, ["state", "progress", "message", "moved"]).then(({ message: told }) => {
			if (frm.doc.name !== name || !told?.state) return;
			if (told.state !== frm.doc.state) return frm.reload_doc();
			Object.assign(frm.doc, told);
			if (UNDER_WAY.includes(told.state)) draw(frm);
		});
	}

	// ---- when it is over

	function finished(doc) {
		const counts = [
			__("{0} tickets", [number(doc.tickets)]),
			__("{0} facts", [number(doc.events)]),
			...(doc.faults ? [__("{0} faults", [number(doc.faults)])] : []),
		];
		return `<div class="sla-missing sla-missing-good"><b>${__("Finished")}</b> ${counts.join(", ")}. ${faults(doc)}
			<div>${button("start", __("Start Again"), "btn-default")}</div></div>`;
	}

	function failed(doc) {
		return `<div class="sla-missing sla-missing-bad" role="alert"><b>${__("It did not finish.")}</b>
			<p>${text(doc.message).replaceAll("\n", "<br>")}</p>${faults(doc)}</div>`;
	}

	function faults({ faults_file }) {
		if (!faults_file) return "";
		return `<a href="${encodeURI(faults_file)}" download>${__("Download the list of faults")}</a>`;
	}

	// ---- what is done

	function act(frm, action) {
		const saved = action === "start" && frm.is_dirty() ? frm.save() : Promise.resolve();
		return saved
			.then(() => frappe.xcall("run_doc_method", { dt: frm.doctype, dn: frm.docname, method: action }))
			.then(() => frm.reload_doc())
			// Why it was refused, the desk has said.
			.catch(() => {});
	}

	function button(action, label, kind) {
		return `<button type="button" class="btn btn-sm ${kind}" data-action="${action}">${label}</button>`;
	}

	function number(value) {
		return format_number(value || 0, null, 0);
	}

	function text(value) {
		return frappe.utils.escape_html(String(value ?? ""));
	}
})();
