// A back-fill: what it would take up, how far it is, what has failed; begun, stopped and gone on with by its buttons.
const UNDER_WAY = ["Preparing", "Running", "Drafting Statements"];
// Where the site has no socket the form asks by itself.
const EVERY_MS = 3000;
// Minutes without a sign of life, after which the form speaks of it.
const SILENT = 2;

frappe.ui.form.on("SLA Back-fill", {
	setup(frm) {
		frm.set_query("contract", () => ({ filters: { docstatus: 1 } }));
		frappe.realtime.on("sla_guard_back_fill", (told) => {
			if (told.name === frm.doc.name) ask_soon(frm);
		});
	},

	refresh(frm) {
		clearTimeout(frm.sla_asking);
		frm.get_field("preview_html").$wrapper.empty();
		frm.get_field("progress_html").$wrapper.empty();
		for (const field of asked(frm)) frm.set_df_property(field, "read_only", is_draft(frm) ? 0 : 1);
		if (frm.is_new()) {
			frm.get_field("preview_html").$wrapper.html(muted(__("Save it to see which tickets it is about.")));
		} else if (is_draft(frm)) {
			preview(frm);
		} else {
			frm.disable_save();
			ask(frm);
		}
		offer(frm);
	},
});

function asked(frm) {
	const kinds = ["Date", "Link", "Check"];
	return frm.meta.fields.filter((df) => kinds.includes(df.fieldtype)).map((df) => df.fieldname);
}

function server(frm, verb) {
	const controller = "sla_guard.sla_guard.doctype.sla_back_fill.sla_back_fill";
	return frappe.xcall(`${controller}.${verb}`, { name: frm.doc.name });
}

function is_draft(frm) {
	return frm.doc.status === "Draft";
}

// ---- buttons

function offer(frm) {
	if (frm.is_new() || !frm.perm[0]?.write) return;
	if (is_draft(frm)) button(frm, __("Start"), "start", true);
	else if (UNDER_WAY.includes(frm.doc.status)) button(frm, __("Stop"), "stop", false);
	else if (frm.doc.status === "Stopped") button(frm, __("Go On"), "start", true);
	else if (frm.doc.failed) button(frm, __("Try the Failed Ones Again"), "start", true);
}

function button(frm, label, method, primary) {
	const made = frm.add_custom_button(label, () => {
		if (frm.is_dirty()) return frappe.show_alert({ message: __("Save it first."), indicator: "orange" });
		return server(frm, method).then(() => frm.reload_doc());
	});
	if (primary) made.addClass("btn-primary");
}

// ---- before

function preview(frm) {
	const frame = frm.get_field("preview_html").$wrapper.html(muted(__("Counting…")));
	server(frm, "preview").then((found) => {
		const rows = found.contracts.map((each) => [
			link("SLA Contract", each.name, each.title),
			text(each.customer || __("Everybody")),
			text(each.from),
			number(each.tickets),
		]);
		if (found.none && !frm.doc.contract) rows.push([`<i>${__("No contract was in force")}</i>`, "", "", number(found.none)]);
		const heads = [__("Contract"), __("Customer"), __("Effective From"), __("Tickets")];
		const said = __("{0} tickets have no history yet.", [`<b>${number(found.tickets)}</b>`]);
		const note = found.tickets ? muted(__("By the customer, service and contract that each of them names now.")) : "";
		frame.html(`<p>${said}</p>${rows.length ? table(heads, rows) : ""}${note}`);
	});
}

// ---- under way

function ask_soon(frm) {
	clearTimeout(frm.sla_asking);
	frm.sla_asking = setTimeout(() => ask(frm), 500);
}

function ask(frm) {
	const name = frm.doc.name;
	server(frm, "progress").then((found) => {
		if (frm.doc.name !== name) return;
		show(frm, found);
		if (found.status !== frm.doc.status) {
			frm.reload_doc();
		} else if (UNDER_WAY.includes(found.status) && frm.$wrapper.is(":visible")) {
			frm.sla_asking = setTimeout(() => ask(frm), EVERY_MS);
		}
	});
}

