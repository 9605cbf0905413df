{% include "sla_guard/public/js/refusal.js" %}
{% include "sla_guard/public/js/hours_picture.js" %}
{% include "sla_guard/public/js/contract_try.js" %}
{% include "sla_guard/public/js/contract_check.js" %}
{% include "sla_guard/public/js/contract_templates.js" %}

// What a contract may name, what a new one begins with, and how the next version is made of it.
const USUAL_RULES = [
	{ status: "Resolved", effect: "Stops" },
	{ status: "Closed", effect: "Stops" },
	{ status: "On Hold", effect: "Pauses Resolution", reason: "Customer" },
];
const TIMES = ["response_time", "resolution_time"];

frappe.ui.form.on("SLA Contract", {
	setup(frm) {
		limit_links(frm);
		limit_links_of_money(frm);
		keep_boxes_open(frm);
	},

	onload(frm) {
		// What is typed and not in the list goes to the server, which names it and says what may have been meant.
		frm.set_df_property("time_zone", "ignore_validation", 1);
		frappe
			.xcall("sla_guard.sla_guard.doctype.support_hours.support_hours.time_zones")
			.then((zones) => frm.fields_dict.time_zone.set_data(zones));
		if (frm.is_new()) prefill(frm);
	},

	refresh(frm) {
		show_no_time_as_empty(frm);
		offer_rules_with_tiers(frm);
		statuses().then((names) => {
			frm.fields_dict.status_rules.grid.update_docfield_property("status", "options", names);
		});
		frm.add_custom_button(__("Try It"), () => sla_guard.try_contract(frm));
		if (!frm.is_new()) frm.add_custom_button(__("SLA Annex"), () => frappe.set_route("print", frm.doctype, frm.docname));
		if (frm.is_new()) frm.add_custom_button(__("Start from a Template"), () => sla_guard.begin_contract(frm));
		if (frm.doc.docstatus === 1) tell_successor(frm);
		draw_hours(frm);
		check(frm);
	},

	support_hours: draw_hours,
	filled: draw_hours,

	before_submit: (frm) => sla_guard.contract_check.ask(frm),
});

frappe.ui.form.on("Priority Target", {
	response_time: settle_time,
	resolution_time: settle_time,
	support_hours: draw_hours,
	targets_remove: draw_hours,
});

frappe.ui.form.on("SLA Penalty Rule", {
	rule_name: offer_rules_with_tiers,
	kind: offer_rules_with_tiers,
	penalty_rules_remove: offer_rules_with_tiers,
});

function draw_hours(frm) {
	sla_guard.draw_hours(frm, "hours_picture", "of_contract");
}

// Of what is saved: an empty form misses everything.
function check(frm) {
	frm.toggle_display("section_missing", frm.doc.docstatus === 0 && !frm.is_new());
	if (frm.doc.docstatus === 0 && !frm.is_new()) sla_guard.contract_check.draw(frm);
}

function offer_rules_with_tiers(frm) {
	const rules = (frm.doc.penalty_rules || []).filter((rule) => rule.kind?.startsWith("Tiers"));
	const names = rules.map((rule) => rule.rule_name).filter(Boolean);
	frm.fields_dict.penalty_tiers.grid.update_docfield_property("rule", "options", names);
	// The table is there as soon as a rule has tiers.
	frm.refresh_field("penalty_tiers");
}

function settle_time(frm, doctype, name) {
	const row = locals[doctype][name];
	for (const field of TIMES) {
		// The control has no empty value: all its boxes at zero mean that there is no such commitment.
		if (row[field] === 0) frappe.model.set_value(doctype, name, field, null);
		// A number typed without a unit was read as seconds, which nobody promises.
		if (row[field] % 60) refuse_seconds(row, field);
	}
}

function refuse_seconds(row, field) {
	frappe.model.set_value(row.doctype, row.name, field, null);
	frappe.msgprint({
		title: __("Not a Target"),
		message: __("Row {0}: write the time with its unit, like 8h or 30m.", [row.idx]),
		indicator: "red",
	});
}

// A click into the boxes for hours and minutes would give the focus back to the cell, and close them.
function keep_boxes_open(frm) {
	const inside = (event) => event.target.closest(".duration-picker") && event.stopPropagation();
	const table = frm.fields_dict.targets.$wrapper[0];
	table.addEventListener("click", inside, true);
	table.addEventListener("focusin", (event) => put_boxes_at(event.target));
}

