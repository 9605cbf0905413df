// What a recompute would change, and then what it has changed; and the buttons that begin each.
const UNDER_WAY = ["Previewing", "Applying"];
const COLOURS = {
	"Breach appears": "red",
	"Breach is withdrawn": "green",
	"Breach is dated anew": "orange",
	"Lateness changes": "yellow",
	"Availability changes": "purple",
	"Due moves": "blue",
};
// Milliseconds between two looks at how far it has got.
const LOOK = 1500;

frappe.ui.form.on("SLA Recompute", {
	setup(frm) {
		frm.set_query("contract", () => ({ filters: { docstatus: 1 } }));
	},

	refresh(frm) {
		const { status } = frm.doc;
		const under_way = UNDER_WAY.includes(status);
		if (under_way || status === "Applied") frm.disable_save();
		else frm.enable_save();
		frm.fields_dict.result.$wrapper.addClass("sla-explain").empty();
		if (frm.is_new()) return;
		if (under_way) watch(frm);
		else if (status === "Draft") begin(frm);
		else show(frm);
	},
});

function begin(frm) {
	say(frm, __("Preview it to see what it would change."));
	if (frm.perm[0].write) begin_with(frm, __("Preview"), "preview", true);
}

// A button; the preview of an unsaved form saves it first.
function begin_with(frm, label, verb, primary) {
	const begin = () => (frm.is_dirty() ? frm.save() : Promise.resolve()).then(() => call(frm, verb));
	as_primary(frm.add_custom_button(label, begin), primary);
}

function as_primary(button, primary) {
	button.toggleClass("btn-default", !primary).toggleClass("btn-primary", primary);
}

function call(frm, verb) {
	return frappe
		.xcall(`sla_guard.recompute.showing.${verb}`, { name: frm.doc.name })
		.then(() => frm.reload_doc());
}

// ---- while it goes on

function watch(frm) {
	const { name, status } = frm.doc;
	say(frm, status === "Previewing" ? __("Looking at the tickets …") : __("Measuring the tickets anew …"));
	const look = () => {
		if (cur_frm !== frm || frm.doc.name !== name) return;
		frappe.xcall("sla_guard.recompute.showing.progress", { name }).then((now) => {
			if (now.status !== status) return frm.reload_doc();
			say(frm, status === "Previewing" ? found(now) : done(now));
			setTimeout(look, LOOK);
		});
	};
	setTimeout(look, LOOK / 3);
}

function found(now) {
	return __("Looking at the tickets: {0} found so far.", [now.tickets]);
}

function done(now) {
	return __("Measured anew: {0} of {1} tickets.", [now.tickets - now.waiting, now.tickets]);
}

function say(frm, sentence) {
	frm.fields_dict.result.$wrapper.html(`<p class="text-muted">${text(sentence)}</p>`);
}

// ---- what it changes

function show(frm) {
	frappe.xcall("sla_guard.recompute.showing.summary", { name: frm.doc.name }).then((told) => {
		frm.fields_dict.result.$wrapper.html([heading(told), statements(told), table(frm, told)].join(""));
		frm.set_intro("");
		if (told.stale) frm.set_intro(__("The hours have changed since this was previewed: preview it again."), "orange");
		offer(frm, told);
	});
}

function offer(frm, told) {
	if (!frm.perm[0].write) return;
	if (frm.doc.status === "Applied") {
		if (told.failed) begin_with(frm, __("Try Again"), "try_again", true);
		return;
	}
	begin_with(frm, __("Preview Again"), "preview", false);
	if ((told.tickets || told.periods) && !told.stale) {
		as_primary(frm.add_custom_button(__("Apply"), () => confirm(frm, told)), true);
	}
}

function confirm(frm, told) {
	const questions = [
		told.tickets &&
			__("Measure these tickets anew: {0}, of which {1} come to something else?", [told.tickets, told.differing]),
		told.tickets && __("It is recorded in the history of each of them, with the reason: {0}", [text(frm.doc.reason)]),
		told.periods &&
			__("Measure the availability that these submitted statements tell anew: {0}? They stay as they are.", [told.periods]),
	];
	frappe.confirm(paragraphs(questions), () => call(frm, "apply"));
}

