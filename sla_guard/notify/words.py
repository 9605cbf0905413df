"""What is said of a step that a clock has reached, in the language and the time zone of who reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import frappe
from frappe import _
from frappe.utils import get_url, get_url_to_form, get_url_to_list

from sla_guard.engine.terms import RESPONSE, STOPPED
from sla_guard.notify.steps import DUE
from sla_guard.portal import page
from sla_guard.statements.words import NOTHING, Words

# An address of a list takes no more names.
MOST_NAMES = 40


class Told(NamedTuple):
	"""A step, and how the ticket and its clock stand when somebody is told of it."""

	ticket: str
	about: str
	metric: str
	percent: int
	at_us: int
	customer: str
	priority: str
	service: str
	contract: str
	zone: str
	state: str
	due_us: int
	breached_us: int

	@property
	def until_us(self) -> int:
		"""The due, also when it is past."""
		return self.breached_us or self.due_us

	@property
	def is_response(self) -> bool:
		return self.metric == RESPONSE


# ---- one


def subject(told: Told, words: Words) -> str:
	return f"{told.ticket}, {told.about}: {_how_it_stands(told, words)}"


def _how_it_stands(told: Told, words: Words) -> str:
	until = words.moment(told.until_us)
	if told.percent < DUE:
		return _before(told).format(told.percent, until)
	if told.state == STOPPED:
		return (
			_("the response was missed, it was due {0}")
			if told.is_response
			else _("the resolution was missed, it was due {0}")
		).format(until)
	if told.percent == DUE:
		return (
			_("the response is overdue since {0}")
			if told.is_response
			else _("the resolution is overdue since {0}")
		).format(until)
	return _after(told).format(until, told.percent)


def _before(told: Told) -> str:
	if told.is_response:
		return _("{0} % of the response time is used, due {1}")
	return _("{0} % of the resolution time is used, due {1}")


def _after(told: Told) -> str:
	if told.is_response:
		return _("the response is overdue since {0}, {1} % of its time is used")
	return _("the resolution is overdue since {0}, {1} % of its time is used")


def body(told: Told, words: Words) -> str:
	shown = {"sentence": subject(told, words), "rows": [row for row in _rows(told, words) if row[1]]}
	return frappe.render_template("sla_guard/templates/notify/alert.html", shown)


def _rows(told: Told, words: Words) -> list[tuple[str, str]]:
	here, there = words.moment(told.until_us), Words(None, told.zone, None)
	there.locale = words.locale
	elsewhere = there.moment(told.until_us)
	return [
		(_("Due"), f"{here} ({words.zone.key})"),
		(_("Due, Contract's Time Zone"), f"{elsewhere} ({told.zone})" if elsewhere != here else ""),
		(_("Reached At"), words.moment(told.at_us)),
		(_("Customer"), told.customer),
		(_("Priority"), told.priority and _(told.priority)),
		(_("Service"), told.service),
		(_("Contract"), told.contract),
	]


# ---- many


def digest_subject(many: list[Told]) -> str:
	overdue = sum(told.percent >= DUE for told in many)
	if not overdue:
		return _("{0} deadlines are coming up").format(len(many))
	if overdue == len(many):
		return _("{0} deadlines are overdue").format(overdue)
	return _("{0} deadlines: {1} overdue, {2} coming up").format(len(many), overdue, len(many) - overdue)


def customers_link(told: Told) -> str:
	"""Where the customer reads about the ticket: the portal's page of it."""
	return get_url(page.path("/ticket", name=told.ticket))


def digest_body(many: list[Told], words: Words, link: Callable[[Told], str]) -> str:
	"""A table, the most urgent first, each with its link."""
	shown = {
		"labels": [_("Ticket"), _("Subject"), _("Customer"), _("Deadline")],
		"rows": [
			{
				"ticket": told.ticket,
				"url": link(told),
				"about": told.about,
				"customer": told.customer or NOTHING,
				"how": _how_it_stands(told, words),
			}
			for told in sorted(many, key=lambda told: (told.until_us, told.ticket))
		],
	}
	return frappe.render_template("sla_guard/templates/notify/digest.html", shown)


def our_link(told: Told) -> str:
	"""Its form in the desk."""
	return get_url_to_form("Issue", told.ticket)


def digest_link(many: list[Told]) -> str:
	"""Where a digest leads in the desk: the list of these tickets, on the site, under whatever name it is reached."""
	names = sorted({told.ticket for told in many})
	url = urlsplit(get_url_to_list("Issue")).path
	return (
		f"{url}?name={quote(frappe.as_json(['in', names], indent=None))}" if len(names) <= MOST_NAMES else url
	)
