"""What back_fill.py does on the site, one process for each: python -m tests.bench.steps NAME [arguments]."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from tests.site import bench

bench.connect()

import frappe  # noqa: E402

from tests.bench import incidents, lives  # noqa: E402
from tests.bench.back_fill import COMPARED, FROM_THE_LOG  # noqa: E402
from tests.site.routes import versions_kept  # noqa: E402

# What the setup wizard asks.
WIZARD = {
	**{"language": "English", "country": "France", "timezone": "Europe/Paris", "currency": "EUR"},
	**{"email": "admin@provider.example", "full_name": "Site Admin", "password": "admin"},
	**{
		"company_name": "Provider",
		"company_abbr": "P",
		"chart_of_accounts": "Standard",
		"domains": ["Services"],
	},
	**{"fy_start_date": "2026-01-01", "fy_end_date": "2026-12-31", "setup_demo": 0, "enable_telemetry": 0},
}


def set_up() -> None:
	from frappe.desk.page.setup_wizard.setup_wizard import setup_complete

	setup_complete(frappe.as_json(WIZARD))


def live(count: str, into: str, how: str) -> None:
	"""So many lives; their tickets are written to a file."""
	began, count = time.monotonic(), int(count)
	lives.world()
	from_the_log = count // FROM_THE_LOG if incidents.there_are() else 0
	if from_the_log:
		incidents.world()
	with versions_kept():
		lived = [lives.live(number, how) for number in range(count - from_the_log)]
		lived += incidents.lives(from_the_log) if from_the_log else []
	tickets = sum(len(each.tickets) for each in lived)
	said = f"{len(lived)} lives of {tickets} Issues {how}, {from_the_log} of them incidents of the log"
	print(f"{said}: {time.monotonic() - began:.0f} s", flush=True)
	Path(into).write_text(json.dumps([each._asdict() for each in lived]))


def contracts() -> None:
	lives.contracts()
	if incidents.there_are():
		incidents.contract()


def watch() -> None:
	"""All tickets from here on, whenever they were opened."""
	frappe.db.set_single_value("SLA Settings", "tracked_from", None)


def look(tickets: str, into: str) -> None:
	"""The clocks as they stand now."""
	from sla_guard.helpdesk.ticket import read, refresh

	lived = json.loads(Path(tickets).read_text())
	for each in lived:
		for name in each["tickets"]:
			refresh(read(name))
			frappe.db.commit()
		each["clocks"] = [
			frappe.get_all("SLA Clock", {"ticket": name}, list(COMPARED), order_by="metric, cycle")
			for name in each["tickets"]
		]
	Path(into).write_text(json.dumps(lived))


if __name__ == "__main__":
	{"set_up": set_up, "live": live, "contracts": contracts, "watch": watch, "look": look}[sys.argv[1]](
		*sys.argv[2:]
	)
	frappe.db.commit()
	frappe.destroy()
