"""How the app tells people something: in the desk, by mail, as a ToDo; in the language of who reads it.

The one way in which it does. What is told here answers nobody: no Communication is made of it, so that no mail of ours is
ever taken for a response, and one that comes back to a mailbox of the site is known for a machine's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import frappe
from frappe import _
from frappe.desk.doctype.notification_settings.notification_settings import is_notifications_enabled
from frappe.utils import escape_html, get_url, get_url_to_form, nowdate

from sla_guard.statements.words import in_language
from sla_guard.store import NOT_OURS, undone_if_it_fails

IN_APP, EMAIL, TODO = "in-app", "email", "todo"
# Told the language of who reads it; run in that language, so that `_` needs none.
Text = Callable[[str], str]


class Message(NamedTuple):
	"""What is told, in one language: `subject` as plain text, `body` as HTML. `link` is where it leads, the document's
	form if there is none."""

	subject: str
	body: str
	doctype: str
	name: str
	link: str = ""

	@property
	def url(self) -> str:
		return get_url(self.link) if self.link else get_url_to_form(self.doctype, self.name)


class Outcome(NamedTuple):
	"""The ways by which somebody was told, and those that failed: they were logged, and may be tried again."""

	told: frozenset[str] = frozenset()
	failed: frozenset[str] = frozenset()


def tell(
	user: str,
	subject: Text,
	body: Text | None = None,
	*,
	reference_doctype: str,
	reference_name: str,
	in_app: bool = True,
	email: bool = False,
	todo: bool = False,
	link: str = "",
) -> frozenset[str]:
	"""Tells a user about a document; returns by which ways ("in-app", "email", "todo"), none for one who is disabled or
	may not read it.

	`subject` gives plain text and `body` HTML, in which what people have entered is escaped. A way that fails is logged
	and stands in no other's way. A ToDo is an assignment, as it is everywhere in the desk: somebody who has an open one
	of that document already gets no second one.
	"""
	wanted = {IN_APP: in_app, EMAIL: email, TODO: todo}
	about = (reference_doctype, reference_name, link)
	return attempt(user, subject, body, about, {way for way in wanted if wanted[way]}).told


def attempt(
	user: str, subject: Text, body: Text | None, about: tuple[str, str, str], ways: set[str] | frozenset[str]
) -> Outcome:
	"""As tell does, by these ways. `about`: DocType and name, both empty if it is about more than one document, and a
	link."""
	if not may_be_told(user, *about[:2]):
		return Outcome()
	language = language_of_user(user)
	with in_language(language):
		message = Message(subject(language), body(language) if body else "", *about)
		verbs = {
			IN_APP: partial(_in_app, user, message),
			EMAIL: partial(_mail, frappe.db.get_value("User", user, "email"), message),
			TODO: partial(_todo, user, message),
		}
		done = {way: _logged(verbs[way], user, message) for way in verbs if way in ways}
	return Outcome(
		frozenset(way for way in done if done[way]), frozenset(way for way in done if done[way] is None)
	)


def write_to(
	address: str,
	language: str,
	subject: Text,
	body: Text | None = None,
	*,
	reference_doctype: str,
	reference_name: str,
	link: str = "",
) -> bool | None:
	"""Mails somebody who need not be a user; whoever calls has decided that they may know it. Whether it went into the
	queue: not to an address that has unsubscribed; None if it failed, which is logged."""
	with in_language(language):
		text = body(language) if body else ""
		message = Message(subject(language), text, reference_doctype, reference_name, link)
		return _logged(partial(_mail, address, message, link), address, message)


def may_be_told(user: str, doctype: str, name: str) -> bool:
	"""Whether a user is enabled and may read a document."""
	if not frappe.db.get_value("User", user, "enabled"):
		return False
	return not name or bool(frappe.has_permission(doctype, "read", name, user=user))


def language_of_user(user: str) -> str:
	"""Theirs, else the site's."""
	own = frappe.db.get_value("User", user, "language")
	return own or frappe.db.get_single_value("System Settings", "language") or "en"


def _logged(verb: Callable[[], bool], whom: str, message: Message) -> bool | None:
	"""What it returns; None if it failed, and then nothing of it is left but the log."""
	shown = list(frappe.local.message_log)
	try:
		with undone_if_it_fails():
			return verb()
	except NOT_OURS:
		raise
	except Exception:
		about = {"reference_doctype": message.doctype or None, "reference_name": message.name or None}
		frappe.log_error(title=f"SLA Guard: {whom} was not told", **about)
		# What the framework would show to whoever is at work: it is none of theirs.
		frappe.local.message_log = shown
		return None


# ---- the ways


def _in_app(user: str, message: Message) -> bool:
	if not is_notifications_enabled(user):
		return False
	values = {
		"for_user": user,
		"from_user": "Administrator",
		"type": "Alert",
		"document_type": message.doctype or None,
		"document_name": message.name or None,
		"link": message.link or None,
		# It is shown as HTML.
		"subject": escape_html(message.subject),
		"email_content": message.body,
	}
	frappe.new_doc("Notification Log").update(values).insert(ignore_permissions=True)
	return True


def _mail(address: str | None, message: Message, link: str | None = None) -> bool:
	"""`link` None: to the desk."""
	shown = {
		"body": message.body or f"<p>{escape_html(message.subject)}</p>",
		"url": message.url if link is None else link,
		"label": _("Open {0}").format(message.name) if message.name else _("Show the Tickets"),
	}
	queued = address and frappe.sendmail(
		recipients=[address],
		subject=message.subject,
		message=frappe.render_template("sla_guard/templates/notify/mail.html", shown),
		reference_doctype=message.doctype or None,
		reference_name=message.name or None,
		is_notification=True,
	)
	return bool(queued)


def _todo(user: str, message: Message) -> bool:
	about = {"reference_type": message.doctype, "reference_name": message.name}
	if frappe.db.exists("ToDo", {"allocated_to": user, "status": "Open", **about}):
		return False
	values = {
		"allocated_to": user,
		"assigned_by": "Administrator",
		"description": escape_html(message.subject),
		"date": nowdate(),
		"priority": "High",
		**about,
	}
	frappe.new_doc("ToDo").update(values).insert(ignore_permissions=True)
	return True
