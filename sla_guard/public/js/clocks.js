// The cards of a ticket's clocks, drawn from what sla_guard.helpdesk.timers tells and counted on by themselves:
// sla_guard.clock_cards(element, told), where `told` gives the latest of it. Times in here are instants in microseconds, amounts microseconds of support time.
{% include "sla_guard/public/js/timing.js" %}

frappe.provide("sla_guard");

sla_guard.reading = (clock, told_us, now_us) => {
	// Like the engine at `now`, for a ticket to which nothing has happened since it was told.
	const since = (periods) =>
		periods.reduce((sum, [start, end]) => sum + Math.max(Math.min(end, now_us) - Math.max(start, told_us), 0), 0);
	const runs = clock.state === "running";
	const passed = runs && clock.due_us && clock.due_us < now_us ? clock.due_us : null;
	const elapsed_us = clock.elapsed_us + (runs ? since(clock.open) : 0);
	const period = runs && clock.open.find(([, end]) => end > now_us);
	return {
		elapsed_us,
		left_us: clock.target_us - elapsed_us,
		breached_us: clock.breached_us || passed,
		late_us: clock.late_us + since(clock.open.map(([start, end]) => [Math.max(start, passed || 0), end])),
		share: elapsed_us / clock.target_us,
		// When support opens again, where it is closed now.
		opens_us: period && period[0] > now_us ? period[0] : null,
	};
};

