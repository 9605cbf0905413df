// What the site refuses, as a paragraph that stands where the answer would: sla_guard.refused(refusal)
frappe.provide("sla_guard");

sla_guard.refused = (refusal) => {
	let messages = [];
	try {
		messages = JSON.parse(refusal?.responseJSON?._server_messages || refusal?._server_messages || "[]");
	} catch {
		// No answer of the site's own.
	}
	const plain = (html) => $("<div>").html(html).text();
	const said = messages.map((each) => plain(JSON.parse(each).message)).join(" ");
	const text = frappe.utils.escape_html(said || __("The site did not answer."));
	return `<p class="sla-refused"><b>${__("Not yet:")}</b> ${text}</p>`;
};
