// When nobody is on call for a contract that promises an answer around the clock.
{% include "sla_guard/public/js/duty.js" %}

frappe.ui.form.on("SLA Contract", {
	refresh(frm) {
		const told = frm.doc.__onload?.on_call;
		const field = frm.fields_dict.on_call_gaps;
		if (!field) return;
		if (!told) field.$wrapper.empty();
		else field.$wrapper.html(told.in_use ? sla_guard.duty.gaps(told) : no_roster());
	},
});

function no_roster() {
	const none = __("No on-call roster is in use: nobody is called for these tickets.");
	const link = `<a href="/app/sla-on-call-roster/new">${frappe.utils.escape_html(__("Make one"))}</a>`;
	return `<p class="text-muted">${frappe.utils.escape_html(none)} ${link}</p>`;
}
