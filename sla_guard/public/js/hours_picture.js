// The picture of support hours in a form, drawn by the site from what is entered: sla_guard.draw_hours(frm, field, method).
frappe.provide("sla_guard");

sla_guard.draw_hours = (frm, field, method) => {
	const doctype = "sla_guard.sla_guard.doctype.support_hours.picture";
	// What is asked last is shown, whatever is answered last.
	const asked = (frm.sla_asked = (frm.sla_asked || 0) + 1);
	const argument = { [method === "of_hours" ? "hours" : "contract"]: JSON.stringify(frm.doc) };
	return frappe.xcall(`${doctype}.${method}`, argument).then((html) => {
		if (asked === frm.sla_asked) frm.get_field(field).$wrapper.html(html);
	});
};
