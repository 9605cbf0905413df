// Time as the desk shows it, by the server's clock. Included by whoever needs it; the first one is the one.
frappe.provide("sla_guard");

sla_guard.now ||
	(() => {
		const SECOND = 1000;
		// What the server's clock is ahead of this one, in milliseconds.
		let ahead = 0;
		const drawn = new Map();

		Object.assign(sla_guard, { now, set_now, to_ms, span_text, support_text, every_second, state_pill });
		$(document)
			.ajaxSend((_event, request) => (request.sla_sent = Date.now()))
			.ajaxComplete((_event, request, { type }) => type === "POST" && hear(request));
		document.addEventListener("visibilitychange", draw_all);
		setInterval(draw_all, SECOND);

		// ---- the server's clock

		// Milliseconds since 1970.
		function now() {
			return Date.now() + ahead;
		}

		// As the server said just now, in microseconds.
		function set_now(us) {
			ahead = us / 1000 - Date.now();
		}

		// Every answer says when it was made, in whole seconds: between its request and now.
		function hear(request) {
			const said = Date.parse(request.getResponseHeader("Date"));
			if (!said || !request.sla_sent) return;
			const least = said - Date.now();
			const most = said + SECOND - request.sla_sent;
			ahead = Math.min(Math.max(ahead, least), most);
		}

		// A datetime of the site; null for none. In the hour that a clock change repeats, the first one.
		function to_ms(datetime) {
			if (!datetime) return null;
			const zone = frappe.boot.time_zone?.system;
			return (zone ? moment.tz(datetime, zone) : moment(datetime)).valueOf();
		}

		// ---- amounts of time

		// On the clock on the wall: 45 s, 12 min, 1 h 20, 2 d 3 h.
		function span_text(seconds) {
			const hours = Math.floor(seconds / 3600);
			if (hours < 48) return support_text(seconds);
			const days = Math.floor(hours / 24);
			return hours % 24 ? __("{0} d {1} h", [days, hours % 24]) : __("{0} d", [days]);
		}

		// Of support time, whose days have not 24 hours: 51 h 05.
		function support_text(seconds) {
			const minutes = Math.floor(seconds / 60);
			if (minutes < 1) return __("{0} s", [Math.floor(seconds)]);
			if (minutes < 60) return __("{0} min", [minutes]);
			const hours = Math.floor(minutes / 60);
			return minutes % 60
				? __("{0} h {1}", [hours, String(minutes % 60).padStart(2, "0")])
				: __("{0} h", [hours]);
		}

		// ---- each second

		// Calls `draw` each second while the element is on the page and the page is seen; one more call replaces `draw`.
		function every_second(element, draw) {
			drawn.set(element, draw);
		}

		function draw_all() {
			if (document.hidden) return;
			for (const [element, draw] of drawn) {
				if (element.isConnected) draw();
				else drawn.delete(element);
			}
		}

		// ---- states

		function state_pill(state) {
			if (!state) return "";
			const colour = sla_guard.STATE_COLOURS[state] || "gray";
			return `<span class="indicator-pill ${colour} ellipsis">${frappe.utils.escape_html(__(state))}</span>`;
		}
	})();

// The values of sla_state, sla_response and sla_resolution; "At Risk" is one that only pills show.
sla_guard.STATE_COLOURS = {
	Running: "blue",
	"At Risk": "yellow",
	Paused: "orange",
	Breached: "red",
	Missed: "red",
	Met: "green",
	"To Be Qualified": "yellow",
	Error: "red",
};
