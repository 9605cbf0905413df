"""The rules that a site begins with."""

from __future__ import annotations

import frappe
from frappe import _

from sla_guard.notify.rules import RULE


def make() -> None:
	"""Those whose ticket it is are warned, and told when it is overdue; then the managers too. Only on a site that has
	no rule yet."""
	if frappe.db.count(RULE):
		return
	managers = {"to_assignees": 0, "role": "SLA Manager"}
	for values in (
		{"rule_name": _("75 % used: assignees"), "percent": 75},
		{"rule_name": _("Overdue: assignees"), "percent": 100},
		{"rule_name": _("Overdue: SLA Managers"), "percent": 100, **managers},
	):
		rule = frappe.new_doc(RULE).update(values)
		# Whoever makes them sees to the clocks that run.
		rule.flags.wakes_nothing = True
		# The role comes after the DocTypes.
		rule.insert(ignore_permissions=True, ignore_links=True)
