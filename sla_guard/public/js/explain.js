// The dialog that says why a ticket is due when it is: sla_guard.explain(ticket, take_back). With `take_back`, a manager
// finds a button beside each fact recorded by hand, which calls it with the name of that fact.
frappe.provide("sla_guard");

sla_guard.explain = (() => {
	return explain;

	function explain(ticket, take_back) {
		frappe.xcall("sla_guard.helpdesk.explain.explain", { ticket }).then((told) => {
			const dialog = new frappe.ui.Dialog({
				title: __("Why {0} is due when it is", [ticket]),
				size: "extra-large",
				fields: [{ fieldtype: "HTML", fieldname: "told" }],
			});
			const may = take_back && frappe.user.has_role(["SLA Manager", "System Manager"]);
			dialog.fields_dict.told.$wrapper.html(
				[clocks, contracts, stretches, maintenance, promises, outages].map((part) => part(told)).join("") + facts(told, may)
			);
			dialog.$wrapper.on("click", "[data-take-back]", (event) => {
				dialog.hide();
				take_back(event.currentTarget.dataset.takeBack);
			});
			dialog.show();
		});
	}

	function contracts(told) {
		const rows = told.contracts.map((each) => [
			link("SLA Contract", each.contract, each.title),
			text(each.level),
			each.applies ? `<b>${text(each.outcome)}</b>` : text(each.outcome),
		]);
		const heads = [__("Contract"), __("Because Of"), __("Outcome")];
		return table(__("Contracts"), heads, rows, __("No contract is for this customer."));
	}

	function clocks(told) {
		const rows = told.clocks.map((each) => [
			named(each),
			`<span class="indicator-pill ${colour(each)}">${text(stands(each))}</span>`,
			__("{0} of {1}", [hours(each.used), hours(each.target)]),
			text(each.started),
			text(each.due),
			text(each.stopped),
			text(each.breached_at),
		]);
		const heads = [__("Clock"), __("State"), __("Used"), __("Started"), __("Due"), __("Stopped"), __("Breached At")];
		return table(__("Clocks"), heads, rows, __("No clock runs: nothing is promised for this ticket."));
	}

	function stretches(told) {
		const rows = told.clocks.flatMap((clock) =>
			lived(clock).map((each) => [
				named(clock),
				text(each.start),
				text(each.end),
				text([each.state, each.status, each.reason].filter(Boolean).join(", ")),
			])
		);
		return rows.length ? table(__("How the Time Was Counted"), [__("Clock"), __("From"), __("To"), __("State")], rows) : "";
	}

	function maintenance(told) {
		const rows = told.maintenance.map((each) => [text(each.start), text(each.end), text(each.service)]);
		const heads = [__("From"), __("To"), __("Service")];
		return rows.length ? table(__("Announced Maintenance"), heads, rows) : "";
	}

	function outages(told) {
		const rows = told.outages.map((each) => [
			link("SLA Outage", each.name, each.service),
			text(each.start),
			text(each.end),
			text(each.remark),
		]);
		const heads = [__("Service"), __("Started"), __("Restored"), ""];
		return rows.length ? table(__("Outages"), heads, rows) : "";
	}

	function promises(told) {
		const rows = told.clocks.flatMap((clock) =>
			clock.promises.map((each) => [named(clock), text(each.due), text(each.until), text(each.replaced)])
		);
		const heads = [__("Clock"), __("Was Due"), __("Until"), __("Measured Anew")];
		return rows.length ? table(__("Promised Before"), heads, rows) : "";
	}

	function facts(told, may_take_back) {
		const replaced = new Set(told.facts.map((each) => each.replaces));
		const rows = told.facts.map((each) => {
			const cells = [each.at, each.kind, each.says, each.cause, each.by, each.reason].map(text);
			if (replaced.has(each.name)) return [...cells.map((cell) => `<s>${cell}</s>`), ""];
			return [...cells, each.by_hand && may_take_back ? take_back_button(each) : ""];
		});
		const heads = [__("At"), __("Fact"), __("Value"), __("Cause"), __("By"), __("Reason"), ""];
		return table(__("What Happened"), heads, rows, __("Nothing was recorded of this ticket."));
	}

	function take_back_button(fact) {
		return `<button class="btn btn-default btn-xs" data-take-back="${text(fact.name)}">${__("Take Back")}</button>`;
	}

	// ---- how it looks

	function named(clock) {
		return text(clock.cycle > 1 ? `${clock.metric} ${clock.cycle}` : clock.metric);
	}

	function stands(clock) {
		if (clock.verdict) return clock.verdict;
		return clock.breached_at ? `${clock.state}, ${__("breached")}` : clock.state;
	}

	// All but how it stands since it was stopped.
	function lived(clock) {
		return clock.stopped ? clock.stretches.slice(0, -1) : clock.stretches;
	}

	function colour(clock) {
		if (clock.breached_at) return "red";
		if (clock.stopped) return "green";
		if (clock.due) return "blue";
		// Of what stands still, only a pause has a reason.
		return clock.stretches.at(-1)?.reason ? "orange" : "gray";
	}

	// Support time as h:mm, however many hours.
	function hours(seconds) {
		return `${Math.floor(seconds / 3600)}:${String(Math.floor((seconds % 3600) / 60)).padStart(2, "0")}`;
	}

	function text(value) {
		return frappe.utils.escape_html(value || "");
	}

	function link(doctype, name, title) {
		return `<a href="${frappe.utils.get_form_link(doctype, name)}">${text(title)}</a> <small>${text(name)}</small>`;
	}

	function table(title, heads, rows, empty) {
		if (!rows.length) return `<h5>${title}</h5><p class="text-muted">${empty}</p>`;
		const cells = (row, tag) => row.map((cell) => `<${tag}>${cell}</${tag}>`).join("");
		const body = rows.map((row) => `<tr>${cells(row, "td")}</tr>`).join("");
		return `<h5>${title}</h5><table class="table table-bordered table-sm">
			<thead><tr>${cells(heads, "th")}</tr></thead><tbody>${body}</tbody></table>`;
	}
})();
