// Keeps the timers of a ticket that is open as they are: told by the socket, and where there is none asked for.

frappe.provide("sla_guard");

// Reads the timers anew and shows them; what is being edited in the form stays.
sla_guard.read_anew = (frm) => {
	const ticket = frm.doc.name;
	frm.sla_asked_at = Date.now();
	return frappe.xcall("sla_guard.helpdesk.timers.timers", { ticket }).then((told) => {
		if (frm.doc.name !== ticket) return;
		sla_guard.set_now(told.now_us);
		const changed = told.modified && told.modified !== frm.doc.modified;
		(frm.doc.__onload ||= {}).sla = told;
		Object.assign(frm.doc, told.shown);
		// Somebody else saved the ticket: the whole form follows, unless something would be lost by that.
		if (changed && !frm.is_dirty() && !document.querySelector(".modal.show")) return frm.reload_doc();
		frm.sla_outdated = changed;
		Object.keys(told.shown || {}).forEach((field) => frm.refresh_field(field));
		sla_guard.show_panel(frm);
	});
};

sla_guard.watch = (() => {
	const WITHOUT_SOCKET = 15e3;
	const WITH_SOCKET = 300e3;
	const JUST_NOW = 3e3;
	// How long after a due the ticket is read anew, that the forms of a whole team do not ask at once.
	const AFTER_DUE = 1e3 + Math.random() * 3e3;
	listen();
	return look;

	// Each second, while the form is seen.
	function look(frm) {
		const told = frm.doc.__onload?.sla;
		if (frm.is_new() || !told || document.hidden) return;
		const age = Date.now() - Math.max(frm.sla_asked_at || 0, told.got_at);
		if (age > (connected() ? WITH_SOCKET : WITHOUT_SOCKET) || (age > AFTER_DUE && passed(told))) ask(frm);
	}

	function passed(told) {
		const due = told.clocks.filter((clock) => clock.state === "running" && clock.due_us);
		return due.some((clock) => clock.due_us / 1000 + AFTER_DUE < sla_guard.now());
	}

	function ask(frm) {
		frm.sla_asked_at = Date.now();
		// It is asked again soon; no message each time while the server does not answer.
		return sla_guard.read_anew(frm).catch(() => {});
	}

	function connected() {
		return Boolean(frappe.realtime?.socket?.connected);
	}

	function open_form() {
		const frm = window.cur_frm;
		return frm?.doctype === "Issue" && frm.doc && !frm.is_new() && frappe.get_route()[0] === "Form" ? frm : null;
	}

	function listen() {
		if (sla_guard.is_listening) return;
		sla_guard.is_listening = true;
		frappe.realtime.on("sla_guard_ticket", ({ ticket }) => {
			const frm = open_form();
			if (frm?.doc.name === ticket) ask(frm);
		});
		const seen_again = () => {
			const frm = open_form();
			if (frm && !document.hidden && Date.now() - (frm.sla_asked_at || 0) > JUST_NOW) ask(frm);
		};
		window.addEventListener("focus", seen_again);
		document.addEventListener("visibilitychange", seen_again);
	}
})();
