"""Instants: inside the engine an instant is an integer, the microseconds since 1970-01-01 00:00 UTC.

Integers have no zone to forget, no repeated hour and no rounding. They are made once, at the edge, by `instant`.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from sla_guard.engine.errors import WrongInput

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND = timedelta(microseconds=1)


def instant(moment: datetime) -> int:
	"""The instant of an aware datetime, in microseconds. A naive one is refused: it names no instant."""
	if not isinstance(moment, datetime) or moment.utcoffset() is None:
		raise WrongInput("{moment} is not a datetime with a time zone", moment=repr(moment))
	return (moment - EPOCH) // _MICROSECOND


def moment(at: int) -> datetime:
	"""The UTC datetime of an instant."""
	return EPOCH + timedelta(microseconds=at)


def checked(at: object, what: str) -> int:
	"""`at` if it is an instant; otherwise a refusal that names it as `what`."""
	if type(at) is not int:
		raise WrongInput(
			"{what}: {at} is not an instant (an integer, microseconds since 1970 UTC)", what=what, at=repr(at)
		)
	return at
