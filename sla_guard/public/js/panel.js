// The section "Support Contract" of an Issue: how it stands, the cards of its clocks, and what to do about it.

frappe.provide("sla_guard");

sla_guard.show_panel = (() => {
	// What the cards say better.
	const FIELDS = [
		"sla_state",
		"sla_next_due",
		"sla_response",
		"sla_response_due",
		"sla_resolution",
		"sla_resolution_due",
		"sla_at_risk_from",
		"sla_left",
		"sla_breached_at",
	];
	return show;

	function show(frm) {
		const place = frm.fields_dict.sla_clocks?.$wrapper;
		if (!place) return;
		const told = frm.doc.__onload?.sla;
		hide_what_is_said_better(frm, told);
		if (frm.is_new() || !told) {
			place.html(frm.is_new() ? `<p class="sla-note">${__("The clocks start when the ticket is saved.")}</p>` : "");
			return;
		}
		told.got_at ||= Date.now();
		// The cards take what is new by themselves: drawn again, a button would lose the focus.
		const kept = kept_of(frm, told);
		if (place.find(".sla-panel").data("kept") !== kept) draw(frm, told, place, kept);
	}

	function hide_what_is_said_better(frm, told) {
		const fields = FIELDS.filter((field) => frm.fields_dict[field]);
		frm.toggle_display(fields, !frm.is_new() && (!told || told.failed));
		// Empty on most tickets; there is an action for it.
		if (frm.fields_dict.sla_contract) frm.toggle_display("sla_contract", frm.is_new() || frm.doc.sla_contract);
	}

	// All of it that does not change by time alone.
	function kept_of(frm, told) {
		const passing = ["now_us", "got_at", "elapsed_us", "left_us", "late_us", "open", "shown"];
		const lasting = (name, value) => (passing.includes(name) ? undefined : value);
		return JSON.stringify([frm.doc.name, frm.doc.sla_service, Boolean(frm.sla_outdated), told], lasting);
	}

	function draw(frm, told, place, kept) {
		const focused = place[0].contains(document.activeElement) && document.activeElement.dataset.action;
		place.html(`<div class="sla-panel">${head(frm, told)}<div class="sla-clocks"></div>
			<div class="sla-actions" role="group" aria-label="${__("Support Contract")}"></div></div>`);
		const panel = place.find(".sla-panel").data("kept", kept);
		const latest = () => frm.doc.__onload?.sla || told;
		if (told.state !== "Void") sla_guard.clock_cards(place.find(".sla-clocks"), latest);
		panel.on("click", ".sla-why", (event) => why(frm, latest(), event));
		buttons(place.find(".sla-actions"), sla_guard.actions_on(frm, told));
		if (focused) place.find(`[data-action=${focused}]`).trigger("focus");
		sla_guard.every_second(panel[0], () => sla_guard.watch(frm));
	}

	// ---- how it stands, in a sentence where the cards do not say it

	function head(frm, told) {
		const contract = told.contract ? `<span>${__("Contract {0}", [contract_link(told.contract)])}</span>` : "";
		const lines = [...sentences(frm, told), frm.sla_outdated ? outdated() : ""].filter(Boolean);
		return `<div class="sla-head">${sla_guard.state_pill(told.state)}${contract}</div>
			${lines.map((line) => `<p class="sla-note">${line}</p>`).join("")}`;
	}

	function contract_link({ name, title }) {
		return `<a href="${frappe.utils.get_form_link("SLA Contract", name)}">${escape(title)}</a>`;
	}

	function sentences(frm, told) {
		if (told.failed || told.state === "Error") return [failed()];
		if (!told.tracked) return [untracked(told)];
		if (told.state === "Void") return [__("This ticket is void: it counts nowhere.")];
		if (told.state === "No Contract") return [no_contract(frm)];
		if (told.state === "Not Covered") return [not_covered(frm, told)];
		if (told.to_be_qualified) return [to_be_qualified()];
		return told.clocks.length ? [] : [__("The contract promises no times for this ticket.")];
	}

	function failed() {
		return __(
			"The clocks could not be worked out. The ticket is saved all the same; it is logged and tried again within ten minutes."
		);
	}

	function untracked(told) {
		const said = __("This ticket is not tracked: it was opened before SLA Guard watched.");
		if (!told.may?.settings) return said;
		const link = `<a href="/app/sla-settings">${__("SLA Settings")}</a>`;
		const back_fill = `<a href="/app/sla-back-fill">${__("SLA Back-fill")}</a>`;
		const settings = __("Since when tickets are tracked is said in {0}.", [link]);
		return `${said} ${settings} ${__("Its history can be rebuilt by {0}.", [back_fill])}`;
	}

	function no_contract(frm) {
		if (!frm.doc.customer) {
			return __("No contract applies, as the ticket names no customer: name the customer.");
		}
		return __(
			"No contract was in force for this customer when the ticket was opened. Check the customer, or let an SLA Manager name a contract."
		);
	}

	function not_covered(frm, told) {
		return __(
			"The contract does not cover the service {0}: nothing is promised. If it is about another service, choose that.",
			[`<b>${escape(frm.doc.sla_service || "")}</b>`]
		);
	}

	function to_be_qualified() {
		return __(
			"The ticket names no service: choose the one that it is about. Until then it has the times of the default target."
		);
	}

	function outdated() {
		return __("Somebody else has changed this ticket meanwhile: reload it before you save.");
	}

	// ---- what to do

	// From a card: the picture of its own clock.
	function why(frm, told, event) {
		const { metric } = event.currentTarget.closest(".sla-card").dataset;
		const explain = sla_guard.actions_on(frm, told).find((action) => action.key === "explain");
		explain.act(event, metric);
	}

	function buttons(row, actions) {
		for (const action of actions.filter((each) => each.fits)) {
			const look = action.urgent ? "btn-primary" : "btn-default";
			$(`<button type="button" class="btn btn-xs ${look}" data-action="${action.key}"></button>`)
				.text(action.label)
				.on("click", action.act)
				.appendTo(row);
		}
	}

	function escape(value) {
		return frappe.utils.escape_html(String(value ?? ""));
	}
})();
