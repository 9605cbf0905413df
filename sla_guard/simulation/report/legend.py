"""What each figure of a simulation means."""

from __future__ import annotations

from collections.abc import Iterator

from frappe import _

from sla_guard.simulation.report.outcome import Outcome


def lines(outcome: Outcome, money: bool) -> Iterator[str]:
	yield _("All times are those of {0}.").format(outcome.zone)
	yield _(
		"Each ticket of the history is lived again under each contract, as if it had been in force all the time."
	)
	yield _(
		"A commitment is one ticket's response or resolution. It counts once: as missed in the period in which its time ran out, else as met in the period in which it was done."
	)
	yield _("Kept: met ÷ (met + missed), truncated. What is still in progress is in neither.")
	if outcome.is_of_several and not outcome.customers:
		yield _(
			"The history holds tickets of {0} customers; the figures are of all of them together."
		).format(outcome.words.number(outcome.found["customers"]))
	if money and outcome.about_money:
		yield from _of_money()


def _of_money() -> Iterator[str]:
	yield _(
		"Penalties: worked out for each customer and reporting period in the order of a statement; no exclusions, waivers or corrections, which nobody has decided."
	)
	yield _(
		"What a ticket costs: the lines of its own misses after the caps. Lines of a whole period, as by compliance, belong to no ticket."
	)
	yield _("What would have saved most: all tickets lived again with that one change.")
