{% include "sla_guard/public/js/hours_picture.js" %}

const WORKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"];

frappe.ui.form.on("Support Hours", {
	setup(frm) {
		// What is typed and not in the list goes to the server, which names it and says what may have been meant.
		frm.get_docfield("time_zone").ignore_validation = 1;
	},

	onload(frm) {
		frappe
			.xcall("sla_guard.sla_guard.doctype.support_hours.support_hours.time_zones")
			.then((zones) => frm.fields_dict.time_zone.set_data(zones));
		if (frm.is_new() && !frm.doc.time_zone) {
			frm.set_value("time_zone", frappe.boot.time_zone?.system || "");
		}
	},

	refresh(frm) {
		frm.fields_dict.windows.grid.add_custom_button(__("Copy to Monday–Friday"), () => copy_to_workdays(frm));
		draw(frm);
	},

	time_zone: draw,
	always_open: draw,
	holiday_list: draw,
});

frappe.ui.form.on("Support Hours Window", { weekday: draw, opens: draw, closes: draw, windows_remove: draw });

function draw(frm) {
	sla_guard.draw_hours(frm, "picture", "of_hours");
}

// The windows of the first day entered, on every working day that has none yet.
function copy_to_workdays(frm) {
	const entered = (frm.doc.windows || []).filter((row) => row.weekday && row.opens && row.closes);
	if (!entered.length) {
		frappe.show_alert({ message: __("Enter the windows of one day first."), indicator: "orange" });
		return;
	}
	const pattern = entered.filter((row) => row.weekday === entered[0].weekday);
	const taken = new Set(entered.map((row) => row.weekday));
	for (const weekday of WORKDAYS.filter((day) => !taken.has(day))) {
		for (const { opens, closes } of pattern) {
			frm.add_child("windows", { weekday, opens, closes });
		}
	}
	frm.refresh_field("windows");
	frm.dirty();
	draw(frm);
}
