// How each ticket of the list stands, counting down by itself, and filters for what matters. ERPNext has settings of its
// own for this list: these are added to them. What its menu does to clocks is asked first.
{% include "sla_guard/public/js/timing.js" %}
{% include "sla_guard/public/js/asking.js" %}

sla_guard.due_pill = (() => {
	const FIELDS = [
		"sla_state",
		"sla_next_due",
		"sla_response",
		"sla_response_due",
		"sla_resolution",
		"sla_resolution_due",
		"sla_left",
		"sla_at_risk_from",
	];
	// Where the column has no room for words; the same as on the cards of a ticket.
	const SIGNS = { Running: "●", "At Risk": "▲", Breached: "✖", Paused: "❚❚", "To Be Qualified": "?" };
	return { FIELDS, html, redraw, fit };

	// ---- what it says

	// All that it needs to go on by itself: instants in milliseconds, what is left in seconds.
	function facts(doc) {
		const under_way = ["sla_response", "sla_resolution"].filter((field) =>
			["Running", "Paused", "Breached"].includes(doc[field])
		);
		const late = under_way.filter((field) => doc[field] === "Breached");
		const waits = doc.sla_left !== null && doc.sla_left !== undefined;
		return {
			state: doc.sla_state,
			due: sla_guard.to_ms(doc.sla_next_due),
			at_risk: sla_guard.to_ms(doc.sla_at_risk_from),
			// A clock that was missed and waits now is not getting later.
			late: waits && under_way.length === 1 ? null : earliest(late.map((field) => doc[`${field}_due`])),
			left: waits ? Number(doc.sla_left) : null,
		};
	}

	function earliest(datetimes) {
		return datetimes.length ? Math.min(...datetimes.map(sla_guard.to_ms)) : null;
	}

	// By which state it is coloured, the text (a word for that and the time that goes with it), and that time alone.
	function reading({ state, due, at_risk, late, left }, now) {
		const runs = due && ["Running", "To Be Qualified"].includes(state);
		const passed = due && due < now ? due : null;
		if (state === "Breached" || (runs && passed)) return ["Breached", ...overdue(late ?? passed, left, now)];
		if (state === "Paused" && left !== null) {
			const time = sla_guard.support_text(left);
			return [state, __("Paused, {0} left", [time]), time];
		}
		if (!runs) return [state, __(state)];
		const word = state === "Running" && at_risk && at_risk <= now ? "At Risk" : state;
		const said = word === "To Be Qualified" ? __("To qualify") : __(word);
		const time = span(due - now);
		return [word, __("{0}, in {1}", [said, time]), time];
	}

	function overdue(since, left, now) {
		if (since) return [__("Overdue {0}", [span(now - since)]), span(now - since)];
		return [left === null ? __("Breached") : __("Breached, paused")];
	}

	function span(milliseconds) {
		return sla_guard.span_text(Math.max(milliseconds, 0) / 1000);
	}

	// ---- how it looks

	function html(doc) {
		if (!doc.sla_state) return "";
		const filter = escape(`sla_state,=,${doc.sla_state}`);
		const told = { ...facts(doc), dues: dues(doc) };
		const view = shown(told);
		return `<span class="sla-due-col" title="${escape(view.title)}"><span class="${classes(view)}"
			data-filter="${filter}" data-facts="${escape(JSON.stringify(told))}">${inner(view)}</span></span>`;
	}

	function shown(told) {
		const [state, text, time] = reading(told, sla_guard.now());
		const colour = sla_guard.STATE_COLOURS[state] || "gray";
		return { colour, text, brief: time ? `${SIGNS[state] || ""} ${time}` : "", title: `${text}\n${told.dues}` };
	}

	function classes({ colour, brief }) {
		return `sla-due filterable indicator-pill no-indicator-dot ${colour} ${brief ? "" : "ellipsis"}`;
	}

	// The brief text says nothing more to those who hear it.
	function inner({ text, brief }) {
		if (!brief) return escape(text);
		return `<span class="sla-due-full">${escape(text)}</span><span class="sla-due-brief" aria-hidden="true">${escape(brief)}</span>`;
	}

	function redraw(pill) {
		const view = shown((pill.sla_facts ||= JSON.parse(pill.dataset.facts)));
		if (pill.sla_text === view.text) return;
		pill.sla_text = view.text;
		pill.innerHTML = inner(view);
		pill.className = classes(view);
		pill.parentElement.title = view.title;
		fit([pill]);
	}

	// Those whose text would be cut off show the brief one. All are measured before any is changed.
	function fit(pills) {
		pills.forEach((pill) => pill.classList.remove("sla-due-narrow"));
		const cut = pills.filter((pill) => pill.scrollWidth > pill.clientWidth && pill.querySelector(".sla-due-brief"));
		cut.forEach((pill) => pill.classList.add("sla-due-narrow"));
	}

	// Both metrics, to read at leisure.
	function dues(doc) {
		return [
			["sla_response", __("Response", null, "SLA Clock")],
			["sla_resolution", __("Resolution", null, "SLA Clock")],
		]
			.filter(([field]) => doc[field])
			.map(([field, name]) => {
				const due = doc[`${field}_due`];
				const word = __(doc[field]);
				return due ? `${name}: ${word}, ${frappe.datetime.str_to_user(due)}` : `${name}: ${word}`;
			})
			.join("\n");
	}

	function escape(value) {
		return frappe.utils.escape_html(String(value ?? ""));
	}
})();

