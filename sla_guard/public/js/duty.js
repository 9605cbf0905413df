// Who is on call and when nobody is, as the forms of a roster and of a contract show it.
{% include "sla_guard/public/js/timing.js" %}

frappe.provide("sla_guard.duty");

if (!sla_guard.duty.draw) {
	const safe = (text) => frappe.utils.escape_html(String(text ?? ""));
	const percent = (part) => `${(100 * part).toFixed(4)}%`;

	// The strip of the coming days, one row a level; what it shows stands in words in its titles and below.
	sla_guard.duty.draw = (duty) => {
		const users = duty.levels.flatMap(({ stretches }) => stretches.map(({ user }) => user)).filter(Boolean);
		const colours = [...new Set(users)];
		return `
		<div class="sla-duty">
			${on_duty_now(duty)}
			<div class="sla-duty-scroll" tabindex="0" role="group" aria-label="${safe(__("On Duty"))}">
				${duty.levels.map((each) => level_row(each, colours)).join("")}
				<div class="sla-duty-row" aria-hidden="true">
					<span class="sla-duty-level"></span>
					<div class="sla-duty-days">${duty.weeks.map(week_mark).join("")}</div>
				</div>
			</div>
			${duty.staffed ? office_key() : ""}
			${for_contracts(duty)}
		</div>`;
	};

	// A line for each time, with the rows of contracts that have it.
	sla_guard.duty.gaps = (duty) => {
		if (!duty.gaps.length) {
			const span = [safe(duty.from), safe(duty.to)];
			const all = duty.staffed
				? __("Somebody is on call at level 1 whenever the office is closed, from {0} to {1}.", span)
				: __("Somebody is on call at level 1 all the time, from {0} to {1}.", span);
			return `<p class="sla-duty-good">✓ ${all}</p>`;
		}
		const rows = duty.gaps.map(gap_row).join("");
		return `
			<p class="sla-duty-bad">⚠ ${safe(__("Nobody is on call at level 1"))}</p>
			<table class="table table-bordered sla-duty-gaps">
				<thead><tr>
					${[__("From"), __("To"), __("Length"), __("For")].map((text) => `<th>${safe(text)}</th>`).join("")}
				</tr></thead>
				<tbody>${rows}</tbody>
			</table>`;
	};

	function gap_row(gap) {
		const cells = [gap.from, gap.to, sla_guard.span_text(gap.seconds)].map((text) => `<td>${safe(text)}</td>`);
		return `<tr>${cells.join("")}<td>${gap.rows.map(safe).join("<br>")}</td></tr>`;
	}

	function on_duty_now({ now, staffed_now }) {
		const people = Object.entries(now).map(([level, name]) => `${safe(__("Level {0}", [level]))}: ${safe(name)}`);
		if (!people.length && staffed_now) {
			return `<p>${safe(__("The office is staffed now: nobody needs to be on call."))}</p>`;
		}
		if (!people.length) return `<p class="sla-duty-bad">⚠ ${safe(__("Nobody is on duty now."))}</p>`;
		return `<p><b>${safe(__("On duty now"))}</b> · ${people.join(" · ")}</p>`;
	}

	function level_row({ level, stretches }, colours) {
		return `
			<div class="sla-duty-row">
				<span class="sla-duty-level">${safe(__("Level {0}", [level]))}</span>
				<div class="sla-duty-strip">${stretches.map((each) => stretch(each, level, colours)).join("")}</div>
			</div>`;
	}

	function stretch(each, level, colours) {
		const free = level > 1 ? "sla-duty-free" : "sla-duty-nobody";
		const nobody = each.staffed ? "sla-duty-office" : free;
		const kind = each.user ? `sla-duty-${colours.indexOf(each.user) % 5}` : nobody;
		const who = each.user || (each.staffed ? __("Office") : __("Nobody"));
		const said = __("{0}, from {1} to {2}", [who, each.from, each.to]);
		return `<span class="sla-duty-shift ${kind}" style="left: ${percent(each.at)}; width: ${percent(each.part)}"
			title="${safe(said)}" role="img" aria-label="${safe(said)}">${each.staffed ? "" : safe(who)}</span>`;
	}

	function office_key() {
		const said = __("Hatched: the office is staffed, nobody needs to be on call.");
		return `<p class="sla-duty-key"><span class="sla-duty-office" aria-hidden="true"></span> ${safe(said)}</p>`;
	}

	function week_mark([at, day]) {
		return `<span style="left: ${percent(at)}">${safe(day)}</span>`;
	}

	function for_contracts(duty) {
		if (duty.contracts.length) return sla_guard.duty.gaps(duty);
		const none = __("No contract in force promises an answer around the clock that this roster would be for.");
		return `<p class="text-muted">${safe(none)}</p>`;
	}
}
