"""How a reader of the portal sees instants and amounts of time: in the own language, zone and today."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import frappe
from babel.dates import format_date, format_skeleton, format_time
from frappe import _
from frappe.utils import get_system_timezone

from sla_guard.engine.instants import DAY, moment
from sla_guard.site_time import zone_named
from sla_guard.statements.words import GAP, Words


class ReadersWords(Words):
	"""The words of the session's user and language, at an instant that is now."""

	def __init__(self, now: int, currency: str | None = None) -> None:
		zone = frappe.get_cached_value("User", frappe.session.user, "time_zone") or get_system_timezone()
		super().__init__(frappe.local.lang, zone, currency)
		self.now = now
		self.today = self._local(now).date()

	def when(self, at: int | None, contracts_zone: str = "") -> str:
		"""An instant as people say it: today, 14:05; Mon, Nov 30, 09:00. Followed by what the clocks of the contract's
		zone show, where that is something else."""
		if not at:
			return ""
		local = self._local(at)
		said = f"{self._day(local.date())}, {self._time(local)}"
		elsewhere = moment(at).astimezone(zone_named(contracts_zone)) if contracts_zone else local
		if elsewhere.utcoffset() == local.utcoffset():
			return said
		shown = self._time(elsewhere)
		if elsewhere.date() != local.date():
			shown = f"{self._day(elsewhere.date())}, {shown}"
		return f"{said} ({shown}{GAP}{contracts_zone})"

	def ago(self, at: int) -> str:
		"""How long it has been: 25 min, 3 h 10 min, 2 days."""
		passed = max(self.now - at, 0)
		days = passed // DAY
		return _("{0} days").format(self.number(days)) if days >= 2 else self.span(passed)

	def iso(self, at: int) -> str:
		"""For machines that read the page."""
		return self._local(at).isoformat(timespec="seconds")

	def long_day(self, day: date | str) -> str:
		day = date.fromisoformat(day) if isinstance(day, str) else day
		return format_date(day, "long", locale=self.locale)

	def _local(self, at: int) -> datetime:
		return moment(at).astimezone(self.zone)

	def _day(self, day: date) -> str:
		near = {
			self.today: _("today"),
			self.today + timedelta(days=1): _("tomorrow"),
			self.today - timedelta(days=1): _("yesterday"),
		}
		if day in near:
			return near[day]
		return format_skeleton("MMMEd" if day.year == self.today.year else "yMMMEd", day, locale=self.locale)

	def _time(self, local: datetime) -> str:
		return format_time(local, "short", locale=self.locale)
