from datetime import timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, getdate

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.coverage import Coverage, Row
from sla_guard.engine.errors import WrongInput
from sla_guard.engine.instants import SECOND
from sla_guard.engine.terms import (
	MAIL,
	NOT_COVERED,
	RESOLUTION,
	RESPONSE,
	TAKEN_IN_CHARGE,
	Policies,
	Target,
	Terms,
)
from sla_guard.engine.wall_clock import day_start
from sla_guard.sla_guard.doctype.sla_contract.acceptance import record_acceptance
from sla_guard.sla_guard.doctype.sla_contract.money import check_complete, check_money
from sla_guard.sla_guard.doctype.sla_contract.overlaps import (
	PARTIES,
	Version,
	lock_party,
	party_of,
	refuse_clash,
	versions_of,
)
from sla_guard.sla_guard.doctype.sla_contract.rows import (
	PAUSED_BY,
	STOPS,
	check_rules,
	check_times,
	for_the_same_tickets,
	names,
	scope,
)
from sla_guard.sla_guard.doctype.sla_terms.sla_terms import keep
from sla_guard.sla_guard.doctype.support_hours.support_hours import check_zone
from sla_guard.statements.words import language_of


class SLAContract(Document):
	@property
	def language(self) -> str:
		"""In which the desk prints it, unless told otherwise."""
		return language_of(self.customer)

	def validate(self):
		self.check_filled()
		check_zone(self)
		self.keep_one_party()
		self.check_dates()
		self.check_targets()
		check_rules(self.status_rules)
		self.check_answers()
		self.check_terms()
		check_money(self)
		record_acceptance(self)
		self.set_version()

	def before_update_after_submit(self):
		record_acceptance(self)

	def before_submit(self):
		check_complete(self)
		self.starts_us, self.ends_us = self.period()
		self.unique_key = f"{self.chain}|{self.effective_from}"
		self.check_overlaps()

	def on_submit(self):
		self.put(terms=keep(self.terms_value()))
		if self.supersedes:
			frappe.get_doc("SLA Contract", self.supersedes).set_end()

	def before_change(self):
		"""db_set, which checks nothing."""
		if self.docstatus == 1:
			frappe.throw(
				_("{0} is submitted and does not change. Make a new version.").format(frappe.bold(self.name)),
				frappe.UpdateAfterSubmitError,
				title=_("Not to Be Changed"),
			)

	def before_cancel(self):
		self.refuse_if_used()
		self.refuse_if_superseded()
		self.cancelled_key, self.unique_key = self.unique_key, None

	def on_cancel(self):
		if self.supersedes:
			frappe.get_doc("SLA Contract", self.supersedes).go_on_without(self.name)

	# ---- checks

	def check_filled(self):
		if not self.targets:
			frappe.throw(_("Add a target: what is promised, and how fast."), title=_("No Target"))
		# The framework says what is missing only after validate, which reads it.
		self._validate_mandatory()

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
		for row in self.targets:
			check_times(row)
		if two := for_the_same_tickets(self.targets):
			other, row = two
			frappe.throw(
				_("Row {0} ({1}) is for the same tickets as row {2}.").format(row.idx, scope(row), other.idx),
				title=_("Two Targets for One Ticket"),
			)
		if all(any(names(row)) for row in self.targets):
			frappe.throw(
				_(
					"No default target: leave priority, service and issue type of one row empty. It holds for every ticket that no other row matches."
				),
				title=_("No Default Target"),
			)

	def check_answers(self):
		if not (self.answer_mail or self.answer_taken_in_charge):
			frappe.throw(_("Nothing counts as a response: tick what does."), title=_("No Response"))

	def check_terms(self):
		"""What the engine refuses beyond what was checked by row, with its own words."""
		for row in self.targets:
			self.check_hours(row)
		try:
			self.terms_value()
			self.coverage()
		except WrongInput as refusal:
			frappe.throw(_(refusal.template).format(**refusal.values), title=_("Wrong Terms"))

	def check_hours(self, row: Document):
		try:
			self.calendar_of(row)
		except WrongInput as refusal:
			frappe.throw(
				_("Row {0} ({1}), Support Hours {2}: {3}").format(
					row.idx,
					scope(row),
					frappe.bold(escape_html(self.hours_of(row))),
					_(refusal.template).format(**refusal.values),
				),
				title=_("No Support Hours"),
			)

	def refuse_if_used(self):
		"""Cancelling is for a contract that nobody has been measured against."""
		used = {"contract": self.name, "target": ("!=", NOT_COVERED)}
		ticket = frappe.db.get_value("SLA Event", used, "ticket")
		if ticket := ticket or frappe.db.get_value("SLA Breach", {"contract": self.name}, "title"):
			frappe.throw(
				_(
					"{0} has clocks of tickets, {1} for one. Make a new version instead of cancelling it."
				).format(frappe.bold(self.name), frappe.bold(ticket)),
				title=_("Contract in Use"),
			)

	def refuse_if_superseded(self):
		for other in self.others_of_party():
			if other.supersedes == self.name:
				frappe.throw(
					_("{0} supersedes {1}: cancel that one first.").format(
						frappe.bold(other.name), frappe.bold(self.name)
					),
					title=_("Contract in Use"),
				)

	# ---- versions

	def set_version(self):
		"""Which chain of versions this is part of, and whether it can follow the one that it supersedes."""
		# An amended or copied one brings these along.
		self.unique_key = self.cancelled_key = self.terms = None
		if not self.supersedes:
			self.chain = self.amended_from and frappe.db.get_value("SLA Contract", self.amended_from, "chain")
			self.chain = self.chain or self.name
			return
		before = frappe.get_doc("SLA Contract", self.supersedes)
		self.chain = before.chain
		if before.docstatus != 1:
			self.refuse_version(_("{0} is not submitted.").format(before.name))
		if party_of(before) != party_of(self):
			self.refuse_version(
				_("{0} applies to {1}, this one to {2}.").format(before.name, before.whom, self.whom)
			)
		if before.starts_us >= self.period()[0]:
			self.refuse_version(
				_("{0} starts on {1}; a version that supersedes it starts later.").format(
					before.name, _date(before.effective_from)
				)
			)
		rival = {"supersedes": before.name, "docstatus": 1, "name": ("!=", self.name)}
		if other := frappe.db.get_value("SLA Contract", rival):
			self.refuse_second_successor(other)

	def refuse_version(self, why: str):
		frappe.throw(why, title=_("Not a New Version"))

	def refuse_second_successor(self, other: str):
		self.refuse_version(_("{0} supersedes {1} already.").format(other, self.supersedes))

	def check_overlaps(self):
		"""Of one party and one service, only one version is in force at a time, and each has one successor: said again
		with the party locked, since another one may have been submitted in the meantime."""
		others = self.others_of_party()
		if self.supersedes:
			if self.supersedes not in {other.name for other in others}:
				self.refuse_version(_("{0} is not submitted.").format(self.supersedes))
			for other in others:
				if other.supersedes == self.supersedes:
					self.refuse_second_successor(other.name)
		refuse_clash(self.version(), (other for other in others if other.name != self.supersedes))

	def others_of_party(self) -> list[Version]:
		party = party_of(self)
		lock_party(*party)
		return [other for other in versions_of(*party) if other.name != self.name]

	def version(self) -> Version:
		return Version(
			self.name,
			self.title,
			self.whom,
			self.supersedes,
			self.effective_from,
			self.starts_us,
			self.ends_us,
			frozenset(row.service for row in self.services),
		)

	def set_end(self):
		"""The end, after a version that supersedes this one was submitted or cancelled."""
		self.put(ends_us=self.period()[1])

	def go_on_without(self, successor: str):
		"""Its successor is cancelled: it ends where it would have ended, if nothing else has taken that place."""
		self.set_end()
		mine = self.version()
		for other in self.others_of_party():
			if mine.clashes(other):
				frappe.throw(
					_("Without {0}, {1} would go on at the same time as {2} ({3}), from {4}.").format(
						frappe.bold(successor),
						frappe.bold(self.name),
						frappe.bold(other.name),
						other.title,
						_date(other.effective_from),
					),
					title=_("Two Versions in Force"),
				)

	def put(self, **values):
		"""What the app itself writes on a submitted contract."""
		self.update(values)
		frappe.db.set_value("SLA Contract", self.name, values, update_modified=False)

	# ---- what it says

	@property
	def whom(self) -> str:
		"""To whom it applies, in words."""
		return party_of(self)[1] or _("Everybody")

	def period(self) -> tuple[int, int]:
		"""The instants at which it starts and ends to be in force; 0: no end."""
		starts = day_start(self.time_zone, getdate(self.effective_from))
		last = self.effective_to and getdate(self.effective_to)
		ends = [day_start(self.time_zone, last + timedelta(days=1))] if last else []
		ends += frappe.get_all("SLA Contract", {"supersedes": self.name, "docstatus": 1}, pluck="starts_us")
		return starts, min(ends, default=0)

	def coverage(self) -> Coverage:
		"""Which of its rows a ticket falls under."""
		rows = tuple(Row(row.name or str(row.idx), *names(row)) for row in self.targets)
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
		seconds = (row.response_time, row.resolution_time)
		# As the database gives them, durations are decimal numbers.
		amounts = (int(each) * SECOND if each else None for each in seconds)
		return Target(row.name or str(row.idx), self.calendar_of(row), *amounts)

	def hours_of(self, row: Document) -> str:
		return row.support_hours or self.support_hours

	def calendar_of(self, row: Document) -> Calendar:
		return frappe.get_doc("Support Hours", self.hours_of(row)).calendar()


def _date(value) -> str:
	return frappe.format(value, "Date")
