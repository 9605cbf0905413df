# Stand-in for ERPNext, for tests without it.
import json
from copy import deepcopy
from email.utils import parseaddr

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, now_datetime
from frappe.utils.user import is_website_user


class Issue(Document):
	def validate(self):
		self.flags.create_communication = self.is_new() and self.via_customer_portal
		self.raised_by = self.raised_by or frappe.session.user
		self.set_customer_from_contact()
		self.company = self.company or frappe.db.get_default("Company")

	def on_update(self):
		if self.flags.create_communication:
			self.flags.create_communication = False
			self.create_communication()

	def set_customer_from_contact(self):
		address = parseaddr(self.raised_by)[1]
		if not address or self.contact or self.customer:
			return
		self.contact = frappe.db.get_value("Contact", {"email_id": address})
		if self.contact:
			self.customer = frappe.get_doc("Contact", self.contact).get_link_for("Customer")

	def create_communication(self):
		"""The description of an Issue from the portal stands in its timeline as a received mail."""
		communication = frappe.get_doc(
			{
				"doctype": "Communication",
				"communication_type": "Communication",
				"communication_medium": "Email",
				"sent_or_received": "Received",
				"email_status": "Open",
				"subject": self.subject,
				"sender": self.raised_by,
				"content": self.description,
				"status": "Linked",
				"reference_doctype": "Issue",
				"reference_name": self.name,
			}
		)
		communication.insert(ignore_permissions=True, ignore_mandatory=True)

	@frappe.whitelist()
	def split_issue(self, subject, communication_id):
		"""A copy of this Issue, custom fields and all; it takes the mails from `communication_id` on along, and saves
		each of them again."""
		copy = deepcopy(self)
		copy.update({"subject": subject, "issue_split_from": self.name, "creation": now_datetime()})
		copy.update({"first_response_time": 0, "first_responded_on": None})
		frappe.get_doc(copy).insert()
		first = frappe.get_doc("Communication", communication_id)
		moved = {
			"reference_doctype": "Issue",
			"reference_name": self.name,
			"creation": (">=", first.creation),
		}
		for name in frappe.get_all("Communication", filters=moved, pluck="name"):
			communication = frappe.get_doc("Communication", name)
			communication.reference_name = copy.name
			communication.save(ignore_permissions=True)
		return copy.name


# ERPNext writes these past the document: no event, no Version, no permission is asked.
@frappe.whitelist()
def set_multiple_status(names, status):
	for name in json.loads(names):
		set_status(name, status)


@frappe.whitelist()
def set_status(name, status):
	frappe.db.set_value("Issue", name, "status", status)


@frappe.whitelist()
def make_issue_from_communication(communication, ignore_communication_links=False):
	from frappe.email.inbox import link_communication_to_document

	mail = frappe.get_doc("Communication", communication)
	issue = frappe.get_doc({"doctype": "Issue", "subject": mail.subject, "raised_by": mail.sender or ""})
	issue.insert(ignore_permissions=True)
	link_communication_to_document(mail, "Issue", issue.name, ignore_communication_links)
	return issue.name


def auto_close_tickets():
	days = frappe.db.get_single_value("Support Settings", "close_issue_after_days") or 7
	stale = {"status": "Replied", "modified": ("<", add_days(now_datetime(), -days))}
	for name in frappe.get_all("Issue", filters=stale, pluck="name"):
		issue = frappe.get_doc("Issue", name)
		issue.status = "Closed"
		issue.flags.ignore_permissions = True
		issue.flags.ignore_mandatory = True
		issue.save()


def customer_of(user: str) -> str | None:
	contact = frappe.db.get_value("Contact", {"user": user})
	return contact and frappe.get_doc("Contact", contact).get_link_for("Customer")


def has_website_permission(doc, ptype, user, verbose=False):
	return doc.raised_by == user or bool(doc.customer and doc.customer == portal_customer(user))


def portal_customer(user: str) -> str | None:
	"""Documents on the portal go by the customer's portal users, the list of Issues by the contact."""
	return frappe.db.get_value("Portal User", {"user": user, "parenttype": "Customer"}, "parent")


def get_list_context(context=None):
	return {"title": _("Issues"), "get_list": get_issue_list, "show_search": True, "no_breadcrumbs": True}


def get_issue_list(doctype, txt, filters, limit_start, limit_page_length=20, order_by=None):
	from frappe.www.list import get_list

	portal = is_website_user()
	if portal:
		customer = customer_of(frappe.session.user)
		own = {"customer": customer} if customer else {"raised_by": frappe.session.user}
		filters = {**(filters or {}), **own}
	return get_list(doctype, txt, filters, limit_start, limit_page_length, ignore_permissions=portal)