function show(frm, found) {
	const done = found.filled + found.passed_over + found.failed;
	const percent = found.tickets ? Math.min(100, Math.floor((100 * done) / found.tickets)) : is_over(found) ? 100 : 0;
	const so_far = found.status === "Preparing" ? "" : `, ${__("{0} of {1} tickets", [number(done), number(found.tickets)])}`;
	frm.get_field("progress_html").$wrapper.html(`<div class="sla-back-fill">
		<p>${text(words(found.status))}${so_far}</p>
		<div class="progress" role="progressbar" aria-valuenow="${percent}" aria-valuemin="0" aria-valuemax="100"
			aria-label="${__("Progress")}"><div class="progress-bar" style="width: ${percent}%"></div></div>
		<p class="sla-back-fill-counts">${counts(found).join(" ")}</p>
		${remarks(frm, found).map(muted).join("")}${failures(found.failures)}${mixed(found.mixed)}</div>`);
}

function counts(found) {
	return [
		[__("Back-filled"), found.filled, "green"],
		[__("Passed over"), found.passed_over, "gray"],
		[__("Failed"), found.failed, found.failed ? "red" : "gray"],
	].map(([label, count, colour]) => `<span class="indicator-pill ${colour}">${label}: ${number(count)}</span>`);
}

function remarks(frm, found) {
	const { from_date, to_date, customer, contract } = frm.doc;
	const said = [];
	if (!(from_date || to_date || customer || contract)) said.push(__("It is about all tickets that had no history."));
	if (found.passed_over) said.push(__("Passed over: they have got a history meanwhile, or come under another contract."));
	if (!is_over(found) && found.silent >= SILENT) {
		said.push(
			__("Nobody has been at work on it for {0} minutes. If its worker was ended it goes on by itself after ten to fifteen; Stop and Go On does it at once.", [
				number(found.silent),
			])
		);
	}
	return said;
}

function is_over(found) {
	return !UNDER_WAY.includes(found.status);
}

function words(status) {
	return {
		Preparing: __("A background worker is waited for"),
		Running: __("Under way"),
		Stopped: __("Stopped"),
		"Drafting Statements": __("The statements are being drafted"),
		Done: __("Done"),
	}[status];
}

function failures(failed) {
	if (!failed.length) return "";
	const rows = failed.map(([ticket, why]) => [link("Issue", ticket, ticket), text(why), log(ticket)]);
	return `<h5>${__("Not Back-filled")}</h5>${table([__("Ticket"), __("Why"), ""], rows)}`;
}

function mixed(tickets) {
	if (!tickets.length) return "";
	const why = text(__("Another ticket was merged into this one: records of both are mixed"));
	const rows = tickets.map((ticket) => [link("Issue", ticket, ticket), why]);
	return `<h5>${__("Worth a Look")}</h5>${table([__("Ticket"), __("Why")], rows)}`;
}

function log(ticket) {
	const query = new URLSearchParams({ reference_doctype: "Issue", reference_name: ticket });
	return `<a href="/app/error-log?${query}">${__("Error Log")}</a>`;
}

// ---- how it looks

function text(value) {
	return frappe.utils.escape_html(String(value ?? ""));
}

function muted(said) {
	return `<p class="text-muted">${said}</p>`;
}

function number(value) {
	return format_number(value, null, 0);
}

function link(doctype, name, title) {
	return `<a href="${frappe.utils.get_form_link(doctype, name)}">${text(title)}</a>`;
}

function table(heads, rows) {
	const cells = (row, tag) => row.map((cell) => `<${tag}>${cell}</${tag}>`).join("");
	return `<div class="sla-explain-table"><table class="table table-bordered table-sm"><thead><tr>${cells(heads, "th")}</tr></thead>
		<tbody>${rows.map((row) => `<tr>${cells(row, "td")}</tr>`).join("")}</tbody></table></div>`;
}
