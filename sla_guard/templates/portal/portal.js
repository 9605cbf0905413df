// Counts down what the page shows already; without this script the page says how it stood when it was opened.
(function () {
	const page = document.querySelector(".sla-portal");
	if (!page) return;
	// The reader's own clock may be wrong: what counts is the server's.
	const ahead = Number(page.dataset.now) - Date.now();

	function left_of(clock, now) {
		const open = JSON.parse(clock.dataset.open);
		const ahead_of_now = open.map(([start, end]) => Math.max(end - Math.max(start, now), 0));
		return ahead_of_now.reduce((sum, each) => sum + each, Number(clock.dataset.rest));
	}

	function span(ms) {
		const seconds = Math.floor(ms / 1000);
		const [h, min, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
		if (h) return `${h}\u00a0h` + (min ? `\u00a0${min}\u00a0min` : "");
		return min ? `${min}\u00a0min\u00a0${String(s).padStart(2, "0")}\u00a0s` : `${s}\u00a0s`;
	}

	function draw(clock) {
		const now = Date.now() + ahead;
		const left = left_of(clock, now);
		const used = Math.min(Math.max(100 - (left / Number(clock.dataset.target)) * 100, 0), 100);
		const bar = clock.querySelector("[role=progressbar]");
		bar.firstElementChild.style.width = `${used}%`;
		bar.setAttribute("aria-valuenow", Math.floor(used));
		clock.querySelector(".sla-left-time").textContent = span(left);
		if (now > Number(clock.dataset.due)) pass(clock);
	}

	function pass(clock) {
		clock.removeAttribute("data-open");
		clock.classList.replace("good", "bad");
		clock.querySelector(".sla-clock-word").textContent = clock.dataset.over;
		clock.querySelector(".sla-left").hidden = true;
		const ticket = clock.closest("[data-ticket]");
		const pill = ticket && ticket.querySelector(".sla-pill.good");
		if (!pill) return;
		ticket.classList.replace("good", "bad");
		pill.classList.replace("good", "bad");
		pill.textContent = clock.dataset.over;
	}

	function draw_all() {
		if (!document.hidden) page.querySelectorAll("[data-open]").forEach(draw);
	}

	draw_all();
	setInterval(draw_all, 1000);
	document.addEventListener("visibilitychange", draw_all);
})();
