"""What a reader of a PDF reads."""

import os
import re
import shutil
from io import BytesIO

from frappe.translate import print_language
from pypdf import PdfReader

from sla_guard.statements import paper


def printed(document, language, print_format=paper.FORMAT):
	"""The text of a PDF in this language, page by page, every gap a single space."""
	if os.environ.get("SLA_GUARD_HOST") == "bench":
		# The framework of a bench prints with it.
		assert shutil.which("wkhtmltopdf"), "wkhtmltopdf is missing (Debian: apt-get install wkhtmltopdf)"
	with print_language(language):
		return text_of(paper.pdf_of(document, print_format))


def text_of(pdf):
	pages = PdfReader(BytesIO(pdf)).pages
	return [re.sub(r"\s+", " ", page.extract_text()) for page in pages]
