frappe.provide("sla_guard");
if (!sla_guard.now) {
	let offset = 0;
	sla_guard.now = () => Date.now() + offset;
	sla_guard.set_now = (us) => (offset = us / 1000 - Date.now());
	sla_guard.span_text = (s) => {
		const m = Math.floor(s / 60);
		if (s < 60) return `${s} s`;
		if (m < 60) return `${m} min`;
		return m % 60 ? `${Math.floor(m / 60)} h ${String(m % 60).padStart(2, "0")}` : `${m / 60} h`;
	};
	sla_guard.every_second = (element, draw) => {
		const id = setInterval(() => {
			if (!element.isConnected) return clearInterval(id);
			if (!document.hidden) draw();
		}, 1000);
	};
}
