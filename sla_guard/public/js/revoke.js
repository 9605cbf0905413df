// Cancelling asks for a reason: on the forms of documents that say what was decided (doctype/revocable.py).
frappe.provide("sla_guard");

sla_guard.cancel_with_reason = (frm) => {
	frm.savecancel = () => {
		const field = { fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 };
		const revoke = ({ reason }) =>
			frappe
				.xcall("sla_guard.sla_guard.doctype.revocable.revoke", {
					doctype: frm.doctype,
					name: frm.docname,
					reason,
				})
				.then(() => frm.reload_doc());
		frappe.prompt(field, revoke, __("Why is it cancelled?"), __("Cancel It"));
	};
};

for (const doctype of ["SLA Exclusion", "SLA Penalty", "SLA Statement"]) {
	frappe.ui.form.on(doctype, { setup: sla_guard.cancel_with_reason });
}
