"""Rows that are written with every change of a ticket: the text of a statement is built once, values are bound to it.

The query builder takes longer to build such a statement than the database to carry it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import lru_cache

import frappe
from pypika.queries import QueryBuilder
from pypika.terms import Parameter
from rq.timeouts import JobTimeoutException

# A value that is bound when the statement is told.
BOUND = Parameter("%s")
# A deadlock has undone the whole transaction, a lock that was waited for in vain must: whoever began it hears of it.
BEGIN_AGAIN = (frappe.QueryDeadlockError, frappe.QueryTimeoutError)
# No error of ours either: the time of a background job is over.
NOT_OURS = (*BEGIN_AGAIN, JobTimeoutException)


def read(query: Callable[[], QueryBuilder], values: tuple, afresh: bool = False) -> tuple:
	"""The rows of a query; `afresh`, as they were committed last, whatever this transaction saw when it began, and
	locked."""
	return frappe.db.sql(_reading(frappe.db.db_type, query, afresh), values)


def written_by(ticket: str) -> dict:
	"""The columns of a new row of a ticket that say who wrote it, and when."""
	moment, user = frappe.utils.now(), frappe.session.user
	return {"ticket": ticket, "creation": moment, "modified": moment, "owner": user, "modified_by": user}


def insert(doctype: str, rows: list[dict]) -> None:
	"""Rows of the same columns, by one statement."""
	if rows:
		text = _inserting(frappe.db.db_type, doctype, tuple(rows[0]), len(rows))
		frappe.db.sql(text, _values(value for row in rows for value in row.values()))


def update(doctype: str, name: str, columns: dict, cached: bool = True) -> None:
	"""Sets these columns of a row and no others, `modified` neither. `cached`: no for what nobody reads from the cache."""
	text = _updating(frappe.db.db_type, doctype, tuple(columns))
	frappe.db.sql(text, _values((*columns.values(), name)))
	if cached:
		frappe.clear_document_cache(doctype, name)


def lock(doctype: str, name: str) -> None:
	"""Whoever else takes this lock waits until this transaction ends. What was read before may be out of date since:
	read again what counts, for update."""
	table = frappe.qb.DocType(doctype)
	# It writes what is there: SQLite knows no lock but a writer's.
	frappe.qb.update(table).set(table.name, table.name).where(table.name == name).run()


@contextmanager
def undone_if_it_fails() -> Iterator[None]:
	"""All that is written in here, or nothing of it."""
	save_point = f"sla_guard_{frappe.generate_hash(length=8)}"
	frappe.db.savepoint(save_point)
	try:
		yield
	except Exception:
		# After a deadlock it is gone, with the transaction.
		with suppress(frappe.db.OperationalError):
			frappe.db.rollback(save_point=save_point)
		raise
	frappe.db.release_savepoint(save_point)


def somebody_was_first(error: Exception) -> bool:
	"""Whether a row was not written since another transaction has written the like, which this one did not see."""
	if isinstance(error, frappe.UniqueValidationError):
		# That it is no news for the user, the framework cannot know.
		frappe.clear_last_message()
		return True
	return bool(error.args) and frappe.db.is_duplicate_entry(error)


def _values(values: Iterable) -> tuple:
	# As the framework writes them, whatever the database's driver would make of a datetime.
	return tuple(str(value) if isinstance(value, datetime) else value for value in values)


@lru_cache
def _reading(db_type: str, query: Callable[[], QueryBuilder], afresh: bool) -> str:
	built = query()
	return (built.for_update() if afresh else built).get_sql()


@lru_cache
def _inserting(db_type: str, doctype: str, columns: tuple[str, ...], count: int) -> str:
	# Said here, since in SQLite a table that the framework has rebuilt has lost the default.
	columns, row = ("docstatus", *columns), [0, *[BOUND] * len(columns)]
	return frappe.qb.into(frappe.qb.DocType(doctype)).columns(*columns).insert(*[row] * count).get_sql()


@lru_cache
def _updating(db_type: str, doctype: str, columns: tuple[str, ...]) -> str:
	table = frappe.qb.DocType(doctype)
	query = frappe.qb.update(table)
	for column in columns:
		query = query.set(column, BOUND)
	return query.where(table.name == BOUND).get_sql()