sla_guard.clock_cards = (() => {
	const SIGNS = { on_track: "●", at_risk: "▲", breached: "✖", paused: "❚❚", met: "✔", missed: "✖", withdrawn: "–" };
	const COLOURS = {
		on_track: "blue",
		at_risk: "yellow",
		breached: "red",
		paused: "orange",
		met: "green",
		missed: "red",
		withdrawn: "gray",
	};
	return draw;

	// Draws them into an element (jQuery), and each second what has changed of them.
	function draw(element, told) {
		const { present, earlier } = by_cycle(told().clocks);
		element.html(`<div class="sla-cards">${present.map(frame).join("")}</div>${older(earlier, told())}
			<div class="sr-only" aria-live="polite"></div>`);
		const cards = element.find(".sla-card").toArray();
		const states = [];
		const tick = () =>
			by_cycle(told().clocks).present.forEach((clock, number) => {
				const view = view_of(clock, told(), sla_guard.now() * 1000);
				if (states[number] && states[number] !== view.state) announce(element, view);
				states[number] = view.state;
				if (cards[number]) show(cards[number], view);
			});
		tick();
		if (present.length) sla_guard.every_second(element[0].firstElementChild, tick);
	}

	function by_cycle(clocks) {
		const last = {};
		for (const clock of clocks) last[clock.metric] = Math.max(last[clock.metric] || 0, clock.cycle);
		const is_present = (clock) => clock.cycle === last[clock.metric];
		return { present: clocks.filter(is_present), earlier: clocks.filter((clock) => !is_present(clock)) };
	}

	// ---- what a card says

	function view_of(clock, told, now_us) {
		const read = sla_guard.reading(clock, told.now_us, now_us);
		const state = state_of(clock, read, told.at_risk_percent);
		const share = Math.floor(read.share * 100);
		return {
			state,
			name: named(clock),
			word: words()[state],
			big: big(state, read),
			beside: beside(state),
			share,
			used: __("{0} of {1} used ({2} %)", [span(read.elapsed_us), span(clock.target_us), share]),
			lines: lines(clock, state, read, told),
		};
	}

	function state_of(clock, read, at_risk_percent) {
		if (clock.state === "stopped") return clock.verdict;
		if (clock.state === "withdrawn" || clock.state === "void") return "withdrawn";
		if (read.breached_us) return "breached";
		if (clock.state === "paused") return "paused";
		return read.share * 100 >= at_risk_percent ? "at_risk" : "on_track";
	}

	function words() {
		return {
			on_track: __("on track"),
			at_risk: __("at risk"),
			breached: __("breached"),
			paused: __("paused"),
			met: __("met"),
			missed: __("missed"),
			withdrawn: __("not promised any more"),
		};
	}

	// The figure that one sees from afar.
	function big(state, read) {
		if (state === "breached" || state === "missed") return digits(read.late_us);
		return state === "withdrawn" ? "" : digits(read.left_us);
	}

	function beside(state) {
		return {
			on_track: __("of support time left"),
			at_risk: __("of support time left"),
			paused: __("of support time left"),
			breached: __("of support time late"),
			missed: __("of support time late"),
			met: __("of support time to spare"),
			withdrawn: "",
		}[state];
	}

	function lines(clock, state, read, told) {
		const found = [];
		if (clock.state === "paused") found.push(...pause(clock));
		if (clock.stopped_us) found.push(stopped(clock));
		const due_us = clock.due_us && !read.breached_us ? clock.due_us : null;
		if (due_us) found.push(`<b>${__("Due {0}", [moment_text(due_us)])}</b>`, in_zone(due_us, told));
		if (read.breached_us) {
			found.push(`<b>${__("Was due {0}", [moment_text(read.breached_us)])}</b>`, in_zone(read.breached_us, told));
		}
		if (read.opens_us) found.push(__("Support is closed and opens {0}", [moment_text(read.opens_us)]));
		if (clock.state === "running" && !clock.open.length) found.push(__("No support hours are left."));
		if (clock.reopened) found.push(__("Was stopped and went on again: {0}", [clock.reopened]));
		return found.filter(Boolean);
	}

	function pause(clock) {
		const why = {
			customer: __("waiting for the customer"),
			vendor: __("waiting for a vendor"),
			internal: __("waiting for ourselves"),
			"planned maintenance": __("planned maintenance"),
		}[clock.reason];
		const since = __("{0} since {1}", [escape(__(clock.status)), moment_text(clock.since_us)]);
		return [`<b>${__("Paused: {0}", [why])}</b>`, since];
	}

	function stopped(clock) {
		const at = moment_text(clock.stopped_us);
		const by = escape(__(clock.stopped_by));
		if (clock.metric !== "Response") return __("Stopped {0}: {1}", [at, by]);
		const answered = ["mail", "taken in charge"].includes(clock.stopped_by);
		return answered ? __("Answered {0}: {1}", [at, by]) : __("Stopped without an answer {0}: {1}", [at, by]);
	}

	function named(clock) {
		const name = __(clock.metric, null, "SLA Clock");
		return clock.cycle > 1 ? __("{0}, cycle {1}", [name, clock.cycle]) : name;
	}

	// ---- time as people read it

	function span(amount_us) {
		return sla_guard.support_text(Math.floor(amount_us / 1e6));
	}

	// 13:05:09, however many hours.
	function digits(amount_us) {
		const seconds = Math.max(Math.floor(amount_us / 1e6), 0);
		const two = (value) => String(value).padStart(2, "0");
		return `${Math.floor(seconds / 3600)}:${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
	}

	function moment_text(at_us) {
		return escape(at_clock(at_us));
	}

	// The same instant on the contract's clock, where that is another one than the reader's.
	function in_zone(at_us, told) {
		const zone = told.contract?.time_zone;
		if (!zone || in_zone_of(at_us, zone).utcOffset() === in_zone_of(at_us).utcOffset()) return "";
		return __("{0} in the contract's time zone ({1})", [escape(at_clock(at_us, zone)), escape(zone)]);
	}

	// Today at 17:00, or Mon 05-01-2026 at 17:00; in the reader's zone unless another one is named.
	function at_clock(at_us, zone) {
		const at = in_zone_of(at_us, zone);
		const time = at.format(frappe.datetime.get_user_time_fmt().replace(":ss", ""));
		const days = at.clone().startOf("day").diff(in_zone_of(sla_guard.now() * 1000, zone).startOf("day"), "days");
		if (days === 0) return __("today at {0}", [time]);
		if (days === 1) return __("tomorrow at {0}", [time]);
		if (days === -1) return __("yesterday at {0}", [time]);
		return `${weekday(at)} ${at.format(frappe.datetime.get_user_date_fmt().toUpperCase())} ${time}`;
	}

	function in_zone_of(at_us, zone) {
		return moment.tz(at_us / 1000, zone || frappe.boot.time_zone?.user || frappe.boot.time_zone?.system);
	}

	function weekday(at) {
		return new Intl.DateTimeFormat(frappe.boot.lang, { weekday: "short", timeZone: at.tz() }).format(at.toDate());
	}

	function escape(value) {
		return frappe.utils.escape_html(String(value ?? ""));
	}

	// ---- how it looks

	function frame(clock) {
		return `<section class="sla-card" aria-label="${escape(named(clock))}" data-metric="${escape(clock.metric)}">
			<header><span class="sla-name">${escape(named(clock))}</span><span class="sla-state"></span></header>
			<div class="sla-left"><span class="sla-digits" role="timer"></span> <small></small></div>
			<div class="sla-bar" role="progressbar" aria-valuemin="0" aria-valuemax="100"><div></div></div>
			<div class="sla-used"></div>
			<div class="sla-lines"></div>
			<button type="button" class="btn btn-xs btn-link sla-why" aria-label="${escape(__("Why: {0}", [named(clock)]))}">${__("Why?")}</button>
		</section>`;
	}

	function show(card, view) {
		const put = (where, html) => {
			const found = card.querySelector(where);
			// What stays as it is is not touched: a selection or a reader of the screen would lose its place.
			if (found.innerHTML !== html) found.innerHTML = html;
		};
		card.dataset.state = view.state;
		put(".sla-state", pill(view));
		put(".sla-digits", view.big);
		put(".sla-left small", view.big && view.beside);
		put(".sla-used", escape(view.used));
		put(".sla-lines", view.lines.map((line) => `<div>${line}</div>`).join(""));
		const bar = card.querySelector(".sla-bar");
		bar.setAttribute("aria-valuenow", Math.min(view.share, 100));
		bar.setAttribute("aria-valuetext", view.used);
		bar.setAttribute("aria-label", view.name);
		bar.firstElementChild.style.width = `${Math.min(Math.max(view.share, 0), 100)}%`;
	}

	function pill(view) {
		return `<span class="indicator-pill no-indicator-dot ${COLOURS[view.state]}"><span class="sla-sign" aria-hidden="true">${SIGNS[view.state]}</span>${escape(view.word)}</span>`;
	}

	function announce(element, view) {
		element.find("[aria-live]").text(`${view.name}: ${view.word}`);
	}

	function older(clocks, told) {
		if (!clocks.length) return "";
		const said = clocks.map((clock) => {
			const { word } = view_of(clock, told, told.now_us);
			return `${escape(`${named_with_cycle(clock)}: ${word}`)}${clock.stopped_us ? `, ${moment_text(clock.stopped_us)}` : ""}`;
		});
		return `<details class="sla-older"><summary>${__("Earlier cycles: {0}", [clocks.length])}</summary>
			${said.map((line) => `<div>${line}</div>`).join("")}</details>`;
	}

	function named_with_cycle(clock) {
		return __("{0}, cycle {1}", [__(clock.metric, null, "SLA Clock"), clock.cycle]);
	}
})();
