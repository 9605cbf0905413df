"""What an Issue shows of its clocks, in fields of its own: for its form without any script, for lists, filters, reports.

They say how the clocks stood when they were last looked at: at each fact, when a due passes, when one gets at risk.
"""

from __future__ import annotations

from collections.abc import Iterator

import frappe
from frappe.utils import get_datetime

from sla_guard.engine.clock import MISSED, Clock
from sla_guard.engine.instants import SECOND
from sla_guard.engine.terms import PAUSED, RESOLUTION, RESPONSE, RUNNING, STOPPED, VOIDED, WITHDRAWN
from sla_guard.engine.thresholds import reached_at
from sla_guard.site_time import to_site
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import hours_of

# What an Issue of which nothing is known shows. No field of ours but these follows from the clocks.
NOTHING = {
	"sla_state": None,
	"sla_next_due": None,
	"sla_response": None,
	"sla_response_due": None,
	"sla_resolution": None,
	"sla_resolution_due": None,
	"sla_left": None,
	"sla_at_risk": 0,
	"sla_at_risk_from": None,
	"sla_breached_at": None,
	"sla_urgency": 0,
	"sla_to_qualify": 0,
}
SHOWN = tuple(NOTHING)
TIMES = tuple(field for field in SHOWN if field.endswith(("_due", "_from", "_at")))
AT_RISK_PERCENT = 75
MILLISECOND = SECOND // 1000
# What is urgent stands above what waits, and that above what is settled (0). In thousandths of a second, of which this
# leaves room for thousands of years, and which JavaScript still counts exactly.
URGENT, WAITING = 10**14, 10**13


def fields_of(clocks: tuple[Clock, ...]) -> dict:
	"""What these clocks, as they were just read, say in the fields of an Issue; not its state, and not whether its service is
	still to be named."""
	counting = [clock for clock in clocks if clock.state in (RUNNING, PAUSED)]
	dues = [clock.due for clock in counting if clock.due]
	at_risk = min(_at_risk_from(counting), default=None)
	left = min((clock.left_us for clock in counting if clock.state == PAUSED), default=None)
	return {
		"sla_next_due": to_site(min(dues, default=None)),
		**_fields_of_metric("sla_response", [clock for clock in clocks if clock.metric == RESPONSE]),
		**_fields_of_metric("sla_resolution", [clock for clock in clocks if clock.metric == RESOLUTION]),
		# Less than none left is late, which the breach tells.
		"sla_left": None if left is None else max(left, 0) // SECOND,
		"sla_at_risk": int(at_risk is not None and at_risk <= _read_at(clocks)),
		"sla_at_risk_from": to_site(at_risk),
		"sla_breached_at": to_site(max(_breaches(clocks), default=None)),
		"sla_urgency": _urgency(counting),
	}


def word(clock: Clock) -> str:
	"""How a clock stands, by one of the words of sla_response and sla_resolution."""
	if clock.state == WITHDRAWN:
		return ""
	if clock.state == VOIDED:
		return "Void"
	if clock.state == STOPPED:
		return "Missed" if clock.verdict == MISSED else "Met"
	if clock.breached_at:
		return "Breached"
	return "Running" if clock.state == RUNNING else "Paused"


def as_stored(shown: tuple) -> dict:
	"""Values of these columns, as any of the databases gives them, as `fields_of` would."""
	found = dict(zip(SHOWN, shown, strict=True))
	for field, value in found.items():
		if value in (None, ""):
			found[field] = NOTHING[field]
		elif field in TIMES:
			found[field] = get_datetime(value)
		elif not isinstance(value, str):
			found[field] = int(value)
	return found


def at_risk_percent() -> int:
	"""The part of its target from which on a clock is at risk."""
	return frappe.get_cached_doc("SLA Settings").at_risk_percent or AT_RISK_PERCENT


def _fields_of_metric(field: str, clocks: list[Clock]) -> dict:
	"""Of the last cycle: its word, and when it is due; of what was missed, when it was."""
	if not clocks:
		return {field: None, f"{field}_due": None}
	clock = clocks[-1]
	owed = clock.state not in (WITHDRAWN, VOIDED)
	return {
		field: word(clock) or None,
		f"{field}_due": to_site(clock.due or clock.breached_at if owed else None),
	}


def _at_risk_from(counting: list[Clock]) -> Iterator[int]:
	percent = at_risk_percent()
	for clock in counting:
		if clock.state == RUNNING and not clock.breached_at:
			at = reached_at(clock, hours_of(clock), percent, clock.stretches[-1].end)
			if at is not None:
				yield at


def _breaches(clocks: tuple[Clock, ...]) -> Iterator[int]:
	return (clock.breached_at for clock in clocks if clock.breached_at and clock.state != VOIDED)


def _read_at(clocks: tuple[Clock, ...]) -> int:
	return clocks[-1].stretches[-1].end


def _urgency(counting: list[Clock]) -> int:
	"""One number to sort by, the most urgent first: what is late, the longest first; what runs, by its due; what waits,
	by the time that is left; and 0, what is settled or has no clock."""
	waits = [clock.left_us // MILLISECOND for clock in counting if clock.state == PAUSED]
	since = [clock.breached_at or clock.due for clock in counting if clock.state == RUNNING]
	if since:
		return URGENT - min((at for at in since if at), default=URGENT * MILLISECOND) // MILLISECOND
	return WAITING - min(waits) if waits else 0
