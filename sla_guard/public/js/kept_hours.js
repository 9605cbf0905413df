// On Support Hours, a Holiday List and a contract: open tickets that keep the hours that they were opened with, after these
// were corrected, and the way to what would change them.
(() => {
	const ASKED = { "Support Hours": "support_hours", "Holiday List": "holiday_list", "SLA Contract": "contract" };

	for (const doctype of Object.keys(ASKED)) {
		frappe.ui.form.on(doctype, { refresh: look });
	}

	function look(frm) {
		if (frm.is_new() || !frappe.model.can_create("SLA Recompute")) return;
		const { doctype, name } = frm.doc;
		frappe.xcall("sla_guard.recompute.scope.kept", { doctype, name }).then((count) => {
			if (count && cur_frm === frm && frm.doc.name === name) tell(frm, count);
		});
	}

	function tell(frm, count) {
		const recompute = () => {
			frappe.route_options = { [ASKED[frm.doctype]]: frm.doc.name, only_open: 1 };
			frappe.new_doc("SLA Recompute");
		};
		const kept =
			count === 1
				? __("One open ticket keeps the hours that it was opened with.")
				: __("{0} open tickets keep the hours that they were opened with.", [count]);
		const link = `<a href="#"><b>${frappe.utils.escape_html(__("Recompute…"))}</b></a>`;
		const messages = frm.layout.message;
		messages.find("[data-sla-kept]").closest(".form-message").remove();
		frm.set_intro(`<span data-sla-kept>${frappe.utils.escape_html(kept)} ${link}</span>`, "blue");
		messages.find("[data-sla-kept] a").on("click", (event) => {
			event.preventDefault();
			recompute();
		});
		frm.remove_custom_button(__("Recompute…"));
		frm.add_custom_button(__("Recompute…"), recompute);
	}
})();
