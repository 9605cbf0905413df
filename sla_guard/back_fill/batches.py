"""A back-fill begins, stops, goes on and ends. Its tickets are shared out among batches, each a job of its own.

Everything that counts stands in the database, written along with the tickets: whatever becomes of a worker, those that
come after it go on where it was, and no ticket is filled twice or left half-way.
"""

from __future__ import annotations

import frappe
from frappe.utils import now_datetime, time_diff_in_seconds
from pypika.queries import QueryBuilder

from sla_guard import store
from sla_guard.back_fill import selection
from sla_guard.transactions import silent_since

BACK_FILL, BATCH = "SLA Back-fill", "SLA Back-fill Batch"
DRAFT, PREPARING, RUNNING, STOPPED, DRAFTING, DONE = (
	*("Draft", "Preparing", "Running", "Stopped"),
	*("Drafting Statements", "Done"),
)
UNDER_WAY = (PREPARING, RUNNING, DRAFTING)
WAITING = "Waiting"
# Tickets of one job: some seconds.
SIZE = 500
# So many failures are listed; all are in the Error Log.
SHOWN = 200
PROGRESS = "sla_guard_back_fill"
COUNTS = ("filled", "passed_over", "failed")


# ---- beginning, stopping, going on


def start(name: str) -> None:
	"""Begins, in jobs; one that was stopped or left goes on, and what has failed is tried again."""
	begin(name)
	later("go_on", name, once_committed=True)


def begin(name: str) -> None:
	"""Without a job."""
	store.lock(BACK_FILL, name)
	status = frappe.db.get_value(BACK_FILL, name, "status")
	if status == DRAFT:
		_set(name, status=PREPARING, started=now_datetime())
	else:
		_try_again(name, status)


def stop(name: str) -> None:
	"""Before the next ticket, wherever one is at work."""
	store.lock(BACK_FILL, name)
	if frappe.db.get_value(BACK_FILL, name, "status") in UNDER_WAY:
		_set(name, status=STOPPED)
		_set_batches(name, (WAITING, RUNNING), state=STOPPED)


def _try_again(name: str, status: str) -> None:
	failed = {"back_fill": name, "failed": (">", 0)}
	for batch in frappe.get_all(BATCH, failed, pluck="name"):
		again = {"state": WAITING, "done_to": None, "failed": 0, "passed_over": 0, "failures": None}
		store.update(BATCH, batch, again)
	_set_batches(name, (STOPPED,), state=WAITING)
	if status in (STOPPED, DONE):
		_set(
			name, status=RUNNING if frappe.db.exists(BATCH, {"back_fill": name}) else PREPARING, finished=None
		)


def later(verb: str, back_fill: str, once_committed: bool = False, **about: str) -> None:
	frappe.enqueue(
		f"sla_guard.back_fill.work.{verb}",
		queue="long",
		enqueue_after_commit=once_committed,
		back_fill=back_fill,
		**about,
	)


def left_alone() -> list[str]:
	"""Names of those under way at which nobody has been at work for a while: their worker was killed, or the queue was
	emptied."""
	since = silent_since()
	quiet = frappe.get_all(BACK_FILL, {"status": ("in", UNDER_WAY), "modified": ("<", since)}, pluck="name")
	busy = {"back_fill": ("in", quiet), "modified": (">=", since)}
	at_work = set(frappe.get_all(BATCH, busy, pluck="back_fill", distinct=True)) if quiet else set()
	return [name for name in quiet if name not in at_work]


def take_up(name: str) -> None:
	"""One that was left alone goes on."""
	_set(name)
	later("go_on", name, once_committed=True)


# ---- batches


def make(name: str) -> None:
	"""Of one for which none were made."""
	store.lock(BACK_FILL, name)
	if frappe.db.get_value(BACK_FILL, name, "status") != PREPARING:
		return
	wanted = selection.wanted_by(frappe.get_doc(BACK_FILL, name))
	by = {key: value for key, value in store.written_by("").items() if key != "ticket"}
	total = 0
	for place, (after, last, tickets) in enumerate(selection.ranges(wanted, SIZE), 1):
		row = {"back_fill": name, "place": place, "state": WAITING, "tickets": tickets}
		row |= {"after_ticket": after, "last_ticket": last, **dict.fromkeys(COUNTS, 0)}
		store.insert(BATCH, [{"name": frappe.generate_hash(length=20)} | by | row])
		total += tickets
	_set(name, status=RUNNING, tickets=total)


def open_batches(back_fill: str) -> list[str]:
	about = {"back_fill": back_fill, "state": ("in", (WAITING, RUNNING))}
	return frappe.get_all(BATCH, about, pluck="name", order_by="place")


