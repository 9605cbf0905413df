// The picture of a clock's life: sla_guard.life.draw(element, clock, told) with what explain.py tells. When support was
// open, how the target was used up, how the clock stood, and what happened, numbered as in the table of facts. What a
// tooltip says of a part is said under the picture to the keyboard, too.
{% include "sla_guard/public/js/life_scale.js" %}

sla_guard.life = (() => {
	// From above: names of instants, the use of the target, how it stood, what happened; below FOOT the axis.
	const TOP = 36;
	const FULL = 96;
	const BAR = TOP + FULL + 8;
	const THICK = 20;
	const MARKS = BAR + THICK + 15;
	const RADIUS = 8;
	const FOOT = MARKS + RADIUS + 6;
	const HEIGHT = FOOT + 34;
	// What it shows, and which of the patterns it is drawn with.
	const KINDS = ["running", "late", "paused", "stopped", "closed", "holiday", "maintenance"];
	let drawn = 0;
	return { draw, legend, lived, words, amount };

	// Draws it in an element, and again when that becomes wider or narrower.
	function draw(element, clock, told) {
		let width = 0;
		const fit = () => {
			if (!element.clientWidth || element.clientWidth === width) return;
			width = element.clientWidth;
			// Drawn again, as where what is told makes the page scroll, it keeps the focus.
			const place = parts_of(element).indexOf(document.activeElement);
			element.innerHTML = `${picture(clock, told, width)}<p class="sla-life-said"></p>`;
			if (place >= 0) reach(parts_of(element), place);
			// What is too long to be seen at once begins with how it stands.
			const now = element.querySelector("[data-now]")?.getAttribute("data-now");
			element.scrollLeft = Number(now) - width / 2;
		};
		fit();
		new ResizeObserver(fit).observe(element);
		element.addEventListener("keydown", (event) => go_on(element, event));
		for (const kind of ["focusin", "focusout"]) element.addEventListener(kind, () => say(element));
	}

	// ---- by keyboard: one step of the tab key into a picture, and arrows from part to part

	function go_on(element, event) {
		const parts = parts_of(element);
		const place = parts.indexOf(document.activeElement);
		const steps = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: parts.length - 1 };
		const next = steps[event.key];
		if (place < 0 || !parts[next]) return;
		event.preventDefault();
		reach(parts, next);
	}

	function reach(parts, place) {
		parts.forEach((each, its) => each.setAttribute("tabindex", its === place ? 0 : -1));
		parts[place].focus();
	}

	function parts_of(element) {
		return [...element.querySelectorAll("[data-part]")];
	}

	function say(element) {
		// Once the focus has come to where it goes.
		setTimeout(() => {
			const part = element.contains(document.activeElement) && document.activeElement.closest("[data-part]");
			const said = element.querySelector(".sla-life-said");
			said.textContent = part ? part.querySelector("title").textContent : "";
			if (part) said.scrollIntoView({ block: "nearest", inline: "nearest" });
		});
	}

	function picture(clock, told, width) {
		const its = clock.picture;
		const of = sla_guard.life_scale.scale(its, width);
		const all = { of, its, clock, told, zone: told.time_zone, id: `sla-life-${++drawn}` };
		const layers = [patterns, hours, use, states, axis, instants, facts].map((layer) => layer(all)).join("");
		// One of them is reached by the tab key, the others from there.
		const reached = layers.replace(`data-part tabindex="-1"`, `data-part tabindex="0"`);
		const title = text(__("Time line: {0}", [clock.cycle > 1 ? `${clock.metric} ${clock.cycle}` : clock.metric]));
		return `<svg class="sla-life" role="group" aria-labelledby="${all.id}-title ${all.id}-desc" width="${of.width}"
			height="${HEIGHT}" viewBox="0 0 ${of.width} ${HEIGHT}"><title id="${all.id}-title">${title}</title>
			<desc id="${all.id}-desc">${text(in_words(clock))}</desc>${reached}</svg>`;
	}

	// For those who do not see it; what happened stands in the tables beside it.
	function in_words(clock) {
		const stood = lived(clock).map((each) => `${each.start} – ${each.end}: ${words(each)}`);
		return [used_text(clock.picture), ...stood].join("; ");
	}

	// ---- when support was open

	function hours({ of, its, zone, id }) {
		const height = FOOT - TOP;
		const shaded = of.parts.map((part) => {
			const [kind, fill] = part.open ? ["open", ""] : ["closed", pattern(id, "closed")];
			return box(`sla-life-${kind}`, part.left, TOP, part.width, height, fill);
		});
		return shaded.join("") + named_spans({ of, its, zone, id }, height);
	}

	// Holidays and maintenance, their names upright in them; one that has no room is found by pointing at it.
	function named_spans({ of, its, zone, id }, height) {
		const spans = ["holiday", "maintenance"].flatMap((kind) =>
			its[kind === "holiday" ? "holidays" : kind].map(([start, end, name]) => ({ kind, start, end, name }))
		);
		let free = 0;
		return spans.sort((a, b) => a.start - b.start).map(({ kind, start, end, name }) => {
			const [left, right] = [of.x(start), of.x(end)];
			const width = Math.max(right - left, 3);
			const middle = Math.max(left + width / 2 + 4, 11);
			const label = middle < free ? "" : upright(middle, name);
			if (label) free = middle + 14;
			const shape = box(`sla-life-${kind}`, left, TOP, width, height, pattern(id, kind));
			return group(`data-span="${kind}"`, `${name} (${when(start, zone)})`, shape + label);
		}).join("");
	}

	function upright(x, name) {
		const shown = name.length > 15 ? `${name.slice(0, 14)}…` : name;
		return `<text class="sla-life-name" transform="translate(${px(x)} ${TOP + FULL - 3}) rotate(-90)">${text(shown)}</text>`;
	}

	// ---- what was used of the target

	function use({ of, its }) {
		const [at, used] = its.used.at(-1);
		const most = Math.max(its.target, used) * 1.15;
		const y = (amount) => TOP + FULL * (1 - amount / most);
		const line = (points) => points.map((point) => `${px(of.x(point[0]))},${px(y(point[1]))}`).join(" ");
		const ground = (point) => `${px(of.x(point[0]))},${TOP + FULL}`;
		const target = px(y(its.target));
		const x = of.x(at);
		const right = x > of.width - 110;
		const named_at = Number(target) + (its.target < 0.3 * most ? -4 : 12);
		return `<polygon class="sla-life-area" points="${ground(its.used[0])} ${line(its.used)} ${ground(its.used.at(-1))}" />
			<line class="sla-life-target" x1="0" x2="${of.width}" y1="${target}" y2="${target}" />
			<polyline class="sla-life-ahead" points="${line(its.ahead)}" />
			<polyline class="sla-life-used" points="${line(its.used)}" />
			<circle class="sla-life-end" data-now="${px(x)}" cx="${px(x)}" cy="${px(y(used))}" r="3.5" />
			${write("sla-life-halo", 4, named_at, `100 % · ${amount(its.target / 1e6)}`)}
			${write("sla-life-halo sla-life-strong", x + (right ? -7 : 7), Math.max(y(used) - 7, TOP + 10), used_text(its), right)}`;
	}

	function used_text(its) {
		const used = its.used.at(-1)[1];
		return `${Math.floor((100 * used) / its.target)} % · ${amount(used / 1e6)}`;
	}

	// ---- how it stood

	function states({ of, its, clock, id }) {
		return lived(clock).map((each) => {
			const shapes = pieces(of, its, each).map(({ left, width, kind, thin }) => {
				const [y, height] = thin ? [BAR + THICK / 2 - 2, 4] : [BAR, THICK];
				return box(`sla-life-state sla-life-${kind}`, left, y, width, height, pattern(id, kind));
			});
			const says = `${each.start} – ${each.end}: ${words(each)}`;
			return group(`data-stretch="${text(each.kind)}"`, says, shapes.join("") + bar_text(of, each));
		}).join("");
	}

	// While it runs, wide in support hours and thin in between; from its breach on it runs late.
	function pieces(of, its, stretch) {
		const piece = (start, end, kind, thin) => {
			const left = of.x(start);
			return { left, width: Math.max(of.x(end) - left, 1), kind, thin };
		};
		const { start_us: start, end_us: end, kind } = stretch;
		if (kind !== "running") return [piece(start, end, kind, false)];
		const breach = its.breached || Infinity;
		return of.parts.flatMap((part) => {
			const [from, to] = [Math.max(part.start, start), Math.min(part.end, end)];
			const split = Math.min(Math.max(breach, from), to);
			const cut = [[from, split, "running"], [split, to, "late"]];
			return cut.filter(([a, b]) => a < b).map(([a, b, as]) => piece(a, b, as, !part.open));
		});
	}

	function bar_text(of, stretch) {
		const [left, right] = [of.x(stretch.start_us), of.x(stretch.end_us)];
		const room = Math.floor((right - left - 8) / 6.2);
		const fits = [words(stretch), stretch.status || stretch.state].find((each) => each && each.length <= room);
		return fits ? write("sla-life-halo", left + 4, BAR + 14, fits) : "";
	}

	// All but how it stands since it was stopped.
	function lived(clock) {
		const over = clock.stopped || ["withdrawn", "void"].includes(clock.stretches.at(-1).kind);
		return over ? clock.stretches.slice(0, -1) : clock.stretches;
	}

	function words(stretch) {
		return [stretch.state, stretch.status, stretch.reason].filter(Boolean).join(", ");
	}

	// ---- days and hours

	function axis({ of, zone }) {
		const { days, times } = sla_guard.life_scale.axis(of, zone);
		const line = (kind, x, y1, y2) => `<line class="sla-life-${kind}" x1="${px(x)}" x2="${px(x)}" y1="${y1}" y2="${y2}" />`;
		const dates = days.map(
			({ x, label }) => line("day", x, TOP, FOOT + (label ? 6 : 0)) + write("sla-life-date", x + 3, FOOT + 14, label)
		);
		const hours = times.map(({ x, label }) => line("hour", x, FOOT, FOOT + 4) + write("sla-life-time", x, FOOT + 29, label));
		return dates.join("") + hours.join("");
	}

	// ---- instants that matter

	function instants({ of, its, clock, told, zone }) {
		const lines = [
			{ kind: "breach", at: its.breached, label: __("Breached {0}", [when(its.breached, zone)]), row: 0 },
			{ kind: "due", at: its.due, label: __("Due {0}", [when(its.due, zone)]), row: 0 },
			{ kind: "from", at: its.counted_from > its.start && its.counted_from, label: __("Counted from here"), row: 1 },
			{ kind: "now", at: !its.stopped && told.now_us <= its.end && told.now_us, label: __("Now"), row: 1 },
			{ kind: "stop", at: its.stopped, label: `${clock.verdict} ${when(its.stopped, zone)}`, row: 1 },
		];
		return lines.filter(({ at }) => at).map(({ kind, at, label, row }) => {
			const x = of.x(at);
			const y = 12 + 15 * row;
			const end = x > of.width - 6.4 * label.length - 10;
			return `<g data-instant="${kind}"><line class="sla-life-${kind}" x1="${px(x)}" x2="${px(x)}" y1="${y + 3}" y2="${FOOT}" />
				${write(`sla-life-halo sla-life-strong sla-life-${kind}-text`, x + (end ? -3 : 3), y, label, end)}</g>`;
		}).join("");
	}

	function when(at, zone) {
		if (!at) return "";
		const { day_text, time_text } = sla_guard.life_scale;
		return `${day_text(at, zone)} ${time_text(at, zone)}`;
	}

	// ---- what happened

	// Those that stand close are one mark.
	function facts({ of, its, told }) {
		const gone = new Set(told.facts.map((each) => each.replaces));
		const marks = [];
		told.facts.forEach((fact, place) => {
			if (gone.has(fact.name) || fact.replaces || fact.at_us < its.start || fact.at_us > of.end) return;
			const x = of.x(fact.at_us);
			const last = marks.at(-1);
			if (last && x - last.x < 3 * RADIUS) last.facts.push([place + 1, fact]);
			else marks.push({ x, facts: [[place + 1, fact]] });
		});
		return marks.map((each) => mark(each, of.width)).join("");
	}

	function mark({ x: at, facts }, width) {
		const numbers = facts.map(([number]) => number);
		const label = numbers.length > 1 ? `${numbers[0]}–${numbers.at(-1)}` : `${numbers[0]}`;
		const half = Math.max(RADIUS, 3.4 * label.length + 3);
		const x = Math.min(Math.max(at, half + 1), width - half - 1);
		const says = facts.map(([number, each]) => `${number}: ${[each.at, each.kind, each.says, each.by, each.reason].filter(Boolean).join(" · ")}`);
		const shape = `<line class="sla-life-fact" x1="${px(at)}" x2="${px(x)}" y1="${BAR - 3}" y2="${MARKS - RADIUS}" />
			<rect class="sla-life-mark" x="${px(x - half)}" y="${MARKS - RADIUS}" width="${2 * half}" height="${2 * RADIUS}" rx="${RADIUS}" />
			<text class="sla-life-number" x="${px(x)}" y="${MARKS + 4}" text-anchor="middle">${label}</text>`;
		return group(`data-facts="${numbers.join(" ")}"`, says.join("\n"), shape);
	}

	// ---- how it is drawn

	function legend() {
		const said = {
			running: __("Running"),
			late: __("Running after its due"),
			paused: __("Paused"),
			stopped: __("Stopped"),
			closed: __("Support closed"),
			holiday: __("Holiday"),
			maintenance: __("Maintenance"),
		};
		const swatch = (kind) => {
			const id = `sla-life-${++drawn}`;
			const shape = box(`sla-life-${kind}`, 0.5, 0.5, 21, 11, pattern(id, kind));
			return `<li><svg width="22" height="12" aria-hidden="true">${patterns({ id })}${shape}</svg> ${text(said[kind])}</li>`;
		};
		const thin = __("A thin bar: it runs, but support is closed.");
		const number = __("A number: what happened, as numbered below.");
		const keys = __("By keyboard: the tab key into a picture, arrow keys from part to part.");
		return `<ul class="sla-life-legend">${KINDS.map(swatch).join("")}${[thin, number, keys].map((each) => `<li>${text(each)}</li>`).join("")}</ul>`;
	}

	// Of each kind its own lines, so that nothing is told by colour alone.
	function patterns({ id }) {
		const lines = {
			late: "M-1 1L1 -1M0 6L6 0M5 7L7 5",
			paused: "M2 0V6",
			stopped: "M3 3h.01",
			closed: "M-1 5L1 7M0 0L6 6M5 -1L7 1",
			holiday: "M0 3H6",
			maintenance: "M0 0L6 6M6 0L0 6",
		};
		const drawn = Object.entries(lines).map(([kind, path]) =>
			`<pattern id="${id}-${kind}" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="sla-life-${kind}-ground"
				width="6" height="6" /><path class="sla-life-${kind}-lines" d="${path}" /></pattern>`
		);
		return `<defs>${drawn.join("")}</defs>`;
	}

	function pattern(id, kind) {
		return kind === "running" ? "" : `style="fill: url(#${id}-${kind})"`;
	}

	function box(kind, x, y, width, height, rest) {
		return `<rect class="${kind}" x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" ${rest} />`;
	}

	function write(kind, x, y, label, ends = false) {
		if (!label) return "";
		return `<text class="${kind}" x="${px(x)}" y="${px(y)}" text-anchor="${ends ? "end" : "start"}">${text(label)}</text>`;
	}

	function group(attributes, says, shapes) {
		return `<g ${attributes} data-part tabindex="-1" role="img" aria-label="${text(says)}"><title>${text(says)}</title>${shapes}</g>`;
	}

	// Support time as h:mm, however many hours.
	function amount(seconds) {
		const minutes = Math.floor(seconds / 60);
		return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
	}

	function px(value) {
		return Number(value).toFixed(1);
	}

	function text(value) {
		return frappe.utils.escape_html(String(value ?? ""));
	}
})();
