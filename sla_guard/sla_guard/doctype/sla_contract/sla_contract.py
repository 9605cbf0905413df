from datetime import timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html, getdate

from sla_guard.engine.calendar import day_start
from sla_guard.engine.coverage import Coverage, Row
from sla_guard.engine.errors import WrongInput
from sla_guard.engine.instants import SECOND
from sla_guard.engine.terms import MAIL, RESOLUTION, RESPONSE, TAKEN_IN_CHARGE, Policies, Target, Terms
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import keep
from sla_guard.sla_guard.doctype.support_hours.support_hours import check_zone

PARTIES = {"Customer": "customer", "Customer Group": "customer_group", "Territory": "territory"}
STOPS = "Stops"
PAUSED_BY = {
	"Pauses Response": (RESPONSE,),
	"Pauses Resolution": (RESOLUTION,),
	"Pauses Both": (RESPONSE, RESOLUTION),
}


class SLAContract(Document):
	def validate(self):
		check_zone(self)
		self.keep_one_party()
		self.check_dates()
		self.check_targets()
		self.check_status_rules()
		self.check_answers()
		self.check_terms()
		self.set_version()

	def before_submit(self):
		self.starts_us, self.ends_us = self.period()
		self.unique_key = f"{self.chain}|{self.effective_from}"
		self.check_overlaps()

	def on_submit(self):
		self.db_set("terms", keep(self.terms_value()), update_modified=False)
		if self.supersedes:
			frappe.get_doc("SLA Contract", self.supersedes).set_end()

	def before_cancel(self):
		used_by = frappe.db.get_value("SLA Clock", {"contract": self.name}, "ticket")
		if used_by:
			frappe.throw(
				_(
					"{0} has clocks of tickets, {1} for one. Make a new version instead of cancelling it."
				).format(frappe.bold(self.name), frappe.bold(used_by)),
				title=_("Contract in Use"),
			)
		self.cancelled_key, self.unique_key = self.unique_key, None

	def on_cancel(self):
		if self.supersedes:
			frappe.get_doc("SLA Contract", self.supersedes).set_end()

	# ---- checks

	def keep_one_party(self):
		for applies_to, field in PARTIES.items():
			if applies_to != self.applies_to:
				self.set(field, None)
			elif not self.get(field):
				frappe.throw(_("Name the {0} to whom the contract applies.").format(_(applies_to)))

	def check_dates(self):
		if self.effective_to and getdate(self.effective_to) < getdate(self.effective_from):
			frappe.throw(
				_("Effective To {0} is before Effective From {1}.").format(
					_date(self.effective_to), _date(self.effective_from)
				),
				title=_("Wrong Dates"),
			)

	def check_targets(self):
		if not self.targets:
			frappe.throw(_("Add a target: what is promised, and how fast."), title=_("No Target"))
		scopes = {}
		for row in self.targets:
			_check_times(row)
			other = scopes.setdefault((row.priority, row.service, row.issue_type), row)
			if other is not row:
				frappe.throw(
					_("Row {0} ({1}) is for the same tickets as row {2}.").format(
						row.idx, _scope(row), other.idx
					),
					title=_("Two Targets for One Ticket"),
				)
		if not any(
			not (priority or service or kind) for priority, service, kind in map(_names, self.targets)
		):
			frappe.throw(
				_(
					"No default target: leave priority, service and issue type of one row empty. It holds for every ticket that no other row matches."
				),
				title=_("No Default Target"),
			)

	def check_status_rules(self):
		known = statuses()
		seen = {}
		for row in self.status_rules:
			if row.status not in known:
				frappe.throw(
					_("Row {0}: an Issue has no status {1}. It has {2}.").format(
						row.idx, frappe.bold(escape_html(row.status or "")), ", ".join(known)
					),
					title=_("Unknown Status"),
				)
			_check_effect(row)
			other = seen.setdefault(row.status, row)
			if other is not row:
				_refuse_two_rules(other, row)
		if STOPS not in {row.effect for row in self.status_rules}:
			frappe.throw(_("No status stops the clocks: add Resolved or Closed."), title=_("Nothing Stops"))

	def check_answers(self):
		if not (self.answer_mail or self.answer_taken_in_charge):
			frappe.throw(_("Nothing counts as a response: tick what does."), title=_("No Response"))

	def check_terms(self):
		"""What the engine refuses beyond what was checked by row, with its own words."""
		try:
			self.terms_value()
			self.coverage()
		except WrongInput as refusal:
			frappe.throw(_(refusal.template).format(**refusal.values), title=_("Wrong Terms"))

	def set_version(self):
		"""Which chain of versions this is part of, and whether it can follow the one that it supersedes."""
		self.unique_key = None
		if not self.supersedes:
			self.chain = self.amended_from and frappe.db.get_value("SLA Contract", self.amended_from, "chain")
			self.chain = self.chain or self.name
			return
		before = frappe.get_doc("SLA Contract", self.supersedes)
		self.chain = before.chain
		if before.docstatus != 1:
			self.refuse_version(_("{0} is not submitted.").format(before.name))
		if _party(before) != _party(self):
			self.refuse_version(
				_("{0} applies to {1}, this one to {2}.").format(before.name, before.whom, self.whom)
			)
		if getdate(before.effective_from) >= getdate(self.effective_from):
			self.refuse_version(
				_("{0} starts on {1}; a version that supersedes it starts later.").format(
					before.name, _date(before.effective_from)
				)
			)
		rival = {"supersedes": before.name, "docstatus": 1, "name": ("!=", self.name)}
		if other := frappe.db.get_value("SLA Contract", rival):
			self.refuse_version(_("{0} supersedes {1} already.").format(other, before.name))

	def refuse_version(self, why: str):
		frappe.throw(why, title=_("Not a New Version"))

	def check_overlaps(self):
		"""Of one party and one service, only one version is in force at a time."""
		lock_party(self)
		for other in same_party(self):
			if other.name not in (self.name, self.supersedes) and clash(self, other):
				refuse_clash(self, other)

	# ---- what it says

	@property
	def whom(self) -> str:
		"""To whom it applies, in words."""
		return self.get(PARTIES.get(self.applies_to, "")) or _("Everybody")

	def period(self) -> tuple[int, int]:
		"""The instants at which it starts and ends to be in force; 0: no end."""
		starts = day_start(self.time_zone, getdate(self.effective_from))
		last = self.effective_to and getdate(self.effective_to)
		ends = [day_start(self.time_zone, last + timedelta(days=1))] if last else []
		ends += frappe.get_all("SLA Contract", {"supersedes": self.name, "docstatus": 1}, pluck="starts_us")
		return starts, min(ends, default=0)

	def set_end(self):
		"""The end, after a version that supersedes this one was submitted or cancelled."""
		self.db_set("ends_us", self.period()[1], update_modified=False)

	def coverage(self) -> Coverage:
		"""Which of its rows a ticket falls under."""
		rows = tuple(Row(row.name or str(row.idx), *_names(row)) for row in self.targets)
		return Coverage(rows, frozenset(row.service for row in self.services))

	def terms_value(self) -> Terms:
		"""What clocks need of it, with its support hours and their holidays as they are now."""
		rules = {row.status: row for row in self.status_rules}
		answers = {MAIL: self.answer_mail, TAKEN_IN_CHARGE: self.answer_taken_in_charge}
		return Terms(
			targets=tuple(self.target_value(row) for row in self.targets),
			pauses={
				metric: {
					status: row.reason.lower()
					for status, row in rules.items()
					if metric in PAUSED_BY.get(row.effect, ())
				}
				for metric in (RESPONSE, RESOLUTION)
			},
			answers=frozenset(answer for answer, ticked in answers.items() if ticked),
			closing_answers=bool(self.closing_answers),
			stops=frozenset(status for status, row in rules.items() if row.effect == STOPS),
			restored_stops=self.resolution_stops_at == "Restored or resolved",
			policies=Policies(
				reopen=self.on_reopening.lower(),
				priority=self.on_priority_change.lower(),
				service=self.on_service_change.lower(),
				customer=self.on_customer_change.lower(),
			),
		)

	def target_value(self, row: Document) -> Target:
		hours = frappe.get_doc("Support Hours", row.support_hours or self.support_hours)
		amounts = (cint(value) * SECOND or None for value in (row.response_time, row.resolution_time))
		return Target(row.name or str(row.idx), hours.calendar(), *amounts)


