"""What a statement tells besides its amounts, as it is frozen in it: values without a language.

Instants and amounts of time are whole microseconds, days are ISO dates, money is decimal text. `format` says which
shape this is, so that a statement of years ago can still be printed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import frappe

from sla_guard.engine.clock import MET, MISSED
from sla_guard.engine.figures import COUNTED, EXCLUDED, IN_PROGRESS, WAIVED, Commitment, compliance, figures
from sla_guard.engine.hours import hours_hash
from sla_guard.engine.lateness import lateness
from sla_guard.statements.compute import Computed, rounded

FORMAT = 1


def content(computed: Computed) -> dict:
	"""All but the trend, which needs the statements before."""
	version, period = computed.version, computed.period
	breaches = list(_breaches(computed))
	return {
		"format": FORMAT,
		"zone": version.time_zone,
		"every": version.reporting_period,
		"first": period.first.isoformat(),
		"last": period.last.isoformat(),
		"title": version.title,
		"sections": list(_sections(computed)),
		"compliance": list(_compliance(computed)),
		"breaches": breaches,
		"exclusions": list(_exclusions(breaches)),
		"availability": list(_availability(computed)),
		"figures": _figures(computed),
		"causes": list(_causes(breaches)),
		"in_progress": list(_in_progress(computed)),
	}


def totals(computed: Computed) -> Counter:
	"""How many commitments of each outcome, and how many tickets that were none."""
	counts = Counter(each.outcome for each in computed.reading.commitments if each.outcome)
	counts["void"] = computed.reading.void
	return counts


def _sections(computed: Computed) -> Iterator[dict]:
	"""One for each version in force in the period, with the fee of its days."""
	for terms in computed.chain.terms:
		if common := computed.period.common(terms.first, terms.next):
			yield {
				"version": terms.version,
				"first": common.first.isoformat(),
				"last": common.last.isoformat(),
				"fee": str(rounded(terms.fee_of(computed.period), terms.decimals)),
			}


def _compliance(computed: Computed) -> Iterator[dict]:
	for (metric, priority, service), counts in compliance(computed.reading.commitments).items():
		yield {
			"metric": metric,
			"priority": priority,
			"service": service,
			**{each: counts[each] for each in COUNTED},
		}


def _breaches(computed: Computed) -> Iterator[dict]:
	for each in _dated(computed.reading.commitments, MISSED, EXCLUDED, WAIVED):
		breach = computed.reading.breaches.get((each.ticket, each.clock.metric, each.clock.cycle))
		pauses_count = computed.chain.pauses_count(each.contract)
		late = lateness(each.clock, each.calendar, computed.until, pauses_count)
		yield {
			"breach": breach.name if breach else "",
			"ticket": each.ticket,
			"metric": each.clock.metric,
			"cycle": each.clock.cycle,
			"priority": each.priority,
			"service": each.service,
			"target_us": each.clock.target_us,
			"started_us": each.clock.started,
			"breached_us": each.clock.breached_at,
			"stopped_us": each.clock.stopped or 0,
			"late_us": late.support_us,
			"late_elapsed_us": late.elapsed_us,
			"state": breach.state if breach else "Open",
			"cause": breach.cause if breach else "",
		}


def _dated(commitments: Iterable[Commitment], *outcomes: str) -> list[Commitment]:
	found = [each for each in commitments if each.outcome in outcomes]
	return sorted(found, key=lambda each: (each.at, each.ticket, each.clock.metric, each.clock.cycle))


def _exclusions(breaches: list[dict]) -> Iterator[dict]:
	forgiven = [breach for breach in breaches if breach["state"] in ("Excluded", "Waived")]
	approved = _approved([breach["breach"] for breach in forgiven])
	for breach in forgiven:
		row = approved.get(breach["breach"], frappe._dict())
		yield {
			"breach": breach["breach"],
			"ticket": breach["ticket"],
			"metric": breach["metric"],
			"kind": row.kind or ("Exclusion" if breach["state"] == "Excluded" else "Waiver"),
			"ground": row.ground or "",
			"reason": row.reason or "",
			"decided_on": str(row.decided_on or "")[:10],
		}


def _approved(breaches: list[str]) -> dict[str, frappe._dict]:
	if not breaches:
		return {}
	rows = frappe.get_all(
		"SLA Exclusion",
		{"breach": ("in", breaches), "docstatus": 1},
		["breach", "kind", "ground", "reason", "decided_on"],
	)
	return {row.breach: row for row in rows}


def _availability(computed: Computed) -> Iterator[dict]:
	for row in computed.version.availability_targets:
		found = computed.availability[row.service]
		yield {
			"service": row.service,
			"target": str(row.target_percent),
			"row": row.name,
			"hours": hours_hash(computed.hours[row.name]),
			"agreed_us": found.agreed_us,
			"down_us": found.down_us,
		}


def _figures(computed: Computed) -> dict:
	found = figures(computed.reading.commitments, computed.instants[0], computed.until)._asdict()
	pauses = found.pop("pauses_to_see")
	plain = {name: value._asdict() if hasattr(value, "_asdict") else value for name, value in found.items()}
	return plain | {"pauses_to_see": [pause._asdict() for pause in pauses]}


def _causes(breaches: list[dict]) -> Iterator[dict]:
	counts = Counter(breach["cause"] for breach in breaches if breach["state"] == "Open")
	for cause, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
		yield {"cause": cause, "count": count}


def _in_progress(computed: Computed) -> Iterator[dict]:
	for each in _dated(computed.reading.commitments, IN_PROGRESS):
		yield {
			"ticket": each.ticket,
			"metric": each.clock.metric,
			"priority": each.priority,
			"due_us": each.clock.due or 0,
		}


def share_met(counts: Counter) -> tuple[int, int]:
	"""Met, and all that were decided."""
	return counts[MET], counts[MET] + counts[MISSED]
