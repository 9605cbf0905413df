import frappe
from frappe import _
from frappe.utils import escape_html, now_datetime

from sla_guard import breaches
from sla_guard.sla_guard.doctype.revocable import Revocable
from sla_guard.sla_guard.doctype.sla_breach.sla_breach import OPEN
from sla_guard.statements import conversation

EXCLUSION, WAIVER = "Exclusion", "Waiver"
CLAIMED, APPROVED, REJECTED = "Claimed", "Approved", "Rejected"
# What becomes of the breach.
OUTCOMES = {EXCLUSION: "Excluded", WAIVER: "Waived"}
# Ticked in the contract.
GROUNDS = {
	"Customer's Fault": "ground_customer",
	"Force Majeure": "ground_force_majeure",
	"Announced Maintenance": "ground_maintenance",
	"Customer's Equipment": "ground_equipment",
}
FROM_BREACH = ("title", "ticket", "metric", "breached_at", "customer", "contract", "company")
DECLINED = ("declined_by", "declined_on", "decline_reason")
CUSTOMERS_ANSWER = ("consented_by", "consented_on", *DECLINED)
DECISION = ("decided_by", "decided_on", "answer", "unique_key", "cancelled_key", "cancel_reason")


class SLAExclusion(Revocable):
	"""Somebody of the provider claims that a breach costs nothing, or records that the customer renounces it; a second
	person approves (submits) or rejects it."""

	def before_insert(self):
		# Whatever a request says.
		self.claimed_by = self.owner = frappe.session.user

	def validate(self):
		if self.flags.rejecting or self.flags.consenting:
			return
		self.refuse_if_rejected()
		# The framework says what is missing only after validate, which reads it.
		self._validate_mandatory()
		if self.docstatus == 0:
			self.refuse_others()
			self.begin()
		else:
			self.refuse_own()
			self.refuse_changes()
		self.check_ground()
		self.check_proof()

	def on_update(self):
		if self.docstatus == 0:
			self.ask_for_consent()

	def before_submit(self):
		self.check_breach(breaches.locked(self.breach))
		self.check_consent()
		self.status, self.decided_by, self.decided_on = APPROVED, frappe.session.user, now_datetime()
		self.unique_key = self.breach

	def on_submit(self):
		breaches.locked(self.breach).forgive(OUTCOMES[self.kind])

	def on_cancel(self):
		breaches.reopen(breaches.locked(self.breach))

	def on_trash(self):
		if self.docstatus or self.status == REJECTED or self.claimed_by != frappe.session.user:
			self.refuse_deletion()

	# ---- who

	def refuse_others(self):
		"""A draft is edited by its claimant alone, and stays that person's."""
		before = self.get_doc_before_save()
		if before and frappe.session.user != before.claimed_by:
			frappe.throw(
				_("Only {0}, who claimed it, edits this draft.").format(frappe.bold(before.claimed_by)),
				frappe.PermissionError,
			)
		if self.is_changed("claimed_by") or self.is_changed("breach"):
			frappe.throw(_("Who claims and for which breach does not change."), frappe.PermissionError)

	def refuse_own(self):
		"""Also those of Administrator."""
		if frappe.session.user in (self.claimed_by, self.owner):
			frappe.throw(
				_("You claimed this yourself: a second person decides on it."),
				frappe.PermissionError,
				title=_("Not Permitted"),
			)

	def refuse_if_rejected(self):
		before = self.get_doc_before_save()
		if before and before.status == REJECTED:
			frappe.throw(_("{0} was rejected and stays so.").format(frappe.bold(self.name)))

	# ---- what

	def begin(self):
		"""A draft says nothing of its decision, and of the breach what stands there."""
		self.status = CLAIMED
		self.update(dict.fromkeys(DECISION))
		self.keep_consent()
		breach = frappe.get_doc("SLA Breach", self.breach)
		self.check_breach(breach)
		self.update({field: breach.get(field) for field in FROM_BREACH})
		if self.kind != EXCLUSION:
			self.ground = None

	def check_breach(self, breach):
		if breach.state != OPEN:
			frappe.throw(
				_("The breach {0} is {1}: only an open one is excluded or waived.").format(
					frappe.bold(breach.title), _(breach.state)
				),
				title=_("Not an Open Breach"),
			)

	def check_ground(self):
		if self.kind != EXCLUSION:
			return
		if not self.ground:
			frappe.throw(_("Name the ground of the exclusion."), frappe.MandatoryError)
		field = GROUNDS.get(self.ground)
		if not (field and frappe.db.get_value("SLA Contract", self.contract, field)):
			frappe.throw(
				_("{0} is no ground for an exclusion in contract {1}.").format(
					frappe.bold(escape_html(_(self.ground))), frappe.bold(self.contract)
				),
				title=_("Not a Ground of the Contract"),
			)

	def check_proof(self):
		"""A waiver may wait for the consent, which is given in the portal."""
		file = self.get("evidence" if self.kind == EXCLUSION else "consent")
		if self.kind == EXCLUSION and not file:
			self.refuse_proof(_("Attach the evidence."))
		if file and not frappe.db.exists("File", {"file_url": file}):
			self.refuse_proof(_("There is no file {0}.").format(frappe.bold(escape_html(file))))

	# ---- the customer's consent

	def consented(self):
		"""The session's user, one of the customer, gives it."""
		if self.consented_by and self.may_be_answered():
			return
		self.refuse_unasked()
		self.record(consented_by=frappe.session.user, consented_on=now_datetime())
		conversation.consented(self)

	def declined(self, reason: str):
		"""The session's user, one of the customer, refuses it: the breach stays what it is. Also if another waiver is asked
		for later, the refusal stays readable as a comment."""
		if self.declined_by and self.may_be_answered():
			return
		self.refuse_unasked()
		self.record(declined_by=frappe.session.user, declined_on=now_datetime(), decline_reason=reason)
		self.add_comment("Comment", escape_html(reason))
		conversation.declined(self)

	def may_be_answered(self) -> bool:
		return self.kind == WAIVER and not self.docstatus and self.status == CLAIMED

	def waits_for_consent(self) -> bool:
		return self.may_be_answered() and not (self.consent or self.consented_by or self.declined_by)

	def refuse_unasked(self):
		if not self.waits_for_consent():
			frappe.throw(_("{0} does not wait for a consent.").format(frappe.bold(self.name)))

	def record(self, **answer):
		self.update(answer)
		self.flags.consenting = True
		self.save(ignore_permissions=True)

	def keep_consent(self):
		"""Whatever a request says; and it was given, or refused, to what stood there then."""
		before = self.get_doc_before_save()
		if not before or self.is_another_waiver():
			before = frappe._dict()
		self.update({field: before.get(field) for field in CUSTOMERS_ANSWER})
		# A consent on paper says more than what was said before.
		if self.consent:
			self.update(dict.fromkeys(DECLINED))

	def is_another_waiver(self) -> bool:
		return any(map(self.is_changed, ("kind", "reason")))

	def ask_for_consent(self):
		"""Again where it became another waiver."""
		anew = not self.get_doc_before_save() or self.is_another_waiver() or self.is_changed("consent")
		if anew and self.waits_for_consent():
			conversation.waiver_claimed(self)

	def check_consent(self):
		if self.kind != WAIVER or self.consent or self.consented_by:
			return
		if self.declined_by:
			self.refuse_proof(
				_("The customer declined this waiver: {0}").format(escape_html(self.decline_reason))
			)
		self.refuse_proof(
			_("Attach the customer's written consent, or wait until the customer gives it in the portal.")
		)

	def refuse_proof(self, message: str):
		frappe.throw(message, frappe.MandatoryError, title=_("Nothing Attached"))


@frappe.whitelist()
def reject(name: str, answer: str) -> None:
	"""A second person refuses a claim, with an answer; it stays as a record."""
	exclusion = frappe.get_doc("SLA Exclusion", name, for_update=True)
	exclusion.check_permission("submit")
	exclusion.refuse_own()
	if exclusion.docstatus or exclusion.status != CLAIMED:
		frappe.throw(_("{0} is decided already.").format(frappe.bold(name)))
	if not (answer or "").strip():
		frappe.throw(_("Say why it is rejected."), title=_("No Reason"))
	exclusion.update(
		{
			"status": REJECTED,
			"answer": answer.strip(),
			"decided_by": frappe.session.user,
			"decided_on": now_datetime(),
		}
	)
	exclusion.flags.rejecting = True
	exclusion.save()
