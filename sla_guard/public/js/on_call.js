// Who is called for a ticket whose answer is promised around the clock; somebody who takes care of it says so here.
frappe.ui.form.on("Issue", {
	onload(frm) {
		if (frm.sla_hears_calls) return;
		frm.sla_hears_calls = true;
		frappe.realtime.on("sla_guard_on_call", ({ ticket }) => ticket === frm.doc.name && read_call(frm));
	},

	refresh(frm) {
		draw_call(frm);
	},
});

function read_call(frm) {
	const ticket = frm.doc.name;
	return frappe.xcall("sla_guard.oncall.acknowledging.call_of", { ticket }).then((call) => show_call(frm, call));
}

function show_call(frm, call) {
	if (!frm.doc.__onload) frm.doc.__onload = {};
	frm.doc.__onload.sla_on_call = call;
	draw_call(frm);
}

function draw_call(frm) {
	const call = !frm.is_new() && frm.doc.__onload?.sla_on_call;
	frm.$wrapper.find(".sla-on-call").remove();
	if (!call) return;
	frm.layout.wrapper.prepend(banner(call));
	frm.$wrapper.find(".sla-on-call button").on("click", () => acknowledge(frm));
	if (call.waiting) look_again(frm);
}

// Where no socket tells of it, the form learns late that somebody else has acknowledged, but it does.
function look_again(frm) {
	const ticket = frm.doc.name;
	clearTimeout(frm.sla_call_timer);
	frm.sla_call_timer = setTimeout(() => {
		if (frm.doc.name !== ticket || !frm.$wrapper.is(":visible")) return;
		if (document.hidden) look_again(frm);
		else read_call(frm);
	}, 30000);
}

function banner(call) {
	const button = `<button class="btn btn-sm btn-primary">${frappe.utils.escape_html(__("Acknowledge"))}</button>`;
	return $(`
		<div class="sla-on-call ${call.waiting ? "sla-on-call-waiting" : ""}" role="status">
			<span>${call.waiting ? "☎" : "✓"} ${frappe.utils.escape_html(how_it_stands(call))}</span>
			${call.may_acknowledge ? button : ""}
		</div>`);
}

function how_it_stands(call) {
	if (!call.waiting) {
		return __("On-call duty: {0} takes care of it, since {1}.", [call.acknowledged_by, call.acknowledged_at]);
	}
	if (call.office_until) {
		return __("On-call duty: the office is staffed. Unanswered, somebody is called at {0}.", [call.office_until]);
	}
	if (!call.called_at) return __("On-call duty: somebody is about to be called.");
	if (!call.called) {
		return __("On-call duty: nobody has acknowledged. The SLA Managers were told at {0}.", [call.called_at]);
	}
	const called = [call.called, call.level, call.called_at];
	const next = __("Without an acknowledgement the next is called at {0}.", [call.next_at]);
	return `${__("On-call duty: {0} is being called (level {1}), since {2}.", called)} ${next}`;
}

function acknowledge(frm) {
	return frappe
		.xcall("sla_guard.oncall.acknowledging.acknowledge", { ticket: frm.doc.name })
		.then((call) => {
			show_call(frm, call);
			const message = __("You take care of it: nobody else is called. The customer still waits for an answer.");
			frappe.show_alert({ message, indicator: "green" }, 10);
		});
}
