"""Support hours as text: the same for the same hours, whatever they are called, so that a hash of it names them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sla_guard.engine.calendar import Calendar, shared_calendar
from sla_guard.engine.errors import WrongInput

FORMAT = 1


def hours_as_json(calendar: Calendar) -> str:
	"""The canonical JSON of support hours that stand for themselves, in no terms."""
	return canonical({"format": FORMAT, "hours": calendar_as_values(calendar)})


def hours_hash(calendar: Calendar) -> str:
	"""SHA-256 of that, in hexadecimal."""
	return sha256(hours_as_json(calendar).encode()).hexdigest()


@lru_cache(maxsize=1024)
def hours_from_json(text: str) -> Calendar:
	"""The support hours that this says. Raises WrongInput if it is not the JSON of such."""
	try:
		values = json.loads(text)
		if values["format"] != FORMAT:
			raise WrongInput("Support hours of an unknown format")
		return calendar_from_values(**values["hours"])
	except WrongInput:
		raise
	except (KeyError, TypeError, ValueError) as error:
		raise WrongInput("Not the JSON of support hours: {error}", error=error) from error


def canonical(values: object) -> str:
	return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def calendar_as_values(calendar: Calendar) -> dict[str, Any]:
	values = {
		"zone": calendar.zone,
		"windows": [list(window) for window in calendar.windows],
		"holidays": [day.isoformat() for day in calendar.holidays],
		"half_days": [day.isoformat() for day in calendar.half_days],
	}
	if calendar.shut:
		values["shut"] = [list(span) for span in calendar.shut]
	return values


def calendar_from_values(
	zone: str, windows: list, holidays: list, half_days: list, shut: Iterable = ()
) -> Calendar:
	dates = (tuple(map(date.fromisoformat, days)) for days in (holidays, half_days))
	calendar = shared_calendar(zone, tuple(tuple(window) for window in windows), *dates)
	return calendar.without(tuple(span) for span in shut)