sla_guard.quick_filters = (() => {
	const UNANSWERED = ["Running", "Paused", "Breached"];
	return { show, mark };

	// Filters of the list as any other: they are counted, saved, and stand in the address.
	function filters() {
		return {
			at_risk: [
				__("Mine at risk"),
				["_assign", "like", `%${frappe.session.user}%`],
				["sla_at_risk", "=", 1],
			],
			breached: [__("Breached today"), ["sla_breached_at", "Timespan", "today"]],
			unanswered: [__("No answer yet"), ["sla_response", "in", UNANSWERED]],
			paused: [__("Paused"), ["sla_state", "=", "Paused"]],
			unqualified: [__("To be qualified"), ["sla_to_qualify", "=", 1]],
			not_covered: [__("Not covered"), ["sla_state", "=", "Not Covered"]],
		};
	}

	function show(list) {
		if (list.$sla_quick) return;
		const row = $(`<div class="sla-quick" role="group"></div>`).attr("aria-label", __("Support Contract"));
		for (const [key, [label]] of Object.entries(filters())) {
			$(`<button type="button" class="btn btn-default btn-xs" data-sla-quick="${key}" aria-pressed="false"></button>`)
				.text(label)
				.on("click", () => toggle(list, key))
				.appendTo(row);
		}
		list.$sla_quick = row.prependTo(list.$frappe_list);
	}

	// Which of them are on.
	function mark(list) {
		const on = list.filter_area.get();
		for (const [key, [, ...wanted]] of Object.entries(filters())) {
			const pressed = wanted.every((filter) => on.some((each) => same(each, filter)));
			list.$sla_quick
				?.find(`[data-sla-quick=${key}]`)
				.attr("aria-pressed", String(pressed))
				.toggleClass("btn-primary", pressed)
				.toggleClass("btn-default", !pressed);
		}
	}

	// One at a time, each in the place of the status that the list is filtered by, which comes back in the end: what is
	// paused is not Open.
	function toggle(list, key) {
		const pressed = list.$sla_quick.find(`[data-sla-quick=${key}]`).attr("aria-pressed") === "true";
		const all = Object.values(filters()).flatMap(([, ...each]) => each);
		const on = list.filter_area.get();
		const status = on.filter((each) => each[1] === "status");
		if (status.length) list.sla_status = status;
		const others = on.filter((each) => each[1] !== "status" && !all.some((filter) => same(each, filter)));
		const [, ...wanted] = filters()[key];
		const added = pressed ? list.sla_status || [] : wanted.map((filter) => [list.doctype, ...filter]);
		if (pressed) list.sla_status = null;
		list.filter_area.clear(false).then(() => list.filter_area.set([...others, ...added])).then(() => {
			list.start = 0;
			list.refresh();
			list.on_filter_change?.();
		});
	}

	function same([, field, condition, value], filter) {
		return JSON.stringify([field, condition.toLowerCase(), value].map(plain)) ===
			JSON.stringify([filter[0], filter[1].toLowerCase(), filter[2]].map(plain));
	}

	function plain(value) {
		return Array.isArray(value) ? value.map(plain).sort() : String(value);
	}
})();

{
	const settings = (frappe.listview_settings["Issue"] ||= {});
	const { onload, refresh } = settings;
	Object.assign(settings, {
		add_fields: [...new Set([...(settings.add_fields || []), ...sla_guard.due_pill.FIELDS])],
		formatters: { ...settings.formatters, sla_state: (_value, _field, doc) => sla_guard.due_pill.html(doc) },
		onload(list) {
			onload?.(list);
			sort_what_is_settled_last(list);
			sla_guard.ask_before_many(list);
			sla_guard.quick_filters.show(list);
		},
		refresh(list) {
			refresh?.(list);
			sla_guard.quick_filters.mark(list);
			const rows = list.$result[0];
			sla_guard.every_second(rows, () => rows.querySelectorAll(".sla-due").forEach(sla_guard.due_pill.redraw));
			fit_the_column(list, rows);
		},
	});

	// Now, and whenever the column becomes wider or narrower; it has the same width in all rows.
	function fit_the_column(list, rows) {
		const pills = () => [...rows.querySelectorAll(".sla-due")];
		list.sla_column?.disconnect();
		list.sla_column = new ResizeObserver(() => sla_guard.due_pill.fit(pills()));
		const [first] = pills();
		if (first) list.sla_column.observe(first.closest(".list-row-col") || rows);
	}

	// A database puts what has no due first: late and paused tickets, and those that are done. By urgency, what is late
	// comes first, then what is due, then what waits, then the rest.
	function sort_what_is_settled_last(list) {
		const selector = list.sort_selector;
		if (!selector) return;
		const as_usual = selector.get_sql_string.bind(selector);
		selector.get_sql_string = () =>
			selector.sort_by === "sla_next_due" && selector.sort_order === "asc"
				? "`tabIssue`.`sla_urgency` desc, `tabIssue`.`name` desc"
				: as_usual();
	}
}
