// Start from a template: fills the form of a new contract. sla_guard.begin_contract(frm)
frappe.provide("sla_guard");

sla_guard.begin_contract = (() => {
	const MODULE = "sla_guard.sla_guard.doctype.sla_contract.templates";
	const LEVELS = ["critical", "high", "medium"];
	return (frm) => frappe.xcall(`${MODULE}.choices`).then((choices) => show(frm, choices));

	function show(frm, choices) {
		const dialog = new frappe.ui.Dialog({
			title: __("Start from a Template"),
			size: "large",
			fields: [...what(choices), ...whose(choices), ...where(frm, choices), ...money(choices)],
			primary_action_label: __("Fill the Form"),
			primary_action: (values) => {
				dialog.disable_primary_action();
				begin(frm, values)
					.then(() => dialog.hide())
					.finally(() => dialog.enable_primary_action());
			},
		});
		const draw = () => describe(dialog, choices);
		dialog.get_field("template").df.onchange = draw;
		dialog.show();
		draw();
	}

	function what({ templates }) {
		const options = templates.map((each) => ({ value: each.name, label: each.title }));
		return [
			{ fieldname: "template", fieldtype: "Select", label: __("Template"), options, default: options[0].value, reqd: 1 },
			{ fieldname: "summary", fieldtype: "HTML" },
		];
	}

	function whose({ templates, priorities }) {
		const named = Object.fromEntries(templates[0].times.map((each) => [each.level, each.name]));
		const link = (level) => ({
			fieldname: level,
			fieldtype: "Link",
			options: "Issue Priority",
			label: named[level],
			default: priorities[level],
		});
		const [critical, high, medium] = LEVELS.map(link);
		const column = { fieldtype: "Column Break" };
		return [
			{ fieldtype: "Section Break", label: __("Your Priorities"), description: __("A level without a priority is left out.") },
			critical,
			column,
			high,
			column,
			medium,
		];
	}

	function where(frm, choices) {
		return [
			{ fieldtype: "Section Break", label: __("Hours and Services") },
			{
				fieldname: "support_hours",
				fieldtype: "Link",
				options: "Support Hours",
				label: __("Support Hours"),
				default: frm.doc.support_hours,
				description: __("Empty: those of the template are made."),
			},
			{
				fieldname: "holiday_list",
				fieldtype: "Link",
				options: "Holiday List",
				label: __("Holiday List"),
				depends_on: "eval:!doc.support_hours",
			},
			{ fieldtype: "Column Break" },
			{ fieldname: "services", fieldtype: "MultiCheck", label: __("Covered Services"), options: services_of(frm, choices), columns: 1 },
		];
	}

	function services_of(frm, { services, usual_services }) {
		const covered = (frm.doc.services || []).map((row) => row.service);
		const known = services.map((value) => ({ value, label: value, checked: covered.includes(value) }));
		return [...known, ...usual_services.map((value) => ({ value, label: __("{0} (new)", [value]) }))];
	}

	function money({ templates, currency }) {
		const priced = templates.filter((each) => each.penalties).map((each) => each.name);
		const shown = `eval:${JSON.stringify(priced)}.includes(doc.template)`;
		const why = __("Penalties are percentages of it. Empty: the penalties are left out.");
		return [
			{ fieldtype: "Section Break", label: __("Fee"), depends_on: shown },
			{ fieldname: "fee", fieldtype: "Currency", options: "currency", label: __("Fee per Month"), description: why },
			{ fieldtype: "Column Break" },
			{ fieldname: "currency", fieldtype: "Link", options: "Currency", label: __("Currency"), default: currency },
		];
	}

	// ---- what it says

	function describe(dialog, { templates }) {
		const chosen = templates.find((each) => each.name === dialog.get_value("template")) || templates[0];
		const rows = chosen.times.map((each) => {
			const around = chosen.around_the_clock.includes(each.name) ? "24/7" : chosen.hours;
			return [each.name, hours(each.response), hours(each.resolution), around];
		});
		dialog.get_field("summary").$wrapper.html(table(rows) + `<p class="sla-muted">${escape(penalties(chosen))}</p>`);
	}

	function penalties(chosen) {
		if (!chosen.penalties) return __("No penalties.");
		return __("Penalties in percent of the fee, capped at {0} % of it.", [chosen.cap_percent]);
	}

	function table(rows) {
		const heads = [__("Priority"), __("Response"), __("Resolution"), __("Support Hours")];
		const body = rows.map(([first, ...rest]) => {
			const cells = rest.map((cell) => `<td>${escape(cell)}</td>`).join("");
			return `<tr><th scope="row">${escape(first)}</th>${cells}</tr>`;
		});
		return `<table class="table table-sm sla-days"><thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join("")}
			</tr></thead><tbody>${body.join("")}</tbody></table>`;
	}

	function hours(amount) {
		if (!amount) return "–";
		return amount < 1 ? `${amount * 60} min` : `${amount} h`;
	}

	function escape(value) {
		return frappe.utils.escape_html(String(value ?? ""));
	}

	// ---- what it does

	function begin(frm, { template, support_hours, holiday_list, services, currency, fee, ...levels }) {
		const priorities = Object.fromEntries(LEVELS.map((level) => [level, levels[level]]));
		const time_zone = frm.doc.time_zone || frappe.boot.time_zone?.system;
		const asked = { template, time_zone, support_hours, holiday_list, currency, fee, priorities, services };
		return frappe.xcall(`${MODULE}.begin`, asked).then((values) => fill(frm, values));
	}

	function fill(frm, values) {
		const { targets, services, penalty_rules, penalty_tiers, title, ...fields } = values;
		const tables = { targets, services, penalty_rules, penalty_tiers };
		for (const [table, rows] of Object.entries(tables)) {
			frm.clear_table(table);
			for (const row of rows) frm.add_child(table, row);
		}
		if (!frm.doc.title) fields.title = title;
		return frm.set_value(fields).then(() => {
			frm.refresh_fields();
			frm.trigger("filled");
			frappe.show_alert({ message: __("Filled in from {0}: change what is different.", [title]), indicator: "green" });
		});
	}
})();
