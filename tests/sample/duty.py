"""Who is on call for the shops at night, and who hears of it when time runs out: a roster, a rule, and what the jobs of a
minute make of them."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import frappe
from freezegun import freeze_time

from sla_guard.engine.instants import instant
from sla_guard.helpdesk.ticket import read, refresh
from sla_guard.notify import delivery, notices
from sla_guard.oncall import acknowledging, following
from sla_guard.site_time import to_site
from tests.sample.world import CONTRACTS, NEW_YORK, SHOPS

FIRST, SECOND = "night.one@provider.example", "night.two@provider.example"
ROSTER, RULE = "Nights and weekends, shops", "Half of the time to answer is used: on call"
OPENS, CLOSES = time(9), time(17)
# The nights that are on the roster, in weeks; the one so many days ahead is still to be taken.
WEEKS_BACK, WEEKS = 3, 9
FREE_NIGHT = 10
FRIDAY = 4


def fill(today: date) -> None:
	for number, user in enumerate((FIRST, SECOND), start=1):
		_agent(user, f"Night Duty {number}")
	contract = frappe.db.get_value(
		"SLA Contract", {"customer": SHOPS, "title": CONTRACTS[SHOPS], "docstatus": 1}
	)
	_rule(contract, today)
	_roster(contract, today)


def _agent(address: str, name: str) -> None:
	if frappe.db.exists("User", address):
		return
	user = frappe.new_doc("User").update({"email": address, "first_name": name, "send_welcome_email": 0})
	user.append_roles("Support Team")
	user.flags.no_welcome_mail = True
	user.insert()


def _rule(contract: str, today: date) -> None:
	"""As if it had been there before the first ticket: what was reached before a rule was made is told by none."""
	if frappe.db.exists("SLA Notification Rule", RULE):
		return
	values = {"rule_name": RULE, "contract": contract, "metric": "Response", "percent": 50}
	values |= {"to_on_call": 1, "to_assignees": 1, "email": 1}
	with freeze_time(datetime(today.year - 1, 1, 1)):
		rule = frappe.new_doc("SLA Notification Rule").update(values)
		rule.flags.wakes_nothing = True
		rule.insert()


def _roster(contract: str, today: date) -> None:
	name = frappe.db.get_value("SLA On-Call Roster", {"title": ROSTER})
	roster = frappe.get_doc("SLA On-Call Roster", name) if name else frappe.new_doc("SLA On-Call Roster")
	shifts = [
		{"level": level, "user": user, "starts": to_site(start), "ends": to_site(end)}
		for night, (start, end) in _nights(today)
		for level, user in _on_duty(night, today)
	]
	roster.update({"title": ROSTER, "contract": contract, "time_zone": NEW_YORK})
	roster.update({"staffed_hours": "New York Office", "shifts": []})
	roster.extend("shifts", shifts)
	roster.save() if name else roster.insert()


def _nights(today: date) -> Iterator[tuple[date, tuple[int, int]]]:
	"""From the office's closing to its next opening; a weekend is one night."""
	monday = today - timedelta(days=today.weekday(), weeks=WEEKS_BACK)
	for count in range(7 * WEEKS):
		evening = monday + timedelta(days=count)
		if evening.weekday() <= FRIDAY:
			morning = evening + timedelta(days=3 if evening.weekday() == FRIDAY else 1)
			yield evening, (_in_new_york(evening, CLOSES), _in_new_york(morning, OPENS))


def _in_new_york(day: date, at: time) -> int:
	return instant(datetime.combine(day, at, ZoneInfo(NEW_YORK)))


def _on_duty(night: date, today: date) -> list[tuple[int, str]]:
	"""The two take turns week by week, who is not called first is called second."""
	first, second = (FIRST, SECOND) if night.isocalendar().week % 2 else (SECOND, FIRST)
	free = _is_still_free(night, today)
	return [(2, second)] if free else [(1, first), (2, second)]


def _is_still_free(night: date, today: date) -> bool:
	ahead = today + timedelta(days=FREE_NIGHT)
	return night == ahead - timedelta(days=max(ahead.weekday() - FRIDAY, 0))


# ---- what happens to a ticket


def watched(ticket: str) -> None:
	"""What the jobs of this minute find, without their commits."""
	refresh(read(ticket, lock=True))
	following.follow(ticket)
	ours = {"ticket": ticket, "state": "Waiting"}
	for alert in frappe.get_all("SLA Alert", ours, pluck="name", order_by="at_us"):
		delivery.address(alert)
	for reader in frappe.get_all("SLA Notice", ours, pluck="reader", distinct=True, order_by="reader"):
		notices.tell_reader(reader)
	for alert in delivery.alerts_told():
		delivery.finish(alert)


def acknowledged(ticket: str) -> None:
	"""By whoever was called last."""
	called = {"ticket": ticket, "state": "Called"}
	user = frappe.db.get_value("SLA Page", called, "user", order_by="level desc")
	frappe.set_user(user)
	try:
		acknowledging.acknowledge(ticket)
	finally:
		frappe.set_user("Administrator")
