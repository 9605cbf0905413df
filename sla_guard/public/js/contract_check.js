// What a draft leaves unsaid: a panel in its form, and a question before it is submitted.
frappe.provide("sla_guard");

sla_guard.contract_check = (() => {
	const METHOD = "sla_guard.sla_guard.doctype.sla_contract.check.check";
	return { draw, ask };

	function remarks_of(frm) {
		return frappe.xcall(METHOD, { contract: JSON.stringify(frm.doc) });
	}

	function draw(frm) {
		const panel = frm.get_field("missing").$wrapper;
		return remarks_of(frm).then((remarks) => {
			panel.html(panel_of(remarks));
			panel.find("[data-field]").on("click", (event) => frm.scroll_to_field(event.currentTarget.dataset.field));
		});
	}

	// Before it is submitted: what is missing is named, and asked about once. What refuses is the server's to say.
	function ask(frm) {
		return remarks_of(frm).then((remarks) => {
			const unsaid = remarks.filter((each) => !each.refuses);
			return unsaid.length ? confirm(frm, unsaid) : undefined;
		});
	}

	function confirm(frm, remarks) {
		return new Promise((resolve) => {
			let field, submit;
			const dialog = new frappe.ui.Dialog({
				title: __("Submit without this?"),
				fields: [{ fieldtype: "HTML", fieldname: "missing" }],
				primary_action_label: __("Submit as It Is"),
				primary_action: () => leave(true),
				secondary_action_label: __("Back to the Draft"),
				secondary_action: () => leave(false),
			});
			const note = `<p>${__("A submitted contract never changes; only a new version says more.")}</p>`;
			const wrapper = dialog.get_field("missing").$wrapper;
			wrapper.html(`<div class="sla-missing">${note}${list(remarks)}</div>`);
			wrapper.find("[data-field]").on("click", (event) => {
				field = event.currentTarget.dataset.field;
				leave(false);
			});
			dialog.onhide = () => {
				frappe.validated = Boolean(submit);
				if (field) frm.scroll_to_field(field);
				resolve();
			};
			dialog.show();

			function leave(yes) {
				submit = yes;
				dialog.hide();
			}
		});
	}

	// ---- how it looks

	function panel_of(remarks) {
		if (!remarks.length) return part("good", "✓", __("Nothing is missing: this draft can be submitted."), "");
		const refusing = remarks.filter((each) => each.refuses);
		const unsaid = remarks.filter((each) => !each.refuses);
		return [
			refusing.length ? part("bad", "✗", __("Needed before it can be submitted"), list(refusing)) : "",
			unsaid.length ? part("open", "?", __("Not said yet; it will be asked about when it is submitted"), list(unsaid)) : "",
		].join("");
	}

	function part(kind, sign, title, rest) {
		return `<div class="sla-missing sla-missing-${kind}"><b><span aria-hidden="true">${sign}</span> ${title}</b>${rest}</div>`;
	}

	function list(remarks) {
		const items = remarks.map(({ field, text }) => {
			const button = `<button type="button" class="btn btn-link btn-xs" data-field="${escape(field)}">${__("Go there")}</button>`;
			return `<li>${escape(text)} ${button}</li>`;
		});
		return `<ul>${items.join("")}</ul>`;
	}

	function escape(value) {
		return frappe.utils.escape_html(value);
	}
})();
