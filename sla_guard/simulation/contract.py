"""A contract on trial as a value: how its tickets are measured, what it says of money, and what else could be tried."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from sla_guard.engine.changes import Change, Changed, Hours, other_hours, pauses, targets
from sla_guard.engine.trial import Trial
from sla_guard.engine.trial_account import Deal


@dataclass(frozen=True)
class OnTrial:
	"""A contract on trial: how its tickets are measured, what it says of money, what else could be tried. `scopes`: what
	its rows are for, by id."""

	contract: str
	title: str
	trial: Trial
	deal: Deal
	hours: Hours
	statuses: tuple[str, ...]
	scopes: dict[str, dict]

	def changes(self, span: tuple[int, int]) -> list[Changed]:
		"""The single changes, always in the same order."""
		terms = self.trial.terms
		found: list[Change] = [
			*targets(terms),
			*pauses(terms, self.statuses),
			*other_hours(terms, self.hours, span),
		]
		return [Changed(each, self.trial, self.hours, span) for each in found]

	@property
	def content(self) -> str:
		"""A hash of all that a result depends on."""
		trial = self.trial
		others = sorted((name, repr(each._key())) for name, each in self.hours.others.items())
		parts = (trial.terms.json, trial.coverage, trial.zone, trial.every, sorted(trial.customers or ["*"]))
		rest = (trial.pauses_count, sorted(trial.holes.items()), self.deal, sorted(self.hours.rows), others)
		return sha256(repr((self.contract, *parts, *rest, self.statuses)).encode()).hexdigest()
