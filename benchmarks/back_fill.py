"""What the back-fill of old tickets costs on a real bench with MariaDB.

	./dev benchmark-on-bench back-fill [--tickets N]

Tickets with their Versions and mails are written straight into the tables: each closed and opened again by a mail,
answered, held, raised in priority. Printed for N/4, N/2 and N of them: tickets a second, statements a ticket, and by how
much the process has grown. What was made is removed at the end, also after Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import perf_counter, process_time

import frappe

from benchmarks.helpdesk import NAME, removed_by
from sla_guard import store
from sla_guard.back_fill import batches, work
from tests.site.records import customer, in_force, priority, support_hours, target

OPENED = datetime(2025, 1, 6, 8)
ADDRESS = "someone@benchmark.example"
RAISED = f"{NAME} Raised"
RECORDED = ("SLA Event", "SLA Clock", "SLA Breach", "SLA Reopening", "SLA Alert")


@contextmanager
def furnished(tickets: int) -> Iterator[None]:
	with removed_by(clear):
		priority(RAISED)
		customer(NAME)
		hours = support_hours(NAME, zone="Europe/Paris")
		in_force(
			target(1, 8),
			target(0.5, 4, priority=RAISED),
			customer=NAME,
			support_hours=hours,
			effective_from="2024-01-01",
			on_reopening="New cycle",
		)
		_fill(tickets, random.Random(1))
		yield


def _fill(count: int, chance: random.Random) -> None:
	names = [f"{NAME} {number:06}" for number in range(count)]
	for first in range(0, count, 500):
		lives = [
			_life(name, OPENED + timedelta(minutes=chance.randrange(400_000)))
			for name in names[first : first + 500]
		]
		for place, doctype in enumerate(("Issue", "Version", "Communication")):
			store.insert(doctype, [row for life in lives for row in life[place]])
	frappe.db.commit()


def _life(name: str, opened: datetime) -> tuple[list[dict], list[dict], list[dict]]:
	steps = [
		(3, {"status": ("Open", "On Hold"), "priority": ("", RAISED)}),
		(26, {"status": ("On Hold", "Open")}),
		(29, {"status": ("Open", "Closed")}),
		(77, {"status": ("Open", "Closed")}),
	]
	issue = _by(name, opened, opened + timedelta(hours=77))
	issue |= {"subject": name, "customer": NAME, "status": "Closed", "priority": RAISED, "raised_by": ADDRESS}
	versions = [_version(name, opened + timedelta(hours=hours), changed) for hours, changed in steps]
	return [issue], versions, [_mail(name, opened, 1, "Sent"), _mail(name, opened, 50, "Received")]


def _by(name: str, created: datetime, modified: datetime | None = None) -> dict:
	whole = {"creation": created, "modified": modified or created}
	return {"name": name, "owner": "Administrator", "modified_by": "Administrator", **whole}


def _version(ticket: str, at: datetime, changed: dict[str, tuple[str, str]]) -> dict:
	data = json.dumps({"changed": [[field, *values] for field, values in changed.items()]})
	row = _by(frappe.generate_hash(length=20), at)
	return row | {"ref_doctype": "Issue", "docname": ticket, "data": data}


def _mail(ticket: str, opened: datetime, hours: int, sent: str) -> dict:
	row = _by(frappe.generate_hash(length=20), opened + timedelta(hours=hours))
	row |= {"reference_doctype": "Issue", "reference_name": ticket, "communication_type": "Communication"}
	who = (
		{"sender": "Administrator", "recipients": ADDRESS}
		if sent == "Sent"
		else {"sender": ADDRESS, "recipients": ""}
	)
	return row | {"communication_medium": "Email", "sent_or_received": sent, "subject": ticket, **who}


def clear() -> None:
	mine = ("like", f"{NAME}%")
	for doctype in RECORDED:
		frappe.db.delete(doctype, {"ticket": mine})
	for batch in frappe.get_all(batches.BACK_FILL, {"customer": NAME}, pluck="name"):
		frappe.delete_doc(
			batches.BACK_FILL, batch, force=True, ignore_permissions=True, delete_permanently=True
		)
	frappe.db.delete("Version", {"docname": mine})
	frappe.db.delete("Communication", {"reference_name": mine})
	frappe.db.delete("Issue", {"name": mine})
	for contract in frappe.get_all("SLA Contract", {"customer": NAME}, pluck="name"):
		for child in ("Priority Target", "SLA Status Rule"):
			frappe.db.delete(child, {"parent": contract})
		frappe.db.delete("SLA Contract", {"name": contract})
	frappe.db.delete("Support Hours Window", {"parent": NAME})
	for doctype in ("Support Hours", "Customer", "Issue Priority"):
		frappe.db.delete(doctype, {"name": mine})
	frappe.db.commit()
	frappe.clear_cache()


# ---- measuring


def measure() -> None:
	document = frappe.new_doc(batches.BACK_FILL).update({"customer": NAME}).insert()
	batches.begin(document.name)
	frappe.db.commit()
	before, begun, used = _peak(), perf_counter(), process_time()
	with _counted() as told:
		work.run(document.name)
	seconds, used, grown = perf_counter() - begun, process_time() - used, _peak() - before
	filled = batches.progress(document.name)["filled"]
	each = f"{filled / seconds:14.0f} {1000 * used / filled:22.1f} {told[0] / filled:20.1f}"
	print(f"{filled:8,} {each} {grown / 1024:15.1f}", flush=True)


@contextmanager
def _counted() -> Iterator[list[int]]:
	"""How many statements; not what they say, which would make the process grow."""
	told, tell = [0], frappe.db.sql

	def count(*args: object, **options: object) -> object:
		told[0] += 1
		return tell(*args, **options)

	frappe.db.sql = count
	try:
		yield told
	finally:
		del frappe.db.sql


def _peak() -> int:
	"""Kilobytes."""
	return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--tickets", type=int, default=4000)
	asked = parser.parse_args()
	print(" tickets  tickets/second  ms of Python a ticket  statements a ticket  peak grown MiB")
	try:
		for part in (4, 2, 1):
			with furnished(asked.tickets // part):
				measure()
	except KeyboardInterrupt:
		sys.exit("Stopped.")


if __name__ == "__main__":
	from tests.site import bench

	bench.connect()
	main()
