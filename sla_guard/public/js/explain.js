// The dialog that says why a ticket is due when it is: sla_guard.explain(ticket, take_back, metric). With `take_back`, a
// manager finds a button beside each fact recorded by hand, which calls it with the name of that fact; with `metric`, it
// begins at the picture of the last clock of that metric.
{% include "sla_guard/public/js/life.js" %}
frappe.provide("sla_guard");

sla_guard.explain = (() => {
	return explain;

	function explain(ticket, take_back, metric) {
		frappe.xcall("sla_guard.helpdesk.explain.explain", { ticket }).then((told) => {
			const dialog = new frappe.ui.Dialog({
				title: __("Why {0} is due when it is", [ticket]),
				size: "extra-large",
				fields: [{ fieldtype: "HTML", fieldname: "told" }],
				secondary_action_label: __("Print"),
				secondary_action: () => print(dialog),
			});
			const may = take_back && frappe.user.has_role(["SLA Manager", "System Manager"]);
			const parts = [chosen, clocks, pictures, stretches, maintenance, promises, recomputed, outages];
			const shown = parts.map((part) => part(told)).join("") + facts(told, may) + contracts(told);
			dialog.fields_dict.told.$wrapper.addClass("sla-explain").html(shown);
			dialog.$wrapper.on("click", "[data-take-back]", (event) => {
				dialog.hide();
				take_back(event.currentTarget.dataset.takeBack);
			});
			const frames = dialog.$wrapper.find("[data-sla-life]");
			dialog.$wrapper.on("shown.bs.modal", () => begin_at(frames, told, metric));
			dialog.show();
			frames.each((place, element) => sla_guard.life.draw(element, told.clocks[place], told));
		});
	}

	function begin_at(frames, told, metric) {
		const frame = frames[told.clocks.map((clock) => clock.key).lastIndexOf(metric)];
		if (!frame) return;
		frame.focus({ preventScroll: true });
		frame.closest("figure").scrollIntoView({ block: "start" });
	}

	// The dialog alone, without the page behind it.
	function print(dialog) {
		const body = $(document.body).addClass("sla-printing");
		dialog.$wrapper.addClass("sla-printed");
		window.addEventListener("afterprint", () => body.removeClass("sla-printing"), { once: true });
		window.print();
	}

	function chosen(told) {
		const winner = told.contracts.find((each) => each.applies);
		if (!winner) return "";
		const contract = link("SLA Contract", winner.contract, winner.title);
		return `<p class="sla-explain-why">${__("Measured under {0}, in force from {1}, chosen by: {2}.", [
			contract,
			text(winner.from),
			`<b>${text(winner.level)}</b>`,
		])}</p>`;
	}

	function pictures(told) {
		if (!told.clocks.length) return "";
		const drawn = told.clocks.map(
			(clock) => `<figure class="sla-explain-clock"><figcaption>${named(clock)}
				<span class="indicator-pill ${colour(clock)}">${text(stands(clock))}</span></figcaption>
				<div class="sla-life-frame" data-sla-life tabindex="0"></div></figure>`
		);
		return drawn.join("") + sla_guard.life.legend();
	}

	function contracts(told) {
		const rows = told.contracts.map((each) => [
			link("SLA Contract", each.contract, each.title),
			text(each.from),
			text(each.level),
			each.applies ? `<b>${text(each.outcome)}</b>` : text(each.outcome),
		]);
		const heads = [__("Contract"), __("Effective From"), __("Because Of"), __("Outcome")];
		return table(__("Contracts"), heads, rows, __("No contract is for this customer."));
	}

	function clocks(told) {
		const rows = told.clocks.map((each) => [
			named(each),
			`<span class="indicator-pill ${colour(each)}">${text(stands(each))}</span>`,
			__("{0} of {1}", [sla_guard.life.amount(each.used), sla_guard.life.amount(each.target)]),
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
			sla_guard.life
				.lived(clock)
				.map((each) => [named(clock), text(each.start), text(each.end), text(sla_guard.life.words(each))])
		);
		return rows.length ? table(__("How the Time Was Counted"), [__("Clock"), __("From"), __("To"), __("State")], rows) : "";
	}

	function maintenance(told) {
		const rows = told.maintenance.map((each) => [each.start, each.end, each.service, each.title].map(text));
		const heads = [__("From"), __("To"), __("Service"), __("Title")];
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

	function recomputed(told) {
		const rows = told.recomputed.map((each) => [
			named(each),
			text(each.difference),
			text(each.before),
			text(each.after),
			text(each.at),
			text(each.by),
			frappe.utils.get_form_link("SLA Recompute", each.recompute, true),
		]);
		const heads = [__("Clock"), __("What Changes"), __("Before"), __("After"), __("At"), __("By"), __("Recompute")];
		return rows.length ? table(__("Measured in Corrected Hours"), heads, rows) : "";
	}

	function facts(told, may_take_back) {
		const replaced = new Set(told.facts.map((each) => each.replaces));
		const rows = told.facts.map((each, place) => {
			// What nobody saw happen.
			const at = each.since ? __("{0}, some time since {1}", [each.at, each.since]) : each.at;
			const said = [at, each.kind, each.says, each.cause, each.by, each.reason];
			const cells = [place + 1, ...said].map(text);
			if (replaced.has(each.name)) return [...cells.map((cell) => `<s>${cell}</s>`), ""];
			return [...cells, each.by_hand && may_take_back ? take_back_button(each) : ""];
		});
		const heads = ["#", __("At"), __("Fact"), __("Value"), __("Cause"), __("By"), __("Reason"), ""];
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

	function colour(clock) {
		if (clock.breached_at) return "red";
		if (clock.stopped) return "green";
		if (clock.due) return "blue";
		// Of what stands still, only a pause has a reason.
		return clock.stretches.at(-1)?.reason ? "orange" : "gray";
	}

	function text(value) {
		return frappe.utils.escape_html(String(value ?? ""));
	}

	function link(doctype, name, title) {
		return `<a href="${frappe.utils.get_form_link(doctype, name)}">${text(title)}</a> <small>${text(name)}</small>`;
	}

	function table(title, heads, rows, empty) {
		if (!rows.length) return `<h5>${title}</h5><p class="text-muted">${empty}</p>`;
		const cells = (row, tag) => row.map((cell) => `<${tag}>${cell}</${tag}>`).join("");
		const body = rows.map((row) => `<tr>${cells(row, "td")}</tr>`).join("");
		return `<h5>${title}</h5><div class="sla-explain-table"><table class="table table-bordered table-sm">
			<thead><tr>${cells(heads, "th")}</tr></thead><tbody>${body}</tbody></table></div>`;
	}
})();
