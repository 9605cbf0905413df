// Where an instant stands in the picture of a clock's life: hours in which support is closed are drawn narrower, so that
// a ticket of three months is one picture of its working time.
frappe.provide("sla_guard");

sla_guard.life_scale = (() => {
	// All closed time together takes at most this part of the width.
	const CLOSED = 0.25;
	// A day's hours are at least this wide; where many do not fit, the picture is scrolled.
	const NARROWEST = 9;
	// So that a line at either end is seen.
	const EDGE = 2;
	const MINUTE = 60e6;
	const NIGHT = 180 * MINUTE;
	const STEPS = [1, 5, 10, 15, 30, 60, 120, 180, 360, 720].map((minutes) => minutes * MINUTE);
	return { scale, axis, day_text, time_text };

	// `width`: what there is to see at once. Instants in microseconds; `x` gives pixels.
	function scale(picture, width) {
		const parts = parts_of(picture);
		const open = sum(parts.filter((part) => part.open));
		const closed = sum(parts.filter((part) => !part.open));
		const narrowed = open && closed ? Math.min(1, ((CLOSED / (1 - CLOSED)) * open) / closed) : 1;
		const weight = (part) => (part.end - part.start) * (part.open ? 1 : narrowed);
		const whole = parts.reduce((so_far, part) => so_far + weight(part), 0);
		const nights = parts.filter((part) => !part.open && part.end - part.start > NIGHT).length;
		const wide = Math.max(width, (nights + 1) * NARROWEST);
		let left = EDGE;
		for (const part of parts) {
			part.left = left;
			part.width = ((wide - 2 * EDGE) * weight(part)) / whole;
			left += part.width;
		}
		return { width: wide, start: picture.start, end: parts.at(-1).end, parts, x: (at) => place(parts, at) };
	}

	function parts_of({ start, end, open }) {
		const parts = [];
		let at = start;
		const put = (until, is_open) => {
			if (until > at) parts.push({ start: at, end: until, open: is_open });
			at = Math.max(at, until);
		};
		for (const [opens, closes] of open) {
			put(opens, false);
			put(closes, true);
		}
		put(end, false);
		// A life of no length, of a ticket opened this very instant, is drawn as a minute.
		return parts.length ? parts : [{ start, end: start + MINUTE, open: true }];
	}

	function sum(parts) {
		return parts.reduce((so_far, part) => so_far + part.end - part.start, 0);
	}

	function place(parts, at) {
		const part = parts.find((each) => at < each.end) || parts.at(-1);
		const share = (at - part.start) / (part.end - part.start);
		return part.left + part.width * Math.min(1, Math.max(0, share));
	}

	// ---- the axis, on the clocks of a time zone

	function axis(scale, zone) {
		return { days: days(scale, zone), times: times(scale, zone) };
	}

	// Where each date begins, and its name where there is room for one.
	function days(scale, zone) {
		const found = [];
		const day = moment.tz(scale.start / 1000, zone).startOf("day");
		for (; day.valueOf() * 1000 < scale.end; day.add(1, "day")) {
			const at = Math.max(day.valueOf() * 1000, scale.start);
			found.push({ at, x: scale.x(at), weekday: day.isoWeekday(), date: day.date() });
		}
		const worth = worth_a_name(scale.width / found.length);
		const shown = found.filter((each, place) => !place || worth(each));
		let free = 0;
		for (const each of shown) {
			if (each.x < free || each.x > scale.width - 62) continue;
			each.label = day_text(each.at, zone);
			free = each.x + 6.5 * each.label.length + 8;
		}
		return shown;
	}

	function worth_a_name(room) {
		if (room > 72) return () => true;
		return 7 * room > 90 ? (day) => day.weekday === 1 : (day) => day.date === 1;
	}

	// Times of day inside the support hours, as many as there is room for; none where days are too narrow.
	function times(scale, zone) {
		const open = scale.parts.filter((part) => part.open);
		const wide = open.reduce((so_far, part) => so_far + part.width, 0);
		const step = STEPS.find((each) => each * wide >= 56 * sum(open));
		if (!step || !wide) return [];
		let free = 0;
		const found = [];
		for (const at of open.flatMap((part) => times_of(part, step, zone))) {
			const x = scale.x(at);
			if (x < free || x > scale.width - 32) continue;
			free = x + 44;
			found.push({ x, label: time_text(at, zone) });
		}
		return found;
	}

	function times_of(part, step, zone) {
		const midnight = moment.tz(part.start / 1000, zone).startOf("day").valueOf() * 1000;
		const found = [];
		let at = midnight + Math.ceil((part.start - midnight) / step) * step;
		for (; at < part.end; at += step) found.push(at);
		return found;
	}

	function day_text(at, zone) {
		return written(at, { timeZone: zone, weekday: "short", day: "numeric", month: "short" });
	}

	function time_text(at, zone) {
		return written(at, { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
	}

	function written(at, options) {
		const language = (frappe.boot.lang || "en").replace("_", "-");
		const [known] = Intl.DateTimeFormat.supportedLocalesOf([language, "en-GB"]);
		return new Intl.DateTimeFormat(known === "en" ? "en-GB" : known, options).format(at / 1000);
	}
})();
