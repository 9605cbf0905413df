"""What the form of a simulation asks about what stands in it just now, saved or not."""

from __future__ import annotations

import frappe


@frappe.whitelist()
def preview(simulation: str | dict, limit: int = 20) -> dict:
	"""How its file would be read, as `SLASimulation.preview` tells it. `simulation`: the values of the form; the answer
	brings none of them back, so that what is typed meanwhile is not undone."""
	frappe.has_permission("SLA Simulation", throw=True)
	return frappe.new_doc("SLA Simulation").update(frappe.parse_json(simulation)).preview(limit)
