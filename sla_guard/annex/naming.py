"""How the annex calls what is promised."""

from __future__ import annotations

from frappe import _
from frappe.model.document import Document

from sla_guard.statements.cells import metric_text


def what_is_missed(metric: str, priority: str, service: str) -> str:
	"""A commitment by its metric and, where these are named, priority and service."""
	name = metric_text(metric) if metric else _("any commitment")
	return ", ".join([name, *(_(each) for each in (priority, service) if each)])


def scope_of(row: Document) -> str:
	"""For which tickets a target is."""
	named = [_(each) for each in (row.priority, row.service, row.issue_type) if each]
	return ", ".join(named) or _("all other tickets")