function heading(told) {
	if (!told.tickets && !told.periods) {
		return paragraphs([__("Nothing is measured in other hours than its contract has now.")]);
	}
	const counted = [told.tickets && tickets(told), told.periods && periods(told)];
	const pills = told.differences.map(
		(each) => `<span class="indicator-pill no-indicator-dot ${COLOURS[each.key]}">${each.count} × ${text(each.label)}</span>`
	);
	const failed = told.failed
		? `<p class="text-danger">${__("Could not be worked off: {0}. The Error Log says why.", [told.failed])}</p>`
		: "";
	return `${paragraphs(counted)}<p class="sla-recompute-pills">${pills.join(" ")}</p>${failed}`;
}

function tickets(told) {
	const differing = told.differing
		? __("Tickets that come to something else: {0}.", [`<b>${told.differing}</b>`])
		: __("None of them comes to anything else.");
	return `${__("Tickets that get the hours of now: {0}, with {1} clocks.", [`<b>${told.tickets}</b>`, told.clocks])} ${differing}`;
}

function periods(told) {
	return __("Submitted statements whose availability gets the hours of now: {0}.", [`<b>${told.periods}</b>`]);
}

function paragraphs(sentences) {
	return sentences.filter(Boolean).map((each) => `<p>${each}</p>`).join("");
}

function statements(told) {
	if (!told.statements.length) return "";
	const names = told.statements.map((name) => link("SLA Statement", name)).join(", ");
	return `<p>${__("Submitted statements stay as they are: {0}. The difference is a correction line of the next one.", [names])}</p>`;
}

function table(frm, told) {
	if (!told.lines.length) return "";
	const heads = [told.periods ? __("Ticket or Statement") : __("Ticket"), __("Clock"), __("What Changes"), __("Before"), __("After")];
	const rows = told.lines.map((line) => `<tr>${cells(line).map((cell) => `<td>${cell}</td>`).join("")}</tr>`);
	const head = heads.map((each) => `<th>${text(each)}</th>`).join("");
	return `<div class="sla-explain-table sla-recompute-lines"><table class="table table-bordered">
		<thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table></div>${more(frm, told)}`;
}

function cells(line) {
	const pill = `<span class="indicator-pill no-indicator-dot ${COLOURS[line.difference]}">${text(line.label)}</span>`;
	const remarks = [
		line.decision && __("{0} before: that decision stays", [text(line.decision)]),
		...(line.statement ? [] : line.statements.map((name) => link("SLA Statement", name))),
		line.failed && `<span class="text-danger">${__("Failed")}</span>`,
	];
	return [
		beneath(line.statement ? link("SLA Statement", line.statement) : link("Issue", line.ticket), text(line.customer)),
		text(line.clock),
		[pill, ...remarks.filter(Boolean)].join("<br>"),
		standpoint(line, "before"),
		standpoint(line, "after"),
	];
}

// Missed when and by how much, or due when; of a period, how much a service was there.
function standpoint(line, when) {
	if (line.statement) return available(line, when);
	const breached = line[`breached_${when}`];
	if (!breached) return line[`due_${when}`] ? __("due {0}", [text(line[`due_${when}`])]) : __("not missed");
	return beneath(__("missed {0}", [text(breached)]), __("late by {0}", [duration(line[`late_${when}`])]));
}

function available(line, when) {
	const [down, agreed] = ["down", "agreed"].map((each) => duration(line[`${each}_${when}`]));
	return beneath(text(line[`available_${when}`]) || __("no data"), __("down for {0} of {1}", [down, agreed]));
}

function duration(us) {
	return frappe.utils.get_formatted_duration(us / 1e6, { hide_days: 1 }) || "0s";
}

function beneath(cell, remark) {
	return `${cell}<br><span class="text-muted">${remark}</span>`;
}

function more(frm, told) {
	const count = told.differences.reduce((sum, each) => sum + each.count, 0);
	const href = `/app/sla-recompute-line?recompute=${encodeURIComponent(frm.doc.name)}`;
	const words = count > told.lines.length ? __("{0} more in the list", [count - told.lines.length]) : __("All clocks as a list");
	return `<p><a class="btn btn-xs btn-default" href="${href}">${words}</a></p>`;
}

function link(doctype, name) {
	return frappe.utils.get_form_link(doctype, name, true);
}

function text(value) {
	return frappe.utils.escape_html(value || "");
}
