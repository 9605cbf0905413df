"""What the app costs when tickets are looked at: the form of one opened, a list of a hundred, with and without it.

	./dev benchmark-on-bench opening [--rounds N]

The server's part of it: what the desk asks for when a form or a list is opened, without the network and the drawing.
Each is measured with and without the app in turn, many times over; nothing of it is written.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import product
from statistics import median

import frappe
from frappe.desk import reportview
from frappe.desk.form import load

from benchmarks.helpdesk import furnished, issue
from benchmarks.tickets import Cost, measure, middle
from sla_guard import permissions
from tests.site.statements import without_the_app

TICKETS = 100
# What the list of ERPNext asks for, and what ours adds; as in public/js/issue_list.js.
THEIRS = ("name", "owner", "modified", "docstatus", "_assign", "_comments", "subject", "status", "priority")
OURS = (
	*("sla_state", "sla_next_due", "sla_response", "sla_response_due", "sla_resolution"),
	*("sla_resolution_due", "sla_left", "sla_at_risk_from"),
)


def opened(ticket: str, ours: bool) -> None:
	frappe.response = frappe._dict(docs=[])
	(permissions.getdoc if ours else load.getdoc)("Issue", ticket)
	if ours and "sla" not in frappe.response.docs[0].get("__onload"):
		sys.exit("The form has no timers")


def listed(_ticket: str, ours: bool) -> None:
	fields = [f"`tabIssue`.`{field}`" for field in (*THEIRS, *(OURS if ours else ()))]
	frappe.local.form_dict = frappe._dict(
		doctype="Issue",
		fields=frappe.as_json(fields),
		filters="[]",
		order_by="`tabIssue`.`modified` desc",
		start=0,
		page_length=TICKETS,
		view="List",
	)
	found = reportview.get()
	if len(found["values"]) != TICKETS:
		sys.exit(f"{len(found['values'])} tickets in the list")


ACTIONS: dict[str, Callable[[str, bool], None]] = {
	"the form of a ticket is opened": opened,
	f"a list of {TICKETS} is shown": listed,
}


@contextmanager
def crowd() -> Iterator[None]:
	"""As many tickets as the list shows; in a transaction of which nothing stays."""
	for _number in range(TICKETS):
		issue().insert()
	yield
	frappe.db.rollback()


def compare(ticket: str, rounds: int) -> None:
	costs: dict[tuple[str, bool], list[Cost]] = {way: [] for way in product(ACTIONS, (True, False))}
	# The first two warm what is warm in a process that has worked for a while.
	for number in range(-2, rounds):
		for action, ours in random.sample(list(costs), len(costs)):
			with nullcontext() if ours else without_the_app():
				cost = measure(lambda verb=ACTIONS[action], ours=ours: verb(ticket, ours))
			if number >= 0:
				costs[action, ours].append(cost)
	print(f"The server's part, median (and fastest) of {rounds}:")
	print("                                     queries       ms  fastest   of it without the app")
	for action in ACTIONS:
		show(action, costs[action, True], costs[action, False])


def show(action: str, with_it: list[Cost], without: list[Cost]) -> None:
	base = median(cost.ms for cost in without)
	for name, each in (("without the app", without), ("with it", with_it)):
		cost = middle(each)
		label = f"{action}, {name}"
		print(f"  {label:50} {cost.queries:5.0f} {cost.ms:8.2f} {min(each).ms:8.2f} {cost.ms / base:10.2f}")


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--rounds", type=int, default=100, help="how often each is measured")
	asked = parser.parse_args()
	try:
		with furnished() as ticket, crowd():
			compare(ticket, asked.rounds)
	except KeyboardInterrupt:
		sys.exit("Stopped.")


if __name__ == "__main__":
	from tests.site import bench

	bench.connect()
	main()
