"""Terms: everything a clock needs of one contract version, as one immutable value.

The canonical JSON of equal terms is the same text, whatever the order in which rows were entered; its SHA-256 names
them. A clock that keeps this name cannot be changed by a later edit of the contract, its hours or its holidays.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property, lru_cache
from hashlib import sha256
from types import MappingProxyType
from typing import Any, NamedTuple

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.errors import WrongInput
from sla_guard.engine.hours import FORMAT, calendar_as_values, calendar_from_values, canonical

RESPONSE, RESOLUTION = METRICS = ("Response", "Resolution")
RUNNING, PAUSED, STOPPED, WITHDRAWN, VOIDED = ("running", "paused", "stopped", "withdrawn", "void")
MAIL, TAKEN_IN_CHARGE = ANSWERS = ("mail", "taken in charge")
REASONS = ("customer", "vendor", "internal", "planned maintenance")
CONTINUE, NEW_CYCLE = REOPENING = ("continue", "new cycle")
FROM_OPENING, FROM_CHANGE, KEEP = CHANGES = ("from opening", "from change", "keep")

# In an event, the target of a ticket whose service the contract does not cover; never the id of a row.
NOT_COVERED = "not covered"


class Phase(NamedTuple):
	"""What a status does to a clock, and why: the status and, of a pause, its reason class."""

	state: str
	status: str = ""
	reason: str = ""


ON = Phase(RUNNING)
OFF = Phase(STOPPED)
OUT = Phase(WITHDRAWN)
NAUGHT = Phase(VOIDED)


@dataclass(frozen=True)
class Target:
	"""One row of a contract: its commitments (µs of support time, None = none) in its support hours.

	It has an id and no names: which tickets fall under it is the affair of `coverage`, decided when a fact is
	recorded, so that renaming a priority or a service changes no past.
	"""

	id: str
	calendar: Calendar
	response_us: int | None = None
	resolution_us: int | None = None

	def commitment(self, metric: str) -> int | None:
		return self.response_us if metric == RESPONSE else self.resolution_us


@dataclass(frozen=True)
class Policies:
	"""What a reopening does to the Resolution clock, and each kind of change to the clocks not stopped."""

	reopen: str = CONTINUE
	priority: str = FROM_OPENING
	service: str = FROM_OPENING
	customer: str = FROM_OPENING


@dataclass(frozen=True, eq=False)
class Terms:
	"""One contract version as plain values.

	`pauses`: metric → status → reason class. `answers`: what counts as a response. `closing_answers`: whether closing
	without any answer stops the Response clock. `stops`: the statuses that stop Resolution; `restored_stops`: whether
	*Service restored* does too.

	Raises WrongInput, naming row and value, for what no clock could be measured with.
	"""

	targets: tuple[Target, ...]
	pauses: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
	answers: frozenset[str] = frozenset(ANSWERS)
	closing_answers: bool = True
	stops: frozenset[str] = frozenset({"Resolved", "Closed"})
	restored_stops: bool = False
	policies: Policies = Policies()

	def __post_init__(self) -> None:
		put = object.__setattr__
		put(self, "targets", tuple(sorted(self.targets, key=lambda target: target.id)))
		put(self, "pauses", _frozen_pauses(self.pauses))
		for name in ("answers", "stops"):
			put(self, name, _frozen_names(name, getattr(self, name)))
		for name in ("closing_answers", "restored_stops"):
			_one_of(name, getattr(self, name), (True, False))
		_check_targets(self.targets)
		_check_rules(self)
		_check_policies(self.policies)

	def target(self, id: str) -> Target | None:
		return self._by_id.get(id)

	@cached_property
	def _by_id(self) -> dict[str, Target]:
		return {target.id: target for target in self.targets}

	# ---- what a status does

	@cached_property
	def phases(self) -> dict[str, dict[str, Phase]]:
		"""Metric → status → phase; a status not in it lets the clock run."""
		phases = {
			metric: {
				status: Phase(PAUSED, status, why) for status, why in self.pauses.get(metric, {}).items()
			}
			for metric in METRICS
		}
		for metric in METRICS if self.closing_answers else (RESOLUTION,):
			phases[metric].update(dict.fromkeys(self.stops, OFF))
		return phases

	# ---- as text

	@cached_property
	def json(self) -> str:
		"""The canonical JSON: the same text for the same terms."""
		calendars: dict[str, dict] = {}
		document = {
			"format": FORMAT,
			"calendars": calendars,
			"targets": [_target_as_values(target, calendars) for target in self.targets],
			"pauses": {metric: dict(statuses) for metric, statuses in self.pauses.items()},
			"answers": sorted(self.answers),
			"closing_answers": self.closing_answers,
			"stops": sorted(self.stops),
			"restored_stops": self.restored_stops,
			"policies": asdict(self.policies),
		}
		return canonical(document)

	@cached_property
	def hash(self) -> str:
		"""The name of these terms: SHA-256 of their canonical JSON, in hexadecimal."""
		return sha256(self.json.encode()).hexdigest()

	def __eq__(self, other: object) -> bool:
		return isinstance(other, Terms) and self.json == other.json

	def __hash__(self) -> int:
		return hash(self.hash)


@lru_cache(maxsize=1024)
def terms_from_json(text: str) -> Terms:
	"""The terms that this canonical JSON says; the same object for the same text, with its calendars warm.

	Raises WrongInput if it is not the JSON of valid terms.
	"""
	try:
		values = json.loads(text)
		if values.pop("format") != FORMAT:
			raise WrongInput("Terms of an unknown format")
		calendars = {
			key: calendar_from_values(**calendar) for key, calendar in values.pop("calendars").items()
		}
		targets = tuple(
			Target(**{**target, "calendar": calendars[target["calendar"]]})
			for target in values.pop("targets")
		)
		return Terms(targets=targets, policies=Policies(**values.pop("policies")), **values)
	except WrongInput:
		raise
	except (AttributeError, KeyError, TypeError, ValueError) as error:
		raise WrongInput("Not the JSON of terms: {error}", error=error) from error


def _target_as_values(target: Target, calendars: dict[str, dict]) -> dict[str, Any]:
	values = {each.name: getattr(target, each.name) for each in fields(target)}
	calendar = calendar_as_values(target.calendar)
	# Named by content: what an admin calls these hours changes no clock.
	values["calendar"] = sha256(canonical(calendar).encode()).hexdigest()[:16]
	calendars[values["calendar"]] = calendar
	return values


# ---- checks


def _one_of(what: str, value: object, allowed: Iterable) -> None:
	allowed = tuple(allowed)
	if value not in allowed:
		raise WrongInput(
			"{what}: {value} is none of {allowed}",
			what=what,
			value=repr(value),
			allowed=", ".join(map(str, allowed)),
		)


def _frozen_names(what: str, names: Iterable[str]) -> frozenset[str]:
	if isinstance(names, str):
		raise WrongInput("{what}: {value} is one name, not a list of them", what=what, value=repr(names))
	names = frozenset(names)
	for name in names:
		if not isinstance(name, str) or not name:
			raise WrongInput("{what}: {value} is not a name", what=what, value=repr(name))
	return names


def _frozen_pauses(pauses: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
	frozen = {}
	for metric, statuses in pauses.items():
		_one_of("pauses", metric, METRICS)
		_frozen_names(f"pauses of {metric}", statuses)
		for status, reason in statuses.items():
			_one_of(f"pauses of {metric}, {status}", reason, REASONS)
		if statuses:
			frozen[metric] = MappingProxyType(dict(sorted(statuses.items())))
	return MappingProxyType(frozen)


def _check_targets(targets: tuple[Target, ...]) -> None:
	if not targets:
		raise WrongInput("Terms without a target promise nothing")
	ids: set[str] = set()
	for target in targets:
		_check_target(target)
		if target.id in ids:
			raise WrongInput("Two targets have the id {id}", id=repr(target.id))
		ids.add(target.id)


def _check_target(target: Target) -> None:
	if not isinstance(target.id, str) or target.id in ("", NOT_COVERED):
		raise WrongInput("{id} is not the id of a target", id=repr(target.id))
	if not isinstance(target.calendar, Calendar):
		raise WrongInput("Target {id} has no support hours", id=repr(target.id))
	for metric in METRICS:
		amount = target.commitment(metric)
		if amount is not None and (type(amount) is not int or amount <= 0):
			raise WrongInput(
				"Target {id}: a {metric} time of {amount} µs is not a positive whole number",
				id=repr(target.id),
				metric=metric,
				amount=repr(amount),
			)


def _check_rules(terms: Terms) -> None:
	for answer in terms.answers:
		_one_of("answers", answer, ANSWERS)
	if not terms.answers:
		raise WrongInput("Nothing counts as a response")
	if not terms.stops:
		raise WrongInput("No status stops Resolution")
	for metric, statuses in terms.pauses.items():
		for status in statuses:
			if status in terms.stops:
				raise WrongInput(
					"Status {status} both pauses {metric} and stops", status=repr(status), metric=metric
				)


def _check_policies(policies: Policies) -> None:
	for each in fields(policies):
		_one_of(
			f"policy for {each.name}",
			getattr(policies, each.name),
			REOPENING if each.name == "reopen" else CHANGES,
		)
