"""A simulation from its start to its result, in background jobs: one reads the history, one for each batch measures its
tickets, the last of these puts the results together.

A job that dies is done again by the scheduler, or by starting the simulation once more: what was stored stays, and two at
one batch write the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from sla_guard.engine.errors import EngineError
from sla_guard.sight import sight_of_author
from sla_guard.simulation import asking, batches, faults, live
from sla_guard.simulation.batches import Collected
from sla_guard.simulation.measuring import Span, measured, unpack_tickets
from sla_guard.simulation.reading import History, Source, read
from sla_guard.simulation.results import result_of, results
from sla_guard.site_time import now_us
from sla_guard.statements.csv_file import csv_file
from sla_guard.store import BEGIN_AGAIN, NOT_OURS
from sla_guard.transactions import silent_since

DRAFT, READING, RUNNING, FINISHED, FAILED = ("Draft", "Reading", "Running", "Finished", "Failed")
TOLD = "sla_guard_simulation"
# What jobs write, and no form.
FOUND = (
	*("state", "progress", "message", "tickets", "events", "faults", "faults_file"),
	*("run", "moved", "first_us", "until_us", "told", "results"),
)
# The list of faults that is attached has no more than these.
MOST_FAULTS = 100_000
_LONG = 4 * 3600
# How much of the work is done, in percent, when the history is read, and when all tickets are measured.
_READ, _MEASURED = 10, 90


# ---- the form


def keep_what_it_found(simulation: Document) -> None:
	"""A form that was opened before does not undo what a job has written."""
	if simulation.is_new():
		simulation.update(dict.fromkeys(FOUND))
		simulation.state = DRAFT
		return
	stored = frappe.db.get_value("SLA Simulation", simulation.name, FOUND, as_dict=True)
	simulation.update(stored)


def check(simulation: Document) -> None:
	"""Refuses a change while it runs."""
	if simulation.state in (READING, RUNNING) and not simulation.is_new():
		frappe.throw(_("It is running: stop it before you change it."), title=_("Running"))


def start(simulation: Document) -> None:
	"""Checks it, and enqueues what is to be done; throws what is missing or wrong."""
	contracts = asking.contracts_of(simulation)
	if asking.is_imported(simulation):
		_check_file(simulation)
	run = asking.key_of(simulation, contracts)
	goes_on = simulation.state in (READING, RUNNING, FAILED) and simulation.run == run
	if goes_on and batches.count(simulation.name, run):
		_tell(simulation.name, state=RUNNING, message=None)
		_enqueue_batches(simulation.name, run)
		return
	nothing = {"message": None, "results": None, "told": None, "tickets": 0, "events": 0, "faults": 0}
	batches.forget(simulation.name)
	_tell(simulation.name, **nothing, state=READING, progress=0, run=run)
	_enqueue(read_history, simulation=simulation.name, run=run)


def _check_file(simulation: Document) -> None:
	path = asking.file_of(simulation)
	if not simulation.column_ticket:
		frappe.throw(_("Choose the columns of the file first."), title=_("No Columns"))
	try:
		_columns = Source(path, asking.asked_of(simulation)).columns
	except EngineError as refusal:
		frappe.throw(said(refusal), title=_("Wrong File"))


def stop(simulation: Document) -> None:
	"""The batch that is being done is finished, no other is begun."""
	if simulation.state in (READING, RUNNING):
		_tell(simulation.name, state=FAILED, message=_("Stopped by {0}.").format(frappe.session.user))


def forget(simulation: str) -> None:
	"""It is deleted: its batches go with it."""
	batches.forget(simulation)


def left_alone() -> list[str]:
	"""Names of those that run and have not moved for a while: their worker was killed, or the queue was emptied."""
	about = {"state": ("in", (READING, RUNNING)), "moved": ("<", silent_since())}
	return frappe.get_all("SLA Simulation", about, pluck="name", order_by="name")


def take_up(simulation: str) -> None:
	"""One that was left alone goes on."""
	_tell(simulation)
	run = frappe.db.get_value("SLA Simulation", simulation, "run")
	if batches.count(simulation, run):
		_enqueue_batches(simulation, run)
	else:
		_enqueue(read_history, simulation=simulation, run=run)


def _tell(simulation: str, **values: object) -> None:
	moved = {"moved": now_datetime()}
	frappe.db.set_value("SLA Simulation", simulation, values | moved, update_modified=False)
	news = {name: values[name] for name in ("state", "progress", "message") if name in values}
	frappe.publish_realtime(
		TOLD, {"name": simulation, **news}, doctype="SLA Simulation", docname=simulation, after_commit=True
	)


def _enqueue(job: object, **about: object) -> None:
	frappe.enqueue(job, queue="long", timeout=_LONG, enqueue_after_commit=True, **about)


def _enqueue_batches(simulation: str, run: str) -> None:
	places = batches.waiting(simulation, run)
	for place in places:
		_enqueue(measure_batch, simulation=simulation, run=run, place=place)
	if not places:
		_enqueue(combine, simulation=simulation, run=run)


# ---- jobs


@contextmanager
def _or_failed(simulation: str) -> Iterator[None]:
	"""What goes wrong is told on the simulation, and nothing of the job is left."""
	try:
		yield
		frappe.db.commit()
	except NOT_OURS:
		raise
	except Exception as error:
		frappe.db.rollback()
		if not isinstance(error, EngineError | frappe.ValidationError):
			frappe.log_error(
				title=f"SLA Simulation {simulation}",
				reference_doctype="SLA Simulation",
				reference_name=simulation,
			)
		_tell(simulation, state=FAILED, message=said(error))
		frappe.db.commit()


def said(error: Exception) -> str:
	"""What a reader is told of it, in the session's language."""
	if isinstance(error, EngineError):
		return _(error.template).format(**error.values)
	if isinstance(error, frappe.ValidationError):
		return frappe.utils.strip_html(str(error))
	return _("An error of the app: see the Error Log. Nothing is lost, it may be started again.")


