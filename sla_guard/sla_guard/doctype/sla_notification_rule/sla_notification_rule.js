frappe.ui.form.on("SLA Notification Rule", {
	setup(frm) {
		frm.set_query("contract", () => ({ filters: { docstatus: 1 } }));
	},

	refresh(frm) {
		frm.set_intro(frm.is_new() ? "" : in_words(frm.doc), "blue");
	},
});

// What the rule says, as a sentence that can be checked at a glance.
function in_words(rule) {
	if (!rule.enabled) return __("This rule is switched off: nobody is told by it.");
	const readers = [
		rule.to_assignees && __("whoever the ticket is assigned to"),
		rule.to_on_call && __("whoever is on call"),
		rule.role && __("users with the role {0}", [__(rule.role)]),
		...(rule.users || []).map((row) => row.user),
		rule.to_customer && __("the customer's contacts"),
	].filter(Boolean);
	if (!readers.length) return __("Nobody is named: this rule is for webhooks on SLA Alert.");
	const who = frappe.utils.escape_html(readers.join(", "));
	return __("At {0} % of the {1}, this tells: {2}.", [rule.percent, of_what(rule), who]);
}

function of_what(rule) {
	if (rule.metric === "Response") return __("response time");
	if (rule.metric === "Resolution") return __("resolution time");
	return __("response time and of the resolution time");
}
