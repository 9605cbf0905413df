"""The rules of SLA Notification Rule as values, read once for all processes until one is changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import frappe

RULE = "SLA Notification Rule"
_KEY = "sla_notification_rules"
_FIELDS = ("name", "contract", "priority", "service", "metric", "percent", "since_us")


class Rule(NamedTuple):
	"""When to tell. `chain`, `priority`, `service`, `metric`: empty, any. What was reached before `since_us` is past."""

	name: str
	chain: str
	priority: str
	service: str
	metric: str
	percent: int
	since_us: int

	def is_for(self, metric: str, priority: str, service: str) -> bool:
		return (
			self.metric in ("", metric) and self.priority in ("", priority) and self.service in ("", service)
		)


def rules_for(contract: str, metric: str, priority: str, service: str) -> Iterator[Rule]:
	"""Those that hold for a clock under this version of a contract; no statement is told once they are known."""
	known = frappe.cache.get_value(_KEY, _read)
	if not known:
		return
	chain = frappe.get_cached_value("SLA Contract", contract, "chain") if contract else ""
	for row in (*known.get("", ()), *(known.get(chain, ()) if chain else ())):
		rule = Rule(*row)
		if rule.is_for(metric, priority, service):
			yield rule


def _read() -> dict[str, list[tuple]]:
	"""By the chain of versions that they are for, "" for any."""
	found = {}
	for row in frappe.get_all(RULE, {"enabled": 1}, _FIELDS, order_by="name", as_list=True):
		name, contract, *rest = (value or "" for value in row[:-2])
		chain = frappe.db.get_value("SLA Contract", contract, "chain") or contract if contract else ""
		found.setdefault(chain, []).append((name, chain, *rest, *row[-2:]))
	return found


def forget() -> None:
	"""They are read anew: in this transaction, and in others once it has ended."""
	_clear()
	frappe.db.after_commit.add(_clear)
	frappe.db.after_rollback.add(_clear)


def _clear() -> None:
	frappe.cache.delete_value(_KEY)
