import json
from datetime import timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html, get_datetime, getdate

from sla_guard.engine import oncall
from sla_guard.engine.errors import WrongInput
from sla_guard.engine.oncall import Shift
from sla_guard.oncall.duty import duty_of
from sla_guard.oncall.rosters import office, reachable, scope_key
from sla_guard.site_time import now_us, text, to_site, to_us
from sla_guard.sla_guard.doctype.support_hours.support_hours import check_zone

# Years of turns, as a guard against a slip of the finger.
MOST_TURNS = 200


class SLAOnCallRoster(Document):
	"""Who is on call, when and at which level, for a contract, a service, both, or everything; see sla_guard/oncall/."""

	def onload(self):
		self.set_onload("duty", duty_of(self))

	def validate(self):
		# The framework says what is missing only after validate, which reads it.
		self._validate_mandatory()
		check_zone(self)
		self.check_minutes()
		self.chain = frappe.db.get_value("SLA Contract", self.contract, "chain") if self.contract else None
		self.check_scope()
		self.check_staffed_hours()
		for row in self.shifts:
			set_instants(row)
			check_shift(row)
		self.check_clash()
		self.tell_who_cannot_be_called()

	def check_minutes(self):
		if cint(self.minutes_to_acknowledge) < 1:
			frappe.throw(_("Minutes to Acknowledge: at least one."), title=_("Too Short"))

	def check_scope(self):
		self.unique_key = scope_key(self.chain, self.service) if self.enabled else None
		if not self.unique_key:
			return
		other = frappe.db.get_value(
			"SLA On-Call Roster",
			{"unique_key": self.unique_key, "name": ("!=", self.name)},
			["name", "title"],
		)
		if other:
			frappe.throw(
				_("{0} ({1}) is for the same tickets. Add the shifts there, or disable it.").format(
					frappe.bold(other[0]), escape_html(other[1])
				),
				title=_("Two Rosters for One Ticket"),
			)

	def check_staffed_hours(self):
		if self.staffed_hours and office(self.staffed_hours).never_closes:
			frappe.throw(
				_("{0} never close: nobody would ever be on call.").format(
					frappe.bold(escape_html(self.staffed_hours))
				),
				title=_("Office Never Closed"),
			)

	def check_clash(self):
		if not (two := oncall.clash([shift_of(row) for row in self.shifts])):
			return
		one, other = (self.shifts[place] for place in two)
		frappe.throw(
			_("Row {0} ({1}) overlaps row {2} ({3}): at one level one user is on call at a time.").format(
				other.idx, _said(other), one.idx, _said(one)
			),
			title=_("Overlapping Shifts"),
		)

	def tell_who_cannot_be_called(self):
		coming = [row.user for row in self.shifts if row.ends_us > now_us()]
		if gone := sorted(set(coming) - reachable(coming)):
			frappe.msgprint(
				_("{0} cannot be called: the user is disabled, or may not read tickets.").format(
					", ".join(frappe.bold(escape_html(user)) for user in gone)
				),
				title=_("Nobody on Duty"),
				indicator="orange",
			)


def set_instants(row: Document) -> None:
	"""Those of the datetimes entered; the one that is known stays, which may lie in an hour that clocks repeat."""
	for field in ("starts", "ends"):
		known = to_site(cint(row.get(f"{field}_us")))
		entered = get_datetime(row.get(field))
		if not known or abs(entered - known) >= timedelta(seconds=1):
			row.set(f"{field}_us", to_us(entered))


def check_shift(row: Document) -> None:
	if cint(row.level) < oncall.FIRST_LEVEL:
		frappe.throw(
			_("Row {0}: levels begin with 1, who is called first.").format(row.idx), title=_("Wrong Level")
		)
	if row.ends_us <= row.starts_us:
		frappe.throw(
			_("Row {0}: To {1} is not after From {2}.").format(
				row.idx, frappe.bold(text(row.ends_us)), frappe.bold(text(row.starts_us))
			),
			title=_("Wrong Dates"),
		)


def shift_of(row: Document) -> Shift:
	return Shift(cint(row.level), row.starts_us, row.ends_us, row.user)


def _said(row: Document) -> str:
	return f"{escape_html(row.user)}, {text(row.starts_us)} – {text(row.ends_us)}"


@frappe.whitelist()
def turns(
	time_zone: str, first: str, change_over: str, days: int, users: str, count: int, level: int
) -> list:
	"""The rows of so many turns of so many days, the users one after the other, for the form to add. `users`: JSON."""
	frappe.has_permission("SLA On-Call Roster", "write", throw=True)
	if not 0 < cint(count) <= MOST_TURNS:
		frappe.throw(_("Turns: from 1 to {0}.").format(MOST_TURNS), title=_("Wrong Number"))
	minute = _minute(change_over)
	try:
		found = list(
			oncall.turns(time_zone, getdate(first), minute, cint(days), json.loads(users), cint(count))
		)
	except WrongInput as refusal:
		frappe.throw(_(refusal.template).format(**refusal.values), title=_("Wrong Turns"))
	return [
		{
			"level": cint(level),
			"user": user,
			"starts": str(to_site(start)),
			"ends": str(to_site(end)),
			"starts_us": start,
			"ends_us": end,
		}
		for user, start, end in found
	]


def _minute(time: str) -> int:
	"""Of the day, by a time such as 9:00 or 21:30."""
	hours, _colon, minutes = time.strip().partition(":")
	if not (hours.isdecimal() and (minutes or "0").isdecimal() and cint(hours) < 24 and cint(minutes) < 60):
		frappe.throw(_("{0} is not a time such as 09:00.").format(frappe.bold(escape_html(time))))
	return cint(hours) * 60 + cint(minutes)