def statuses() -> list[str]:
	"""The statuses that an Issue can have on this site."""
	return [status for status in (frappe.get_meta("Issue").get_options("status") or "").split("\n") if status]


def renew_terms(support_hours: list[str]) -> None:
	"""After an edit of these support hours or of their holidays: submitted contracts get new terms for the facts to
	come; what was recorded under the old ones keeps them."""
	using = set(frappe.get_all("SLA Contract", {"support_hours": ("in", support_hours)}, pluck="name"))
	using.update(
		frappe.get_all(
			"Priority Target",
			{"support_hours": ("in", support_hours), "parenttype": "SLA Contract"},
			pluck="parent",
		)
	)
	for name in sorted(using):
		contract = frappe.get_doc("SLA Contract", name)
		if contract.docstatus == 1:
			contract.db_set("terms", keep(contract.terms_value()), update_modified=False)


# ---- versions of one party


def same_party(contract: Document) -> list[Document]:
	"""The submitted contracts for the same customer, group or territory, or for everybody."""
	applies_to, party = _party(contract)
	filters = {"docstatus": 1, "applies_to": applies_to}
	if party:
		filters[PARTIES[applies_to]] = party
	return [
		frappe.get_doc("SLA Contract", name) for name in frappe.get_all("SLA Contract", filters, pluck="name")
	]


