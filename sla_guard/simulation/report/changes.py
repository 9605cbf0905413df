"""Which single change of a contract would have saved how much, in a sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import frappe
from frappe import _

from sla_guard.annex.naming import scope_of
from sla_guard.engine.terms import RESPONSE
from sla_guard.simulation.report.outcome import Tried
from sla_guard.statements.cells import metric_text


def sentences(tried: Tried) -> list[str]:
	"""The best first; empty if no change would have saved anything."""
	return [sentence(each, tried) for each in tried.found["changes"]]


def sentence(change: dict, tried: Tried) -> str:
	return _("{0}: {1}.").format(what(change, tried), ", ".join(_saved(change, tried)))


def what(change: dict, tried: Tried) -> str:
	"""The change itself."""
	return {"target": _target, "hours": _hours, "pause": _pause}[change["kind"]](change, tried)


def _target(change: dict, tried: Tried) -> str:
	text = (
		_("With {0} instead of {1} to respond to {2}")
		if change["metric"] == RESPONSE
		else _("With {0} instead of {1} to resolve {2}")
	)
	spans = (tried.words.span(change[field]) for field in ("to_us", "from_us"))
	return text.format(*spans, _scope(change, tried))


def _hours(change: dict, _tried: Tried) -> str:
	return _("With the support hours {0}").format(_(change["hours"]))


def _pause(change: dict, _tried: Tried) -> str:
	return _("If {0} had paused {1}").format(_(change["status"]), metric_text(change["metric"]))


def _scope(change: dict, tried: Tried) -> str:
	if tried.document and len(tried.document.targets) == 1:
		return _("all tickets")
	return scope_of(frappe._dict({"priority": "", "service": "", "issue_type": "", **change["scope"]}))


def _saved(change: dict, tried: Tried) -> Iterator[str]:
	if tried.about_money and Decimal(change["saved"]):
		yield _("{0} less").format(tried.words.money(change["saved"]))
	fewer = change["breaches_saved"]
	if fewer:
		yield (
			_("one breach fewer") if fewer == 1 else _("{0} breaches fewer").format(tried.words.number(fewer))
		)
