"""The edge of the engine: Frappe's datetimes are naive, in the site's time zone; the engine's instants are integers.

A naive datetime is converted here and nowhere else.
"""

import time
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import get_datetime, get_system_timezone

from sla_guard.engine.instants import instant, moment


def now_us() -> int:
	"""This instant."""
	return time.time_ns() // 1000


def to_us(value: datetime | str, near: int | None = None) -> int:
	"""The instant of a datetime of the site. In the hour that a clock change repeats it is the first one, or, where
	`near` is given, the last one that is not later than `near`."""
	naive = get_datetime(value)
	first, second = (instant(naive.replace(tzinfo=_zone(), fold=fold)) for fold in (0, 1))
	return second if near is not None and first < second <= near else first


def to_site(at: int | None) -> datetime | None:
	"""The datetime of the site at an instant; None for none."""
	return moment(at).astimezone(_zone()).replace(tzinfo=None) if at else None


def _zone() -> ZoneInfo:
	return zone_named(get_system_timezone())


zone_named = lru_cache(ZoneInfo)


def text(at: int | None, user: str | None = None) -> str:
	"""An instant as a user reads it, by default the session's: in the zone and format of that user, as the desk shows
	it."""
	return (
		frappe.format(moment(at).astimezone(readers_zone(user)).replace(tzinfo=None), "Datetime")
		if at
		else ""
	)


def readers_zone(user: str | None = None) -> ZoneInfo:
	"""The time zone of a user, by default the session's."""
	name = frappe.get_cached_value("User", user or frappe.session.user, "time_zone")
	return zone_named(name) if name else _zone()
