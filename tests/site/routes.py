"""The ways by which people and machines reach a ticket: requests of the desk, mails in, mails out, the jobs."""

from contextlib import contextmanager, nullcontext
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

import frappe
from frappe.email.receive import InboundMail
from frappe.handler import execute_cmd
from frappe.website.serve import get_response
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from sla_guard import jobs
from sla_guard.helpdesk.ticket import read, refresh
from tests.site.case import make_user
from tests.site.records import at, us

MAILBOX = "support@provider.example"


# ---- who


def agent(name="agent"):
	"""One of us who works on tickets."""
	return make_user(name, "Support Team")


def portal_user(name="visitor", customer=None):
	"""A user of the portal, and of this customer."""
	user = make_user(name, "Customer")
	if customer:
		contact(user, customer=customer, user=user)
	return user


def contact(*addresses, customer="Acme", **rest):
	"""A contact of this customer with these addresses."""
	document = frappe.new_doc("Contact").update({"first_name": addresses[0].split("@")[0], **rest})
	for address in addresses:
		document.append("email_ids", {"email_id": address, "is_primary": address == addresses[0]})
	if customer:
		document.append("links", {"link_doctype": "Customer", "link_name": customer})
	# A user has a contact already on some sites, of the same name.
	return document.insert(set_name=frappe.generate_hash(length=10)).name


@contextmanager
def as_user(user):
	before = frappe.session.user
	frappe.set_user(user)
	try:
		yield
	finally:
		frappe.set_user(before)


# ---- the desk


def request(method, /, **arguments):
	"""What a browser or a script asks of the server, by the name that it uses."""
	before = getattr(frappe.local, "request", None)
	frappe.local.request = Request(EnvironBuilder(method="POST").get_environ())
	frappe.local.form_dict = frappe._dict(arguments)
	frappe.local.response = frappe._dict(docs=[])
	try:
		answer = execute_cmd(method)
		return frappe.response.get("message") if answer is None else answer
	finally:
		frappe.local.request = before
		frappe.local.form_dict = frappe._dict()


def list_menu(status, *tickets, when):
	"""Mark as … in the menu of the list, by ERPNext's own name for it."""
	names = frappe.as_json([ticket.name for ticket in tickets])
	with at(when):
		request("erpnext.support.doctype.issue.issue.set_multiple_status", names=names, status=status)


def save_form(document, when=None):
	"""What the form sends when somebody clicks Save."""
	with at(when):
		request("frappe.desk.form.save.savedocs", doc=document.as_json(), action="Save")


def edit(ticket, field, value, *, when):
	"""One field changed from a list or by REST."""
	with at(when):
		request("frappe.client.set_value", doctype="Issue", name=ticket.name, fieldname=field, value=value)


def split(ticket, mail, *, when, subject="Another matter"):
	"""Splits a ticket at this mail, from the form; returns the new one."""
	with at(when):
		ticket = frappe.get_doc("Issue", ticket.name)
		name = request(
			"run_doc_method",
			docs=ticket.as_json(),
			method="split_issue",
			args=frappe.as_json({"subject": subject, "communication_id": mail}),
		)
	return frappe.get_doc("Issue", name)


# ---- the website


def page(path, user, *, when=None, **form):
	"""What the website answers to a browser of this user, as (status, text, where it leads to); with values, to a form
	that is sent."""
	builder = EnvironBuilder(path=path, method="POST" if form else "GET", data=form or None)
	before, asked = getattr(frappe.local, "request", None), Request(builder.get_environ())
	try:
		with at(when) if when else nullcontext(), as_user(user):
			frappe.local.request, frappe.local.response = asked, frappe._dict(docs=[])
			frappe.local.form_dict = frappe._dict((asked.form or asked.args).to_dict())
			answer = get_response(asked.path)
	finally:
		frappe.local.request = before
		frappe.local.form_dict = frappe._dict()
	return answer.status_code, answer.get_data(as_text=True), answer.headers.get("Location")


@contextmanager
def remembering_pages():
	"""The website keeps what it has answered, as it does where no developer works on it."""
	before, frappe.conf.developer_mode = frappe.conf.developer_mode, 0
	try:
		yield
	finally:
		frappe.conf.developer_mode = before
		frappe.cache.delete_value("website_404")


# ---- mails


def mail_out(ticket, to, *, when, by=None, **rest):
	"""A mail written on the form of a ticket; returns its name."""
	values = {"subject": "Re: It does not work", "content": "We are at it", "recipients": to, **rest}
	with at(when), as_user(by or frappe.session.user):
		made = request(
			"frappe.core.doctype.communication.email.make", doctype="Issue", name=ticket.name, **values
		)
	return made["name"]


def mail_in(
	sender, *, when, ticket=None, subject="It does not work", to=MAILBOX, cc=None, text="Please help"
):
	"""A mail that the mailbox receives; returns its Communication. About a ticket, or a new one."""
	with at(when):
		mail = EmailMessage()
		mail["From"], mail["To"], mail["Date"] = sender, to, format_datetime(frappe.utils.get_datetime())
		mail["Subject"] = f"Re: {subject} (#{ticket.name})" if ticket else subject
		mail["Message-ID"] = make_msgid(domain="acme.example")
		if cc:
			mail["Cc"] = cc
		mail.set_content(text)
		return InboundMail(mail.as_bytes(), mailbox()).process()


def mailbox():
	name = frappe.db.exists("Email Account", {"email_id": MAILBOX})
	if name:
		return frappe.get_doc("Email Account", name)
	values = {"email_account_name": "Provider Support", "email_id": MAILBOX, "append_to": "Issue"}
	account = frappe.new_doc("Email Account").update({**values, "enable_incoming": 1, "use_imap": 0})
	return account.insert()


def sending_mailbox():
	"""The mailbox by which the site sends."""
	name = frappe.db.exists("Email Account", {"enable_outgoing": 1, "default_outgoing": 1})
	if name:
		return name
	values = {"email_account_name": "Notices", "email_id": "notices@provider.example", "default_outgoing": 1}
	account = frappe.new_doc("Email Account").update(
		{**values, "enable_outgoing": 1, "smtp_server": "mail.provider.example", "no_smtp_authentication": 1}
	)
	return account.insert().name


def waiting_mails(doctype, name):
	"""The mails that wait to be sent about a document, the last first."""
	about = {"reference_doctype": doctype, "reference_name": name}
	return [
		frappe.get_doc("Email Queue", each)
		for each in frappe.get_all("Email Queue", about, pluck="name", order_by="creation desc")
	]


# ---- the jobs


def sweep(*tickets, when):
	"""What the job does each minute with those of these tickets that it finds, in the transaction of the test."""
	with at(when):
		for name in found_due(when).intersection(ticket.name for ticket in tickets):
			refresh(read(name, lock=True))


def found_due(when):
	"""Names of all tickets that the job finds at this instant."""
	return set(jobs._due_tickets(us(when)))


# ---- the site


@contextmanager
def site_zone(zone):
	"""The site in this time zone, for this process only."""
	frappe.get_system_settings("time_zone")
	before = frappe.local.system_settings
	frappe.local.system_settings = frappe.get_doc("System Settings").update({"time_zone": zone})
	try:
		yield
	finally:
		frappe.local.system_settings = before


@contextmanager
def versions_kept():
	"""A save keeps no Version while the framework knows that it is tested."""
	flags = [each for each in (frappe.flags, frappe) if hasattr(each, "in_test")]
	for each in flags:
		each.in_test = False
	try:
		yield
	finally:
		for each in flags:
			each.in_test = True
