// Try it: when would a ticket be due under the contract as its form stands just now? sla_guard.try_contract(frm)
frappe.provide("sla_guard");

sla_guard.try_contract = (() => {
	const METHOD = "sla_guard.sla_guard.doctype.sla_contract.try_it.try_it";
	return show;

	function show(frm) {
		const zone = frm.doc.time_zone || frappe.boot.time_zone?.system || "UTC";
		const now = first_asked(frm.doc.effective_from, zone);
		let asked = 0;
		const dialog = new frappe.ui.Dialog({ title: __("Try It"), size: "extra-large", fields: fields(frm, zone, now, () => ask()) });
		// The first of them would open its list over the answer.
		dialog.no_focus = true;
		dialog.show();
		const box = dialog.get_field("clock_time").$input;
		// The browser's own control for a time of day: no time zone, and the keyboard is enough.
		box.attr("type", "time").val(now.format("HH:mm"));
		box.on("input", frappe.utils.debounce(() => ask(), 300));
		ask();

		function ask() {
			const mine = (asked += 1);
			const chosen = dialog.get_values(true);
			const { day, priority, service, issue_type } = chosen;
			// What is refused stands where the answer would.
			return frappe
				.call({
					method: METHOD,
					args: { contract: JSON.stringify(frm.doc), day, clock_time: box.val(), priority, service, issue_type },
					silent: true,
				})
				.then(({ message }) => mine === asked && answer(dialog, told(message)))
				.catch((refusal) => mine === asked && answer(dialog, sla_guard.refused(refusal)));
		}
	}

	// Now, or the first morning of a contract that is still to come.
	function first_asked(effective_from, zone) {
		const now = moment().tz(zone) || moment();
		return effective_from > now.format("YYYY-MM-DD") ? moment.tz(`${effective_from} 09:00`, zone) : now;
	}

	function fields(frm, zone, now, change) {
		const covered = (frm.doc.services || []).map((row) => row.service);
		const link = (fieldname, label, options, rest) => ({ fieldname, label, options, fieldtype: "Link", change, ...rest });
		const only_covered = () => ({ filters: covered.length ? { name: ["in", covered] } : { disabled: 0 } });
		return [
			link("priority", __("Priority"), "Issue Priority"),
			link("service", __("Service"), "SLA Service", { get_query: only_covered }),
			{ fieldtype: "Column Break" },
			link("issue_type", __("Issue Type"), "Issue Type"),
			{ fieldtype: "Section Break", label: __("Opened, on the clocks of {0}", [zone]) },
			{ fieldname: "day", fieldtype: "Date", label: __("Day"), default: now.format("YYYY-MM-DD"), change },
			{ fieldtype: "Column Break" },
			{ fieldname: "clock_time", fieldtype: "Data", label: __("Time of Day") },
			{ fieldtype: "Section Break" },
			{ fieldname: "told", fieldtype: "HTML" },
		];
	}

	function answer(dialog, html) {
		dialog.get_field("told").$wrapper.html(`<div class="sla-tried" role="status">${html}</div>`);
	}

	// ---- how it looks

	function told(tried) {
		const remarks = tried.remarks.map((each) => `<p class="sla-remark">⚠ ${text(each)}</p>`).join("");
		return `<p>${text(tried.why)}</p>${remarks}<div class="sla-tried-clocks">${tried.clocks.map(clock).join("")}</div>`;
	}

	function clock(each) {
		const here = each.due_here ? `<div class="sla-muted">${__("on your clocks {0}", [text(each.due_here)])}</div>` : "";
		return `<section class="sla-tried-clock" aria-label="${text(each.metric)}">
			<h5>${text(each.metric)} <small>${text(each.target)}</small></h5>
			<div class="sla-tried-due">${__("due {0}", [`<b>${text(each.due)}</b>`])}</div>${here}
			${days(each)}
		</section>`;
	}

	function days(each) {
		if (!each.days.length) return "";
		const heads = [__("Day"), __("Open"), __("Counted"), ""].map((head) => `<th scope="col">${head}</th>`).join("");
		const rows = each.days.map((day) => {
			const cells = [day.open, day.counted, day.remark].map((cell) => `<td>${text(cell)}</td>`).join("");
			return `<tr class="${day.counted === "–" ? "sla-muted" : ""}"><th scope="row">${text(day.day)}</th>${cells}</tr>`;
		});
		const more = each.more ? `<p class="sla-muted">${__("and {0} more days", [each.more])}</p>` : "";
		const hours = each.hours.includes(each.hours_zone) ? each.hours : `${each.hours}, ${each.hours_zone}`;
		return `<table class="table table-sm sla-days"><caption>${text(hours)}</caption>
			<thead><tr>${heads}</tr></thead><tbody>${rows.join("")}</tbody></table>${more}`;
	}

	function text(value) {
		return frappe.utils.escape_html(String(value ?? ""));
	}
})();
