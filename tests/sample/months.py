"""The months before this one: tickets lived by the dozen, and the statements that follow from them.

The last month's statements are left as drafts, to be looked at, approved and submitted in the desk.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from functools import partial
from random import Random

import frappe
from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from sla_guard.statements import drafts
from tests.sample.tickets import Life, becomes, life, live, taken_in_charge, then, we_write
from tests.sample.world import CONTRACTS, ERP, LOGISTICS, MAIL, SHOPS

MONTHS = 3
SUBJECTS = (
	*("Printer prints stripes", "Password forgotten", "Report is empty", "Screen stays black"),
	*("Mail comes back", "Cannot open the order", "Address book is gone", "Update fails"),
	*("Wrong total on the offer", "Scanner is not found", "Login takes minutes", "Calendar shows no rooms"),
)


def fill(now: datetime) -> list[str]:
	"""Lives the months that are missing and has their statements drafted, all but those of the last month submitted;
	returns the statements, the oldest first."""
	this_month = now.date().replace(day=1)
	months = [this_month - relativedelta(months=count) for count in range(MONTHS, 0, -1)]
	for month in months:
		for customer in (LOGISTICS, SHOPS):
			if not _is_there(customer, month):
				_live_month(customer, month, now)
	return [name for month in months for name in _state(month, months[-1], now)]


def _is_there(customer: str, month: date) -> bool:
	created = ("between", [str(month), str(month + relativedelta(months=1) - timedelta(days=1))])
	return bool(
		frappe.db.exists("Issue", {"customer": customer, "subject": _subject(month, 0), "creation": created})
	)


def _subject(month: date, number: int) -> str:
	return f"{SUBJECTS[number % len(SUBJECTS)]} ({month:%b} {number + 1})"


def _live_month(customer: str, month: date, now: datetime) -> None:
	with freeze_time(now) as frozen:
		for each in _lives(customer, month):
			live(each, now, frozen.move_to)


def _lives(customer: str, month: date) -> Iterator[Life]:
	"""The same ones in each run: what happens to whom is drawn, but always in the same way."""
	draw = Random(f"{customer} {month}")
	for number in range(30 if customer == LOGISTICS else 16):
		priority = draw.choice(("P1", "P2", "P3", "P3") if customer == LOGISTICS else ("P1", "P3", "P3"))
		opened = datetime.combine(_workday(month, draw.randrange(20)), datetime.min.time())
		opened += timedelta(minutes=draw.randrange(9 * 60 + 30, 15 * 60))
		answered = opened + timedelta(minutes=draw.choice((8, 15, 25, 40, 170)))
		done = answered + timedelta(minutes=draw.choice((30, 60, 120, 180, 1500, 4400)))
		service = draw.choice((MAIL, ERP)) if customer == LOGISTICS else None
		yield life(
			*(_subject(month, number), customer, priority, service),
			_on(opened),
			then(_on(answered), draw.choice((we_write, partial(taken_in_charge)))),
			then(_on(done), becomes, status="Resolved"),
		)


def _workday(month: date, number: int) -> date:
	days = [month + timedelta(days=count) for count in range(28)]
	return [day for day in days if day.weekday() < 5][number]


def _on(moment: datetime):
	return lambda _today: moment


# ---- statements


def _state(month: date, last: date, now: datetime) -> Iterator[str]:
	for customer, title in CONTRACTS.items():
		chain = frappe.db.get_value(
			"SLA Contract", {"customer": customer, "title": title, "docstatus": 1}, "chain"
		)
		with freeze_time(_statement_day(month, now)):
			statement = drafts.draft(chain, customer, month)
			if statement and month < last:
				_submit(statement)
		about = {"chain": chain, "customer": customer, "period_start": month, "docstatus": ("<", 2)}
		yield frappe.db.get_value("SLA Statement", about)


def _statement_day(month: date, now: datetime) -> datetime:
	"""On the third of the next month, or now if that is still to come."""
	third = month + relativedelta(months=1, days=2)
	return min(datetime(third.year, third.month, third.day, 12, tzinfo=timezone.utc), now)


def _submit(statement) -> None:
	for row in statement.lines:
		penalty = frappe.get_doc("SLA Penalty", row.penalty)
		if penalty.docstatus == 0:
			penalty.submit()
	statement.reload()
	statement.submit()