def _at_work(simulation: str, run: str, state: str) -> Document | None:
	"""The simulation, if that is still what it is about."""
	if not frappe.db.exists("SLA Simulation", simulation):
		return None
	document = frappe.get_doc("SLA Simulation", simulation)
	return document if (document.run, document.state) == (run, state) else None


def read_history(simulation: str, run: str) -> None:
	"""All of the history is stored in batches, or nothing of it."""
	document = _at_work(simulation, run, READING)
	if document is None:
		return
	with _or_failed(simulation):
		if asking.is_imported(document):
			_read_file(document)
		else:
			asked = (*asking.opened_within(document), document.customer or "")
			tickets = live.tickets(*asked, sight_of_author(document))
			with batches.collected(tickets) as found:
				_keep(document, found, asking.until_of(document) or now_us(), {})
		_enqueue_batches(simulation, run)


def _read_file(document: Document) -> None:
	with read(asking.file_of(document), asking.asked_of(document)) as history:
		try:
			with batches.collected(history.tickets(asking.meanings_of(document))) as found:
				_keep(document, found, asking.until_of(document) or found.span.until, history.fault_counts)
		except EngineError:
			# Its faults are told all the same.
			_attach_faults(document, history)
			frappe.db.commit()
			raise
		_attach_faults(document, history)


def _keep(document: Document, found: Collected, until: int, counts: dict) -> None:
	if not found.sizes:
		frappe.throw(_("No ticket was opened in these days."), title=_("No Tickets"))
	if until < found.span.first:
		frappe.throw(_("As Known At lies before the first ticket was opened."), title=_("No Tickets"))
	frappe.db.commit()
	batches.put(document.name, document.run, found)
	told = found.told | {"faults": faults.counted(counts)}
	_tell(
		document.name,
		state=RUNNING,
		progress=_READ,
		tickets=told["tickets"],
		events=told["events"],
		first_us=found.span.first,
		until_us=until,
		told=json.dumps(told),
	)


def _attach_faults(document: Document, history: History) -> None:
	"""The list of what is wrong with the file, in place of an earlier one."""
	about = {"attached_to_doctype": "SLA Simulation", "attached_to_name": document.name}
	for name in frappe.get_all("File", {**about, "attached_to_field": "faults_file"}, pluck="name"):
		frappe.delete_doc("File", name, ignore_permissions=True, force=True)
	count, url = sum(history.fault_counts.values()), None
	if count:
		content = csv_file(faults.table(history.faults(MOST_FAULTS), _))
		values = {"file_name": f"{document.name}-faults.csv", "is_private": 1, "content": content}
		file = frappe.new_doc("File").update({**about, **values, "attached_to_field": "faults_file"})
		url = file.insert(ignore_permissions=True).file_url
	_tell(document.name, faults=count, faults_file=url)


def measure_batch(simulation: str, run: str, place: int) -> None:
	"""The tickets of one batch under all contracts; after the last one, all is put together."""
	document = _at_work(simulation, run, RUNNING)
	batch = document and batches.read(simulation, run, place)
	if not batch:
		return
	left = None
	with _or_failed(simulation):
		if batch.state != batches.DONE:
			contracts = _unchanged(document)
			# Nothing is held while it works.
			frappe.db.commit()
			span = Span(document.first_us, document.until_us)
			result = json.dumps(measured(unpack_tickets(batch.history), contracts, span))
			frappe.db.commit()
			batches.done(batch.name, result)
			frappe.db.commit()
		left = len(batches.waiting(simulation, run))
	if left is None:
		return
	_tell_progress(simulation, 1 - left / max(batches.count(simulation, run), 1))
	if not left:
		combine(simulation, run)


def _tell_progress(simulation: str, part: float) -> None:
	try:
		_tell(simulation, progress=_READ + (_MEASURED - _READ) * part)
		frappe.db.commit()
	except BEGIN_AGAIN:
		# Another worker tells it just now; nothing else hangs on that.
		frappe.db.rollback()


def _unchanged(document: Document) -> list:
	contracts = asking.contracts_of(document)
	if asking.key_of(document, contracts) != document.run:
		frappe.throw(_("A contract or its support hours were changed while it ran: start it again."))
	return contracts


def combine(simulation: str, run: str) -> None:
	"""The result, from those of all batches; once more, it is the same."""
	document = _at_work(simulation, run, RUNNING)
	if document is None or batches.waiting(simulation, run):
		return
	with _or_failed(simulation):
		span = Span(document.first_us, document.until_us)
		every = partial(batches.results, simulation, run)
		tried = [result_of(each, place, span, every) for place, each in enumerate(_unchanged(document))]
		found = results(tried, span, json.loads(document.told) | {"finished": frappe.utils.now()})
		text = json.dumps(found, ensure_ascii=False)
		_tell(simulation, state=FINISHED, progress=100, message=None, results=text)