def lock_party(contract: Document) -> None:
	"""Two contracts of one party are submitted one after the other, so that each sees the other."""
	applies_to, party = _party(contract)
	if party:
		frappe.db.get_value(applies_to, party, "name", for_update=True)
	else:
		frappe.db.get_value("DocType", "SLA Contract", "name", for_update=True)


def clash(one: Document, other: Document) -> bool:
	"""Whether both would be in force for the same service at the same time. A contract that lists services goes before
	one of the same party that lists none: these two may stand side by side."""
	mine, its = ({row.service for row in contract.services} for contract in (one, other))
	if bool(mine) != bool(its) or (mine and not mine & its):
		return False
	return (not other.ends_us or one.starts_us < other.ends_us) and (
		not one.ends_us or other.starts_us < one.ends_us
	)


def refuse_clash(one: Document, other: Document) -> None:
	frappe.throw(
		_(
			"{0} ({1}) is in force for {2} from {3} already, at the same time as {4}. A new version supersedes it."
		).format(
			frappe.bold(other.name),
			other.title,
			other.whom,
			_date(other.effective_from),
			frappe.bold(one.name),
		),
		title=_("Two Versions in Force"),
	)


def _party(contract: Document) -> tuple[str, str]:
	return contract.applies_to, contract.get(PARTIES.get(contract.applies_to, "")) or ""


# ---- rows


def _names(row: Document) -> tuple[str, str, str]:
	return row.priority or "", row.service or "", row.issue_type or ""


def _scope(row: Document) -> str:
	return ", ".join(filter(None, _names(row))) or _("default target")


def _check_times(row: Document) -> None:
	for field in ("response_time", "resolution_time"):
		value = row.get(field)
		# Nothing entered is no such commitment; a zero was entered.
		row.set(field, None if value in (None, "") else cint(value))
		if row.get(field) is not None and row.get(field) <= 0:
			frappe.throw(
				_(
					"Row {0} ({1}): {2} is {3}. Enter a time above zero, or leave it empty for no such commitment."
				).format(
					row.idx, _scope(row), _(row.meta.get_label(field)), frappe.bold(_duration(row.get(field)))
				),
				title=_("Not a Target"),
			)
	if not (row.response_time or row.resolution_time):
		frappe.throw(
			_("Row {0} ({1}) has neither a response nor a resolution time.").format(row.idx, _scope(row)),
			title=_("Not a Target"),
		)
	if row.response_time and row.resolution_time and row.resolution_time < row.response_time:
		frappe.throw(
			_("Row {0} ({1}): the resolution time {2} is shorter than the response time {3}.").format(
				row.idx, _scope(row), _duration(row.resolution_time), _duration(row.response_time)
			),
			title=_("Not a Target"),
		)


def _check_effect(row: Document) -> None:
	if row.effect == STOPS:
		row.reason = None
	elif row.effect not in PAUSED_BY:
		frappe.throw(
			_("Row {0}: {1} is not an effect of a status.").format(
				row.idx, frappe.bold(escape_html(row.effect or ""))
			),
			title=_("Unknown Effect"),
		)
	elif not row.reason:
		frappe.throw(
			_("Row {0}: say why {1} pauses the clock.").format(row.idx, frappe.bold(row.status)),
			title=_("No Reason"),
		)


def _refuse_two_rules(one: Document, other: Document) -> None:
	both = STOPS in (one.effect, other.effect) and one.effect != other.effect
	text = (
		_("Status {0} pauses in one row and stops in another (rows {1} and {2}).")
		if both
		else _("Status {0} stands in two rows ({1} and {2}).")
	)
	frappe.throw(
		text.format(frappe.bold(other.status), one.idx, other.idx), title=_("Two Rules for One Status")
	)


def _duration(seconds: int) -> str:
	if seconds <= 0:
		return str(seconds)
	hours, minutes = divmod(seconds // 60, 60)
	return f"{hours} h {minutes:02} min"


def _date(value) -> str:
	return frappe.format(value, "Date")
