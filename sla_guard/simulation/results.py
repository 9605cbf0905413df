"""What a simulation comes to, as it is stored: values without a language, amounts as decimal text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import chain

from sla_guard.engine.terms import METRICS
from sla_guard.engine.trial import Late
from sla_guard.engine.trial_account import Due
from sla_guard.simulation.contract import OnTrial
from sla_guard.simulation.measuring import COUNTS, Span
from sla_guard.simulation.tally import Saved, Tally

FORMAT = 1

# The result of every batch, in the order of the contracts.
Results = Callable[[], Iterable[list[dict]]]


def results(contracts: list[dict], span: Span, told: dict) -> dict:
	"""All of it. `contracts`: what each came to, by `result_of`; `told`: what was said of the history when it was read."""
	return {"format": FORMAT, "until_us": span.until, **told, "contracts": contracts}


def result_of(contract: OnTrial, place: int, span: Span, batches: Results) -> dict:
	"""What a contract comes to, the one at this place among those on trial."""
	line = span.line(contract.trial)
	deal = contract.deal.over(line.first_day)
	tally = Tally(deal, line, lambda: (batch[place] for batch in batches()))
	changes = [each.change for each in contract.changes(span)]
	return {
		"contract": contract.contract,
		"title": contract.title,
		"currency": deal.terms.currency if deal.terms.rules else "",
		"every": contract.trial.every,
		**{name: tally.counts[name] for name in COUNTS},
		"compliance": _compliance(tally),
		"penalties": [
			_penalty(customer, due) for customer, dues in sorted(tally.dues.items()) for due in dues
		],
		"gross": str(tally.gross),
		"total": str(tally.total),
		"breaches": tally.breaches,
		"dearest": [_dearest(*each) for each in tally.dearest()],
		"changes": [_saved(contract, each) for each in tally.saved(changes)],
	}


def _compliance(tally: Tally) -> list[dict]:
	cube: dict[tuple, Counter] = {}
	for each, count in chain.from_iterable(verdicts.items() for verdicts in tally.verdicts.values()):
		key = (METRICS.index(each.metric), each.priority, each.month)
		cube.setdefault(key, Counter())["met" if each.met else "missed"] += count
	return [
		{
			"metric": METRICS[metric],
			"priority": priority,
			"month": month,
			"met": n["met"],
			"missed": n["missed"],
		}
		for (metric, priority, month), n in sorted(cube.items())
	]


def _penalty(customer: str, due: Due) -> dict:
	charge = due.charge
	amounts = {
		name: str(getattr(charge, name)) for name in ("gross", "capped", "earn_back", "lapsed", "total")
	}
	days = {"first": due.period.first.isoformat(), "last": due.period.last.isoformat()}
	return {"customer": customer, **days, "fee": str(due.fee), **amounts, "breaches": due.breaches}


def _dearest(ticket: str, amount: object, gross: object, missed: list[Late]) -> dict:
	missed = sorted(missed, key=lambda late: (late.breached_us, late.metric, late.cycle))
	last = missed[-1]
	return {
		"ticket": ticket,
		"customer": last.customer,
		"priority": last.priority,
		"amount": str(amount),
		"gross": str(gross),
		"missed": [
			{
				"metric": late.metric,
				"cycle": late.cycle,
				"breached_us": late.breached_us,
				"late_us": late.lates[-1].support_us,
			}
			for late in missed
		],
	}


def _saved(contract: OnTrial, saved: Saved) -> dict:
	change = saved.change._asdict()
	del change["row"]
	return {
		**change,
		"scope": contract.scopes.get(saved.change.row, {}),
		"total": str(saved.total),
		"saved": str(saved.saved),
		"breaches": saved.breaches,
		"breaches_saved": saved.breaches_saved,
	}