def left(back_fill: str) -> int:
	"""How many tickets there are still to look at, as far as it is known."""
	rows = frappe.get_all(BATCH, {"back_fill": back_fill, "state": ("!=", DONE)}, ["tickets", *COUNTS])
	return sum(max(0, row.tickets - sum(row[each] for each in COUNTS)) for row in rows)


def claim(batch: str, worker: str) -> frappe._dict | None:
	"""The batch, which is this worker's from now on, whoever had it; None if there is nothing to do in it."""
	store.lock(BATCH, batch)
	row = frappe.db.get_value(BATCH, batch, list(_FIELDS), as_dict=True)
	if not row or row.state not in (WAITING, RUNNING):
		return None
	_touch(batch, state=RUNNING, worker=worker)
	return row


def held(batch: str, worker: str) -> frappe._dict | None:
	"""Locks a batch; None if it was stopped, or is another worker's by now."""
	[row] = store.read(_batch, (batch,), afresh=True) or [()]
	found = frappe._dict(zip(_FIELDS, row, strict=False))
	return found if (found.state, found.worker) == (RUNNING, worker) else None


_FIELDS = ("name", "state", "worker", "after_ticket", "done_to", "last_ticket", "failures", *COUNTS)


def _batch() -> QueryBuilder:
	batch = frappe.qb.DocType(BATCH)
	return (
		frappe.qb.from_(batch).select(*(batch[field] for field in _FIELDS)).where(batch.name == store.BOUND)
	)


def count(held_batch: frappe._dict, ticket: str, outcome: str, failure: str = "") -> None:
	"""A ticket of a batch that is held is done with."""
	said = {outcome: held_batch[outcome] + 1}
	if failure:
		told = [*failures(held_batch.failures), (ticket, failure)]
		said["failures"] = frappe.as_json(told, indent=None)
	_touch(held_batch.name, done_to=ticket, **said)


def failures(text: str | None) -> list[tuple[str, str]]:
	"""Ticket and message of each."""
	return [tuple(each) for each in frappe.parse_json(text or "[]")]


def end(batch: str) -> None:
	_touch(batch, state=DONE)


def _touch(batch: str, **columns: object) -> None:
	store.update(BATCH, batch, columns | {"modified": frappe.utils.now()}, cached=False)


def _set_batches(back_fill: str, states: tuple[str, ...], **columns: str) -> None:
	frappe.db.set_value(BATCH, {"back_fill": back_fill, "state": ("in", states)}, columns)


# ---- how far it is


def progress(name: str) -> dict:
	"""How many tickets there were, and what became of how many; in words of its own what failed, the first of it.
	`silent`: minutes since the last sign of life."""
	batches = frappe.get_all(
		BATCH, {"back_fill": name}, [*COUNTS, "tickets", "failures", "modified"], order_by="place"
	)
	counts = {each: sum(batch[each] for batch in batches) for each in (*COUNTS, "tickets")}
	failed = [failure for batch in batches for failure in failures(batch.failures)]
	status, modified = frappe.db.get_value(BACK_FILL, name, ["status", "modified"])
	moved = max([modified, *(batch.modified for batch in batches)])
	silent = int(time_diff_in_seconds(now_datetime(), moved) // 60)
	return {"status": status, **counts, "failures": failed[:SHOWN], "silent": silent}


def tell(name: str) -> None:
	"""Whoever looks at its form sees it go on."""
	frappe.publish_realtime(PROGRESS, {"name": name}, doctype=BACK_FILL, docname=name, after_commit=True)


# ---- ending


def is_drafting(name: str) -> bool:
	"""Whether its statements are to be drafted still; a sign of life, too."""
	going_on = frappe.db.get_value(BACK_FILL, name, "status") == DRAFTING
	if going_on:
		_set(name)
	return going_on


def end_if_done(name: str) -> str:
	"""What is to be done next, once the last batch has ended: its status."""
	store.lock(BACK_FILL, name)
	status = frappe.db.get_value(BACK_FILL, name, "status")
	if status == RUNNING and not frappe.db.exists(BATCH, {"back_fill": name, "state": ("!=", DONE)}):
		status = DRAFTING if frappe.db.get_value(BACK_FILL, name, "draft_statements") else DONE
		_set(name, status=status, **_ended(status))
	counts = progress(name)
	_set(name, **{each: counts[each] for each in COUNTS})
	return status


def drafted(name: str) -> None:
	if frappe.db.get_value(BACK_FILL, name, "status") == DRAFTING:
		_set(name, status=DONE, **_ended(DONE))


def _ended(status: str) -> dict:
	return {"finished": now_datetime()} if status == DONE else {}


def _set(name: str, **columns: object) -> None:
	store.update(BACK_FILL, name, columns | {"modified": frappe.utils.now()})
	tell(name)
