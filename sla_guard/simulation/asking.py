"""What a simulation asks for, as values: the file and how it is read, the contracts, the instants."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime, get_system_timezone, getdate

from sla_guard.engine.calendar import FIRST, LAST
from sla_guard.simulation.columns import FIELDS, Meanings
from sla_guard.simulation.contract import OnTrial
from sla_guard.simulation.instants import Unreadable, zone_of
from sla_guard.simulation.meanings import meanings
from sla_guard.simulation.reading import Asked
from sla_guard.simulation.trials import all_on_trial
from sla_guard.site_time import to_us

IMPORTED = "Imported History"


def is_imported(simulation: Document) -> bool:
	return simulation.source == IMPORTED


def contracts_of(simulation: Document) -> list[OnTrial]:
	"""The contracts on trial as they stand now."""
	names = (row.contract for row in simulation.contracts)
	return all_on_trial(names, not is_imported(simulation), bool(simulation.column_customer))


def file_of(simulation: Document) -> Path:
	"""The file that was attached, if the session's user may read it."""
	if not simulation.history_file:
		frappe.throw(_("Attach the file of the ticket history."), title=_("No File"))
	files = frappe.get_all(
		"File", {"file_url": simulation.history_file}, pluck="name", order_by="creation desc"
	)
	may = next((file for file in map(_file, files) if file.has_permission("read")), None)
	if may is None:
		frappe.throw(_("There is no file {0}.").format(simulation.history_file), title=_("No File"))
	path = Path(may.get_full_path())
	if not path.is_file():
		frappe.throw(
			_("The file {0} is not on this site.").format(simulation.history_file), title=_("No File")
		)
	return path


def _file(name: str) -> Document:
	return frappe.get_doc("File", name)


def asked_of(simulation: Document) -> Asked:
	zone = simulation.time_zone or get_system_timezone()
	try:
		zone_of(zone)
	except Unreadable:
		frappe.throw(_("Unknown time zone: {zone}").format(zone=zone), title=_("Unknown Time Zone"))
	missing = (each.strip() for each in (simulation.missing_values or "").split(","))
	return Asked(
		columns={field: simulation.get(f"column_{field}") or "" for field in FIELDS},
		zone=zone,
		missing=frozenset(filter(None, missing)),
		encoding=simulation.encoding or "",
		delimiter=simulation.delimiter or "",
		date_order=simulation.date_order or "",
		leave_out=bool(simulation.leave_out_bad_rows),
		sheet=simulation.sheet or "",
	)


def meanings_of(simulation: Document) -> Meanings:
	rows = simulation.found_values
	answers = (row.found for row in rows if row.kind == "Status" and row.is_answer)
	return meanings({(row.kind, row.found): row.means or "" for row in rows}, answers)


def opened_within(simulation: Document) -> tuple[int, int]:
	"""From which instant up to which tickets of the site were opened that count."""
	first, last = simulation.from_date, simulation.to_date
	begins = to_us(get_datetime(getdate(first))) if first else FIRST
	return begins, to_us(get_datetime(getdate(last) + timedelta(days=1))) if last else LAST


def until_of(simulation: Document) -> int | None:
	return to_us(simulation.until) if simulation.until else None


def key_of(simulation: Document, contracts: list[OnTrial]) -> str:
	"""A hash of all that its result depends on, but for the facts of live tickets, which are read once."""
	file = simulation.history_file if is_imported(simulation) else ""
	content = frappe.db.get_value("File", {"file_url": file}, "content_hash") if file else ""
	values = [
		[row.kind, row.found, row.means or "", int(row.is_answer or 0)] for row in simulation.found_values
	]
	live = [
		str(simulation.get(field) or "") for field in ("source", "from_date", "to_date", "customer", "until")
	]
	parts = [repr(asked_of(simulation)._replace(missing=simulation.missing_values)), content, values, live]
	return sha256(json.dumps([*parts, [each.content for each in contracts]]).encode()).hexdigest()