// Frappe 16 fixes them where the cell would be if the page were not scrolled.
function put_boxes_at(input) {
	const boxes = input.closest(".frappe-control")?.querySelector(".duration-picker");
	if (!boxes || getComputedStyle(boxes).position !== "fixed") return;
	const { left, top, bottom } = input.getBoundingClientRect();
	const fits = bottom + boxes.offsetHeight < window.innerHeight;
	Object.assign(boxes.style, { left: `${left}px`, top: `${fits ? bottom : top - boxes.offsetHeight}px` });
}

function show_no_time_as_empty(frm) {
	const format = frappe.form.get_formatter("Duration");
	for (const field of TIMES) {
		const formatter = (value, ...rest) => (value ? format(value, ...rest) : "");
		frm.fields_dict.targets.grid.update_docfield_property(field, "formatter", formatter);
	}
}

function limit_links(frm) {
	const enabled = () => ({ filters: { disabled: 0 } });
	frm.set_query("customer", enabled);
	frm.set_query("services", enabled);
	frm.set_query("service", "targets", () => {
		const covered = (frm.doc.services || []).map((row) => row.service);
		return covered.length ? { filters: { name: ["in", covered] } } : enabled();
	});
	frm.set_query("supersedes", () => ({
		filters: { docstatus: 1, applies_to: frm.doc.applies_to, customer: frm.doc.customer || undefined },
	}));
}

function limit_links_of_money(frm) {
	frm.set_query("credit_account", () => ({ filters: { company: frm.doc.company, is_group: 0 } }));
	frm.set_query("contact", "contacts", () => ({
		query: "frappe.contacts.doctype.contact.contact.contact_query",
		filters: frm.doc.customer ? { link_doctype: "Customer", link_name: frm.doc.customer } : {},
	}));
	for (const table of ["penalty_rules", "availability_targets"]) {
		frm.set_query("service", table, () => {
			const covered = (frm.doc.services || []).map((row) => row.service);
			return { filters: covered.length ? { name: ["in", covered] } : { disabled: 0 } };
		});
	}
}

// What an Issue can have on this site.
function statuses() {
	return new Promise((tell) => {
		frappe.model.with_doctype("Issue", () => {
			tell(frappe.meta.get_docfield("Issue", "status").options.split("\n").filter(Boolean));
		});
	});
}

// What most contracts say of a status; a copy keeps what it was copied with.
function prefill(frm) {
	if (!frm.doc.time_zone) frm.set_value("time_zone", frappe.boot.time_zone?.system || "");
	if (frm.doc.status_rules?.length) return;
	statuses().then((names) => {
		for (const rule of USUAL_RULES.filter((each) => names.includes(each.status))) {
			frm.add_child("status_rules", { ...rule });
		}
		frm.refresh_field("status_rules");
	});
}

function tell_successor(frm) {
	const successor = { supersedes: frm.doc.name, docstatus: 1 };
	frappe.db.get_value("SLA Contract", successor, ["name", "effective_from"]).then(({ message }) => {
		if (!message?.name) {
			if (frm.perm[0].create) frm.add_custom_button(__("New Version"), () => ask_for_start(frm));
			return;
		}
		const link = frappe.utils.get_form_link("SLA Contract", message.name, true);
		const day = frappe.datetime.str_to_user(message.effective_from);
		frm.set_intro(__("{0} supersedes this version from {1} on.", [link, day]), "blue");
	});
}

function ask_for_start(frm) {
	const field = {
		fieldname: "effective_from",
		fieldtype: "Date",
		label: __("Effective From"),
		reqd: 1,
		description: __("The day on which the new version takes over from this one."),
	};
	frappe.prompt(field, (values) => make_version(frm, values.effective_from), __("New Version"), __("Create"));
}

function make_version(frm, effective_from) {
	const version = frappe.model.copy_doc(frm.doc);
	version.supersedes = frm.doc.name;
	version.effective_from = effective_from;
	if (frm.doc.effective_to >= effective_from) version.effective_to = frm.doc.effective_to;
	frappe.set_route("Form", "SLA Contract", version.name);
}
