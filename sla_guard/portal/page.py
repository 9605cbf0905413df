"""What all pages of the portal have in common: who reads, how it looks, and the forms by which a reader decides.

The forms work without scripts: each is sent to its own page, carries out one thing, and leads back to the page, so that
nothing happens twice when it is read again.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, urlencode

import frappe
from frappe import _
from frappe.utils import strip_html

from sla_guard.helpdesk.ticket import undone_if_it_fails
from sla_guard.portal.reader import NO_PAGE, Reader
from sla_guard.portal.words import ReadersWords
from sla_guard.site_time import now_us


def begin(context: frappe._dict, title: str) -> tuple[Reader, ReadersWords]:
	"""Who reads, and their words. A guest is sent to the login, and from there back to this page."""
	# Else the framework would remember for everybody that there is no page at an address that one may not see.
	frappe.local.no_cache = 1
	if frappe.session.user == "Guest":
		lead_to(f"/login?{urlencode({'redirect-to': _here()})}", code=302)
	reader = Reader(frappe.session.user, frappe.form_dict.get("customer"))
	words = ReadersWords(now_us())
	context.update(
		no_cache=1,
		title=title,
		sla={
			"reader": reader,
			"now_ms": words.now // 1000,
			"csrf_token": frappe.sessions.get_csrf_token(),
			"done": _done().get(frappe.form_dict.get("done"), ""),
			"refused": "",
		},
		colocated_css=_text("portal.css"),
		colocated_js=_text("portal.js"),
		body_class="sla-portal-page",
	)
	return reader, words


def act(context: frappe._dict, back_to: str, **actions: Callable[[], object]) -> None:
	"""Carries out what a form of the page asks for, if one was sent, and leads back to the page; a refusal is shown
	there. Raises PageDoesNotExistError for what is none of these actions."""
	if frappe.request.method != "POST":
		return
	asked = frappe.form_dict.get("action")
	if asked not in actions:
		raise NO_PAGE
	try:
		with undone_if_it_fails():
			actions[asked]()
	except (frappe.PermissionError, NO_PAGE):
		raise
	except frappe.ValidationError as refusal:
		frappe.clear_messages()
		context.sla["refused"] = strip_html(str(refusal))
		return
	lead_to(f"{back_to}{'&' if '?' in back_to else '?'}done={quote(asked)}", code=303)


def lead_to(path: str, code: int) -> None:
	frappe.local.flags.redirect_location = path
	raise frappe.Redirect(code)


def path(page: str, **asked: str) -> str:
	"""The address of a page of the portal."""
	return f"/sla{page}?{urlencode(asked)}" if asked else f"/sla{page}"


def _here() -> str:
	query = frappe.request.query_string.decode()
	return f"{frappe.request.path}?{query}" if query else frappe.request.path


def _text(name: str) -> str:
	return frappe.read_file(frappe.get_app_path("sla_guard", "templates", "portal", name))


def _done() -> dict[str, str]:
	"""What is said above a page once it was done."""
	return {
		"accept": _("Thank you: the statement is accepted."),
		"dispute": _("The line is disputed. You will hear from us; the answer will stand here."),
		"withdraw": _("The dispute is withdrawn."),
		"consent": _("Thank you: your consent is recorded."),
		"decline": _("Your answer is recorded: nothing is renounced."),
	}
