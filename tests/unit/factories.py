"""Short ways to say calendars, terms and events in tests. Times are in January 2026: the 5th is a Monday."""

from datetime import datetime, timezone

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.events import OPENED, Event
from sla_guard.engine.instants import HOUR, instant
from sla_guard.engine.replay import replay
from sla_guard.engine.terms import Policies, Target, Terms

NINE_TO_FIVE = tuple((weekday, 9 * 60, 17 * 60) for weekday in range(5))


def jan(text):
	"""The instant of "5 09:00", the 5th of January 2026 at 09:00 UTC."""
	return instant(datetime.strptime(f"2026-01-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=timezone.utc))


def office(*, zone="UTC", windows=NINE_TO_FIVE, holidays=(), half_days=()):
	return Calendar(zone, windows, holidays, half_days)


def target(id, *, response=1, resolution=8, calendar=None):
	"""A row with its times in hours; None for no such commitment."""
	amounts = (None if hours is None else round(hours * HOUR) for hours in (response, resolution))
	return Target(id, calendar or office(), *amounts)


def terms(
	*rows, reopen="continue", priority="from opening", service="from opening", customer="from opening", **rest
):
	"""Terms with these rows, and a default row of 1 h and 8 h if none is given."""
	policies = Policies(reopen=reopen, priority=priority, service=service, customer=customer)
	return Terms(targets=rows or (target("default"),), policies=policies, **rest)


ROUND_THE_CLOCK = Calendar.always()


def by_priority(**policies):
	return terms(
		target("default"),
		target("P1", response=0.5, resolution=4, calendar=ROUND_THE_CLOCK),
		target("P3", response=1, resolution=8),
		**policies,
	)


def opened(at, *, status="Open", target="default", customer="Acme", **rest):
	return Event(jan(at), 0, OPENED, status, target, customer=customer, **rest)


def event(at, kind, value="", *, sequence=1, **rest):
	return Event(jan(at), sequence, kind, value, **rest)


def clocks(*events, terms, now):
	return replay(events, terms, jan(now))


def response(*events, terms, now):
	"""The Response clock of this life."""
	return clocks(*events, terms=terms, now=now)[0]


def resolution(*events, terms, now):
	"""The last Resolution clock of this life."""
	return clocks(*events, terms=terms, now=now)[-1]


def says(clock):
	"""What a clock says, in hours and in days of January."""
	return {
		"state": clock.state,
		"elapsed": clock.elapsed_us / HOUR,
		"due": day(clock.due),
		"breached": day(clock.breached_at),
		"stopped": day(clock.stopped),
		"verdict": clock.verdict,
	}


def day(at):
	if at is None:
		return None
	found = datetime.fromtimestamp(at / 1_000_000, timezone.utc)
	return f"{found.day} {found:%H:%M}"


def check(clock, **expected):
	"""Hold what a clock says against what is expected of it, in hours and in days of January."""
	found = says(clock) | {"stopped_by": clock.stopped_by, "cycle": clock.cycle, "target": clock.target}
	assert {name: found[name] for name in expected} == expected
