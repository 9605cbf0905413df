"""The sample tickets, each lived through a real Issue with time frozen to every step.

Their instants count back from today, so that whenever the demo is run somebody is being helped just now.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

import frappe
from freezegun import freeze_time

from sla_guard.helpdesk import actions
from sla_guard.helpdesk.ticket import read, refresh
from sla_guard.oncall import following
from sla_guard.site_time import to_us
from tests.sample.duty import acknowledged, watched
from tests.sample.world import (
	ADDRESSES,
	ERP,
	LOGISTICS,
	MAIL,
	NOBODYS,
	SHOPS,
	TELEPHONY,
	ZONES,
	french_holidays,
)

# Beyond this age a ticket that is to be running has run out of its time.
STALE = timedelta(days=5)

When = Callable[[date], datetime]
Step = tuple[When, Callable, dict]


class Life(NamedTuple):
	"""A ticket: what it is when it is opened, and what happens to it then."""

	subject: str
	customer: str
	priority: str
	service: str | None
	opened: When
	steps: tuple[Step, ...]


# ---- when: wall-clock times, counted from a day


def workday(back: int, time: str) -> When:
	"""So many working days back: 1 is the last one before today."""

	def on(today: date) -> datetime:
		holidays = {day for year in (today.year - 1, today.year) for day, _name in french_holidays(year)}
		day, left = today, back
		while left:
			day -= timedelta(days=1)
			left -= day.weekday() < 5 and day not in holidays
		return _at(day, time)

	return on


def sunday(time: str, later: int = 0) -> When:
	"""A Sunday whose Monday is past, or so many days later."""

	def on(today: date) -> datetime:
		back = (today.weekday() + 1) % 7
		return _at(today - timedelta(days=(back if back > 1 else back + 7) - later), time)

	return on


def _at(day: date, time: str) -> datetime:
	return datetime.fromisoformat(f"{day} {time}")


# ---- what happens


def we_write(ticket: str) -> None:
	_mail(ticket, "Sent", "support@provider.example", _customer_address(ticket), "We are looking into it.")


def they_write(ticket: str) -> None:
	_mail(ticket, "Received", _customer_address(ticket), "support@provider.example", "It is there again.")


def becomes(ticket: str, **values: str) -> None:
	document = frappe.get_doc("Issue", ticket)
	document.update(values)
	document.save()


def taken_in_charge(ticket: str, ago: timedelta | None = None, reason: str | None = None) -> None:
	at = ago and str(frappe.utils.now_datetime() - ago)
	actions.take_in_charge(ticket, at=at, reason=reason)


def restored(ticket: str) -> None:
	actions.restore_service(ticket)


def voided(ticket: str, reason: str) -> None:
	actions.void(ticket, reason)


def _mail(ticket: str, direction: str, sender: str, recipient: str, text: str) -> None:
	frappe.new_doc("Communication").update(
		{
			"communication_type": "Communication",
			"communication_medium": "Email",
			"sent_or_received": direction,
			"sender": sender,
			"recipients": recipient,
			"subject": frappe.db.get_value("Issue", ticket, "subject"),
			"content": text,
			"reference_doctype": "Issue",
			"reference_name": ticket,
		}
	).insert()


def _customer_address(ticket: str) -> str:
	return frappe.db.get_value("Issue", ticket, "raised_by")


def life(*values: object) -> Life:
	"""Its fields in their order, then its steps."""
	return Life(*values[:5], steps=values[5:])


def then(when: When, happens: Callable, **values: object) -> Step:
	return when, happens, values


LIVES = (
	life(
		*("Nobody can log in to the ERP", LOGISTICS, "P1", ERP),
		workday(2, "09:30"),
		then(workday(2, "09:50"), taken_in_charge),
	),
	life(
		*("The invoice form asks for the date twice", LOGISTICS, "P3", ERP),
		workday(1, "15:00"),
		then(workday(1, "15:40"), we_write),
	),
	life(
		*("Mailbox full, nothing can be sent", LOGISTICS, "P2", MAIL),
		workday(3, "10:00"),
		then(workday(3, "10:30"), we_write),
		then(workday(3, "11:30"), becomes, status="On Hold"),
	),
	life(
		*("Something is slow since the update", LOGISTICS, "P3", None),
		workday(1, "16:00"),
		then(workday(1, "16:30"), we_write),
	),
	life("No dial tone in the warehouse", LOGISTICS, "P2", TELEPHONY, workday(2, "14:00")),
	life("What would a licence cost?", NOBODYS, "P3", None, workday(2, "11:00")),
	life(
		*("Till 4 prints no receipts", SHOPS, "P3", None),
		workday(5, "10:00"),
		then(workday(5, "11:15"), we_write),
		then(workday(4, "14:30"), becomes, status="Resolved"),
	),
	life(
		*("The shared calendar is empty", LOGISTICS, "P2", MAIL),
		workday(6, "09:15"),
		then(workday(6, "14:40"), we_write),
		then(workday(3, "17:00"), becomes, status="Resolved"),
	),
	life(
		*("You have won a prize", SHOPS, "P3", None),
		workday(3, "04:12"),
		then(workday(3, "09:03"), voided, reason="Spam"),
	),
	# Reopened by a mail: the time between is a hole.
	life(
		*("Stock levels differ between two screens", LOGISTICS, "P3", ERP),
		workday(5, "10:00"),
		then(workday(5, "10:20"), we_write),
		then(workday(5, "15:00"), becomes, status="Resolved"),
		then(workday(2, "09:40"), they_write),
	),
	# Worse than it seemed: measured from its opening as the P1 that it was.
	life(
		*("The tills in Boston are offline", SHOPS, "P3", None),
		workday(2, "09:05"),
		then(workday(2, "09:20"), we_write),
		then(workday(2, "09:40"), becomes, priority="P1"),
		then(workday(2, "12:10"), restored),
		then(workday(1, "11:00"), becomes, status="Closed"),
	),
	# Who was called first slept on; who has acknowledged has not answered the customer.
	life(
		*("Card payments fail in every shop", SHOPS, "P1", None),
		workday(1, "21:40"),
		then(workday(1, "21:41"), watched),
		then(workday(1, "21:57"), watched),
		then(workday(1, "22:02"), acknowledged),
	),
	# Two of the same minute: the night counts for a P1; for a P3 the clock starts on Monday.
	life(
		*("The web shop is down", SHOPS, "P1", None),
		sunday("03:00"),
		then(sunday("03:01"), watched),
		then(sunday("03:05"), acknowledged),
		then(sunday("04:05"), taken_in_charge, ago=timedelta(minutes=53), reason="By telephone, on the way."),
		then(sunday("06:20"), becomes, status="Resolved"),
	),
	life(
		*("A wrong price in the weekly leaflet", SHOPS, "P3", None),
		sunday("03:00"),
		then(sunday("10:00", later=1), we_write),
		then(sunday("15:30", later=1), becomes, status="Resolved"),
	),
)


# ---- living


def fill(now: datetime) -> list[str]:
	"""Lives the tickets that are missing or stale, and returns the names of all of them as they stand at `now`, the
	oldest first."""
	lives = sorted(LIVES, key=lambda life: instant(life, life.opened, now))
	with freeze_time(now) as frozen:
		names = [_known(life, now) or live(life, now, frozen.move_to) for life in lives]
		frozen.move_to(now)
		for name in names:
			refresh(read(name, lock=True))
			following.follow(name)
	return sorted(names, key=lambda name: frappe.db.get_value("Issue", name, "creation"))


def instant(life: Life, when: When, now: datetime) -> datetime:
	"""In UTC."""
	zone = ZoneInfo(ZONES[life.customer])
	return when(now.astimezone(zone).date()).replace(tzinfo=zone).astimezone(timezone.utc)


def _known(life: Life, now: datetime) -> str | None:
	"""The ticket that has lived this life; one that is stale, or has lost its facts, goes."""
	about = {"subject": life.subject, "customer": life.customer}
	for name, created in frappe.get_all("Issue", about, ["name", "creation"], as_list=True):
		age = instant(life, life.opened, now).timestamp() - to_us(created) / 1_000_000
		if age < STALE.total_seconds() and frappe.db.exists("SLA Event", {"ticket": name}):
			return name
		_forget(name)
	return None


def _forget(ticket: str) -> None:
	# Past the documents: a breach outlives its ticket, but this one was only played.
	for doctype in (
		"SLA Notice",
		"SLA Alert",
		"SLA Page",
		"SLA Breach",
		"SLA Reopening",
		"SLA Clock",
		"SLA Event",
	):
		frappe.db.delete(doctype, {"ticket": ticket})
	frappe.delete_doc("Issue", ticket, force=True)


def live(life: Life, now: datetime, move_to: Callable[[datetime], None]) -> str:
	move_to(instant(life, life.opened, now))
	ticket = _open(life)
	for when, happens, values in life.steps:
		move_to(instant(life, when, now))
		happens(ticket, **values)
	return ticket


def _open(life: Life) -> str:
	document = frappe.new_doc("Issue").update(
		{
			"subject": life.subject,
			"customer": life.customer,
			"priority": life.priority,
			"sla_service": life.service,
			"raised_by": ADDRESSES[life.customer],
		}
	)
	return document.insert().name
