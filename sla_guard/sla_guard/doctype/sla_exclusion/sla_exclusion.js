// The grounds that each contract may tick.
const GROUNDS = {
	"Customer's Fault": "ground_customer",
	"Force Majeure": "ground_force_majeure",
	"Announced Maintenance": "ground_maintenance",
	"Customer's Equipment": "ground_equipment",
};
const CLAIM = ["breach", "kind", "ground", "reason", "evidence", "consent"];

frappe.ui.form.on("SLA Exclusion", {
	setup(frm) {
		frm.set_query("breach", () => ({ filters: { state: "Open" } }));
	},

	refresh(frm) {
		offer_grounds(frm);
		const waits = !frm.is_new() && frm.doc.docstatus === 0 && frm.doc.status === "Claimed";
		const own = frm.is_new() || frm.doc.claimed_by === frappe.session.user;
		for (const field of CLAIM) frm.set_df_property(field, "read_only", own ? 0 : 1);
		if (frm.doc.docstatus === 0 && !frm.is_new() && !(waits && !own)) keep_from_submitting(frm);
		if (waits && own) {
			// After a save it stands there already.
			frm.set_intro();
			frm.set_intro(__("A second person approves or rejects this claim."), "blue");
		}
		if (waits && frm.doc.kind === "Waiver" && !frm.doc.consent && !frm.doc.consented_by) say_what_the_customer_says(frm);
		if (waits && !own && frm.perm[0].submit) {
			frm.add_custom_button(__("Reject"), () => ask_for_answer(frm));
		}
	},

	breach: offer_grounds,
});

function say_what_the_customer_says(frm) {
	const { declined_by, decline_reason } = frm.doc;
	if (declined_by) {
		const why = frappe.utils.escape_html(decline_reason);
		frm.set_intro(__("The customer declined this waiver: {0}", [why]), "red");
	} else {
		frm.set_intro(__("The customer is asked for the consent, and answers in the portal."), "orange");
	}
}

async function offer_grounds(frm) {
	const { message: breach } = await frappe.db.get_value("SLA Breach", frm.doc.breach || "", "contract");
	if (!breach?.contract) return;
	const { message: ticked } = await frappe.db.get_value(
		"SLA Contract",
		breach.contract,
		Object.values(GROUNDS)
	);
	const offered = Object.keys(GROUNDS).filter((ground) => cint(ticked?.[GROUNDS[ground]]));
	frm.set_df_property("ground", "options", ["", ...offered]);
}

// A claim of one's own, or one that was rejected: the server refuses it too.
function keep_from_submitting(frm) {
	frm.perm[0].submit = 0;
	frm.toolbar.refresh();
}

function ask_for_answer(frm) {
	const field = { fieldname: "answer", fieldtype: "Small Text", label: __("Answer"), reqd: 1 };
	const reject = ({ answer }) =>
		frappe
			.xcall("sla_guard.sla_guard.doctype.sla_exclusion.sla_exclusion.reject", {
				name: frm.docname,
				answer,
			})
			.then(() => frm.reload_doc());
	frappe.prompt(field, reject, __("Why is it rejected?"), __("Reject"));
}
