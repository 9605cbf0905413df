"""The PDF of a statement or of an annex, printed without the net: a worker may not find its own site by its name, or
may be kept from it.

The page brings its own style; what the desk's page around it would load is left out. Pictures of a letter head stay.
"""

from __future__ import annotations

import frappe
from bs4 import BeautifulSoup
from frappe.model.document import Document
from frappe.utils.pdf import get_pdf

FORMAT = "SLA Statement"
# Style sheets, scripts and buttons of the desk.
LEFT_OUT = "link, script, .print-hide"


def pdf_of(document: Document, print_format: str = FORMAT) -> bytes:
	"""In the session's language, by the generator that the site chose for the format."""
	page = BeautifulSoup(
		frappe.get_print(document.doctype, document.name, print_format=print_format), "html.parser"
	)
	for each in page.select(LEFT_OUT):
		each.decompose()
	html = str(page)
	return _by_other_generator(html, print_format) or get_pdf(html)


def _by_other_generator(html: str, print_format: str) -> bytes | None:
	"""As the framework asks them, those of its hooks."""
	generator = frappe.get_cached_value("Print Format", print_format, "pdf_generator") or "wkhtmltopdf"
	if generator == "wkhtmltopdf":
		return None
	for hook in frappe.get_hooks("pdf_generator"):
		values = {"print_format": print_format, "html": html, "options": {}, "output": None}
		if pdf := frappe.call(hook, **values, pdf_generator=generator):
			return pdf
	return None
