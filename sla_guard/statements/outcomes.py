"""What the outcome of a dispute brings: a correction line of the next statement.

The line comes to the new amount, or to what its period is known to come to; credited of it was that, less what was
held. So each later fact and each later working out of the period leaves the agreed amount as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

import frappe
from frappe import _

from sla_guard.engine.penalty import Charge
from sla_guard.sla_guard.doctype.sla_dispute.sla_dispute import CHANGED, CLOSED
from sla_guard.statements.currencies import exact
from sla_guard.statements.holding import belongs
from sla_guard.statements.sentences import money_text


class Outcome(NamedTuple):
	"""Of a closed dispute. `came_to`: what its line is known to come to now; `told`: by corrections since."""

	dispute: frappe._dict
	came_to: Decimal
	told: Decimal

	@property
	def comes_to(self) -> Decimal:
		return exact(self.dispute.new_amount) if self.dispute.outcome == CHANGED else self.came_to

	@property
	def agreed(self) -> Decimal:
		"""By how much it is another amount than what its period would come to."""
		return self.comes_to - self.came_to

	@property
	def credited(self) -> Decimal:
		return self.came_to - exact(self.dispute.held) + self.told

	@property
	def difference(self) -> Decimal:
		return self.comes_to - self.credited

	def why(self) -> str:
		"""In the session's language."""
		about, currency = self.dispute, self.dispute.currency
		sentence = {
			"Kept": _("Dispute {0}, {1}: the line stands."),
			"Changed": _("Dispute {0}, {1}: the line comes to {2}."),
			"Withdrawn": _("Dispute {0}, {1}: withdrawn."),
		}[about.outcome].format(about.name, about.title, money_text(self.comes_to, currency))
		if not exact(about.held):
			return sentence
		return f"{sentence} {_('Held until then: {0}.').format(money_text(about.held, currency))}"


def closed_on(statements: list[str]) -> dict[str, list[frappe._dict]]:
	"""The closed disputes that change what is credited, by statement, the earliest first."""
	fields = ["name", "statement", "title", "line_key", "outcome", "held", "new_amount", "currency"]
	about = {"statement": ("in", statements), "status": CLOSED}
	found = defaultdict(list)
	for row in frappe.get_all("SLA Dispute", about, fields, order_by="creation, name"):
		if row.outcome == CHANGED or exact(row.held):
			found[row.statement].append(row)
	return found


def outcomes_of(
	disputes: Iterable[frappe._dict], charge: Charge, told: dict[str, Decimal]
) -> tuple[Outcome, ...]:
	"""Of a period that was worked out again. `told`: by dispute."""
	return tuple(
		Outcome(each, _comes_to(charge, each.line_key), told.get(each.name, Decimal(0))) for each in disputes
	)


def _comes_to(charge: Charge, disputed: str) -> Decimal:
	if charge.lapsed:
		return Decimal(0)
	lines = (line.amount for line in charge.lines if belongs(f"{line.key}|{line.rule}", disputed))
	return sum(lines, Decimal(0))
